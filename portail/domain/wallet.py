"""Le porte-monnaie et les comptes du grand livre."""

from enum import StrEnum


class LedgerAccountKind(StrEnum):
    """De quel côté est l'argent."""

    WALLET = "wallet"
    REVENUE = "revenue"
    DESK = "desk"
    CARD = "card"

    @property
    def label(self) -> str:
        return ACCOUNT_LABELS[self]


ACCOUNT_LABELS = {
    LedgerAccountKind.WALLET: "Porte-monnaie d’une famille",
    LedgerAccountKind.REVENUE: "Prestations vendues",
    LedgerAccountKind.DESK: "Encaissements au guichet",
    LedgerAccountKind.CARD: "Encaissements par carte",
}


class MovementKind(StrEnum):
    TOP_UP = "top_up"
    BOOKING = "booking"
    CANCELLATION = "cancellation"
    REFUND = "refund"
    TRANSFER = "transfer"

    @property
    def label(self) -> str:
        return MOVEMENT_LABELS[self]


MOVEMENT_LABELS = {
    MovementKind.TOP_UP: "Alimentation",
    MovementKind.BOOKING: "Réservation",
    MovementKind.CANCELLATION: "Annulation",
    MovementKind.REFUND: "Remboursement",
    MovementKind.TRANSFER: "Réunion de deux dossiers",
}
