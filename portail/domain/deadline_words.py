"""Une date limite dite en français : « deux jours ouvrés avant, à 12 h »."""

from typing import TYPE_CHECKING

from portail.domain.custody import WEEKDAYS
from portail.domain.dates import said_day, said_hour, said_list, said_number, said_rank
from portail.domain.deadline_kinds import DeadlineKind, Excluded, Shift

if TYPE_CHECKING:
    from portail.domain.deadlines import Deadline

_LAST_OF_MONTH = 31


def in_words(deadline: "Deadline") -> str:
    """Sans majuscule ni point : la phrase se place dans une autre."""
    if deadline.kind is DeadlineKind.NONE:
        return "jusqu’au début de l’activité"
    if deadline.kind is DeadlineKind.WEEKDAY_GROUPS:
        return _groups(deadline) + _shift(deadline) + _otherwise(deadline)
    said = f"{_DAYS[deadline.kind](deadline)}, à {said_hour(deadline.hour)}"
    if deadline.kind is DeadlineKind.LAST_CLASS_DAY:
        said += f", pour {_return(deadline.after)}"
    return said + _shift(deadline) + _otherwise(deadline)


def _working_days(deadline: "Deadline") -> str:
    if deadline.days == 0:
        return "le jour même"
    plural = "s" if deadline.days > 1 else ""
    return f"{said_number(deadline.days)} jour{plural} ouvré{plural} avant"


def _days(deadline: "Deadline") -> str:
    if deadline.days <= 1:
        return "la veille" if deadline.days else "le jour même"
    return f"{said_number(deadline.days)} jours avant"


def _weeks(deadline: "Deadline") -> str:
    name = WEEKDAYS[deadline.weekday]
    if deadline.weeks == 1:
        return f"le {name} de la semaine précédente"
    return f"le {name}, {said_number(deadline.weeks)} semaines avant"


def _months(deadline: "Deadline") -> str:
    if deadline.day_of_month == _LAST_OF_MONTH:
        day = "le dernier jour"
        return f"{day} du mois précédent" if deadline.months == 1 else f"{day} du mois, {_ago(deadline)}"
    day = f"le {said_rank(deadline.day_of_month)}"
    return f"{day} du mois précédent" if deadline.months == 1 else f"{day} du mois, {_ago(deadline)}"


def _ago(deadline: "Deadline") -> str:
    return f"{said_number(deadline.months)} mois avant"


def _fixed(deadline: "Deadline") -> str:
    return f"le {said_day(deadline.on)} {deadline.on.year}" if deadline.on else ""


def _last_class_day(_deadline: "Deadline") -> str:
    return "le dernier jour d’école avant les vacances"


def _return(after: int) -> str:
    return "le jour de la rentrée" if after == 1 else f"les {said_number(after)} premiers jours après les vacances"


def _groups(deadline: "Deadline") -> str:
    return " ; ".join(
        f"le {WEEKDAYS[one.weekday]} à {said_hour(one.hour)} pour "
        f"{said_list([f'le {WEEKDAYS[target]}' for target in sorted(one.targets)])}"
        for one in deadline.groups
    )


def _shift(deadline: "Deadline") -> str:
    if deadline.shift is Shift.NONE or not deadline.excluded:
        return ""
    days = [kind.label for kind in Excluded if kind in deadline.excluded]
    met = " ou ".join(part for part in (", ".join(days[:-1]), days[-1]) if part)
    return f" ({deadline.shift.label} si elle rencontre {met})"


def _otherwise(deadline: "Deadline") -> str:
    return f" ; sinon {in_words(deadline.fallback)}" if deadline.fallback else ""


_DAYS = {
    DeadlineKind.WORKING_DAYS_BEFORE: _working_days,
    DeadlineKind.DAYS_BEFORE: _days,
    DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK: _weeks,
    DeadlineKind.NTH_OF_PREVIOUS_MONTH: _months,
    DeadlineKind.FIXED: _fixed,
    DeadlineKind.LAST_CLASS_DAY: _last_class_day,
}
