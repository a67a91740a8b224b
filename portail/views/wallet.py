"""Le porte-monnaie, tel qu'une famille et la régie le lisent."""

from dataclasses import dataclass, field

from portail.views.cash_desk import DueLine, PaymentLine
from portail.views.direct_debits import MandateRow
from portail.views.papers import YearPapers
from portail.views.requests import Choice


@dataclass(frozen=True)
class MovementLine:
    id: int = 0
    day: str = ""
    kind: str = ""
    label: str = ""
    child: str = ""  # « Léa, Noé », pour une réservation ou une annulation
    who: str = ""  # l'agent, pour la régie seulement
    amount: str = ""  # « + 20,00 € », « − 3,20 € »
    is_credit: bool = False
    after: str = ""  # le solde après


@dataclass(frozen=True)
class Statement:
    """Une page de mouvements, le plus récent d'abord."""

    rows: list[MovementLine] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""
    kind: str = ""
    period: str = ""
    child: str = ""
    children: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class RefundLine:
    """Une demande de remboursement ; l'IBAN entier n'est que pour la régie."""

    id: int = 0
    family: str = ""
    number: str = ""
    holder: str = ""
    iban: str = ""
    iban_end: str = ""  # « •••• 0189 », ce qui suffit à confirmer
    amount: str = ""
    asked: str = ""
    state: str = ""
    reason: str = ""
    is_waiting: bool = False


@dataclass(frozen=True)
class QuotientLine:
    value: str = ""
    source: str = ""
    validity: str = ""
    set_on: str = ""
    is_current: bool = False
    standing: str = ""  # en vigueur, à venir, remplacé, expiré
    tone: str = ""


@dataclass(frozen=True)
class WalletView:
    """« Mon porte-monnaie » : un foyer à la fois ; `homes` : ceux entre lesquels choisir."""

    ready: bool = False
    family_id: int = 0
    family: str = ""
    homes: list[Choice] = field(default_factory=list)
    is_active: bool = False
    balance: str = ""
    is_low: bool = False
    overdraft: str = ""  # le découvert que la régie accorde
    must_accept: bool = False  # les conditions ont changé depuis l'activation
    quotient: str = ""
    residence: str = ""
    statement: Statement = Statement()
    refunds: list[RefundLine] = field(default_factory=list)
    may_ask: bool = False  # un solde à rendre, et aucune demande en cours


@dataclass(frozen=True)
class DeskRow:
    id: int = 0
    number: str = ""
    name: str = ""
    adults: str = ""
    balance: str = ""
    standing: str = ""
    tone: str = ""


@dataclass(frozen=True)
class DeskList:
    ready: bool = False
    rows: list[DeskRow] = field(default_factory=list)
    total: int = 0
    page: int = 1
    pages: int = 1
    summary: str = ""
    words: str = ""


@dataclass(frozen=True)
class DeskWallet:
    """Le porte-monnaie et le quotient d'un foyer, pour la régie ; `token` : un encaissement ne compte qu'une fois."""

    ready: bool = False
    family_id: int = 0
    number: str = ""
    family: str = ""
    is_open: bool = False
    is_active: bool = False
    balance: str = ""
    overdraft: str = ""
    residence: str = ""
    quotients: list[QuotientLine] = field(default_factory=list)
    sources: list[Choice] = field(default_factory=list)
    means: list[Choice] = field(default_factory=list)
    splits: list[Choice] = field(default_factory=list)
    dues: list[DueLine] = field(default_factory=list)
    owed: str = ""
    payments: list[PaymentLine] = field(default_factory=list)
    mandates: list[MandateRow] = field(default_factory=list)
    years: list[YearPapers] = field(default_factory=list)
    today: str = ""
    token: str = ""
    statement: Statement = Statement()
