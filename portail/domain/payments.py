"""Les paiements : par quel moyen, pour quoi, et où en est une tentative."""

from enum import StrEnum


class Provider(StrEnum):
    """Qui encaisse en ligne, au choix de chaque régie."""

    STRIPE = "stripe"
    PAYFIP = "payfip"

    @property
    def label(self) -> str:
        return "Carte bancaire" if self is Provider.STRIPE else "PayFiP"


class Purpose(StrEnum):
    """Ce que la famille paie en ligne."""

    TOP_UP = "top_up"
    INVOICES = "invoices"

    @property
    def label(self) -> str:
        return "Alimentation du porte-monnaie" if self is Purpose.TOP_UP else "Factures"


class KeptKind(StrEnum):
    """Ce qui attend l'argent : des jours cochés au calendrier, ou une semaine type."""

    DAYS = "days"
    WEEK = "week"

    @property
    def label(self) -> str:
        return "Jours choisis" if self is KeptKind.DAYS else "Modification avancée"


class AttemptState(StrEnum):
    """Enregistrée avant tout appel ; seul le prestataire, interrogé de nouveau, dit qu'elle a abouti."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return ATTEMPT_LABELS[self]


ATTEMPT_LABELS = {
    AttemptState.CREATED: "En préparation",
    AttemptState.PENDING: "En attente de la banque",
    AttemptState.SUCCEEDED: "Payé",
    AttemptState.FAILED: "Refusé",
    AttemptState.EXPIRED: "Abandonné",
}


UNDECIDED = frozenset({AttemptState.CREATED, AttemptState.PENDING})  # refusée ou abandonnée, elle peut encore aboutir


class Means(StrEnum):
    """D'où vient un encaissement."""

    CARD = "card"
    PAYFIP = "payfip"
    DEBIT = "debit"
    WALLET = "wallet"
    CASH = "cash"
    CHEQUE = "cheque"
    CESU = "cesu"
    ANCV = "ancv"

    @property
    def label(self) -> str:
        return MEANS_LABELS[self]

    @property
    def said(self) -> str:
        """Au milieu d'une phrase : un sigle garde ses capitales."""
        return self.label if self in {Means.CESU, Means.PAYFIP} else self.label[0].lower() + self.label[1:]


def undone(means: Means, *, is_banked: bool) -> str:
    """Défait par la banque (chèque remis, prélèvement), ou au guichet."""
    return "rejeté" if is_banked or means is Means.DEBIT else "annulé"


MEANS_LABELS = {
    Means.CARD: "Carte bancaire",
    Means.PAYFIP: "PayFiP",
    Means.DEBIT: "Prélèvement",
    Means.WALLET: "Porte-monnaie",
    Means.CASH: "Espèces",
    Means.CHEQUE: "Chèque",
    Means.CESU: "CESU",
    Means.ANCV: "Chèques-vacances (ANCV)",
}
ONLINE = {Provider.STRIPE: Means.CARD, Provider.PAYFIP: Means.PAYFIP}
AT_THE_DESK = frozenset({Means.CASH, Means.CHEQUE, Means.CESU, Means.ANCV})
REFUSABLE = frozenset({Means.CHEQUE, Means.CESU, Means.ANCV})  # remis, la banque ou l'émetteur peut encore le refuser
ON_A_SLIP = AT_THE_DESK  # ce qui se remet à la banque ou à l'émetteur sur un bordereau


class RefundState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return REFUND_LABELS[self]


REFUND_LABELS = {RefundState.ASKED: "Demandé", RefundState.DONE: "Remboursé", RefundState.FAILED: "Refusé"}
REFUND_STEPS = {  # une banque peut rendre la somme après coup : carte fermée, compte clos
    RefundState.ASKED: frozenset({RefundState.DONE, RefundState.FAILED}),
    RefundState.DONE: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset(),
}


class RefundOrigin(StrEnum):
    """Qui a rendu l'argent."""

    PORTAL = "portal"
    DASHBOARD = "dashboard"
    DISPUTE = "dispute"

    @property
    def label(self) -> str:
        return ORIGIN_LABELS[self]


ORIGIN_LABELS = {
    RefundOrigin.PORTAL: "Demandé ici",
    RefundOrigin.DASHBOARD: "Fait dans le tableau de bord de Stripe",
    RefundOrigin.DISPUTE: "Contestation perdue",
}


class RefundSource(StrEnum):
    """Où la somme rendue a été prise."""

    WALLET = "wallet"
    INVOICES = "invoices"
    OWED = "owed"

    @property
    def label(self) -> str:
        return SOURCE_LABELS[self]


SOURCE_LABELS = {
    RefundSource.WALLET: "Prise au porte-monnaie",
    RefundSource.INVOICES: "Factures de nouveau à payer",
    RefundSource.OWED: "À reprendre à la famille",
}
