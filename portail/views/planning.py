"""L'agenda d'une famille et son lien d'abonnement, tels que l'écran les montre."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PlanningLine:
    """Un enfant, une séance. `status` donne la couleur et l'icône, `word` le mot."""

    child: str = ""
    color: str = ""
    title: str = ""
    part: str = ""
    hours: str = ""
    status: str = ""
    word: str = ""
    href: str = ""


@dataclass(frozen=True)
class PlanningDay:
    date: str = ""
    number: str = ""
    label: str = ""  # « jeudi 3 décembre »
    is_today: bool = False
    is_outside: bool = False  # d'un autre mois
    lines: list[PlanningLine] = field(default_factory=list)


@dataclass(frozen=True)
class Planning:
    ready: bool = False
    span: str = "month"
    day: str = ""  # le premier jour montré, pour y revenir
    label: str = ""
    previous: str = ""
    next: str = ""
    today: str = ""
    summary: str = ""
    days: list[PlanningDay] = field(default_factory=list)
    is_empty: bool = False


@dataclass(frozen=True)
class FeedView:
    """`address` et `webcal` ne sont connus qu'à la création : la base n'en garde que l'empreinte."""

    exists: bool = False
    since: str = ""
    last_read: str = ""
    address: str = ""
    webcal: str = ""
