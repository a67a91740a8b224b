"""Un PDF accessible (PDF/UA-1, balisé) mis en page par Typst ; ce qui s'y écrit voyage en données, jamais en code."""

import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import typst

from portail.domain.refusals import RefusalError

MAX_CONTENT = 100 * 1024  # deux dixièmes de seconde de composition
MAX_PICTURES = 1024 * 1024
MAX_PAGES = 20
MAX_BYTES = 5 * 1024 * 1024
MISSING = "□"
_STANDARDS: Final = ("1.7", "ua-1")
_AT_ONCE = threading.BoundedSemaphore(2)  # Typst prend tous les cœurs : il en reste pour les autres
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d+)</xmpTPg:NPages>")
# ce que les polices du paquet savent dessiner à coup sûr : latin, grec, cyrillique, ponctuation, monnaies
_DRAWN = ((0x20, 0x4FF), (0x1E00, 0x1FFF), (0x2010, 0x2027), (0x2030, 0x2040), (0x20A0, 0x20BF))


class TooLongError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Ce document serait trop long.", "Appelez le service enfance, qui vous le préparera.")


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Les polices livrées avec Typst, et elles seules : le même PDF sur toute machine."""
    return typst.Fonts(include_system_fonts=False)


NO_PICTURES: Mapping[str, bytes] = {}


def compile_pdf(
    template: Path,
    content: Mapping[str, object],
    at: datetime,
    pictures: Mapping[str, bytes] = NO_PICTURES,
    most_pages: int = MAX_PAGES,
) -> bytes:
    """Le même contenu au même instant donne les mêmes octets ; un signe sans dessin devient un carré.

    `pictures` : les images, par nom (SVG, PNG, JPEG).
    """
    given = json.dumps(content, ensure_ascii=False, sort_keys=True)
    if len(given) > MAX_CONTENT or sum(map(len, pictures.values())) > MAX_PICTURES:
        raise TooLongError
    drawings = json.dumps({name: list(body) for name, body in pictures.items()}, sort_keys=True)
    with _AT_ONCE:
        try:
            body = _compile(template, given, drawings, at)
        except typst.TypstError:
            drawn = drawable(given)
            if drawn == given:
                raise
            body = _compile(template, drawn, drawings, at)
    pages = _PAGES.search(body)
    if pages is None or int(pages[1]) > most_pages or len(body) > MAX_BYTES:
        raise TooLongError
    return body


def _compile(template: Path, given: str, drawings: str, at: datetime) -> bytes:
    return typst.compile(
        template,
        root=template.parent,
        font_paths=fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"content": given, "pictures": drawings},
        pdf_standards=list(_STANDARDS),
        timestamp=int(at.timestamp()),
    )


def drawable(text: str) -> str:
    """Le même texte, un carré à la place de chaque signe que nos polices ne savent pas dessiner."""
    return "".join(char if _is_drawn(char) else MISSING for char in text)


def _is_drawn(char: str) -> bool:
    return char == MISSING or any(first <= ord(char) <= last for first, last in _DRAWN)
