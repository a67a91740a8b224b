"""« Modification avancée » telle qu'un parent la voit : le formulaire, puis ce qui changerait."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Box:
    """Une case à cocher du formulaire."""

    name: str = ""
    label: str = ""
    long: str = ""  # « mercredi », quand l'étiquette est abrégée
    checked: bool = False


@dataclass(frozen=True)
class WeekPart:
    """Une séance de la journée, et les jours de la semaine où elle a lieu."""

    id: int = 0
    name: str = ""  # « Matin », « Journée · 6-11 ans »
    hours: str = ""
    boxes: list[Box] = field(default_factory=list)


@dataclass(frozen=True)
class WeekActivity:
    """Une activité et ses séances ; dépliée quand on en vient, ou qu'un jour y est déjà coché."""

    id: int = 0
    title: str = ""
    is_open: bool = False
    parts: list[WeekPart] = field(default_factory=list)


@dataclass(frozen=True)
class WeeklyForm:
    ready: bool = False
    activity: int = 0
    title: str = ""
    children: list[Box] = field(default_factory=list)
    activities: list[WeekActivity] = field(default_factory=list)
    least: str = ""  # aujourd'hui
    first: str = ""
    last: str = ""
    rhythm: str = ""
    mode: str = ""


@dataclass(frozen=True)
class DayGroup:
    """Des jours de même sort : « Décembre 2026 · 34 séances · 108,80 € », ou « Complet · 2 séances »."""

    title: str = ""
    count: str = ""
    amount: str = ""
    why: str = ""
    next_step: str = ""
    link: str = ""
    lines: list[str] = field(default_factory=list)  # « Cantine · Léa : 1er, 3, 4 »


@dataclass(frozen=True)
class WeeklyPreview:
    """Ce qui changerait ; `wish`, `seen` et `token` reviennent tels quels avec « Confirmer »."""

    wish: str = ""
    seen: str = ""
    token: str = ""
    title: str = ""
    added: list[DayGroup] = field(default_factory=list)
    removed: list[DayGroup] = field(default_factory=list)
    already: list[DayGroup] = field(default_factory=list)
    kept: list[DayGroup] = field(default_factory=list)
    skipped: list[DayGroup] = field(default_factory=list)
    total: str = ""
    surcharge: str = ""
    refund: str = ""
    balance_before: str = ""
    balance_after: str = ""
    billing: str = ""
    notice: str = ""
    changed: str = ""  # ce qui a changé depuis l'aperçu précédent
    blocked: str = ""
    blocked_step: str = ""
    can_settle: bool = False
    button: str = ""
    can_confirm: bool = False


@dataclass(frozen=True)
class WeeklyOutcome:
    """Après « Confirmer » : ce qui est fait, ou l'aperçu de ce qui reste possible."""

    message: str = ""
    detail: str = ""
    batch: int = 0
    can_undo: bool = False
    retry: WeeklyPreview = field(default_factory=WeeklyPreview)
