"""L'accueil privé d'un parent et le tableau de bord d'un agent."""

from dataclasses import dataclass, field

from portail.views.cash_desk import MonthBar


@dataclass(frozen=True)
class TodoItem:
    icon: str = ""
    tone: str = ""  # "", "warn", "err"
    title: str = ""
    detail: str = ""
    href: str = ""
    action: str = ""


@dataclass(frozen=True)
class ChildChip:
    id: int = 0
    first_name: str = ""
    initial: str = ""
    color: str = ""
    school: str = ""
    level: str = ""
    age: str = ""
    shared: bool = False  # entre deux foyers
    health_open: bool = False  # qui regarde voit-il sa fiche sanitaire ?


@dataclass(frozen=True)
class GuardianLine:
    full_name: str = ""
    role: str = ""
    contact: str = ""
    has_account: bool = False


@dataclass(frozen=True)
class FamilyCard:
    name: str = ""
    number: str = ""
    pending: bool = False  # un agent doit encore la valider
    address: str = ""
    children: list[ChildChip] = field(default_factory=list)
    guardians: list[GuardianLine] = field(default_factory=list)


@dataclass(frozen=True)
class NewsCard:
    slug: str = ""
    day: str = ""
    title: str = ""
    excerpt: str = ""
    tone: str = ""


@dataclass(frozen=True)
class HomeView:
    ready: bool = False
    greeting: str = ""
    today: str = ""
    todos: list[TodoItem] = field(default_factory=list)
    children: list[ChildChip] = field(default_factory=list)
    families: list[FamilyCard] = field(default_factory=list)
    news: list[NewsCard] = field(default_factory=list)
    family_badge: str = ""
    wallet_badge: str = ""
    invoices_badge: str = ""
    account_badge: str = ""
    news_badge: str = ""
    requests_badge: str = ""


@dataclass(frozen=True)
class Figure:
    label: str = ""
    value: str = ""
    detail: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class SchoolRow:
    school: str = ""
    children: int = 0
    share: int = 0  # pour cent du plus grand effectif, pour la barre


@dataclass(frozen=True)
class DashboardView:
    ready: bool = False
    greeting: str = ""
    today: str = ""
    figures: list[Figure] = field(default_factory=list)
    schools: list[SchoolRow] = field(default_factory=list)
    todos: list[TodoItem] = field(default_factory=list)
    months: list[MonthBar] = field(default_factory=list)  # réservations
    weeks: list[MonthBar] = field(default_factory=list)
    occupancy: list[MonthBar] = field(default_factory=list)
    income: list[MonthBar] = field(default_factory=list)  # vide pour qui ne voit pas les recettes
    ages: list[MonthBar] = field(default_factory=list)  # impayés
