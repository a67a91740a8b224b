"""Le dossier d'une famille : coordonnées, enfants, adultes, tels que l'écran les reçoit."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class Coordinates:
    """Ce qu'un responsable peut changer lui-même, pour un de ses foyers."""

    family_id: int = 0
    family: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    home_phone: str = ""
    work_phone: str = ""
    other_phone: str = ""
    email: str = ""
    caf_number: str = ""
    invoices_by_email: bool = False
    invoice_email: str = ""
    can_edit: bool = True
    waiting: str = ""  # le numéro de la démarche de déménagement qui attend, s'il y en a une


@dataclass(frozen=True)
class FieldError:
    """Une faute : le foyer du formulaire, le champ, la phrase."""

    form: int = 0
    name: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class ChildPage:
    ready: bool = False
    id: int = 0
    first_name: str = ""
    last_name: str = ""
    initial: str = ""
    color: str = ""
    birth: str = ""
    birth_date: str = ""
    age: str = ""
    school: str = ""
    school_id: str = ""
    level: str = ""
    class_name: str = ""
    family: str = ""
    shared: bool = False  # l'enfant vit aussi dans un autre foyer
    can_edit: bool = False
    health_open: bool = False
    schools: list[Choice] = field(default_factory=list)
    levels: list[Choice] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ChangeChoices:
    """De quoi remplir les listes de « Signaler un changement »."""

    ready: bool = False
    families: list[Choice] = field(default_factory=list)
    adults: list[Choice] = field(default_factory=list)
    children: list[Choice] = field(default_factory=list)
    schools: list[Choice] = field(default_factory=list)
    levels: list[Choice] = field(default_factory=list)
    roles: list[Choice] = field(default_factory=list)
    situations: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class FamilyRow:
    id: int = 0
    number: str = ""
    name: str = ""
    adults: str = ""
    children: str = ""
    city: str = ""
    status: str = ""
    tone: str = ""


@dataclass(frozen=True)
class FamilyList:
    ready: bool = False
    rows: list[FamilyRow] = field(default_factory=list)
    total: int = 0
    page: int = 1
    pages: int = 1
    summary: str = ""
    words: str = ""


@dataclass(frozen=True)
class AdultLine:
    id: int = 0
    name: str = ""
    role: str = ""
    contacts: str = ""
    phone: str = ""
    home_phone: str = ""
    work_phone: str = ""
    other_phone: str = ""
    email: str = ""
    caf_number: str = ""
    invoices_by_email: bool = False
    invoice_email: str = ""
    account: str = ""
    tone: str = ""
    rights: str = ""


@dataclass(frozen=True)
class ChildLine:
    id: int = 0
    first_name: str = ""
    last_name: str = ""
    birth: str = ""
    birth_date: str = ""
    school: str = ""
    school_id: str = ""
    level: str = ""
    class_id: str = ""
    class_name: str = ""
    shared_with: str = ""
    shared_id: int = 0


@dataclass(frozen=True)
class HistoryLine:
    when: str = ""
    what: str = ""
    who: str = ""


@dataclass(frozen=True)
class FamilyFile:
    """Le dossier tel qu'un agent le tient."""

    ready: bool = False
    id: int = 0
    number: str = ""
    name: str = ""
    status: str = ""
    tone: str = ""
    is_open: bool = False
    address: str = ""
    postcode: str = ""
    city: str = ""
    since: str = ""
    adults: list[AdultLine] = field(default_factory=list)
    children: list[ChildLine] = field(default_factory=list)
    requests: list[Choice] = field(default_factory=list)  # le numéro de ligne, ce que la démarche dit
    activities: list[Choice] = field(default_factory=list)  # celles dont un agent peut ouvrir le calendrier
    schools: list[Choice] = field(default_factory=list)
    levels: list[Choice] = field(default_factory=list)
    classes: list[Choice] = field(default_factory=list)
    reads_health: bool = False  # l'agent a-t-il à connaître des fiches sanitaires ?
    is_validated: bool = False  # ses enfants ont-ils droit à une attestation d'inscription ?
    history: list[HistoryLine] = field(default_factory=list)
