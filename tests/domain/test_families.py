"""Les enfants : leur âge au jour près, leur couleur, les mots qui les nomment."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.colors import contrast
from portail.domain.families import (
    ALL_RIGHTS,
    CHILD_COLORS,
    FamilyRight,
    GuardianRole,
    Level,
    age_on,
    check_someone_keeps_all,
    child_color,
    first_rights,
)
from portail.domain.refusals import RefusalError


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2016, 11, 20), date(2026, 11, 19), 9),
        (date(2016, 11, 20), date(2026, 11, 20), 10),
        (date(2016, 2, 29), date(2026, 2, 28), 9),
        (date(2016, 2, 29), date(2026, 3, 1), 10),
        (date(2016, 2, 29), date(2028, 2, 28), 11),
        (date(2016, 2, 29), date(2028, 2, 29), 12),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2025, 12, 31), date(2026, 1, 1), 0),
    ],
)
def test_age_changes_on_the_birthday(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 40_000))
def test_age_never_goes_down_and_moves_one_year_at_a_time(birth: date, days: int) -> None:
    day = min(birth + timedelta(days=days), date(2099, 12, 30))
    assert age_on(birth, day + timedelta(days=1)) - age_on(birth, day) in {0, 1}


def test_brothers_and_sisters_have_different_colors_that_can_be_read() -> None:
    assert len({child_color(position) for position in range(len(CHILD_COLORS))}) == len(CHILD_COLORS)
    assert child_color(len(CHILD_COLORS)) == child_color(0)
    assert all(contrast("#FFFFFF", color) >= 4.5 for color in CHILD_COLORS)


def test_every_role_and_level_has_a_label() -> None:
    assert len({role.label for role in GuardianRole}) == len(GuardianRole)
    assert [level.label for level in Level] == ["TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"]


@given(st.lists(st.frozensets(st.sampled_from(list(FamilyRight)))))
def test_a_file_is_refused_when_nobody_keeps_every_right(adults: list[frozenset[FamilyRight]]) -> None:
    if ALL_RIGHTS in adults:
        check_someone_keeps_all(adults)
    else:
        with pytest.raises(RefusalError, match="tous les droits"):
            check_someone_keeps_all(adults)


@pytest.mark.parametrize("role", list(GuardianRole))
def test_everyone_arrives_with_every_right_but_the_carer(role: GuardianRole) -> None:
    expected = {FamilyRight.BOOK} if role is GuardianRole.CARER else set(FamilyRight)
    assert first_rights(role) == expected
