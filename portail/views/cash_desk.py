"""Le guichet de la régie, tel qu'un agent le lit."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class DueLine:
    """Une facture à payer."""

    id: int = 0
    number: str = ""
    regie: str = ""
    due: str = ""
    is_late: bool = False
    left_cents: int = 0
    left: str = ""
    total: str = ""
    debit: str = ""  # « Prélèvement prévu le … »
    proposed: str = ""  # ce que la répartition proposée y met


@dataclass(frozen=True)
class PaymentLine:
    """Un encaissement ; ce qu'il paie est dit en une phrase, le motif de son annulation aussi."""

    id: int = 0
    day: str = ""
    family_id: int = 0
    family: str = ""
    means: str = ""
    note: str = ""
    uses: str = ""
    invoices: list[Choice] = field(default_factory=list)  # celles qu'il paie : leur numéro mène à chacune
    amount: str = ""
    state: str = ""
    tone: str = ""
    why: str = ""
    receipt: str = ""  # l'adresse du reçu
    can_undo: bool = False
    can_correct: bool = False
    can_bounce: bool = False


@dataclass(frozen=True)
class PieceLine:
    """Une pièce qui attend d'être remise."""

    id: int = 0
    day: str = ""
    family: str = ""
    note: str = ""
    amount: str = ""


@dataclass(frozen=True)
class SlipPile:
    """Les pièces d'un même moyen, dans une même régie."""

    key: str = ""
    regie_id: int = 0
    means: str = ""
    title: str = ""
    total: str = ""
    count: str = ""
    pieces: list[PieceLine] = field(default_factory=list)


@dataclass(frozen=True)
class SlipLine:
    id: int = 0
    number: str = ""
    means: str = ""
    day: str = ""
    count: str = ""  # « Annulé : » et pourquoi, quand ses pièces sont reparties
    total: str = ""
    href: str = ""
    credited: str = ""  # « Crédité le … », ou rien tant que la banque ne l'a pas fait
    can_credit: bool = False
    can_cancel: bool = False


@dataclass(frozen=True)
class SlipsView:
    ready: bool = False
    piles: list[SlipPile] = field(default_factory=list)
    slips: list[SlipLine] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""
    today: str = ""


@dataclass(frozen=True)
class TotalLine:
    label: str = ""
    amount: str = ""


@dataclass(frozen=True)
class DayCount:
    """Une journée à arrêter : ce qu'elle a reçu, avant de compter les espèces."""

    ready: bool = False
    day: str = ""
    said_day: str = ""
    totals: list[TotalLine] = field(default_factory=list)
    total: str = ""
    expected: str = ""
    given_back: str = ""  # ce qui est repris d'un autre jour, s'il y en a


@dataclass(frozen=True)
class ClosingLine:
    id: int = 0
    day: str = ""
    detail: str = ""  # « Espèces 20,00 €, Chèque 30,00 € »
    total: str = ""
    expected: str = ""
    counted: str = ""
    gap: str = ""
    tone: str = ""
    note: str = ""
    who: str = ""
    href: str = ""
    reopened: str = ""  # « Rouvert le … par … : motif »
    can_reopen: bool = False


@dataclass(frozen=True)
class ClosingList:
    ready: bool = False
    rows: list[ClosingLine] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""


@dataclass(frozen=True)
class MonthBar:
    """L'encaissement d'un mois ; `share` : la longueur de la barre, sur cent."""

    label: str = ""
    total: str = ""
    detail: str = ""
    share: int = 0


@dataclass(frozen=True)
class DailyRow:
    """Un jour d'une régie, ou un total ; une case sans rien est vide."""

    day: str = ""
    regie: str = ""
    card: str = ""
    payfip: str = ""
    debit: str = ""
    cheque: str = ""
    cash: str = ""
    cesu: str = ""
    ancv: str = ""
    refunded: str = ""
    total: str = ""


@dataclass(frozen=True)
class DailyIncome:
    """« Recettes par jour » d'un mois ; `regie_id` : celle que l'on regarde, zéro pour toutes."""

    ready: bool = False
    month: str = ""
    said_month: str = ""
    regies: list[Choice] = field(default_factory=list)
    regie_id: int = 0
    rows: list[DailyRow] = field(default_factory=list)
    totals: list[DailyRow] = field(default_factory=list)


@dataclass(frozen=True)
class CashView:
    """La caisse d'un jour, ses encaissements, ce qui rentre et ce qui manque."""

    ready: bool = False
    regie_id: int = 0
    regies: list[Choice] = field(default_factory=list)
    day: str = ""
    said_day: str = ""
    is_closed: bool = False
    totals: list[TotalLine] = field(default_factory=list)
    total: str = ""
    given_back: str = ""  # ce qui est repris d'un autre jour, s'il y en a
    left_open: list[Choice] = field(default_factory=list)  # les journées passées à arrêter, la plus ancienne d'abord
    said_left_open: str = ""
    months: list[MonthBar] = field(default_factory=list)
    ages: list[MonthBar] = field(default_factory=list)
    month: str = ""  # le mois proposé à l'export


@dataclass(frozen=True)
class PaymentList:
    ready: bool = False
    rows: list[PaymentLine] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""
    words: str = ""
