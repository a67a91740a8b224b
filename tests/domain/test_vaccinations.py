"""Ce que la loi exige selon la naissance : les bornes, les âges, le rattrapage."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.refusals import BadInputError
from portail.domain.vaccinations import (
    HEXAVALENT,
    OBLIGATIONS,
    Lack,
    Vaccine,
    age_in_months,
    check_doses,
    missing,
    most_doses,
    required_on,
)

V = Vaccine
OLD, NEW, LATEST = date(2017, 12, 31), date(2018, 1, 1), date(2025, 1, 1)
DAYS = st.dates(date(2010, 1, 1), date(2032, 12, 31))


def at(birth: date, months: int) -> date:
    year, month = divmod(birth.month - 1 + months, 12)
    return date(birth.year + year, month + 1, min(birth.day, 28))


def course(birth: date, *months: int) -> list[date]:
    return [at(birth, month) for month in months]


def complete(birth: date) -> dict[Vaccine, list[date]]:
    return {one.vaccine: course(birth, *one.ages) for one in OBLIGATIONS if one.concerns(birth)}


def lacking(birth: date, day: date, doses: dict[Vaccine, list[date]]) -> dict[Vaccine, int]:
    return {lack.vaccine: lack.expected - lack.given for lack in missing(birth, day, doses)}


def test_born_before_2018_only_dtp_is_required() -> None:
    assert required_on(OLD, date(2026, 11, 20)) == {V.DTP: 3}


def test_born_from_2018_the_eleven_vaccines_are_required() -> None:
    at_eighteen_months = {
        V.DTP: 3,
        V.PERTUSSIS: 3,
        V.HIB: 3,
        V.HEPATITIS_B: 3,
        V.PNEUMOCOCCUS: 3,
        V.MMR: 2,
        V.MENINGOCOCCUS_C: 2,
    }
    assert required_on(NEW, date(2019, 7, 1)) == at_eighteen_months
    assert required_on(date(2024, 12, 31), date(2026, 7, 1)) == at_eighteen_months


def test_born_from_2025_meningococci_acwy_and_b_replace_c() -> None:
    required = required_on(LATEST, date(2026, 7, 1))
    assert (required[V.MENINGOCOCCUS_ACWY], required[V.MENINGOCOCCUS_B]) == (2, 3)
    assert V.MENINGOCOCCUS_C not in required
    assert V.MENINGOCOCCUS_B not in required_on(date(2024, 12, 31), date(2026, 7, 1))


@pytest.mark.parametrize("birth", [OLD, NEW, LATEST])
def test_bcg_is_never_required(birth: date) -> None:
    assert V.BCG not in required_on(birth, at(birth, 60))


@pytest.mark.parametrize(
    ("months", "doses"),
    [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (10, 2), (11, 3), (12, 3), (200, 3)],
)
def test_doses_are_expected_at_the_ages_of_the_calendar(months: int, doses: int) -> None:
    assert required_on(NEW, at(NEW, months)).get(V.DTP, 0) == doses


def test_a_dose_is_not_expected_the_day_before_its_age() -> None:
    birth = date(2020, 5, 15)
    assert V.DTP not in required_on(birth, date(2020, 7, 14))
    assert required_on(birth, date(2020, 7, 15))[V.DTP] == 1


def test_someone_not_born_yet_owes_nothing() -> None:
    birth = date(2030, 1, 1)
    assert required_on(birth, date(2026, 11, 20)) == {}
    assert missing(birth, date(2026, 11, 20), {V.DTP: [date(2026, 1, 1)]}) == []


def test_past_the_age_of_catching_up_nothing_is_asked_again() -> None:
    assert V.PNEUMOCOCCUS in required_on(NEW, at(NEW, 23))
    assert V.PNEUMOCOCCUS not in required_on(NEW, at(NEW, 24))
    assert V.HIB in required_on(NEW, at(NEW, 59))
    assert V.HIB not in required_on(NEW, at(NEW, 60))


@pytest.mark.parametrize("birth", [OLD, NEW, date(2024, 12, 31), LATEST])
def test_the_whole_calendar_leaves_nothing_missing(birth: date) -> None:
    for months in range(60):
        assert missing(birth, at(birth, months), complete(birth)) == []


def test_each_missing_dose_is_named_with_what_is_expected() -> None:
    birth = date(2020, 5, 4)
    doses = complete(birth) | {V.MMR: course(birth, 12), V.HEPATITIS_B: []}
    lacks = missing(birth, at(birth, 40), doses)
    assert lacks == [Lack(V.HEPATITIS_B, 3, 0), Lack(V.MMR, 2, 1)]
    assert lacks[0].sentence == "Hépatite B : 3 doses attendues à cet âge, aucune n’est indiquée."
    assert lacks[1].sentence == "Rougeole, oreillons, rubéole (ROR) : 2 doses attendues à cet âge, 1 indiquée."
    assert Lack(V.DTP, 3, 2).sentence.endswith("3 doses attendues à cet âge, 2 indiquées.")
    assert Lack(V.DTP, 1, 0).sentence.endswith("1 dose attendue à cet âge, aucune n’est indiquée.")


def test_one_late_dose_is_enough_where_the_calendar_says_so() -> None:
    birth = date(2020, 5, 4)
    late = complete(birth) | {V.HIB: course(birth, 13), V.MENINGOCOCCUS_C: course(birth, 14)}
    assert lacking(birth, at(birth, 40), late) == {}
    early = complete(birth) | {V.HIB: course(birth, 5), V.MENINGOCOCCUS_C: course(birth, 5)}
    assert lacking(birth, at(birth, 40), early) == {V.HIB: 2, V.MENINGOCOCCUS_C: 1}


def test_pneumococcus_started_after_a_year_takes_two_doses() -> None:
    birth = date(2020, 5, 4)
    doses = complete(birth) | {V.PNEUMOCOCCUS: course(birth, 13)}
    assert lacking(birth, at(birth, 20), doses) == {V.PNEUMOCOCCUS: 1}
    doses[V.PNEUMOCOCCUS] = course(birth, 13, 15)
    assert lacking(birth, at(birth, 20), doses) == {}


def test_acwy_counts_for_c_and_never_the_other_way() -> None:
    birth = date(2024, 8, 1)
    doses = complete(birth) | {V.MENINGOCOCCUS_C: course(birth, 5), V.MENINGOCOCCUS_ACWY: course(birth, 12)}
    assert lacking(birth, at(birth, 20), doses) == {}
    doses = complete(LATEST) | {V.MENINGOCOCCUS_ACWY: [], V.MENINGOCOCCUS_C: course(LATEST, 6, 12)}
    assert lacking(LATEST, at(LATEST, 20), doses) == {V.MENINGOCOCCUS_ACWY: 2}


def test_dates_outside_life_do_not_count() -> None:
    birth, day = date(2016, 5, 4), date(2026, 11, 20)
    doses = {V.DTP: [birth - timedelta(1), day + timedelta(1), at(birth, 11), at(birth, 11)]}
    assert lacking(birth, day, doses) == {V.DTP: 2}


@given(DAYS, DAYS, DAYS)
def test_time_passing_never_lowers_what_the_law_asks_before_two(birth: date, one: date, other: date) -> None:
    first, last = sorted((one, other))
    if age_in_months(birth, last) < 24:
        before, after = required_on(birth, first), required_on(birth, last)
        assert all(after[vaccine] >= doses for vaccine, doses in before.items())


@given(
    DAYS, DAYS, st.dictionaries(st.sampled_from(Vaccine), st.lists(DAYS, max_size=4)), st.sampled_from(Vaccine), DAYS
)
def test_nothing_is_asked_that_the_law_does_not(
    birth: date, day: date, doses: dict[Vaccine, list[date]], vaccine: Vaccine, more: date
) -> None:
    lacks = missing(birth, day, doses)
    assert {lack.vaccine for lack in lacks} <= set(required_on(birth, day))
    assert all(0 <= lack.given < lack.expected <= most_doses(lack.vaccine) for lack in lacks)
    assert missing(birth, day, {**doses, V.BCG: [more]}) == lacks


@given(DAYS, DAYS)
def test_age_in_months_is_the_number_of_anniversaries(birth: date, day: date) -> None:
    months = age_in_months(birth, day)
    assert (months >= 0) is (day >= birth)
    assert abs(months - (day - birth).days / 30.44) <= 1.1


def test_typed_dates_are_sorted_once_each() -> None:
    birth, day = date(2020, 5, 4), date(2026, 11, 20)
    assert check_doses(V.DTP, [at(birth, 4), at(birth, 2), at(birth, 4)], birth, day) == tuple(course(birth, 2, 4))
    assert check_doses(V.DTP, [birth, day], birth, day) == (birth, day)
    assert check_doses(V.DTP, [], birth, day) == ()


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ([date(2020, 5, 3)], "antérieure à la naissance"),
        ([date(2026, 11, 21)], "pas encore passée"),
        ([date(2021, 1, rank) for rank in range(1, 4)], "2 dates au plus"),
    ],
)
def test_impossible_dates_are_refused_by_the_name_of_the_vaccine(dates: list[date], said: str) -> None:
    with pytest.raises(BadInputError, match=said) as refusal:
        check_doses(V.MMR, dates, date(2020, 5, 4), date(2026, 11, 20))
    assert refusal.value.sentence.startswith("Rougeole")


def test_every_compulsory_course_fits_its_boxes() -> None:
    assert all(len(one.ages) <= most_doses(one.vaccine) for one in OBLIGATIONS)
    assert sum(most_doses(vaccine) for vaccine in Vaccine) <= 32
    assert {most_doses(vaccine) for vaccine in HEXAVALENT} == {3, 5}


def test_vaccines_are_named_apart() -> None:
    assert len({vaccine.label for vaccine in Vaccine}) == len(Vaccine)
