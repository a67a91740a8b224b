"""Ce qui est tapé dans la fiche : gardé quand c'est clair, refusé à côté de son champ sinon."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.health import Answer, Part
from portail.domain.health_forms import BadFieldError, clean_answers, clean_contact, clean_doses, clean_part
from portail.domain.refusals import BadInputError
from portail.domain.vaccinations import HEXAVALENT, Vaccine

DAY, BIRTH = date(2026, 11, 20), date(2020, 5, 4)
CARE = {"allergies": "no", "asthma": "no", "pai": "no"}
CONTACT = {"first_name": "Jeanne", "last_name": "Durand", "relation": "grand-mère", "phone": "0612345678"}


def refused(call, *args: Any) -> BadFieldError:
    with pytest.raises(BadFieldError) as refusal:
        call(*args)
    return refusal.value


def test_the_doctor_is_tidied() -> None:
    typed = {"doctor_name": "  Dr  Martin ", "doctor_phone": "0299000001"}
    assert clean_part(Part.DOCTOR, typed, DAY) == {"doctor_name": "Dr Martin", "doctor_phone": "02 99 00 00 01"}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({}, "doctor_name", "Indiquez le nom du médecin"),
        ({"doctor_name": "Dr Martin"}, "doctor_phone", "indiquez un numéro"),
        ({"doctor_name": "Dr Martin", "doctor_phone": "FR76 3000 6000 0112 3456 7890 189"}, "doctor_phone", "IBAN"),
        ({"doctor_name": "x" * 121, "doctor_phone": "0299000001"}, "doctor_name", "120 caractères"),
        ({"doctor_name": "Dr\u202e", "doctor_phone": "0299000001"}, "doctor_name", "invisibles"),
        ({"doctor_name": 12, "doctor_phone": True}, "doctor_name", "Indiquez"),
    ],
)
def test_a_wrong_doctor_is_said_beside_its_field(typed: dict[str, Any], field: str, said: str) -> None:
    refusal = refused(clean_part, Part.DOCTOR, typed, DAY)
    assert refusal.field == field
    assert said in refusal.sentence


def test_care_keeps_what_was_answered() -> None:
    typed = {
        "allergies": "yes",
        "drug_allergies": "Pénicilline",
        "food_allergies": "Arachide\r\nkiwi",
        "asthma": "yes",
        "illness_otitis": "on",
        "illness_chickenpox": True,
        "illness_measles": "",
        "blood_group": "AB-",
        "pai": "yes",
        "pai_until": "31/08/2027",
        "advice": " Porte des lunettes. ",
    }
    kept = clean_part(Part.CARE, typed, DAY)
    assert kept["food_allergies"] == "Arachide\nkiwi"
    assert (kept["illnesses"], kept["blood_group"]) == ("chickenpox,otitis", "AB-")
    assert (kept["pai"], kept["pai_until"], kept["advice"]) == ("yes", "2027-08-31", "Porte des lunettes.")


def test_a_no_empties_the_details_that_went_with_the_yes() -> None:
    kept = clean_part(Part.CARE, CARE | {"food_allergies": "Arachide", "pai_until": "2027-08-31"}, DAY)
    assert (kept["food_allergies"], kept["pai_until"]) == ("", "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"allergies": ""}, "allergies"),
        ({"allergies": "peut-être"}, "allergies"),
        ({"allergies": "yes"}, "drug_allergies"),
        ({"asthma": ""}, "asthma"),
        ({"blood_group": "Z+"}, "blood_group"),
        ({"pai": ""}, "pai"),
        ({"pai": "yes"}, "pai_until"),
        ({"pai": "yes", "pai_until": "2026-11-19"}, "pai_until"),
        ({"pai": "yes", "pai_until": "2026-02-30"}, "pai_until"),
        ({"pai": "yes", "pai_until": "31/02/2027"}, "pai_until"),
        ({"pai": "yes", "pai_until": "1/1/" + "9" * 30}, "pai_until"),
        ({"pai": "yes", "pai_until": "demain"}, "pai_until"),
        ({"advice": "x" * 1001}, "advice"),
        ({"advice": ("x" * 400 + "\n") * 3}, "advice"),
        ({"advice": "a\u200bb"}, "advice"),
    ],
)
def test_a_wrong_care_is_said_beside_its_field(change: dict[str, str], field: str) -> None:
    assert refused(clean_part, Part.CARE, CARE | change, DAY).field == field


def test_the_diet_is_one_of_those_proposed() -> None:
    assert clean_part(Part.MEALS, {"diet": "no_pork"}, DAY) == {"diet": "no_pork"}
    for typed in ({}, {"diet": "halal"}, {"diet": ["no_pork"]}):
        assert refused(clean_part, Part.MEALS, typed, DAY).field == "diet"


@pytest.mark.parametrize("part", [Part.CONTACTS, Part.CONSENTS, Part.CONFIRMATION, Part.VACCINES])
def test_a_part_with_its_own_door_is_not_saved_by_this_one(part: Part) -> None:
    with pytest.raises(BadInputError):
        clean_part(part, {}, DAY)


def test_the_dates_of_the_six_in_one_count_for_the_four_lines_it_covers() -> None:
    typed = {"hexavalent_0": "2020-07-06", "hexavalent_1": "06/09/2020", "hib_0": "2020-07-06", "mmr_0": "2021-05-10"}
    doses = clean_doses(typed, BIRTH, DAY)
    for vaccine in HEXAVALENT:
        assert doses[vaccine] == (date(2020, 7, 6), date(2020, 9, 6))
    assert doses[Vaccine.MMR] == (date(2021, 5, 10),)
    assert doses[Vaccine.BCG] == ()
    assert set(doses) == set(Vaccine)


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"mmr_1": "2020-02-30"}, "mmr_1", "n’existe pas"),
        ({"mmr_0": "2019-01-01"}, "mmr_0", "antérieure à la naissance"),
        ({"bcg_0": "2026-11-21"}, "bcg_0", "pas encore passée"),
        ({"hexavalent_2": "x"}, "hexavalent_2", "hexavalent"),
        (
            {f"hib_{rank}": f"2021-0{rank + 1}-01" for rank in range(3)} | {"hexavalent_0": "2020-07-06"},
            "hib_0",
            "3 dates",
        ),
    ],
)
def test_an_impossible_dose_is_said_beside_its_box(typed: dict[str, str], field: str, said: str) -> None:
    refusal = refused(clean_doses, typed, BIRTH, DAY)
    assert refusal.field == field
    assert said in refusal.sentence


def test_a_contact_is_tidied_and_its_two_rights_are_ticked() -> None:
    contact = clean_contact(CONTACT | {"emergency": "on"})
    assert (contact.phone, contact.emergency, contact.may_collect) == ("06 12 34 56 78", True, False)
    assert clean_contact(CONTACT | {"may_collect": True}).may_collect


@pytest.mark.parametrize("field", sorted(CONTACT))
def test_a_contact_without_a_name_a_link_or_a_phone_is_refused(field: str) -> None:
    assert refused(clean_contact, CONTACT | {field: " "}).field == field


def test_answers_are_kept_for_the_consents_asked_and_no_other() -> None:
    typed = {"consent_1": "yes", "consent_2": "no", "consent_3": "", "consent_9": "yes"}
    assert clean_answers(typed, [1, 2, 3]) == {1: Answer.YES, 2: Answer.NO}
    assert refused(clean_answers, {"consent_1": "oui"}, [1]).field == "consent_1"


@given(
    st.dictionaries(st.sampled_from(["advice", "food_allergies", "blood_group"]), st.text(max_size=50)),
    st.dates(date(2026, 1, 1), date(2028, 1, 1)).map(str) | st.text(max_size=12),
)
def test_whatever_is_typed_is_either_kept_tidy_or_refused_beside_a_field(typed: dict[str, str], until: str) -> None:
    answers = {"allergies": "yes", "drug_allergies": "Pénicilline", "asthma": "no", "pai": "yes", "pai_until": until}
    try:
        kept = clean_part(Part.CARE, answers | typed, DAY)
    except BadFieldError:
        return
    assert "\0" not in "".join(kept.values())
    assert date.fromisoformat(kept["pai_until"]) >= DAY
