"""La santé des enfants, en clair, pour qui a le droit de la voir et pour personne d'autre."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlmodel import col

from portail.domain.health import Answer, BloodGroup, Diet, Record
from portail.domain.vaccinations import Vaccine
from portail.models.health import ConsentAnswer, HealthContact, HealthRecord, Vaccination
from portail.services.health import vault
from portail.services.privacy.export.shapes import CHILD, TECHNICAL, Exported, Kept, Say, by_whom, labelled


def _opened(say: Callable[[Record], Any]) -> Say:
    """Ce que dit la fiche une fois descellée."""
    return lambda row, _person: say(Record(**vault.read(row)))


def _as_typed(column: str) -> Say:
    return _opened(lambda record: getattr(record, column))


def _answer(column: str, words: type[StrEnum] = Answer) -> Say:
    def say(record: Record) -> str:
        chosen = getattr(record, column)
        return str(getattr(words(chosen), "label")) if chosen else ""  # noqa: B009 — StrEnum ne promet pas `label`

    return _opened(say)


def _doses(row: Vaccination, _person: object) -> list[str]:
    return [one for one in vault.read(row).get("dates", "").split(",") if one]


_KEY = "nom de la clé de chiffrement"
TABLES = {
    "health_record": Exported(
        HealthRecord,
        "sante",
        "la fiche sanitaire de chaque enfant dont vous avez le droit de voir la santé",
        {
            "child_id": CHILD,
            "doctor_name": Kept("medecin", _as_typed("doctor_name")),
            "doctor_phone": Kept("telephone_du_medecin", _as_typed("doctor_phone")),
            "allergies": Kept("allergies", _answer("allergies")),
            "drug_allergies": Kept("allergies_aux_medicaments", _as_typed("drug_allergies")),
            "food_allergies": Kept("allergies_alimentaires", _as_typed("food_allergies")),
            "other_allergies": Kept("autres_allergies", _as_typed("other_allergies")),
            "asthma": Kept("asthme", _answer("asthma")),
            "illnesses": Kept(
                "maladies_deja_eues", _opened(lambda one: [illness.label for illness in one.illness_list])
            ),
            "blood_group": Kept("groupe_sanguin", _answer("blood_group", BloodGroup)),
            "pai": Kept("pai", _answer("pai")),
            "pai_until": Kept("fin_du_pai", _as_typed("pai_until")),
            "advice": Kept("recommandations", _as_typed("advice")),
            "diet": Kept("regime_alimentaire", _answer("diet", Diet)),
            "exempt": Kept("contre_indication_aux_vaccins", _opened(lambda record: bool(record.exempt))),
            "updated_at": "modifiee_le",
            "updated_by": Kept("modifiee_par", by_whom("updated_by")),
            "confirmed_at": "confirmee_le",
            "confirmed_by": Kept("confirmee_par", by_whom("confirmed_by")),
        },
        {"id": TECHNICAL, "key_id": _KEY, "version": "compteur technique", "touched": "compteurs techniques"},
        lambda person: col(HealthRecord.child_id).in_(person.health),
    ),
    "vaccination": Exported(
        Vaccination,
        "vaccinations",
        "les dates des vaccins que vous avez indiquées",
        {
            "child_id": CHILD,
            "vaccine": Kept("vaccin", labelled("vaccine", Vaccine)),
            "dates": Kept("dates", _doses),
        },
        {"id": TECHNICAL, "key_id": _KEY},
        lambda person: col(Vaccination.child_id).in_(person.health),
    ),
    "health_contact": Exported(
        HealthContact,
        "contacts_des_enfants",
        "les personnes à prévenir ou autorisées à venir chercher vos enfants",
        {
            "child_id": CHILD,
            "position": "rang",
            "first_name": "prenom",
            "last_name": "nom",
            "relation": "lien",
            "phone": "telephone",
            "emergency": "a_prevenir_en_cas_d_urgence",
            "may_collect": "peut_venir_chercher",
        },
        {"id": TECHNICAL},
        lambda person: col(HealthContact.child_id).in_(person.health),
    ),
    "consent_answer": Exported(
        ConsentAnswer,
        "autorisations",
        "les autorisations signées pour vos enfants, mot pour mot",
        {
            "child_id": CHILD,
            "text": "texte_signe",
            "answer": Kept("reponse", labelled("answer", Answer)),
            "answered_at": "signee_le",
            "signed_name": "signee_par",
        },
        {
            "id": TECHNICAL,
            "consent_id": "dite par le texte",
            "version": "dite par le texte",
            "account_id": "dit par la signature",
        },
        lambda person: col(ConsentAnswer.child_id).in_(person.health),
    ),
}
