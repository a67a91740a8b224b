"""Les tarifs : ce que la régie règle, ce qu'une famille paie, ce qu'une année coûterait."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class PriceRow:
    """Une ligne d'une grille : une tranche, son prix, et ses parts."""

    label: str = ""
    price: str = ""
    parts: str = ""


@dataclass(frozen=True)
class SideTable:
    title: str = ""
    rows: list[PriceRow] = field(default_factory=list)


@dataclass(frozen=True)
class GridCard:
    """Une grille en clair ; `locked` dit pourquoi elle ne se change plus."""

    id: int = 0
    since: str = ""
    standing: str = ""  # en vigueur, à venir, remplacée
    tone: str = ""
    method: str = ""
    sides: list[SideTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    locked: str = ""
    known: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EffectRow:
    """Une tranche : qui y est aujourd'hui, et ce qu'une séance leur coûte avant et après."""

    label: str = ""
    families: str = ""
    children: str = ""
    before: str = ""
    after: str = ""
    average: str = ""
    more: str = ""
    less: str = ""


@dataclass(frozen=True)
class EffectTable:
    title: str = ""
    rows: list[EffectRow] = field(default_factory=list)


@dataclass(frozen=True)
class GridEffect:
    """Ce qu'une grille changera pour les familles ; `id` : la grille enregistrée, zéro pour celle que l'on relit."""

    ready: bool = False
    id: int = 0
    summary: str = ""
    tables: list[EffectTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TariffLine:
    """Un tarif dans la liste de la régie."""

    id: int = 0
    name: str = ""
    method: str = ""
    prices: str = ""
    since: str = ""
    coming: str = ""
    used: str = ""


@dataclass(frozen=True)
class TariffList:
    ready: bool = False
    rows: list[TariffLine] = field(default_factory=list)


@dataclass(frozen=True)
class TariffFile:
    """Un tarif et ses grilles, la plus récente d'abord."""

    ready: bool = False
    id: int = 0
    stamp: str = ""
    name: str = ""
    used: list[str] = field(default_factory=list)
    can_discard: bool = False  # ajouté par erreur : aucune activité ne l'a jamais vendu
    grids: list[GridCard] = field(default_factory=list)
    blank: dict[str, str] = field(default_factory=dict)  # une nouvelle grille part de la dernière
    today: str = ""
    adjustments: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class RowFields:
    """Les noms de champs d'une tranche du formulaire."""

    number: str = ""
    first: str = ""
    last: str = ""
    meal: str = ""
    care: str = ""


@dataclass(frozen=True)
class StepLine:
    label: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Explained:
    """Un prix pour quelqu'un, et « pourquoi ce montant » pas à pas."""

    who: str = ""
    price: str = ""
    parts: str = ""
    steps: list[StepLine] = field(default_factory=list)
    is_maximum: bool = False


@dataclass(frozen=True)
class TariffPreview:
    """Ce que paiera une famille, un jour donné."""

    title: str = ""
    lines: list[Explained] = field(default_factory=list)


@dataclass(frozen=True)
class OfferingPrices:
    name: str = ""
    detail: str = ""  # heures et âges
    prices: list[Explained] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)  # hors délais, présence non prévue
    coming: list[str] = field(default_factory=list)  # les grilles à venir


@dataclass(frozen=True)
class ActivityPrices:
    id: int = 0
    title: str = ""
    kind: str = ""
    price: str = ""
    offerings: list[OfferingPrices] = field(default_factory=list)


@dataclass(frozen=True)
class TariffCard:
    """Un tarif de la grille publique : ce qu'il vend, en vigueur et à venir."""

    id: int = 0
    name: str = ""
    used: str = ""
    price: str = ""
    grids: list[GridCard] = field(default_factory=list)


@dataclass(frozen=True)
class PricesPage:
    """« Tarifs » : ceux de ce foyer pour un parent, la grille de la commune pour tous les autres."""

    ready: bool = False
    is_family: bool = False
    family_id: int = 0
    family: str = ""
    homes: list[Choice] = field(default_factory=list)
    quotient: str = ""
    quotient_detail: str = ""
    quotient_note: str = ""  # inconnu ou périmé
    waiting_id: int = 0  # la démarche de l'attestation envoyée, tant qu'elle attend
    waiting_number: str = ""
    accept: str = ""  # les sortes de fichiers que le choix propose
    residence: str = ""
    activities: list[ActivityPrices] = field(default_factory=list)
    cards: list[TariffCard] = field(default_factory=list)


@dataclass(frozen=True)
class MonthBar:
    """Un mois du graphique : `width` est en pour cent du mois le plus cher."""

    month: str = ""
    days: str = ""
    amount: str = ""
    width: str = "0%"


@dataclass(frozen=True)
class Simulated:
    ready: bool = False
    problem: str = ""  # pourquoi rien ne s'estime
    title: str = ""
    month: str = ""
    year: str = ""
    detail: str = ""
    bars: list[MonthBar] = field(default_factory=list)
    prices: list[Explained] = field(default_factory=list)


@dataclass(frozen=True)
class SimulationForm:
    """Le formulaire, rempli de ce que l'on sait du foyer quand un parent est là."""

    ready: bool = False
    is_family: bool = False
    family_id: int = 0
    homes: list[Choice] = field(default_factory=list)
    activities: list[Choice] = field(default_factory=list)
    activity: str = ""
    quotient: str = ""
    residence: str = "in"
    children: str = "1"
    days: str = "4"


@dataclass(frozen=True)
class WantedQuotient:
    """Une famille dont le quotient est à demander, et le dernier que l'on a d'elle."""

    family_id: int = 0
    number: str = ""
    name: str = ""
    standing: str = ""
    tone: str = ""
    value: str = ""
    ends: str = ""


@dataclass(frozen=True)
class WantedQuotients:
    ready: bool = False
    rows: list[WantedQuotient] = field(default_factory=list)
    gap: str = ""
    words: str = ""
    total: str = ""
    page: int = 1
    pages: int = 1
    summary: str = ""
    export: str = ""  # l'adresse du tableau, filtré comme la page
