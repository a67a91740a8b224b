"""Un PDF se vérifie sans se réécrire : entier, sans mot de passe, sans programme ni commande à lancer."""

import logging
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from portail.domain.uploads import Fault
from portail.integrations.inspection.faults import FaultError

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # il raconte les défauts de forme ; ici ils se jugent
MOST_OBJECTS = 200_000
_PROGRAMS = frozenset({"/JS", "/JavaScript", "/RichMedia"})
_COMMANDS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound"})


def check_pdf(body: bytes) -> None:
    if body.rstrip()[-5:] != b"%%EOF":  # coupé, ou suivi d'autre chose
        raise FaultError(Fault.DAMAGED)
    reader = PdfReader(BytesIO(body), strict=False)
    if reader.is_encrypted:
        raise FaultError(Fault.PROTECTED)
    if any(_is_active(found) for found in _dictionaries(reader)):
        raise FaultError(Fault.ACTIVE)
    if not reader.pages:
        raise FaultError(Fault.DAMAGED)


def _is_active(found: DictionaryObject) -> bool:
    action = found.get("/S")
    subtype = found.get("/Subtype")
    return bool(_PROGRAMS & found.keys()) or action in _COMMANDS or subtype in _PROGRAMS


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Tous, même ceux que rien ne désigne : un visiteur de liens en oublierait."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise FaultError(Fault.DAMAGED)
    yield from _inside(reader.trailer)
    for number, generation in sorted(numbers):
        if number:
            yield from _inside(reader.get_object(IndirectObject(number, generation, reader)))


def _inside(root: PdfObject | None) -> Iterator[DictionaryObject]:
    """Les dictionnaires écrits dans un objet, sans suivre les renvois : chacun est vu une fois, à sa place."""
    waiting: list[object] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(dict.values(one))
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))
