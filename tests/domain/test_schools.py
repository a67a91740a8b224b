"""Les noms d'école qui se ressemblent, les années scolaires, les niveaux dans l'ordre."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.families import Level
from portail.domain.schools import SchoolInUseError, join_levels, same_name, school_years


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("École Jean-Macé", "ecole jean macé", True),
        ("CP  A", "cp a", True),
        ("L’Orangerie", "L'Orangerie", True),
        ("École Jean-Macé", "École Jean-Macé 2", False),
        ("CP A", "CP B", False),
    ],
)
def test_names_are_compared_without_accents_case_or_signs(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2026, 11, 20), ("2025-2026", "2026-2027", "2027-2028")),
        (date(2027, 8, 31), ("2025-2026", "2026-2027", "2027-2028")),
        (date(2027, 9, 1), ("2026-2027", "2027-2028", "2028-2029")),
        (date(2028, 2, 29), ("2026-2027", "2027-2028", "2028-2029")),
    ],
)
def test_three_school_years_are_offered(day: date, years: tuple[str, ...]) -> None:
    assert school_years(day) == years


@given(st.dates(date(2000, 1, 1), date(2200, 12, 31)))
def test_the_years_always_follow_each_other(day: date) -> None:
    starts = [int(year[:4]) for year in school_years(day)]
    assert starts == [starts[0], starts[0] + 1, starts[0] + 2]
    assert starts[1] in {day.year, day.year - 1}


@given(st.sets(st.sampled_from([*Level, "", "6e", "x"])))
def test_levels_are_joined_in_the_order_of_school(levels: set[str]) -> None:
    joined = join_levels(frozenset(levels)).split()
    assert set(joined) == levels & set(Level)
    assert joined == sorted(joined, key=list(Level).index)


@pytest.mark.parametrize(
    ("children", "requests", "said"),
    [
        (1, 0, "1 enfant y est."),
        (3, 0, "3 enfants y sont."),
        (0, 1, "1 démarche en attente la demande."),
        (2, 2, "2 enfants y sont, et 2 démarches en attente la demandent."),
        (0, 0, "vient de servir."),
    ],
)
def test_a_school_in_use_says_who_is_there(children: int, requests: int, said: str) -> None:
    refusal = SchoolInUseError(children, requests)
    assert refusal.sentence.endswith(said)
    assert "nouvelles inscriptions" in refusal.next_step
