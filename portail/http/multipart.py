"""Lire un formulaire et ses fichiers au fil de l'eau : rien sur le disque, rien au-delà des bornes."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from portail.domain.refusals import BadInputError
from portail.domain.uploads import HEAVIEST, MOST_FILES, Upload

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_PARTS = 2 * MOST_FILES + 10
LONGEST_FIELD = 8_000
_LONGEST_HEADER = 4_096


@dataclass(frozen=True)
class Form:
    fields: dict[str, str]
    files: tuple[Upload, ...]


@dataclass
class _Part:
    headers: dict[str, bytes] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    def options(self) -> dict[str, str]:
        found = parse_options_header(self.headers.get("content-disposition", b""))[1]
        return {name.decode("ascii", "replace"): value.decode("utf-8", "replace") for name, value in found.items()}


class FormReader:
    """Un fichier trop lourd garde juste de quoi être refusé ; un formulaire hors de forme s'arrête net."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise BadInputError
        self.held, self.complete = 0, False
        self._parts: list[_Part] = []
        self._name, self._value = bytearray(), bytearray()
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._part_begin,
            "on_part_data": self._part_data,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, callbacks)

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise BadInputError from None

    def form(self) -> Form:
        """Le formulaire, s'il est arrivé jusqu'au bout ; un choix de fichier laissé vide n'en est pas un."""
        if not self.complete:
            raise BadInputError
        fields, files = {}, []
        for part in self._parts:
            options = part.options()
            if "filename" not in options:
                fields[options.get("name", "")] = part.body.decode("utf-8", "replace")
            elif options["filename"] or part.body:
                files.append(Upload(options["filename"], bytes(part.body)))
        return Form(fields, tuple(files))

    def _part_begin(self) -> None:
        if len(self._parts) >= MOST_PARTS:
            raise BadInputError
        self._parts.append(_Part())

    def _part_data(self, chunk: bytes, start: int, end: int) -> None:
        part = self._parts[-1]
        limit = HEAVIEST + 1 if b"filename" in part.headers.get("content-disposition", b"") else LONGEST_FIELD
        kept = chunk[start:end][: max(0, limit - len(part.body))]
        part.body += kept
        self.held += len(kept)

    def _header_field(self, chunk: bytes, start: int, end: int) -> None:
        self._name += self._bounded(self._name, chunk[start:end])

    def _header_value(self, chunk: bytes, start: int, end: int) -> None:
        self._value += self._bounded(self._value, chunk[start:end])

    def _bounded(self, known: bytearray, more: bytes) -> bytes:
        if len(known) + len(more) > _LONGEST_HEADER:
            raise BadInputError
        return more

    def _header_end(self) -> None:
        self._parts[-1].headers[self._name.decode("latin-1").lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _end(self) -> None:
        self.complete = True
