"""Les paiements en ligne, tels qu'une famille et la régie les lisent."""

from dataclasses import dataclass, field

from portail.views.bookings import Pick
from portail.views.requests import Choice


@dataclass(frozen=True)
class TopUpOffer:
    """« Alimenter mon porte-monnaie » ; `missing` : ce qui manque à la sélection qui attend, gardée sous `kept`."""

    ready: bool = False
    providers: list[Choice] = field(default_factory=list)
    suggested: list[Choice] = field(default_factory=list)
    amount: str = ""
    missing: str = ""
    several: str = ""  # ce qui manque dépasse un versement
    least: str = ""
    most: str = ""
    kept: str = ""
    token: str = ""
    resume: str = ""  # une sélection déjà payée, à confirmer


@dataclass(frozen=True)
class Draft:
    """La sélection retrouvée : des jours, ou une semaine type (`wish`)."""

    reference: str = ""
    choices: str = ""
    sentence: str = ""
    picks: list[Pick] = field(default_factory=list)
    wish: str = ""


@dataclass(frozen=True)
class PaymentReturn:
    """Où en est un paiement ; `tone` : wait, ok, warn, err."""

    ready: bool = False
    reference: str = ""
    title: str = ""
    detail: str = ""
    tone: str = ""
    amount: str = ""
    is_waiting: bool = False
    href: str = ""
    label: str = ""
    resumes: bool = False


@dataclass(frozen=True)
class RefundOfPayment:
    """Ce qui a été rendu d'un paiement, et où cela en est ; `can_recover` : la famille le doit encore."""

    id: int = 0
    at: str = ""
    amount: str = ""
    state: str = ""
    tone: str = ""
    said: str = ""
    can_recover: bool = False


@dataclass(frozen=True)
class RefundPlan:
    """Un remboursement à relire avant « Oui, rembourser » ; `amount` et `reason` : ce qui a été saisi."""

    ready: bool = False
    amount: str = ""
    reason: str = ""
    token: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class OnlinePayment:
    """Une ligne du tableau de la régie."""

    id: int = 0  # de la tentative
    payment_id: int = 0
    at: str = ""
    family: str = ""
    purpose: str = ""
    provider: str = ""
    reference: str = ""
    amount: str = ""
    refunded: str = ""
    state: str = ""
    tone: str = ""
    review: str = ""
    refunds: list[RefundOfPayment] = field(default_factory=list)
    left: str = ""  # ce qui peut encore être remboursé, en euros, tel qu'on le saisit
    can_credit: bool = False  # la somme reçue n'est pas celle demandée : elle peut aller au porte-monnaie
    can_refund: bool = False


@dataclass(frozen=True)
class OnlinePayments:
    ready: bool = False
    rows: list[OnlinePayment] = field(default_factory=list)
    total: int = 0
    page: int = 1
    pages: int = 1
    summary: str = ""
    words: str = ""
    only: str = ""
    token: str = ""


@dataclass(frozen=True)
class RegieCard:
    """Une régie, telle qu'elle se règle ; `activities` : ce qu'elle vend."""

    id: int = 0
    name: str = ""
    code: str = ""
    holds_wallets: bool = False
    is_closed: bool = False
    stripe: bool = False
    payfip: bool = False
    due_days: str = ""
    minimum: str = ""
    iban: str = ""
    bic: str = ""
    creditor_id: str = ""
    siret: str = ""
    payfip_client: str = ""
    treasury_code: str = ""
    budget_code: str = ""
    first_days: str = ""  # après l'échéance : le rappel automatique
    second_days: str = ""
    top_up_least: str = ""  # ce qu'une famille verse d'un coup, dans la régie qui tient les porte-monnaie
    top_up_most: str = ""
    suggested: str = ""
    low: str = ""
    activities: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ActivityRegie:
    id: int = 0
    title: str = ""
    regie: str = ""


@dataclass(frozen=True)
class RegieList:
    ready: bool = False
    rows: list[RegieCard] = field(default_factory=list)
    activities: list[ActivityRegie] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # ce que le contrôle de nuit a trouvé de faux
