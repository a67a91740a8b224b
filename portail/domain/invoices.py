"""Les factures : leurs sortes, leurs états, ceux du traitement qui les prépare."""

from enum import StrEnum


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
    RunState.ISSUED: "Émises",
    RunState.CANCELLED: "Annulé",
}
