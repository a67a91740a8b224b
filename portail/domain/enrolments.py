"""S'inscrire à une activité : à qui elle est ouverte, ce qu'une inscription demande, d'un état à l'autre."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portail.domain import why_not
from portail.domain.activities import ENROLMENT_TRANSITIONS, EnrolmentKind, EnrolmentState
from portail.domain.bookability import ChildFacts
from portail.domain.custody import WEEKDAYS
from portail.domain.dates import said_list
from portail.domain.families import Level, age_on
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.why_not import WhyNot

CURRENT_RULES = 1  # la version du règlement des activités
DAY_FIELD = "jour"
Template = dict[str, list[int]]  # par formule, les jours de la semaine ; les clés sont celles de JSON


@dataclass(frozen=True)
class Welcome:
    """À qui une activité est ouverte : les âges de ses formules, puis niveaux et écoles ; un ensemble vide, tous."""

    ages: tuple[tuple[int, int], ...] = ()
    levels: frozenset[str] = frozenset()
    schools: frozenset[int] = frozenset()
    school_names: tuple[str, ...] = ()


def why_not_child(welcome: Welcome, child: ChildFacts, day: date) -> WhyNot | None:
    """La raison qu'une réservation donnerait, dite avant ; rien si l'enfant peut venir."""
    age = age_on(child.birth_date, day)
    if welcome.ages and not any(least <= age <= most for least, most in welcome.ages):
        least, most = min(one for one, _ in welcome.ages), max(one for _, one in welcome.ages)
        return why_not.wrong_age(child.first_name, age, day, least, most)
    if welcome.levels and child.level not in welcome.levels:
        known = [str(level) for level in Level if level in welcome.levels] or sorted(welcome.levels)
        return why_not.wrong_level(child.first_name, child.level, known, child.child_url)
    if welcome.schools and child.school_id not in welcome.schools:
        return why_not.wrong_school(child.first_name, welcome.school_names)
    return None


class NotForThisChildError(RefusalError):
    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.sentence, why.next_step)


class NoEnrolmentNeededError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cette activité se réserve sans inscription.", "Choisissez directement les jours.")


class AlreadyEnrolledError(RefusalError):
    def __init__(self, first_name: str, state: EnrolmentState) -> None:
        if state is EnrolmentState.SUBMITTED:
            super().__init__(f"L’inscription de {first_name} attend déjà la réponse de la mairie.")
        else:
            super().__init__(f"{first_name} est déjà inscrit à cette activité.", "Vous pouvez réserver.")


class FamilyNotValidatedError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Votre dossier attend encore la validation de la mairie.",
            "Un courriel vous préviendra, puis inscrivez-vous.",
        )


def check_transition(before: EnrolmentState, after: EnrolmentState) -> None:
    if after not in ENROLMENT_TRANSITIONS[before]:
        raise RefusalError(f"Une inscription « {before.label} » ne peut pas devenir « {after.label} ».")


@dataclass(frozen=True)
class Wanted:
    """Ce que le parent a demandé, lu de son formulaire."""

    kind: EnrolmentKind
    template: Template


def day_field(offering_id: int, weekday: int) -> str:
    """Le nom de la case « mercredi » de cette formule."""
    return f"{DAY_FIELD}-{offering_id}-{weekday}"


def chosen_child(form: Mapping[str, Any]) -> int:
    typed = str(form.get("child") or "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):  # noqa: PLR2004
        raise FormRefusedError({"child": "Choisissez un enfant."})
    return int(typed)


def read_form(form: Mapping[str, Any], offerings: Mapping[int, Collection[int]]) -> Wanted:
    """Toutes les fautes d'un coup ; `offerings` : les jours de chaque formule ouverte à l'enfant choisi."""
    errors: dict[str, str] = {}
    kind = str(form.get("kind") or "")
    if kind not in set(EnrolmentKind):
        errors["kind"] = "Choisissez : occasionnelle ou régulière."
    template = _template(form, offerings) if kind == EnrolmentKind.REGULAR else {}
    if kind == EnrolmentKind.REGULAR and not template:
        errors["days"] = "Choisissez au moins un jour de la semaine."
    if form.get("rules") not in {True, "on"}:
        errors["rules"] = "Lisez et acceptez le règlement."
    if errors:
        raise FormRefusedError(errors)
    return Wanted(EnrolmentKind(kind), template)


def _template(form: Mapping[str, Any], offerings: Mapping[int, Collection[int]]) -> Template:
    known = {day_field(key, day): (key, day) for key, days in offerings.items() for day in days}
    found: Template = {}
    for name, value in form.items():
        if not name.startswith(f"{DAY_FIELD}-") or value not in {True, "on"}:
            continue
        if name not in known:
            raise BadInputError("Ce jour n’est pas proposé pour cet enfant.", "Rechargez la page et recommencez.")
        key, day = known[name]
        found.setdefault(str(key), []).append(day)
    return {key: sorted(days) for key, days in sorted(found.items())}


def said_template(template: Template, names: Mapping[int, str]) -> str:
    """« Journée : lundi et mercredi ; Après-midi : jeudi »."""
    return " ; ".join(
        f"{names.get(int(key), 'Formule retirée')} : {said_list([WEEKDAYS[day] for day in days])}"
        for key, days in template.items()
    )


def booking_url(activity_id: int, child_id: int, template: Template) -> str:
    """Le calendrier ; pour une inscription régulière, « Modification avancée » déjà remplie."""
    if not template:
        return f"/reservations/{activity_id}"
    days = ",".join(f"{key}.{day}" for key, days in template.items() for day in days)
    return f"/reservations/{activity_id}/avancee?enfant={child_id}&jours={days}"
