"""Les campagnes, vues par un agent et par une famille : leurs heures, la salle d'attente, les vœux."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class RoomView:
    """Sa place dans la salle ; `opens_at` (ISO) tant qu'on n'entre pas encore."""

    ready: bool = False
    campaign: int = 0
    name: str = ""
    is_admitted: bool = False
    is_open: bool = False
    opens: str = ""
    opens_at: str = ""
    position: int = 0
    place: str = ""  # « 12e place, environ 3 minutes »
    until: str = ""  # une fois entré : jusqu'à quand
    doors: list[Choice] = field(default_factory=list)  # les activités : leur numéro, leur nom


@dataclass(frozen=True)
class CampaignRow:
    id: int = 0
    name: str = ""
    activities: str = ""
    days: str = ""
    residents: str = ""
    everyone: str = ""
    closes: str = ""
    room: str = ""  # « 60 entrées par minute » ; vide sans salle
    state: str = ""  # « à venir », « ouverte », « terminée »
    tone: str = ""
    waiting: int = 0
    admitted: int = 0


@dataclass(frozen=True)
class CampaignForm:
    """Les champs d'une campagne, tels qu'un formulaire les montre et les renvoie."""

    id: int = 0
    stamp: str = ""
    name: str = ""
    first_day: str = ""
    last_day: str = ""
    residents_at: str = ""  # « 2026-12-01T18:00 », à Paris
    everyone_at: str = ""
    closes_at: str = ""
    admitted_a_minute: str = "0"
    activities: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CampaignPage:
    ready: bool = False
    rows: list[CampaignRow] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class OpeningView:
    """Ce que la page du calendrier dit d'une campagne : le compte à rebours, la salle, les vœux préparés."""

    campaign: int = 0
    activity: int = 0
    name: str = ""
    opens: str = ""  # « mardi 1er décembre à 18 h 00 », vide si c'est ouvert
    opens_at: str = ""  # ISO, pour le compte à rebours
    has_room: bool = False
    is_admitted: bool = True
    wishes: str = ""  # les choix préparés
    wished: str = ""  # « 4 vœux préparés »
    can_wish: bool = False


@dataclass(frozen=True)
class WishCell:
    """Une séance pour un enfant ; `why` : pourquoi elle ne se demande pas."""

    slot: int = 0
    child: int = 0
    first_name: str = ""
    part: str = ""
    price: str = ""
    is_wished: bool = False
    why: str = ""
    name: str = ""  # le nom accessible, en entier


@dataclass(frozen=True)
class WishDay:
    label: str = ""
    cells: list[WishCell] = field(default_factory=list)


@dataclass(frozen=True)
class WishPage:
    ready: bool = False
    activity: int = 0
    campaign: int = 0
    title: str = ""
    name: str = ""
    opens: str = ""
    opens_at: str = ""
    is_open: bool = False
    has_room: bool = False
    is_admitted: bool = True
    wished: str = ""
    days: list[WishDay] = field(default_factory=list)
