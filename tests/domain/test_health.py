"""La fiche sanitaire : ce qui manque, dit en une phrase, et quand la confirmer de nouveau."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import health
from portail.domain.families import GuardianRole
from portail.domain.health import (
    Answer,
    BloodGroup,
    Diet,
    HealthFile,
    Illness,
    Missing,
    Part,
    Record,
    StalePartError,
    can_confirm,
    completeness,
    confirmed_year,
    is_confirmed,
    school_year,
)
from portail.domain.refusals import RefusalError
from portail.domain.vaccinations import Vaccine

DAY = date(2026, 11, 20)
BIRTH = date(2016, 5, 4)
RECORD = Record(
    doctor_name="Dr Martin",
    doctor_phone="02 99 00 00 01",
    allergies=Answer.NO,
    asthma=Answer.NO,
    pai=Answer.NO,
    diet=Diet.EVERYTHING,
)
DTP = {Vaccine.DTP: (date(2016, 7, 4), date(2016, 9, 4), date(2017, 4, 4))}
COMPLETE = HealthFile(BIRTH, RECORD, DTP, emergency_contacts=1, confirmed_on=date(2026, 9, 1))


def parts(file: HealthFile, day: date = DAY) -> list[Part]:
    return [one.part for one in completeness(file, day)]


def but(**changes: str) -> HealthFile:
    return replace(COMPLETE, record=replace(RECORD, **changes))


def test_a_complete_file_lacks_nothing() -> None:
    assert completeness(COMPLETE, DAY) == []


def test_an_empty_file_lacks_every_part_in_the_order_of_the_page() -> None:
    lacking = completeness(HealthFile(BIRTH, unanswered_consents=3), DAY)
    assert [one.part for one in lacking] == [
        Part.DOCTOR,
        Part.CARE,
        Part.CARE,
        Part.CARE,
        Part.MEALS,
        Part.VACCINES,
        Part.CONTACTS,
        Part.CONSENTS,
        Part.CONFIRMATION,
    ]
    assert all(one.sentence.endswith(".") for one in lacking)
    assert len({one.sentence for one in lacking}) == len(lacking)


@pytest.mark.parametrize("birth", [date(2031, 1, 1), DAY + timedelta(days=1), date(9999, 12, 31)])
def test_a_birth_still_to_come_asks_for_no_vaccine_and_breaks_nothing(birth: date) -> None:
    assert parts(replace(COMPLETE, birth=birth, vaccines={})) == []
    assert Part.DOCTOR in parts(HealthFile(birth))


@pytest.mark.parametrize(
    ("changes", "part", "said"),
    [
        ({"doctor_name": ""}, Part.DOCTOR, "médecin"),
        ({"doctor_phone": ""}, Part.DOCTOR, "téléphone"),
        ({"allergies": ""}, Part.CARE, "allergies"),
        ({"asthma": ""}, Part.CARE, "asthme"),
        ({"pai": ""}, Part.CARE, "PAI"),
        ({"diet": ""}, Part.MEALS, "régime"),
        ({"pai": Answer.YES, "pai_until": "2026-11-19"}, Part.CARE, "date de fin du PAI est passée"),
        ({"pai": Answer.YES}, Part.CARE, "date de fin du PAI"),
        ({"diet": Diet.ALLERGY}, Part.CARE, "demande un PAI"),
    ],
)
def test_each_compulsory_answer_is_asked_for_by_name(changes: dict[str, str], part: Part, said: str) -> None:
    (lacking,) = completeness(replace(but(**changes), documents=1), DAY)
    assert lacking.part is part
    assert said in lacking.sentence


def test_a_pai_counts_until_its_last_day() -> None:
    held = replace(but(pai=Answer.YES, pai_until="2026-11-20", diet=Diet.ALLERGY), documents=1)
    assert parts(held) == []


def test_a_pai_needs_its_document() -> None:
    bare = but(pai=Answer.YES, pai_until="2027-08-31")
    assert [one.sentence for one in completeness(bare, DAY)] == ["Joignez le document du PAI."]
    assert parts(replace(bare, documents=2)) == []
    assert parts(replace(COMPLETE, documents=0)) == []


@pytest.mark.parametrize("field", ["blood_group", "illnesses", "advice", "food_allergies"])
def test_the_rest_is_free(field: str) -> None:
    assert getattr(RECORD, field) == ""
    assert parts(COMPLETE) == []


def test_vaccines_are_named_one_by_one_then_counted() -> None:
    young = replace(COMPLETE, birth=date(2020, 5, 4))
    (many,) = completeness(young, DAY)
    assert many == Missing(Part.VACCINES, "Vaccinations : 5 vaccins obligatoires restent à indiquer.")
    (one,) = completeness(replace(COMPLETE, vaccines={}), DAY)
    assert one.sentence.startswith("Diphtérie")


def test_a_medical_contraindication_excuses_every_vaccine() -> None:
    assert parts(replace(but(exempt=Answer.YES), birth=date(2020, 5, 4), vaccines={})) == []


def test_an_emergency_contact_and_every_consent_are_needed() -> None:
    assert parts(replace(COMPLETE, emergency_contacts=0)) == [Part.CONTACTS]
    (one,) = completeness(replace(COMPLETE, unanswered_consents=1), DAY)
    assert one.sentence == "Répondez à 1 autorisation."
    (two,) = completeness(replace(COMPLETE, unanswered_consents=2), DAY)
    assert (two.sentence, two.anchor) == ("Répondez à 2 autorisations.", "autorisations")


@pytest.mark.parametrize(
    ("confirmed", "day", "valid"),
    [
        (date(2026, 7, 1), date(2026, 9, 1), True),
        (date(2026, 6, 30), date(2026, 9, 1), False),
        (date(2026, 6, 30), date(2026, 8, 31), True),
        (date(2026, 7, 1), date(2027, 8, 31), True),
        (date(2026, 7, 1), date(2027, 9, 1), False),
        (date(2025, 7, 1), date(2026, 8, 31), True),
        (date(2025, 6, 30), date(2026, 1, 15), False),
        (None, date(2026, 9, 1), False),
    ],
)
def test_a_confirmation_lasts_until_the_next_school_year(confirmed: date | None, day: date, valid: bool) -> None:
    assert is_confirmed(confirmed, day) is valid
    assert (Part.CONFIRMATION in parts(replace(COMPLETE, confirmed_on=confirmed), day)) is not valid


def test_the_coming_year_is_confirmed_from_july_and_once() -> None:
    assert not can_confirm(date(2025, 9, 3), date(2026, 6, 30))
    assert can_confirm(date(2025, 9, 3), date(2026, 7, 1))
    assert not can_confirm(date(2026, 7, 1), date(2026, 7, 2))
    assert can_confirm(date(2026, 6, 30), date(2026, 9, 1))
    assert can_confirm(None, DAY)


@pytest.mark.parametrize(
    ("day", "current", "confirmed"),
    [
        (date(2026, 6, 30), "2025-2026", "2025-2026"),
        (date(2026, 7, 1), "2025-2026", "2026-2027"),
        (date(2026, 9, 1), "2026-2027", "2026-2027"),
        (date(2027, 1, 1), "2026-2027", "2026-2027"),
    ],
)
def test_the_school_year_is_the_one_families_mean(day: date, current: str, confirmed: str) -> None:
    assert (school_year(day), confirmed_year(day)) == (current, confirmed)


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_what_is_confirmed_today_is_confirmed_for_the_year_it_says(day: date) -> None:
    assert is_confirmed(day, day)
    start = int(confirmed_year(day)[:4])
    assert is_confirmed(day, date(start + 1, 8, 31))
    assert not is_confirmed(day, date(start + 1, 9, 1))
    assert not can_confirm(day, day)


def test_the_eleventh_contact_is_refused() -> None:
    health.check_contact_room(9)
    with pytest.raises(RefusalError, match="déjà 10 contacts"):
        health.check_contact_room(10)


def test_a_trusted_person_does_not_consent_for_the_guardians() -> None:
    assert [role for role in GuardianRole if not health.can_sign(role)] == [GuardianRole.CARER]


def test_diets_speak_of_food_only() -> None:
    said = " ".join(diet.label for diet in Diet).casefold()
    assert not any(word in said for word in ("halal", "casher", "kasher", "relig", "ramadan", "carême", "confession"))


def test_every_list_is_worded_differently_and_every_anchor_is_one() -> None:
    for kind in (Part, Answer, Diet, BloodGroup, Illness):
        assert len({one.label for one in kind}) == len(kind)
    assert len({part.anchor for part in Part}) == len(Part)
    assert all(part.anchor.isascii() and part.anchor.islower() for part in Part)


def test_a_record_reads_back_its_lists_and_dates() -> None:
    record = Record(illnesses="otitis,chickenpox", pai_until="2027-08-31")
    assert record.illness_list == [Illness.OTITIS, Illness.CHICKENPOX]
    assert record.pai_end == date(2027, 8, 31)
    assert (Record().illness_list, Record().pai_end) == ([], None)
    assert all(field.type is str for field in fields(Record))


def test_a_stale_part_says_who_came_first_and_that_nothing_is_lost() -> None:
    assert "par Hugo Durand" in StalePartError("Hugo Durand").sentence
    assert "rien n’a été écrasé" in StalePartError("").sentence
    assert "  " not in StalePartError("").full_sentence
