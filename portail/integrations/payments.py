"""Payer en ligne : ce que tout prestataire sait faire. Le retour d'un navigateur ne prouve rien : on redemande."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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


class Gateway(Protocol):
    """Un prestataire : Stripe, PayFiP. Tout appel se fait hors transaction ; `is_live` : de vrais euros."""

    @property
    def is_live(self) -> bool: ...

    def open(self, order: OpenOrder) -> Opened: ...

    def ask(self, provider_ref: str) -> Answer: ...

    def refund(self, order: RefundOrder) -> str:
        """Rend la référence du remboursement chez le prestataire."""
        ...
