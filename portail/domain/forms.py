"""Lire un formulaire : chaque champ vérifié, toutes les fautes dites d'un coup, rien de perdu."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from portail.domain.refusals import BadInputError
from portail.domain.text import clean_line, clean_text

Value = TypeVar("Value")
NOTE_LIMIT = 1_000


class FormRefusedError(BadInputError):
    """Un ou plusieurs champs ne vont pas ; `fields` dit lesquels et pourquoi."""

    def __init__(self, fields: dict[str, str]) -> None:
        first = next(iter(fields.values()))
        more = f" ({len(fields) - 1} autre{'s' if len(fields) > 2 else ''} à revoir.)" if len(fields) > 1 else ""  # noqa: PLR2004
        super().__init__(first + more)
        self.fields = fields


class Reader:
    """Retient les fautes de chaque champ ; `check` refuse s'il y en a."""

    def __init__(self, form: dict[str, Any]) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def take(self, name: str, fallback: Value, parse: Callable[[str], Value]) -> Value:
        try:
            return parse(str(self._form.get(name) or ""))
        except BadInputError as refusal:
            self.errors.setdefault(name, refusal.full_sentence)
            return fallback

    def line(self, name: str, label: str, *, limit: int = 80, missing: str = "") -> str:
        """Une ligne ; `missing` est la phrase qui la réclame."""

        def parse(value: str) -> str:
            text = clean_line(value, label=label, limit=limit)
            if missing and not text:
                raise BadInputError(missing)
            return text

        return self.take(name, "", parse)

    def note(self, name: str, label: str, *, missing: str = "") -> str:
        """Quelques lignes."""

        def parse(value: str) -> str:
            text = clean_text(value, label=label, limit=NOTE_LIMIT)
            if missing and not text:
                raise BadInputError(missing)
            return text

        return self.take(name, "", parse)

    def choice(self, name: str, allowed: Callable[[str], bool], missing: str) -> str:
        def parse(value: str) -> str:
            if not allowed(value):
                raise BadInputError(missing)
            return value

        return self.take(name, "", parse)

    def number(self, name: str) -> int:
        """Le numéro d'une ligne choisie dans une liste ; zéro : aucune."""
        value = str(self._form.get(name) or "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0  # noqa: PLR2004

    def day(self, name: str, fallback: date, *, missing: str, check: Callable[[date], None]) -> date:
        def parse(value: str) -> date:
            try:
                day = date.fromisoformat(value.strip())
            except ValueError:
                raise BadInputError(missing) from None
            check(day)
            return day

        return self.take(name, fallback, parse)

    def flag(self, name: str) -> bool:
        return bool(self._form.get(name))

    def check(self) -> None:
        if self.errors:
            raise FormRefusedError(self.errors)
