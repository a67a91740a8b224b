"""Ce qui est tapé dans la fiche sanitaire, nettoyé champ par champ ; un refus dit quel champ il concerne."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from portail.domain.health import Answer, BloodGroup, Diet, Illness, Part
from portail.domain.phones import clean_phone
from portail.domain.refusals import BadInputError
from portail.domain.text import clean_line
from portail.domain.vaccinations import HEXAVALENT, Vaccine, check_doses, most_doses

Form = Mapping[str, Any]
Cleaned = TypeVar("Cleaned")
Kind = TypeVar("Kind", bound=StrEnum)
LINE, TEXT = 120, 1000
HEXAVALENT_DOSES = 3


class BadFieldError(BadInputError):
    """Un refus qui se lit à côté de son champ."""

    def __init__(self, field: str, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence, next_step)
        self.field = field


@dataclass(frozen=True)
class Contact:
    """Qui prévenir, qui peut venir chercher l'enfant."""

    first_name: str
    last_name: str
    relation: str
    phone: str
    emergency: bool
    may_collect: bool


def clean_part(part: Part, form: Form, day: date) -> dict[str, str]:
    """Les champs de cette partie, prêts à être scellés."""
    cleaner = _CLEANERS.get(part)
    if cleaner is None:
        raise BadInputError
    return cleaner(form, day)


def _doctor(form: Form, _day: date) -> dict[str, str]:
    return {
        "doctor_name": _line(form, "doctor_name", "Nom du médecin", "Indiquez le nom du médecin."),
        "doctor_phone": _phone(form, "doctor_phone", "Téléphone du médecin"),
    }


def _care(form: Form, day: date) -> dict[str, str]:
    return {
        **_allergies(form),
        "asthma": _choice(form, "asthma", Answer, "Dites si votre enfant a de l’asthme."),
        "illnesses": ",".join(one for one in Illness if form.get(f"illness_{one}")),
        "blood_group": _choice(form, "blood_group", BloodGroup, ""),
        **_pai(form, day),
        "advice": _text(form, "advice", "Recommandations"),
    }


def _allergies(form: Form) -> dict[str, str]:
    said = _choice(form, "allergies", Answer, "Dites si votre enfant a des allergies.")
    labels = {"drug_allergies": "Médicaments", "food_allergies": "Aliments", "other_allergies": "Autres allergies"}
    texts = {name: _text(form, name, label) if said == Answer.YES else "" for name, label in labels.items()}
    if said == Answer.YES and not any(texts.values()):
        raise BadFieldError("drug_allergies", "Précisez au moins une allergie.")
    return {"allergies": said, **texts}


def _pai(form: Form, day: date) -> dict[str, str]:
    said = _choice(form, "pai", Answer, "Dites si votre enfant a un PAI.")
    if said == Answer.NO:
        return {"pai": said, "pai_until": ""}
    until = _date(form, "pai_until", "Date de fin du PAI")
    if until is None:
        raise BadFieldError("pai_until", "Indiquez la date de fin du PAI.")
    if until < day:
        raise BadFieldError("pai_until", "Date de fin du PAI : elle est déjà passée.")
    return {"pai": said, "pai_until": until.isoformat()}


def _meals(form: Form, _day: date) -> dict[str, str]:
    return {"diet": _choice(form, "diet", Diet, "Choisissez un régime alimentaire.")}


_CLEANERS: dict[Part, Callable[[Form, date], dict[str, str]]] = {
    Part.DOCTOR: _doctor,
    Part.CARE: _care,
    Part.MEALS: _meals,
}


def clean_doses(form: Form, birth: date, day: date) -> dict[Vaccine, tuple[date, ...]]:
    """Toutes les lignes de vaccins ; les dates de l'hexavalent s'ajoutent aux quatre lignes qu'il couvre."""
    combined = _dates(form, "hexavalent", HEXAVALENT_DOSES, "Vaccin hexavalent")
    doses = {}
    for vaccine in Vaccine:
        typed = _dates(form, vaccine, most_doses(vaccine), vaccine.label)
        shared = combined if vaccine in HEXAVALENT else []
        doses[vaccine] = _told(f"{vaccine}_0", partial(check_doses, vaccine, [*typed, *shared], birth, day))
    return doses


def _dates(form: Form, stem: str, boxes: int, label: str) -> list[date]:
    found = (_date(form, f"{stem}_{rank}", label) for rank in range(boxes))
    return [one for one in found if one is not None]


def clean_contact(form: Form) -> Contact:
    return Contact(
        first_name=_line(form, "first_name", "Prénom", "Indiquez le prénom."),
        last_name=_line(form, "last_name", "Nom", "Indiquez le nom."),
        relation=_line(form, "relation", "Lien avec l’enfant", "Indiquez le lien avec l’enfant : grand-mère, voisin…"),
        phone=_phone(form, "phone", "Téléphone"),
        emergency=bool(form.get("emergency")),
        may_collect=bool(form.get("may_collect")),
    )


def clean_answers(form: Form, consent_ids: Iterable[int]) -> dict[int, Answer]:
    """Les réponses données parmi ces autorisations ; ce qui n'est pas coché attend."""
    said = {key: _choice(form, f"consent_{key}", Answer, "") for key in consent_ids}
    return {key: Answer(answer) for key, answer in said.items() if answer}


def _told(field: str, clean: Callable[[], Cleaned]) -> Cleaned:
    """Rattache à son champ le refus d'une règle qui ne le connaît pas."""
    try:
        return clean()
    except BadFieldError:
        raise
    except BadInputError as refusal:
        raise BadFieldError(field, refusal.sentence, refusal.next_step) from None


def _said(form: Form, field: str) -> str:
    value = form.get(field, "")
    return value if isinstance(value, str) else ""


def _line(form: Form, field: str, label: str, wanted: str) -> str:
    text = _told(field, lambda: clean_line(_said(form, field), label=label, limit=LINE))
    if not text:
        raise BadFieldError(field, wanted)
    return text


def _text(form: Form, field: str, label: str) -> str:
    """Plusieurs lignes : les retours sont gardés, rien d'invisible n'entre."""
    lines = _said(form, field).replace("\r\n", "\n").strip().split("\n")
    text = "\n".join(_told(field, partial(clean_line, line, label=label, limit=TEXT)) for line in lines)
    if len(text) > TEXT:
        raise BadFieldError(field, f"{label} : {TEXT} caractères au plus.")
    return text.strip()


def _phone(form: Form, field: str, label: str) -> str:
    phone = _told(field, lambda: clean_phone(_said(form, field), label=label))
    if not phone:
        raise BadFieldError(field, f"{label} : indiquez un numéro.", "Par exemple : 06 12 34 56 78.")
    return phone


def _choice(form: Form, field: str, kind: type[Kind], wanted: str) -> str:
    """Une des valeurs proposées ; sans phrase `wanted`, ne rien choisir est permis."""
    said = _said(form, field)
    if not said and not wanted:
        return ""
    if said not in {one.value for one in kind}:
        raise BadFieldError(field, wanted or "Choisissez une des réponses proposées.")
    return said


def _date(form: Form, field: str, label: str) -> date | None:
    """« 2026-11-20 » (le champ du navigateur) ou « 20/11/2026 » (tapé)."""
    said = _said(form, field).strip()
    if not said:
        return None
    try:
        day, _, rest = said.partition("/")
        month, _, year = rest.partition("/")
        return date(int(year), int(month), int(day)) if rest else date.fromisoformat(said)
    except (ValueError, OverflowError):
        raise BadFieldError(field, f"{label} : cette date n’existe pas.", "Par exemple : 20/11/2026.") from None
