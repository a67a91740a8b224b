"""Payer en ligne : ce que tout prestataire sait faire. Le retour d'un navigateur ne prouve rien : on redemande."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from portail.domain.payments import RefundState


class ProviderDownError(Exception):
    """Le prestataire ne répond pas, ou répond n'importe quoi : rien n'est su de plus qu'avant l'appel."""


class ProviderRefusedError(Exception):
    """Le prestataire a compris et dit non : recommencer ne changerait rien."""


class AnswerState(StrEnum):
    """Ce que le prestataire dit d'un paiement."""

    WAITING = "waiting"
    PAID = "paid"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return ANSWER_LABELS[self]


ANSWER_LABELS = {
    AnswerState.WAITING: "En attente",
    AnswerState.PAID: "Payé",
    AnswerState.REFUSED: "Refusé",
    AnswerState.EXPIRED: "Abandonné",
}


@dataclass(frozen=True)
class OpenOrder:
    """Ce qu'il faut payer ; `reference` est la nôtre, elle sert aussi de clé d'idempotence."""

    reference: str
    amount_cents: int
    label: str
    email: str
    return_url: str
    cancel_url: str
    expires_at: datetime
    payfip_client: str = ""
    provider_ref: str = ""  # la page déjà ouverte, s'il y en a une


@dataclass(frozen=True)
class Opened:
    """La page de paiement, ouverte chez le prestataire."""

    provider_ref: str
    url: str


@dataclass(frozen=True)
class Answer:
    """L'état d'un paiement, redemandé au prestataire."""

    state: AnswerState
    amount_cents: int
    currency: str
    is_live: bool
    reference: str
    failure: str = ""  # pourquoi la banque refuse, en français


@dataclass(frozen=True)
class RefundOrder:
    """`key` : la clé d'idempotence ; le même remboursement demandé deux fois n'en fait qu'un."""

    provider_ref: str
    cents: int
    key: str


@dataclass(frozen=True)
class RefundAnswer:
    """Où en est un remboursement chez le prestataire ; `failure` : pourquoi la banque n'en veut pas, en français."""

    reference: str
    state: RefundState
    failure: str = ""


@dataclass(frozen=True)
class CardRefund:
    """Un remboursement lu chez le prestataire, que nous l'ayons demandé ou non ; `key` est la nôtre, s'il en a une."""

    answer: RefundAnswer
    cents: int
    intent: str
    key: str


@dataclass(frozen=True)
class CardIntent:
    """Le paiement auquel se rattachent remboursements et contestations ; `reference` est la nôtre."""

    reference: str
    amount_cents: int
    currency: str
    is_live: bool


class DisputeState(StrEnum):
    """Ce qu'il advient d'une contestation."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"

    @property
    def label(self) -> str:
        return DISPUTE_LABELS[self]


DISPUTE_LABELS = {
    DisputeState.OPEN: "En cours",
    DisputeState.WON: "Gagnée",
    DisputeState.LOST: "Perdue",
}


@dataclass(frozen=True)
class CardDispute:
    """Une famille conteste auprès de sa banque ; `answer_by` : jusqu'à quand le prestataire prend une réponse."""

    reference: str
    state: DisputeState
    cents: int
    intent: str
    reason: str
    answer_by: datetime | None = None


class Gateway(Protocol):
    """Un prestataire : Stripe, PayFiP. Tout appel se fait hors transaction ; `is_live` : de vrais euros."""

    @property
    def is_live(self) -> bool: ...

    def open(self, order: OpenOrder) -> Opened: ...

    def ask(self, provider_ref: str) -> Answer: ...

    def refund(self, order: RefundOrder) -> RefundAnswer: ...


class CardGateway(Gateway, Protocol):
    """Ce qu'un prestataire de cartes sait en plus : dire ce qui est arrivé à l'argent après le paiement."""

    def refund_state(self, reference: str) -> RefundAnswer: ...

    def refunds_of(self, number: str) -> list[CardRefund]:
        """Le remboursement de ce numéro, ou tous ceux d'un débit, le dernier d'abord."""
        ...

    def intent(self, number: str) -> CardIntent: ...

    def dispute(self, number: str) -> CardDispute: ...
