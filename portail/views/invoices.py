"""Les factures, telles que les familles et la régie les lisent."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class InvoiceRow:
    id: int = 0
    number: str = ""
    month: str = ""
    kind: str = ""
    family: str = ""
    total: str = ""
    left: str = ""
    left_cents: int = 0
    due: str = ""
    standing: str = ""
    tone: str = ""
    regie: str = ""
    debit: str = ""  # « Prélèvement prévu le … » : personne ne paie deux fois
    is_payable: bool = False
    is_credit: bool = False
    has_pdf: bool = False
    is_pdf_failed: bool = False
    is_chosen: bool = False


@dataclass(frozen=True)
class InvoiceList:
    """« Mes factures » : les dernières d'abord ; `due` : ce qui reste à payer en tout."""

    ready: bool = False
    rows: list[InvoiceRow] = field(default_factory=list)
    due: str = ""
    is_due: bool = False
    is_payable: bool = False  # faux aussi quand tout ce qui est dû est remis à la banque
    has_homes: bool = False  # plusieurs dossiers : leur nom est écrit
    can_debit: bool = False  # une de ces régies prélève : « Mes prélèvements » est proposé


@dataclass(frozen=True)
class DetailRow:
    """Une prestation d'un enfant : tant de fois, à tant ; `why` : le calcul, tel qu'à la réservation."""

    label: str = ""
    quantity: str = ""
    unit: str = ""
    amount: str = ""
    days: str = ""
    why: str = ""


@dataclass(frozen=True)
class ChildPart:
    name: str = ""
    total: str = ""
    rows: list[DetailRow] = field(default_factory=list)


@dataclass(frozen=True)
class PaidPart:
    """Un paiement, ou un avoir, qui a soldé une part de la facture."""

    day: str = ""
    label: str = ""
    amount: str = ""
    href: str = ""
    reason: str = ""  # d'un avoir
    receipt: str = ""  # l'adresse de son reçu


@dataclass(frozen=True)
class CreditableLine:
    id: int = 0
    label: str = ""
    amount: str = ""


@dataclass(frozen=True)
class InvoiceFile:
    """Une facture entière ; `creditable` : les lignes qu'un agent peut encore rendre."""

    ready: bool = False
    row: InvoiceRow = InvoiceRow()
    issued: str = ""
    period: str = ""
    paid: str = ""
    holder: str = ""
    family_id: int = 0
    run_id: int = 0
    is_draft: bool = False
    corrects_id: int = 0
    corrects: str = ""
    reason: str = ""
    rejected: str = ""  # pourquoi le prélèvement d'une facture encore due n'a pas eu lieu
    children: list[ChildPart] = field(default_factory=list)
    paid_by: list[PaidPart] = field(default_factory=list)
    creditable: list[CreditableLine] = field(default_factory=list)
    room: str = ""  # leur somme : le plus grand avoir
    room_cents: int = 0
    token: str = ""


@dataclass(frozen=True)
class HistoryRow:
    day: str = ""
    label: str = ""
    debit: str = ""
    credit: str = ""
    balance: str = ""
    href: str = ""


@dataclass(frozen=True)
class AccountHistory:
    """Le compte de la famille : ce qui est facturé, ce qui est payé, ce qui reste dû."""

    ready: bool = False
    family_id: int = 0
    family: str = ""
    homes: list[Choice] = field(default_factory=list)
    rows: list[HistoryRow] = field(default_factory=list)
    balance: str = ""
    is_due: bool = False
    page: int = 1
    pages: int = 1
    summary: str = ""


@dataclass(frozen=True)
class MeansChoice:
    """Un moyen de payer ; indisponible, il dit pourquoi."""

    value: str = ""
    label: str = ""
    detail: str = ""
    is_open: bool = True


@dataclass(frozen=True)
class PaymentPlan:
    """Le récapitulatif avant paiement ; `total_cents` est ce que l'on a montré, et que le serveur recompare."""

    ready: bool = False
    choices: str = ""
    rows: list[InvoiceRow] = field(default_factory=list)
    total: str = ""
    total_cents: int = 0
    regie: str = ""
    email: str = ""
    before: str = ""
    after: str = ""
    means: list[MeansChoice] = field(default_factory=list)
    can_debit: bool = False
    pending: list[str] = field(default_factory=list)  # un paiement en ligne est déjà en cours
    token: str = ""


@dataclass(frozen=True)
class RunRow:
    """La facturation d'un mois ; `percent` dit où en est le travail."""

    id: int = 0
    month: str = ""
    regie: str = ""
    state: str = ""
    tone: str = ""
    progress: str = ""
    failed: str = ""  # « 2 PDF en échec »
    percent: int = 0
    is_busy: bool = False
    count: str = ""
    total: str = ""


@dataclass(frozen=True)
class RunList:
    ready: bool = False
    rows: list[RunRow] = field(default_factory=list)
    regies: list[Choice] = field(default_factory=list)
    months: list[Choice] = field(default_factory=list)
    is_busy: bool = False


@dataclass(frozen=True)
class PreviewRow:
    """Le brouillon d'un foyer, à côté de ce qu'il payait le mois d'avant ; `about` : où mène `href`, pour l'oreille."""

    href: str = ""
    about: str = ""
    family: str = ""
    number: str = ""
    cents: str = ""
    before: str = ""
    change: str = ""
    mark: str = ""  # « Écart », « Nouveau », « Reportée », « Avoir », « Disparue »
    tone: str = ""


@dataclass(frozen=True)
class RunFile:
    """Un traitement et une page de ses brouillons ; `to_issue` : ce qui partirait, quel que soit le filtre."""

    ready: bool = False
    row: RunRow = RunRow()
    can_issue: bool = False
    can_cancel: bool = False
    has_nothing: bool = False
    to_issue: str = ""
    drafts: str = ""
    issued_on: str = ""
    due: str = ""
    figures: list[Choice] = field(default_factory=list)
    only: str = ""
    words: str = ""
    rows: list[PreviewRow] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""


@dataclass(frozen=True)
class InvoiceSearch:
    """Les factures, pour la régie."""

    ready: bool = False
    rows: list[InvoiceRow] = field(default_factory=list)
    words: str = ""
    standing: str = ""
    page: int = 1
    pages: int = 1
    summary: str = ""
