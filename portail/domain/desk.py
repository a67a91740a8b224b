"""Le guichet : répartir ce qui est reçu, les journées arrêtées, l'âge d'un impayé, les relances."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portail.domain.money import euros
from portail.domain.refusals import BadInputError, RefusalError

REMINDER_GAP = timedelta(days=10)  # entre deux relances d'une même facture
LONGEST_WAIT = 365
MOST_AT_ONCE = 100  # pièces d'un bordereau, factures d'une relance : un formulaire ne porte pas plus de cases
_INVOICE = re.compile(r"([A-Z0-9]{1,6})-([0-9]{4})-([0-9]{1,6})")
_SLIP = re.compile(r"(?:(?:BORDEREAU|REMISE)\s*(?:N[°O])?\s*)?(?:([A-Z0-9]{2,6})\s*[-–\s]\s*)?B([0-9]{1,6})")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_RECEIPT = re.compile(r"RE[CÇ]U(?:\s*N[°O])?\s*([0-9]{1,9})")


def read_month(typed: str) -> date:
    """« 2026-11 » : son premier jour."""
    found = _MONTH.fullmatch(typed)
    if found is None:
        raise BadInputError("Indiquez un mois, par exemple « 2026-11 ».")
    return date(int(found[1]), int(found[2]), 1)


class Split(StrEnum):
    """Où va ce qui est reçu."""

    AUTO = "auto"
    TYPED = "typed"
    WALLET = "wallet"

    @property
    def label(self) -> str:
        return SPLIT_LABELS[self]


SPLIT_LABELS = {
    Split.AUTO: "D’abord les plus anciennes",
    Split.TYPED: "Facture par facture",
    Split.WALLET: "Tout au porte-monnaie",
}


class Age(StrEnum):
    """Depuis combien de temps une facture aurait dû être payée."""

    MONTH = "month"
    TWO = "two"
    THREE = "three"
    OLDER = "older"

    @property
    def label(self) -> str:
        return AGE_LABELS[self]

    @property
    def days(self) -> tuple[int, int]:
        """Du premier au dernier jour de retard, compris."""
        return AGE_DAYS[self]


AGE_LABELS = {
    Age.MONTH: "30 jours au plus",
    Age.TWO: "31 à 60 jours",
    Age.THREE: "61 à 90 jours",
    Age.OLDER: "Plus de 90 jours",
}
AGE_DAYS = {Age.MONTH: (1, 30), Age.TWO: (31, 60), Age.THREE: (61, 90), Age.OLDER: (91, 36_500)}


class ReminderLevel(StrEnum):
    """Trois relances, de la plus douce à la dernière."""

    FIRST = "1"
    SECOND = "2"
    LAST = "3"

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self]

    @property
    def number(self) -> int:
        return int(self)


LEVEL_LABELS = {
    ReminderLevel.FIRST: "Rappel",
    ReminderLevel.SECOND: "Relance",
    ReminderLevel.LAST: "Dernière relance avant le Trésor public",
}


class ReminderWay(StrEnum):
    """Comment une relance part."""

    EMAIL = "email"
    POST = "post"

    @property
    def label(self) -> str:
        return WAY_LABELS[self]


WAY_LABELS = {ReminderWay.EMAIL: "Par courriel", ReminderWay.POST: "À poster"}


class DayClosedError(RefusalError):
    def __init__(self, day: str) -> None:
        super().__init__(
            f"La caisse du {day} est arrêtée : ce jour ne change plus.",
            "Reprenez demain, ou rouvrez la journée si elle est arrêtée par erreur.",
        )


class SplitTooHighError(BadInputError):
    def __init__(self, cents: int, amount: int) -> None:
        super().__init__(f"Les factures prennent {euros(cents)}, plus que les {euros(amount)} reçus.")


@dataclass(frozen=True)
class Due:
    """Ce qu'une facture doit encore."""

    invoice_id: int
    regie_id: int
    left_cents: int


def oldest_first(dues: Iterable[Due], cents: int) -> list[tuple[int, int]]:
    """La plus ancienne d'abord, jusqu'à épuisement."""
    shares = []
    for due in dues:
        taken = min(cents, due.left_cents)
        if taken > 0:
            shares.append((due.invoice_id, taken))
            cents -= taken
    return shares


def one_regie(dues: Sequence[Due], shares: Sequence[tuple[int, int]], holder_id: int, rest_cents: int) -> int:
    """Un encaissement est celui d'une seule régie ; seule celle des porte-monnaie garde le reste."""
    taken = {invoice_id for invoice_id, _ in shares}
    found = {due.regie_id for due in dues if due.invoice_id in taken}
    if len(found) > 1:
        raise BadInputError("Ces factures sont de régies différentes.", "Encaissez-les séparément.")
    regie_id = found.pop() if found else holder_id
    if rest_cents and regie_id != holder_id:
        raise BadInputError(
            f"Il resterait {euros(rest_cents)}, et cette régie ne tient pas les porte-monnaie.",
            "Encaissez le montant exact de ses factures.",
        )
    return regie_id


def named_invoice(words: str) -> tuple[str, int, int] | None:
    """« ENF-2026-000123 » : la régie, l'année, le numéro."""
    found = _INVOICE.fullmatch(words.strip().upper())
    return (found[1], int(found[2]), int(found[3])) if found else None


def named_slip(words: str) -> tuple[str, int] | None:
    """« ENF-B00012 », « bordereau n° ENF B12 », « B12 » : la régie, si elle est dite, et le numéro du bordereau."""
    found = _SLIP.fullmatch(words.strip().upper())
    return (found[1] or "", int(found[2])) if found else None


def named_receipt(words: str) -> int | None:
    """« Reçu n° 123 » : le numéro de l'encaissement."""
    found = _RECEIPT.fullmatch(words.strip().upper())
    return int(found[1]) if found else None


def next_level(sent: int) -> ReminderLevel | None:
    """Le niveau qui suit le dernier envoyé ; rien après le troisième."""
    return ReminderLevel(str(sent + 1)) if sent < len(ReminderLevel) else None


def read_reminder_days(typed: str) -> int | None:
    """Combien de jours après l'échéance ; vide : rien ne part de soi-même."""
    words = typed.strip()
    days = int(words) if words.isascii() and words.isdigit() and len(words) <= 3 else 0  # noqa: PLR2004
    if words and not 1 <= days <= LONGEST_WAIT:
        raise BadInputError(f"Indiquez un nombre de jours, de 1 à {LONGEST_WAIT}, ou rien.")
    return days or None


def last_day_reminded(today: date) -> date:
    """Relancée ce jour-là ou avant, une facture peut l'être de nouveau."""
    return today - REMINDER_GAP


def is_remindable(due_on: date, today: date, last_sent: date | None) -> bool:
    """Échue, et pas relancée ces derniers jours."""
    return due_on < today and (last_sent is None or last_sent <= last_day_reminded(today))
