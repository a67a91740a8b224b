"""Ce qu'un parent a coché : des séances, un enfant, un geste. Rien d'autre n'est cru du navigateur."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from portail.domain.bookings import Intent
from portail.domain.refusals import BadInputError
from portail.domain.text import clean_line

MOST = 5_000
SHORTEST_REASON, LONGEST_REASON = 5, 200
LARGEST = 2**31 - 1


@dataclass(frozen=True, order=True)
class Choice:
    slot_id: int
    child_id: int
    intent: Intent

    @property
    def key(self) -> str:
        return f"{self.slot_id}.{self.child_id}"


class EmptySelectionError(BadInputError):
    def __init__(self) -> None:
        super().__init__("Aucun jour n’est choisi.", "Touchez les jours voulus, puis « Valider ».")


class MissingReasonError(BadInputError):
    def __init__(self) -> None:
        super().__init__(
            "Pour passer outre, dites pourquoi.", f"Le motif compte au moins {SHORTEST_REASON} caractères."
        )


def read_reason(text: str) -> str:
    """Le motif d'un agent qui passe outre : le journal le garde."""
    reason = clean_line(text, label="Motif", limit=LONGEST_REASON)
    if len(reason) < SHORTEST_REASON:
        raise MissingReasonError
    return reason


def read_choices(text: str) -> tuple[Choice, ...]:
    """« 412.7=add,413.7=remove » ; un même jour demandé deux fois pour un enfant n'a pas de sens."""
    parts = [part for part in text.split(",") if part]
    if not parts:
        raise EmptySelectionError
    if len(parts) > MOST:
        raise BadInputError("Cette sélection est trop grande.", "Validez-la en plusieurs fois.")
    found = sorted({_read_one(part) for part in parts})
    if len({choice.key for choice in found}) != len(found):
        raise BadInputError
    return tuple(found)


def _read_one(part: str) -> Choice:
    key, _, intent = part.partition("=")
    slot, _, child = key.partition(".")
    if not (_is_number(slot) and _is_number(child) and intent in set(Intent)):
        raise BadInputError
    return Choice(int(slot), int(child), Intent(intent))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and 0 < int(text) <= LARGEST  # noqa: PLR2004


def write_choices(choices: Iterable[Choice]) -> str:
    return ",".join(f"{choice.key}={choice.intent}" for choice in sorted(choices))


def digest(*parts: str) -> str:
    """Deux envois du même jeton avec un autre contenu se voient."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
