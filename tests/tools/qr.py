"""Relire un code QR dessiné en SVG, comme un téléphone."""

import re

import zxingcpp
from lxml import etree
from PIL import Image, ImageDraw

ZOOM, QUIET = 4, 4


def texts_of(svg: bytes) -> list[str]:
    """Ce que lirait un téléphone : le trait, mis en pixels, avec une marge blanche."""
    root = etree.fromstring(svg)
    side = int(root.get("viewBox", "").split()[2])
    seen = Image.new("L", ((side + 2 * QUIET) * ZOOM,) * 2, 255)
    pen = ImageDraw.Draw(seen)
    dark = [path.get("d", "") for path in root.findall("{http://www.w3.org/2000/svg}path") if not path.get("fill")]
    for start, line, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", dark[0]):
        left, top = (int(start) + QUIET) * ZOOM, (int(line) + QUIET) * ZOOM
        pen.rectangle((left, top, left + int(length) * ZOOM - 1, top + ZOOM - 1), fill=0)
    return [one.text for one in zxingcpp.read_barcodes(seen)]
