"""Une règle de réservation telle qu'un agent la tape : lue champ par champ, et remise dans les champs."""

import re
from datetime import date, time
from typing import Any

from portail.domain.activity_settings import hour, whole
from portail.domain.booking_rules import RANGES as RULE_RANGES
from portail.domain.booking_rules import BookingRule
from portail.domain.custody import WEEKDAYS, WrongFieldError
from portail.domain.deadlines import NOON, RANGES, Deadline, DeadlineKind, Excluded, Shift, WeekdayGroup
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError
from portail.domain.stored import plain
from portail.domain.text import fold

ADD, LATE, CANCEL = "add", "late", "cancel"
REFUSED = ""  # « hors délai : refusé »
TAKES_FALLBACK = frozenset({DeadlineKind.LAST_CLASS_DAY, DeadlineKind.WEEKDAY_GROUPS})
FALLBACKS = tuple(kind for kind in DeadlineKind if kind not in TAKES_FALLBACK)
# les champs de chaque forme, en plus de l'heure et des jours exclus
PARTS: dict[DeadlineKind, tuple[str, ...]] = {
    DeadlineKind.WORKING_DAYS_BEFORE: ("days",),
    DeadlineKind.DAYS_BEFORE: ("days",),
    DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK: ("weekday", "weeks"),
    DeadlineKind.WEEKDAY_GROUPS: (),
    DeadlineKind.LAST_CLASS_DAY: ("after",),
    DeadlineKind.NTH_OF_PREVIOUS_MONTH: ("day_of_month", "months"),
    DeadlineKind.FIXED: (),
    DeadlineKind.NONE: (),
}
LABELS = {
    "days": "Nombre de jours",
    "weekday": "Jour de la semaine",
    "weeks": "Nombre de semaines avant",
    "after": "Jours qui comptent comme la rentrée",
    "day_of_month": "Jour du mois",
    "months": "Nombre de mois avant",
}
WITHOUT_HOUR = frozenset({DeadlineKind.WEEKDAY_GROUPS, DeadlineKind.NONE})
GROUP = re.compile(
    r"\s*(?P<targets>[^:]+):\s*(?P<day>\w+)\s+(?:à\s+)?(?P<hour>\d{1,2})\s*(?:[h:]\s*(?P<minute>\d{2})?)?\s*"
)
NO_GROUP: tuple[WeekdayGroup, ...] = ()
GROUP_EXAMPLE = "Écrivez par exemple « lundi, mardi : vendredi 9 h »."


def read_rule(form: dict[str, Any]) -> BookingRule:
    """La règle entière ; chaque faute est rangée sous le nom de son champ."""
    reader = Reader(form)
    day = reader.day("valid_from", date(2000, 1, 1), missing="Indiquez à partir de quel jour.", check=_check_year)
    opens_on = None
    if str(form.get("opens_on") or "").strip():
        opens_on = reader.day("opens_on", day, missing="Indiquez une date d’ouverture.", check=_check_year)
    ahead = None
    if str(form.get("opens_days_ahead") or "").strip():
        label = "Ouverture, en jours avant"
        ahead = whole(reader, "opens_days_ahead", label, RULE_RANGES["opens_days_ahead"])
    rule: dict[str, Any] = {
        "opens_hour": hour(reader, "opens_hour", "Indiquez l’heure d’ouverture, par exemple 08:00.", time(0)),
        "absence_hours": whole(reader, "absence_hours", "Délai du justificatif", RULE_RANGES["absence_hours"]),
        "carence_days": whole(reader, "carence_days", "Jours de carence", RULE_RANGES["carence_days"]),
    }
    add, cancel = _deadline(reader, form, ADD), _deadline(reader, form, CANCEL)
    late = _deadline(reader, form, LATE) if form.get(f"{LATE}-kind") else None
    reader.check()
    return BookingRule(
        valid_from=day, add=add, cancel=cancel, late_until=late, opens_days_ahead=ahead, opens_on=opens_on, **rule
    )


def _deadline(reader: Reader, form: dict[str, Any], prefix: str, kinds: tuple[DeadlineKind, ...] = ()) -> Deadline:
    """Une faute quelque part : la date limite la plus simple la remplace, `check` refusera l'ensemble."""
    values = {kind.value for kind in kinds or DeadlineKind}
    typed = reader.choice(f"{prefix}-kind", lambda value: value in values, "Choisissez la forme de la date limite.")
    if typed not in values:
        return Deadline(DeadlineKind.NONE)
    kind = DeadlineKind(typed)
    given: dict[str, Any] = {
        name: whole(reader, f"{prefix}-{name}", LABELS[name], RANGES[name]) for name in PARTS[kind]
    }
    if kind not in WITHOUT_HOUR:
        given["hour"] = hour(reader, f"{prefix}-hour", "Indiquez l’heure, par exemple 12:00.", NOON)
    if kind is DeadlineKind.FIXED:
        given["on"] = reader.day(f"{prefix}-on", date(2000, 1, 1), missing="Indiquez la date.", check=_check_year)
    if kind is DeadlineKind.WEEKDAY_GROUPS:
        given["groups"] = reader.take(f"{prefix}-groups", NO_GROUP, read_groups)
    if kind in TAKES_FALLBACK and (kind is DeadlineKind.LAST_CLASS_DAY or form.get(f"{prefix}-else-kind")):
        given["fallback"] = _deadline(reader, form, f"{prefix}-else", FALLBACKS)
    if kind is not DeadlineKind.NONE:
        given |= _shift(reader, prefix)
    return reader.take(f"{prefix}-kind", Deadline(DeadlineKind.NONE), lambda _: _built(kind, given, reader, prefix))


def _built(kind: DeadlineKind, given: dict[str, Any], reader: Reader, prefix: str) -> Deadline:
    if any(name.startswith(f"{prefix}-") for name in reader.errors):
        return Deadline(DeadlineKind.NONE)  # la faute est déjà dite
    try:
        return Deadline(kind, **given)
    except WrongFieldError as refusal:
        raise BadInputError(refusal.sentence) from None


def _shift(reader: Reader, prefix: str) -> dict[str, Any]:
    values = {shift.value for shift in Shift}
    name = f"{prefix}-shift"
    typed = reader.choice(name, lambda value: value in values, "Choisissez ce que devient la limite.")
    excluded = frozenset(kind for kind in Excluded if reader.flag(f"{prefix}-not-{kind}"))
    shift = Shift(typed) if typed in values else Shift.NONE
    if shift is not Shift.NONE and not excluded:
        reader.errors.setdefault(name, "Cochez les jours que la limite évite, ou laissez-la maintenue.")
    return {"excluded": excluded, "shift": shift}


def read_groups(value: str) -> tuple[WeekdayGroup, ...]:
    """« lundi, mardi : vendredi 9 h », une ligne par groupe."""
    lines = [line for line in value.replace(";", "\n").split("\n") if line.strip()]
    if not lines or len(lines) > len(WEEKDAYS):
        raise BadInputError(GROUP_EXAMPLE)
    return tuple(_group(line) for line in lines)


def _group(line: str) -> WeekdayGroup:
    found = GROUP.fullmatch(line)
    if found is None:
        raise BadInputError(f"« {line.strip()[:60]} » ne se comprend pas.", GROUP_EXAMPLE)
    targets = re.split(r"\s*,\s*|\s+et\s+", found["targets"].strip())
    try:
        at = time(int(found["hour"]), int(found["minute"] or 0))
    except ValueError:
        raise BadInputError(f"« {line.strip()[:60]} » : cette heure n’existe pas.") from None
    return WeekdayGroup(frozenset(_weekday(name) for name in targets), _weekday(found["day"]), at)


def _weekday(name: str) -> int:
    plain_name = fold(name).removeprefix("le ").strip()
    if plain_name not in WEEKDAYS:
        raise BadInputError(f"« {name.strip()[:20]} » n’est pas un jour de la semaine.", GROUP_EXAMPLE)
    return WEEKDAYS.index(plain_name)


def _check_year(day: date) -> None:
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise BadInputError("Cette date n’est pas possible.")


def fill_rule(rule: BookingRule) -> dict[str, str]:
    """Les champs du formulaire, tels que `read_rule` les relira."""
    shown = {
        "valid_from": rule.valid_from.isoformat(),
        "opens_on": rule.opens_on.isoformat() if rule.opens_on else "",
        "opens_days_ahead": "" if rule.opens_days_ahead is None else str(rule.opens_days_ahead),
        "opens_hour": rule.opens_hour.isoformat("minutes"),
        "absence_hours": str(rule.absence_hours),
        "carence_days": str(rule.carence_days),
    }
    late = _fill(rule.late_until, LATE) if rule.late_until else _fill(rule.add, LATE) | {f"{LATE}-kind": REFUSED}
    return shown | _fill(rule.add, ADD) | late | _fill(rule.cancel, CANCEL)


def _fill(deadline: Deadline, prefix: str) -> dict[str, str]:
    """Toutes les formes ont leurs champs : changer de forme montre des valeurs raisonnables."""
    shown = {f"{prefix}-{name}": str(getattr(deadline, name)) for name in LABELS}
    shown |= {
        f"{prefix}-kind": deadline.kind.value,
        f"{prefix}-hour": deadline.hour.isoformat("minutes"),
        f"{prefix}-on": str(plain(deadline.on)) if deadline.on else "",
        f"{prefix}-groups": "\n".join(_said_group(one) for one in deadline.groups),
        f"{prefix}-shift": deadline.shift.value,
    }
    shown |= {f"{prefix}-not-{kind}": "on" for kind in deadline.excluded}
    if prefix.endswith("-else"):
        return shown
    spare = deadline.fallback or Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2)
    chosen = {} if deadline.fallback or deadline.kind not in TAKES_FALLBACK else {f"{prefix}-else-kind": ""}
    return shown | _fill(spare, f"{prefix}-else") | chosen


def _said_group(group: WeekdayGroup) -> str:
    targets = ", ".join(WEEKDAYS[target] for target in sorted(group.targets))
    return f"{targets} : {WEEKDAYS[group.weekday]} {group.hour.hour}:{group.hour.minute:02d}"


def rule_sentences(rule: BookingRule) -> list[str]:
    """Ce que dit la règle, une phrase par délai."""
    said = [f"Réserver : {rule.add.sentence}."]
    if rule.late_until:
        said.append(f"Hors délai, avec majoration : {rule.late_until.sentence}.")
    else:
        said.append("Hors délai : refusé.")
    said.append(f"Annuler sans frais : {rule.cancel.sentence}.")
    if opening := _opening(rule):
        said.append(f"Ouverture des réservations : {opening}.")
    said.append(f"Absence : justificatif attendu sous {rule.absence_hours} heures.")
    if rule.carence_days:
        days = f"{rule.carence_days} jours restent dus" if rule.carence_days > 1 else "1 jour reste dû"
        said.append(f"Carence : {days}.")
    return said


def _opening(rule: BookingRule) -> str:
    said = []
    if rule.opens_days_ahead is not None:
        said.append(f"{rule.opens_days_ahead} jours avant")
    if rule.opens_on:
        said.append(f"pas avant le {rule.opens_on:%d/%m/%Y}")
    if said and rule.opens_hour != time(0):
        said.append(f"à {rule.opens_hour.hour}\u00a0h\u00a0{rule.opens_hour.minute:02d}")
    return ", ".join(said)


STARTING_RULE = BookingRule(
    valid_from=date(2000, 1, 1),
    add=Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2),
    cancel=Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2),
)
