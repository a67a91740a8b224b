"""Les activités telles que la direction les règle : la liste, une activité ouverte, ce qu'un parent en verra."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class Tick:
    """Une case à cocher : le nom attendu par le formulaire."""

    name: str = ""
    label: str = ""
    ticked: bool = False


@dataclass(frozen=True)
class ActivityForm:
    """Les valeurs du formulaire de réglages et ses listes."""

    known: dict[str, str] = field(default_factory=dict)
    when: list[Tick] = field(default_factory=list)
    schools: list[Tick] = field(default_factory=list)
    levels: list[Tick] = field(default_factory=list)
    documents: list[Tick] = field(default_factory=list)
    flags: list[Tick] = field(default_factory=list)
    kinds: list[Choice] = field(default_factory=list)
    enrolments: list[Choice] = field(default_factory=list)
    waitlists: list[Choice] = field(default_factory=list)
    priorities: list[Choice] = field(default_factory=list)
    aheads: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class ActivityLine:
    id: int = 0
    title: str = ""
    kind: str = ""
    parts: str = ""  # « 2 séances types »
    opened: str = ""  # « jusqu’au 2 juillet 2027 »
    bookings: str = ""
    closed: bool = False


@dataclass(frozen=True)
class ActivityList:
    ready: bool = False
    rows: list[ActivityLine] = field(default_factory=list)
    blank: ActivityForm = field(default_factory=ActivityForm)


@dataclass(frozen=True)
class OfferingLine:
    id: int = 0
    name: str = ""
    hours: str = ""
    ages: str = ""
    days: str = ""
    places: str = ""
    tariff: str = ""
    closed: bool = False
    known: dict[str, str] = field(default_factory=dict)
    ticks: list[Tick] = field(default_factory=list)


@dataclass(frozen=True)
class RuleLine:
    id: int = 0
    since: str = ""
    current: bool = False
    sentences: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExceptionLine:
    """Un jour qui ne ressemble pas aux autres."""

    day: str = ""
    part: str = ""
    what: str = ""
    tone: str = ""


@dataclass(frozen=True)
class ActivityFile:
    """Une activité ouverte : tout ce qui s'y règle. `stamp` revient avec chaque réglage."""

    ready: bool = False
    id: int = 0
    stamp: str = ""
    title: str = ""
    kind: str = ""
    closed: bool = False
    opened: str = ""  # « Séances ouvertes du … au … »
    form: ActivityForm = field(default_factory=ActivityForm)
    offerings: list[OfferingLine] = field(default_factory=list)
    new_offering: OfferingLine = field(default_factory=OfferingLine)
    parts: list[Choice] = field(default_factory=list)
    tariffs: list[Choice] = field(default_factory=list)
    rules: list[RuleLine] = field(default_factory=list)
    new_rule: RuleLine = field(default_factory=RuleLine)
    exceptions: list[ExceptionLine] = field(default_factory=list)
    weekdays: list[Tick] = field(default_factory=list)


@dataclass(frozen=True)
class PreviewLine:
    day: str = ""
    part: str = ""
    status: str = ""
    tone: str = ""
    why: str = ""
    next_step: str = ""
    add_until: str = ""
    cancel_until: str = ""


@dataclass(frozen=True)
class Preview:
    """« Voici ce que verra un parent le … »."""

    ready: bool = False
    title: str = ""
    moment: str = ""  # la valeur du champ
    age: str = ""
    rows: list[PreviewLine] = field(default_factory=list)
