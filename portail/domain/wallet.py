"""Le porte-monnaie et les comptes du grand livre : ce qu'est un mouvement juste."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portail.domain.money import LARGEST_CENTS
from portail.domain.top_ups import DEFAULT

TERMS_VERSION = 2  # des conditions du porte-monnaie ; un texte changé prend le numéro suivant
TERMS = (
    "Le porte-monnaie paie d’avance les activités qui le demandent\u00a0: le prix est pris quand vous confirmez.",
    "Une réservation annulée dans les délais y revient aussitôt.",
    "Vous ne pouvez pas dépenser plus que ce qu’il contient, sauf découvert que la régie vous accorde.",
    "Ce qui n’est pas dépensé reste à vous\u00a0: le service enfance le rembourse sur demande.",
    "La mairie garde les mouvements dix ans, comme la comptabilité publique l’exige.",
)
OVERDRAFT_CEILING_CENTS = 200_00  # le plus grand découvert qu'une régie accorde
DESK_CEILING_CENTS = 2_000_00  # d'un encaissement au guichet : au-delà, c'est une faute de frappe


class LedgerAccountKind(StrEnum):
    """De quel côté est l'argent."""

    WALLET = "wallet"
    REVENUE = "revenue"
    DESK = "desk"
    CARD = "card"
    PAYFIP = "payfip"
    DEBIT = "debit"
    RECEIVABLE = "receivable"
    TRANSFER = "transfer"

    @property
    def label(self) -> str:
        return ACCOUNT_LABELS[self]


ACCOUNT_LABELS = {
    LedgerAccountKind.WALLET: "Porte-monnaie d’une famille",
    LedgerAccountKind.REVENUE: "Prestations vendues",
    LedgerAccountKind.DESK: "Encaissements au guichet",
    LedgerAccountKind.CARD: "Encaissements par carte",
    LedgerAccountKind.PAYFIP: "Encaissements par PayFiP",
    LedgerAccountKind.DEBIT: "Encaissements par prélèvement",
    LedgerAccountKind.RECEIVABLE: "Factures à encaisser",
    LedgerAccountKind.TRANSFER: "Remboursements par virement",
}


class MovementKind(StrEnum):
    TOP_UP = "top_up"
    BOOKING = "booking"
    CANCELLATION = "cancellation"
    REFUND = "refund"
    TRANSFER = "transfer"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REJECTION = "rejection"

    @property
    def label(self) -> str:
        return MOVEMENT_LABELS[self]


MOVEMENT_LABELS = {
    MovementKind.TOP_UP: "Alimentation",
    MovementKind.BOOKING: "Réservation",
    MovementKind.CANCELLATION: "Annulation",
    MovementKind.REFUND: "Remboursement",
    MovementKind.TRANSFER: "Réunion de deux dossiers",
    MovementKind.INVOICE: "Facture",
    MovementKind.CREDIT_NOTE: "Avoir",
    MovementKind.PAYMENT: "Paiement",
    MovementKind.REJECTION: "Paiement rejeté",
}


class WalletRefundState(StrEnum):
    """La demande d'une famille ; la régie répond, ou la famille se ravise."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return WALLET_REFUND_LABELS[self]


WALLET_REFUND_LABELS = {
    WalletRefundState.ASKED: "Demandé",
    WalletRefundState.DONE: "Remboursé",
    WalletRefundState.REFUSED: "Refusé",
    WalletRefundState.WITHDRAWN: "Retiré par la famille",
}


@dataclass(frozen=True)
class Charge:
    """Ce qu'une validation coûte (ou rend) à un foyer ; le libellé reste dix ans, il ne nomme pas l'enfant."""

    family_id: int
    cents: int
    label: str
    batch_id: int | None = None


@dataclass(frozen=True)
class Balance:
    """Le porte-monnaie d'un foyer ; jamais ouvert, il vaut zéro et n'est pas actif."""

    is_active: bool = False
    cents: int = 0
    floor_cents: int = 0
    terms_version: int = 0
    low_cents: int = DEFAULT.low_cents

    @property
    def overdraft_cents(self) -> int:
        """Le découvert que la régie accorde."""
        return -self.floor_cents

    @property
    def is_low(self) -> bool:
        """Le découvert n'est pas de l'argent : c'est le solde qui compte."""
        return self.is_active and self.cents < self.low_cents

    @property
    def must_accept(self) -> bool:
        """Activé sous des conditions qui ont changé depuis."""
        return self.is_active and self.terms_version < TERMS_VERSION

    @property
    def available_cents(self) -> int:
        return self.cents - self.floor_cents

    def missing_for(self, cents: int) -> int:
        """Ce qui manque pour dépenser ce montant."""
        return max(0, cents - self.available_cents)


class UnbalancedError(ValueError):
    """Une faute de programme : un mouvement qui créerait ou perdrait de l'argent."""


def check_lines(lines: Sequence[tuple[int, int]]) -> None:
    """Des paires (compte, centimes) : deux au moins, un compte une seule fois, aucun zéro, une somme nulle."""
    accounts = {account_id for account_id, _ in lines}
    amounts = [cents for _, cents in lines]
    if len(lines) < 2 or len(accounts) != len(lines):  # noqa: PLR2004 — partie double
        raise UnbalancedError("il faut deux comptes au moins, chacun une fois")
    if sum(amounts) or not all(amounts) or max(map(abs, amounts)) > LARGEST_CENTS:
        raise UnbalancedError("la somme des écritures n’est pas nulle, ou un montant est impossible")
