"""La fiche sanitaire : ce qu'elle contient, ce qui y manque, et quand la confirmer de nouveau.

Le régime alimentaire dit ce que l'enfant mange, jamais pourquoi : aucune question ne touche à la religion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portail.domain.families import GuardianRole
from portail.domain.refusals import RefusalError
from portail.domain.vaccinations import Vaccine, missing

MOST_CONTACTS = 10
_MOST_LACKS = 3  # au-delà, le détail se lit dans la partie « Vaccinations »
# L'année scolaire commence en septembre ; les familles la préparent dès juillet, et leur confirmation vaut alors déjà.
YEAR_STARTS, CONFIRM_FROM = (9, 1), (7, 1)


class Part(StrEnum):
    """Ce qui s'enregistre d'un geste."""

    DOCTOR = "doctor"
    CARE = "care"
    MEALS = "meals"
    VACCINES = "vaccines"
    CONTACTS = "contacts"
    CONSENTS = "consents"
    CONFIRMATION = "confirmation"

    @property
    def label(self) -> str:
        return PART_LABELS[self]

    @property
    def anchor(self) -> str:
        return PART_ANCHORS[self]


PART_LABELS = {
    Part.DOCTOR: "Médecin",
    Part.CARE: "Allergies et santé",
    Part.MEALS: "Régime alimentaire",
    Part.VACCINES: "Vaccinations",
    Part.CONTACTS: "Contacts",
    Part.CONSENTS: "Autorisations",
    Part.CONFIRMATION: "Confirmation",
}
PART_ANCHORS = {
    Part.DOCTOR: "medecin",
    Part.CARE: "sante",
    Part.MEALS: "repas",
    Part.VACCINES: "vaccinations",
    Part.CONTACTS: "contacts",
    Part.CONSENTS: "autorisations",
    Part.CONFIRMATION: "confirmation",
}


class Answer(StrEnum):
    YES = "yes"
    NO = "no"

    @property
    def label(self) -> str:
        return "Oui" if self is Answer.YES else "Non"


class Diet(StrEnum):
    EVERYTHING = "everything"
    NO_PORK = "no_pork"
    NO_MEAT = "no_meat"
    VEGETARIAN = "vegetarian"
    ALLERGY = "allergy"

    @property
    def label(self) -> str:
        return DIET_LABELS[self]


DIET_LABELS = {
    Diet.EVERYTHING: "Mange de tout",
    Diet.NO_PORK: "Sans porc",
    Diet.NO_MEAT: "Sans viande",
    Diet.VEGETARIAN: "Végétarien : ni viande, ni poisson",
    Diet.ALLERGY: "Allergie ou intolérance : repas fixé par un PAI",
}


class BloodGroup(StrEnum):
    A_POSITIVE = "A+"
    A_NEGATIVE = "A-"
    B_POSITIVE = "B+"
    B_NEGATIVE = "B-"
    AB_POSITIVE = "AB+"
    AB_NEGATIVE = "AB-"
    O_POSITIVE = "O+"
    O_NEGATIVE = "O-"

    @property
    def label(self) -> str:
        return self.value.replace("-", "−")


class Illness(StrEnum):
    CHICKENPOX = "chickenpox"
    RUBELLA = "rubella"
    MEASLES = "measles"
    MUMPS = "mumps"
    WHOOPING_COUGH = "whooping_cough"
    SCARLET_FEVER = "scarlet_fever"
    OTITIS = "otitis"
    ANGINA = "angina"
    RHEUMATIC_FEVER = "rheumatic_fever"

    @property
    def label(self) -> str:
        return ILLNESS_LABELS[self]


ILLNESS_LABELS = {
    Illness.CHICKENPOX: "Varicelle",
    Illness.RUBELLA: "Rubéole",
    Illness.MEASLES: "Rougeole",
    Illness.MUMPS: "Oreillons",
    Illness.WHOOPING_COUGH: "Coqueluche",
    Illness.SCARLET_FEVER: "Scarlatine",
    Illness.OTITIS: "Otite",
    Illness.ANGINA: "Angine",
    Illness.RHEUMATIC_FEVER: "Rhumatisme articulaire aigu",
}


@dataclass(frozen=True)
class Record:
    """Ce qui est scellé, champ par champ ; vide : pas encore répondu. Les noms sont ceux des colonnes."""

    doctor_name: str = ""
    doctor_phone: str = ""
    allergies: str = ""
    drug_allergies: str = ""
    food_allergies: str = ""
    other_allergies: str = ""
    asthma: str = ""
    illnesses: str = ""  # séparées par des virgules
    blood_group: str = ""
    pai: str = ""
    pai_until: str = ""  # date ISO
    advice: str = ""
    diet: str = ""
    exempt: str = ""

    @property
    def illness_list(self) -> list[Illness]:
        return [Illness(name) for name in self.illnesses.split(",") if name]

    @property
    def pai_end(self) -> date | None:
        return date.fromisoformat(self.pai_until) if self.pai_until else None


@dataclass(frozen=True)
class HealthFile:
    """Tout ce qui décide si la fiche d'un enfant est complète."""

    birth: date
    record: Record = field(default_factory=Record)
    vaccines: Mapping[Vaccine, tuple[date, ...]] = field(default_factory=dict)
    emergency_contacts: int = 0
    unanswered_consents: int = 0
    confirmed_on: date | None = None
    documents: int = 0  # du PAI


@dataclass(frozen=True)
class Missing:
    """Une chose à compléter : la phrase, et l'endroit de la page où elle se répare."""

    part: Part
    sentence: str

    @property
    def anchor(self) -> str:
        return self.part.anchor


def completeness(file: HealthFile, day: date) -> list[Missing]:
    """Ce qui manque, dans l'ordre de la page. Liste vide : la fiche est complète et les réservations sont ouvertes."""
    found = [*_doctor(file.record), *_care(file, day), *_meals(file.record), *_vaccines(file, day)]
    if file.emergency_contacts == 0:
        found.append(Missing(Part.CONTACTS, "Ajoutez au moins un contact à prévenir en cas d’urgence."))
    if file.unanswered_consents:
        plural = "s" if file.unanswered_consents > 1 else ""
        found.append(Missing(Part.CONSENTS, f"Répondez à {file.unanswered_consents} autorisation{plural}."))
    if not is_confirmed(file.confirmed_on, day):
        year = school_year(day)
        found.append(Missing(Part.CONFIRMATION, f"Confirmez que la fiche est à jour pour l’année {year}."))
    return found


def _doctor(record: Record) -> list[Missing]:
    if record.doctor_name and record.doctor_phone:
        return []
    return [Missing(Part.DOCTOR, "Indiquez le médecin traitant et son téléphone.")]


def _care(file: HealthFile, day: date) -> list[Missing]:
    record = file.record
    asked = [
        (not record.allergies, "Dites si votre enfant a des allergies."),
        (not record.asthma, "Dites si votre enfant a de l’asthme."),
        (not record.pai, "Dites si votre enfant a un PAI (projet d’accueil individualisé)."),
        (
            record.pai == Answer.YES and (record.pai_end is None or record.pai_end < day),
            "La date de fin du PAI est passée : indiquez la nouvelle.",
        ),
        (record.pai == Answer.YES and not file.documents, "Joignez le document du PAI."),
    ]
    return [Missing(Part.CARE, sentence) for due, sentence in asked if due]


def _meals(record: Record) -> list[Missing]:
    if not record.diet:
        return [Missing(Part.MEALS, "Choisissez le régime alimentaire.")]
    if record.diet == Diet.ALLERGY and record.pai == Answer.NO:
        return [
            Missing(Part.CARE, "Un repas fixé par un PAI demande un PAI : indiquez-le, ou choisissez un autre repas.")
        ]
    return []


def _vaccines(file: HealthFile, day: date) -> list[Missing]:
    """Une contre-indication médicale reconnue dispense (article L3111-2) ; le certificat est vu par la mairie."""
    lacks = [] if file.record.exempt else missing(file.birth, day, file.vaccines)
    if len(lacks) > _MOST_LACKS:
        return [Missing(Part.VACCINES, f"Vaccinations : {len(lacks)} vaccins obligatoires restent à indiquer.")]
    return [Missing(Part.VACCINES, lack.sentence) for lack in lacks]


def is_confirmed(confirmed_on: date | None, day: date) -> bool:
    """Confirmée depuis juillet, la fiche vaut jusqu'à la rentrée suivante."""
    return confirmed_on is not None and confirmed_on >= date(_school_year_start(day), *CONFIRM_FROM)


def can_confirm(confirmed_on: date | None, day: date) -> bool:
    """En juillet et en août, l'année qui vient peut déjà être confirmée."""
    if not is_confirmed(confirmed_on, day):
        return True
    return day >= date(day.year, *CONFIRM_FROM) and not is_confirmed(confirmed_on, date(day.year, *YEAR_STARTS))


def school_year(day: date) -> str:
    """« 2026-2027 »."""
    start = _school_year_start(day)
    return f"{start}-{start + 1}"


def confirmed_year(day: date) -> str:
    """L'année scolaire qu'une confirmation donnée ce jour-là couvre en dernier."""
    return (
        school_year(max(day, date(day.year, *YEAR_STARTS)))
        if day >= date(day.year, *CONFIRM_FROM)
        else school_year(day)
    )


def _school_year_start(day: date) -> int:
    return day.year if day >= date(day.year, *YEAR_STARTS) else day.year - 1


def can_sign(role: GuardianRole) -> bool:
    """Une personne de confiance aide à remplir ; elle ne consent pas à la place des responsables."""
    return role is not GuardianRole.CARER


def check_contact_room(count: int) -> None:
    if count >= MOST_CONTACTS:
        raise RefusalError(f"La fiche a déjà {MOST_CONTACTS} contacts, le plus possible.", "Retirez-en un d’abord.")


class StalePartError(RefusalError):
    """Quelqu'un a enregistré cette partie entre l'affichage et le geste."""

    def __init__(self, who: str) -> None:
        by = f" par {who}" if who else ""
        super().__init__(
            f"Cette partie vient d’être modifiée{by} : rien n’a été écrasé.",
            "Relisez ce qui est enregistré, puis enregistrez de nouveau si votre saisie est la bonne.",
        )
