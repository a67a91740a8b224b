"""La forme d’une table exportée : quelles lignes, quelles colonnes et sous quel nom, ce qui est laissé et pourquoi."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portail.models.base import Row
from portail.views import wording

Say = Callable[[Any, "Person"], Any]
TECHNICAL, YOURS, SECRET = "numéro technique", "c’est vous", "secret de sécurité"
OTHER_HOME = "l’autre foyer"


@dataclass(frozen=True)
class Person:
    """De qui sont les données, et les noms derrière les numéros."""

    account_id: int
    email: str
    families: Mapping[int, str] = field(default_factory=dict)
    children: Mapping[int, str] = field(default_factory=dict)
    schools: Mapping[int, str] = field(default_factory=dict)
    classes: Mapping[int, str] = field(default_factory=dict)
    requests: Mapping[int, str] = field(default_factory=dict)
    slots: Mapping[int, str] = field(default_factory=dict)
    bookings: Mapping[int, int] = field(default_factory=dict)  # la séance de chaque réservation de ses dossiers
    activities: Mapping[int, str] = field(default_factory=dict)
    campaigns: Mapping[int, str] = field(default_factory=dict)
    documents: Mapping[int, str] = field(default_factory=dict)
    wallets: Mapping[int, int] = field(default_factory=dict)  # le dossier de chaque porte-monnaie qu'elle voit
    movements: Mapping[int, str] = field(default_factory=dict)
    guardians: frozenset[int] = frozenset()  # la personne elle-même, une fois par dossier
    present: frozenset[int] = frozenset()  # les enfants de ses dossiers ouverts
    health: frozenset[int] = frozenset()  # ceux dont elle a le droit de voir la santé
    money: frozenset[int] = frozenset()  # ses dossiers dont elle a le droit de voir les factures

    def keys(self, what: str) -> list[int]:
        """Les numéros de cette sorte qui sont à la personne."""
        return [self.account_id] if what == "account" else list(getattr(self, what))


@dataclass(frozen=True)
class Kept:
    """Une colonne : son nom dans le fichier, et comment elle s'y écrit."""

    name: str
    say: Say | None = None


@dataclass(frozen=True)
class Exported:
    """Une table qui parle de la personne ; toute colonne est gardée ou laissée avec une raison."""

    table: type[Row]
    section: str
    words: str
    keep: Mapping[str, str | Kept]
    left_out: Mapping[str, str]
    mine: Callable[[Person], Any]
    narrowed: Callable[[Any, Person], frozenset[str] | None] = lambda _row, _person: None

    def kept(self) -> dict[str, Kept]:
        return {column: Kept(one) if isinstance(one, str) else one for column, one in self.keep.items()}

    def line(self, row: Any, person: Person) -> dict[str, Any]:
        shown = self.narrowed(row, person)
        return {
            kept.name: plain(kept.say(row, person) if kept.say else getattr(row, column))
            for column, kept in self.kept().items()
            if shown is None or column in shown
        }


@dataclass(frozen=True)
class Excluded:
    """Une table qui n'a rien à dire de la personne, ou dont la copie affaiblirait son compte."""

    reason: str


def plain(value: Any) -> Any:
    """Ce que JSON sait écrire ; les instants à l'heure de Paris, décalage compris."""
    if isinstance(value, datetime):
        return value.astimezone(wording.PARIS).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def labelled(column: str, words: type[StrEnum]) -> Say:
    return lambda row, _person: getattr(words(getattr(row, column)), "label")  # noqa: B009 — StrEnum ne promet pas `label`


def named(column: str, names: str) -> Say:
    """Le nom derrière un numéro ; vide s'il n'est pas de la personne."""
    return lambda row, person: getattr(person, names).get(getattr(row, column), "")


def by_whom(column: str) -> Say:
    return lambda row, person: "vous" if getattr(row, column) == person.account_id else "une autre personne"


def home(family_id: int, person: Person) -> str:
    """Un de ses dossiers ; celui de l'autre parent ne dit ni son nom ni son numéro."""
    return person.families.get(family_id, OTHER_HOME)


FAMILY, CHILD = Kept("dossier", named("family_id", "families")), Kept("enfant", named("child_id", "children"))
