"""Un code QR : zxing-cpp (natif) calcule les modules, un seul trait SVG les dessine."""

from itertools import groupby
from typing import Any

import zxingcpp


def as_svg(text: str, *, border: int = 0, scale: int = 1, ground: str = "") -> bytes:
    """Correction « M ». `border` en modules ; `ground` : la couleur du fond, transparent sinon."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = zxingcpp.write_barcode_to_image(made, add_quiet_zones=False)
    rows: list[list[int]] = memoryview(drawn).tolist()  # type: ignore[assignment]
    side = len(rows) + 2 * border
    runs = "".join(_row(row, line + border, border) for line, row in enumerate(rows))
    paper = f'<path fill="{ground}" d="M0 0h{side}v{side}H0z"/>' if ground else ""
    size = f'width="{side * scale}" height="{side * scale}" viewBox="0 0 {side} {side}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} shape-rendering="crispEdges">'
    return f'{head}{paper}<path d="{runs}"/></svg>'.encode()


def _row(row: list[int], line: int, border: int) -> str:
    """Les suites de modules noirs (zéro) d'une ligne."""
    start, said = border, []
    for value, run in groupby(row):
        length = len(list(run))
        if not value:
            said.append(f"M{start} {line}h{length}v1h-{length}z")
        start += length
    return "".join(said)
