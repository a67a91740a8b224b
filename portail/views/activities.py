"""Les activités telles qu'un parent les voit : son catalogue, une activité, son inscription."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class ChildStanding:
    """Où en est un enfant pour une activité : une pastille, une phrase, un lien."""

    id: int = 0
    first_name: str = ""
    initial: str = ""
    color: str = ""
    state: str = ""  # enrolled, open, submitted, refused, enrol, closed
    word: str = ""
    tone: str = ""
    why: str = ""
    next_step: str = ""
    link: str = ""
    action: str = ""  # le bouton qui y mène
    week_link: str = ""  # « Modification avancée », déjà remplie de la semaine choisie
    can_end: bool = False


@dataclass(frozen=True)
class ActivityCard:
    id: int = 0
    title: str = ""
    kind: str = ""
    place: str = ""
    summary: str = ""
    hours: str = ""  # « 11 h 45 à 13 h 45 »
    ages: str = ""
    price: str = ""  # « 3,20 € », « de 5,30 € à 12,40 € »
    price_note: str = ""
    href: str = ""
    children: list[ChildStanding] = field(default_factory=list)


@dataclass(frozen=True)
class Catalogue:
    ready: bool = False
    kind: str = ""
    mine: list[ActivityCard] = field(default_factory=list)
    others: list[ActivityCard] = field(default_factory=list)
    summary: str = ""


@dataclass(frozen=True)
class DayBox:
    """Une case « mercredi » d'une formule."""

    name: str = ""
    label: str = ""


@dataclass(frozen=True)
class OfferingLine:
    id: int = 0
    name: str = ""
    hours: str = ""
    ages: str = ""
    weekdays: str = ""
    price: str = ""
    boxes: list[DayBox] = field(default_factory=list)


@dataclass(frozen=True)
class DocumentLine:
    name: str = ""
    word: str = ""
    tone: str = ""
    why: str = ""


@dataclass(frozen=True)
class ActivityPage:
    ready: bool = False
    id: int = 0
    title: str = ""
    kind: str = ""
    summary: str = ""
    rules: list[str] = field(default_factory=list)
    offerings: list[OfferingLine] = field(default_factory=list)  # toutes
    children: list[ChildStanding] = field(default_factory=list)
    to_enrol: list[Choice] = field(default_factory=list)  # les enfants que l'on peut inscrire
    child: int = 0  # celui du formulaire
    days: list[OfferingLine] = field(default_factory=list)  # les formules de son âge, avec leurs cases
    documents: list[DocumentLine] = field(default_factory=list)
    needs_enrolment: bool = False
    is_validated: bool = False  # la mairie répond à chaque inscription
    can_book: bool = True
    price_note: str = ""


@dataclass(frozen=True)
class Enrolled:
    """L'inscription vient d'être faite, ou demandée."""

    state: str = ""
    message: str = ""
    detail: str = ""
    href: str = ""
    action: str = ""
