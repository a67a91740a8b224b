"""« Modification avancée » : pour qui, quelles séances quels jours, sur quelle période, ajouter ou remplacer."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

from portail.domain.custody import WrongFieldError
from portail.domain.forms import FormRefusedError
from portail.domain.recurrence import Parity, Template, days
from portail.domain.selection import LARGEST

CHILD_FIELD, DAY_FIELD = "enfant", "jour"
MOST_CHILDREN, MOST_TICKS = 12, 60
RHYTHMS = {
    "1": "Toutes les semaines",
    "even": "Semaines paires",
    "odd": "Semaines impaires",
    "2": "Une semaine sur deux, à partir de la première",
    "3": "Une semaine sur trois",
    "4": "Une semaine sur quatre",
}
EVERY_WEEK = "1"


class Mode(StrEnum):
    ADD = "add"
    REPLACE = "replace"

    @property
    def label(self) -> str:
        return MODE_LABELS[self]

    @property
    def hint(self) -> str:
        return MODE_HINTS[self]


MODE_LABELS = {Mode.ADD: "Ajouter", Mode.REPLACE: "Remplacer"}
MODE_HINTS = {
    Mode.ADD: "rien de ce qui est déjà réservé n’est retiré.",
    Mode.REPLACE: "sur cette période, ce qui n’est pas dans la semaine type est annulé quand c’est encore possible.",
}


@dataclass(frozen=True)
class Wish:
    """Ce qui est demandé ; `week` : par séance de la journée, les jours de la semaine."""

    children: tuple[int, ...]
    week: Mapping[int, frozenset[int]]
    first: date
    last: date
    rhythm: str = EVERY_WEEK
    mode: Mode = Mode.ADD

    def days_of(self, offering_id: int) -> Iterator[date]:
        return days(self._template(self.week[offering_id]))

    def check(self) -> None:
        """Les bornes de la semaine type : chaque faute nomme son champ."""
        for weekdays in self.week.values():
            self._template(weekdays)

    def _template(self, weekdays: frozenset[int]) -> Template:
        if self.rhythm in set(Parity):
            return Template(self.first, self.last, weekdays, parity=Parity(self.rhythm))
        return Template(self.first, self.last, weekdays, every=int(self.rhythm))

    @property
    def text(self) -> str:
        """La même demande, en un champ qui revient tel quel avec « Confirmer »."""
        ticked = sorted((key, day) for key, weekdays in self.week.items() for day in weekdays)
        fields = {
            "enfants": ",".join(map(str, sorted(self.children))),
            "jours": ",".join(f"{key}.{day}" for key, day in ticked),
            "du": self.first.isoformat(),
            "au": self.last.isoformat(),
            "rythme": self.rhythm,
            "mode": self.mode.value,
        }
        return urlencode(fields)


def fields_of(form: Mapping[str, Any]) -> dict[str, str]:
    """Les cases cochées d'un formulaire, réunies en champs ; le reste tel quel."""
    ticked = [name for name, value in form.items() if value in {True, "on"}]
    children = [name.partition("-")[2] for name in ticked if name.startswith(f"{CHILD_FIELD}-")]
    boxes = [name.partition("-")[2].replace("-", ".") for name in ticked if name.startswith(f"{DAY_FIELD}-")]
    kept = {name: str(form.get(name) or "") for name in ("du", "au", "rythme", "mode")}
    return {"enfants": ",".join(children), "jours": ",".join(boxes), **kept}


def read_text(text: str) -> Wish:
    return read_wish(dict(parse_qsl(text, max_num_fields=10)))


def read_wish(fields: Mapping[str, str]) -> Wish:
    """Toutes les fautes d'un coup, chacune sous le nom de son champ."""
    errors: dict[str, str] = {}
    children, week = read_children(fields.get("enfants", "")), read_week(fields.get("jours", ""))
    if not children:
        errors["enfants"] = "Choisissez au moins un enfant."
    if not week:
        errors["jours"] = "Choisissez au moins un jour de la semaine."
    found = {name: read_day(fields.get(name, "")) for name in ("du", "au")}
    errors |= {name: "Indiquez une date." for name, day in found.items() if day is None}
    rhythm, mode = fields.get("rythme", ""), fields.get("mode", "")
    if rhythm not in RHYTHMS:
        errors["rythme"] = "Choisissez une périodicité."
    if mode not in set(Mode):
        errors["mode"] = "Choisissez : ajouter ou remplacer."
    if errors or found["du"] is None or found["au"] is None:
        raise FormRefusedError(errors)
    wish = Wish(children, week, found["du"], found["au"], rhythm, Mode(mode))
    try:
        wish.check()
    except WrongFieldError as refusal:
        name = {"last": "au", "every": "rythme"}.get(refusal.field, "jours")
        raise FormRefusedError({name: refusal.full_sentence}) from None
    return wish


def read_children(text: str) -> tuple[int, ...]:
    """Les numéros lisibles ; un texte démesuré ne vaut rien."""
    found = sorted({int(part) for part in text.split(",") if _is_number(part)})
    return tuple(found) if len(found) <= MOST_CHILDREN else ()


def read_week(text: str) -> dict[int, frozenset[int]]:
    """« 12.0,12.3 » : la séance 12, le lundi et le jeudi."""
    found: dict[int, set[int]] = defaultdict(set)
    parts = text.split(",")
    if len(parts) > MOST_TICKS:
        return {}
    for part in parts:
        key, _, day = part.partition(".")
        if _is_number(key) and day in set("0123456"):
            found[int(key)].add(int(day))
    return {key: frozenset(weekdays) for key, weekdays in sorted(found.items())}


def read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= LARGEST  # noqa: PLR2004
