"""Les prélèvements : le mandat d'une famille, et les remises envoyées à la banque."""

from enum import StrEnum


class MandateState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return "En cours" if self is MandateState.ACTIVE else "Terminé"


class DebitSequence(StrEnum):
    """Le premier prélèvement d'un mandat se dit à part."""

    FIRST = "FRST"
    RECURRENT = "RCUR"

    @property
    def label(self) -> str:
        return "Premier" if self is DebitSequence.FIRST else "Récurrent"


class DebitState(StrEnum):
    PLANNED = "planned"
    SENT = "sent"
    PAID = "paid"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        return DEBIT_LABELS[self]


DEBIT_LABELS = {
    DebitState.PLANNED: "Annoncé",
    DebitState.SENT: "Remis à la banque",
    DebitState.PAID: "Prélevé",
    DebitState.REJECTED: "Rejeté",
}
