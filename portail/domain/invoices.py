"""Les factures : leurs sortes, leurs états, ceux du traitement qui les prépare."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import accumulate, pairwise

from portail.domain.money import euros
from portail.domain.refusals import RefusalError

STRIKING_CENTS = 20_00


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"

    @property
    def label(self) -> str:
        return "Facture" if self is InvoiceKind.INVOICE else "Avoir"


class InvoiceState(StrEnum):
    """Un brouillon peut disparaître ; une facture émise ne change plus jamais, seul ce qui en est payé avance."""

    DRAFT = "draft"
    ISSUED = "issued"

    @property
    def label(self) -> str:
        return "Brouillon" if self is InvoiceState.DRAFT else "Émise"


class RunState(StrEnum):
    """Le traitement d'un mois : préparé par morceaux, relu, puis émis par morceaux."""

    PREPARING = "preparing"
    READY = "ready"
    ISSUING = "issuing"
    ISSUED = "issued"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return RUN_LABELS[self]


RUN_LABELS = {
    RunState.PREPARING: "En préparation",
    RunState.READY: "À relire",
    RunState.ISSUING: "En cours d’émission",
    RunState.ISSUED: "Émise",
    RunState.CANCELLED: "Annulée",
}
OPEN_RUNS = frozenset({RunState.PREPARING, RunState.READY, RunState.ISSUING})


class Standing(StrEnum):
    """Où en est le paiement d'une facture émise."""

    PAID = "paid"
    PARTIAL = "partial"
    DUE = "due"
    LATE = "late"
    CREDIT = "credit"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]

    @property
    def tone(self) -> str:
        return STANDING_TONES[self]


STANDING_LABELS = {
    Standing.PAID: "Payée",
    Standing.PARTIAL: "Payée en partie",
    Standing.DUE: "À payer",
    Standing.LATE: "En retard",
    Standing.CREDIT: "Avoir",
}
STANDING_TONES = {
    Standing.PAID: "ok",
    Standing.PARTIAL: "warn",
    Standing.DUE: "warn",
    Standing.LATE: "err",
    Standing.CREDIT: "ok",
}
RUN_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.PREPARING: frozenset({RunState.READY, RunState.CANCELLED}),
    RunState.READY: frozenset({RunState.ISSUING, RunState.CANCELLED}),
    RunState.ISSUING: frozenset({RunState.ISSUED}),
    RunState.ISSUED: frozenset(),
    RunState.CANCELLED: frozenset(),
}


def standing(kind: InvoiceKind, total_cents: int, paid_cents: int, due_on: date, today: date) -> Standing:
    """En retard passe avant « payée en partie » : c'est ce qui presse."""
    if kind is InvoiceKind.CREDIT_NOTE:
        return Standing.CREDIT
    if paid_cents >= total_cents:
        return Standing.PAID
    if due_on < today:
        return Standing.LATE
    return Standing.PARTIAL if paid_cents else Standing.DUE


def invoice_number(code: str, year: int, number: int) -> str:
    """« ENF-2026-000123 »."""
    return f"{code}-{year}-{number:06d}"


def part_given_back(parts: Sequence[int], whole: int, given: int, more: int) -> list[int]:
    """Ce qu'un avoir de `more` prend à chaque part d'une ligne, après `given` ; tout rendu, chaque part l'est juste."""

    def reached(cents: int) -> list[int]:
        bounds = [bound * cents // whole for bound in accumulate(parts, initial=0)]
        return [after - before for before, after in pairwise(bounds)]

    return [after - before for before, after in zip(reached(given), reached(given + more), strict=True)]


def is_carried(total_cents: int, minimum_cents: int) -> bool:
    """Sous le minimum de recouvrement, le montant attend la facture suivante ; un avoir n'attend pas."""
    return 0 <= total_cents < max(minimum_cents, 1)


def is_striking(before_cents: int | None, cents: int) -> bool:
    """Un écart à relire : un foyer nouveau, ou un montant qui bouge de moitié et d'au moins vingt euros."""
    if before_cents is None:
        return True
    moved = abs(cents - before_cents)
    return moved >= STRIKING_CENTS and 2 * moved >= abs(before_cents)


_STANDS = {
    RunState.PREPARING: "est encore en préparation",
    RunState.READY: "attend d’être relue",
    RunState.ISSUING: "est en cours d’émission",
    RunState.ISSUED: "est déjà émise",
    RunState.CANCELLED: "est annulée",
}


class WrongStateError(RefusalError):
    def __init__(self, state: RunState) -> None:
        super().__init__(f"Cette facturation {_STANDS[state]} : ce geste n’est pas possible.", "Rechargez la page.")


class OtherRunOpenError(RefusalError):
    """Deux mois d'une régie ouverts ensemble : l'un compterait sur les brouillons de l'autre, qui s'effacent."""

    def __init__(self, which: str, state: RunState) -> None:
        first = f"La facturation {which} {_STANDS[state]} pour cette régie."
        if state is RunState.ISSUING:
            super().__init__(first, "Attendez la fin de l’émission, puis préparez ce mois.")
        else:
            super().__init__(first, "Émettez-la ou annulez-la, puis préparez ce mois.")


class AlreadyPaidError(RefusalError):
    def __init__(self, left_cents: int = 0) -> None:
        if left_cents:
            super().__init__(f"Il ne reste que {euros(left_cents)} à payer sur cette facture.", "Rechargez la page.")
        else:
            super().__init__("Cette facture est déjà payée.", "Rechargez la page : rien n’a été pris.")
        self.left_cents = left_cents
