"""Les documents : combien de temps ils valent, qui ils concernent, lequel suffit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.documents import (
    DocumentScope,
    DocumentStanding,
    DocumentState,
    DocumentValidity,
    Given,
    Needed,
    concerns,
    standing_of,
    suffices,
    valid_until,
)

DAY = date(2026, 12, 3)
INSURANCE = Needed(1, "Assurance scolaire", DocumentScope.CHILD)
ADDRESS = Needed(2, "Justificatif de domicile", DocumentScope.FAMILY, needs_validation=False)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def paper(state: DocumentState = DocumentState.ACCEPTED, until: date | None = None, **known) -> Given:
    return Given(**({"type_id": 1, "family_id": 5, "child_id": 7} | known), state=state, valid_until=until)


@pytest.mark.parametrize(
    ("day", "until"),
    [
        (date(2026, 9, 1), date(2027, 8, 31)),
        (date(2026, 12, 31), date(2027, 8, 31)),
        (date(2027, 1, 1), date(2027, 8, 31)),
        (date(2027, 6, 30), date(2027, 8, 31)),
        (date(2027, 7, 1), date(2028, 8, 31)),
        (date(2027, 8, 31), date(2028, 8, 31)),
    ],
)
def test_a_school_year_document_ends_with_it_and_summer_counts_for_the_next(day: date, until: date) -> None:
    assert valid_until(DocumentValidity.SCHOOL_YEAR, day) == until


def test_a_year_is_a_year_even_from_a_leap_day_and_always_never_ends() -> None:
    assert valid_until(DocumentValidity.YEAR, date(2028, 2, 29)) == date(2029, 2, 28)
    assert valid_until(DocumentValidity.ALWAYS, DAY) is None


@given(DAYS, st.sampled_from([DocumentValidity.SCHOOL_YEAR, DocumentValidity.YEAR]))
def test_a_document_given_today_is_worth_something_and_never_more_than_fourteen_months(day, validity) -> None:
    until = valid_until(validity, day)
    assert day <= until <= day + timedelta(days=430)


def test_a_child_document_holds_in_both_homes_and_a_family_one_in_its_own() -> None:
    assert concerns(INSURANCE, paper(family_id=6), 7, 5)
    assert not concerns(INSURANCE, paper(child_id=8), 7, 5)
    assert not concerns(INSURANCE, paper(type_id=2), 7, 5)
    assert concerns(ADDRESS, paper(type_id=2, child_id=0), 7, 5)
    assert not concerns(ADDRESS, paper(type_id=2, child_id=0, family_id=6), 7, 5)
    assert not concerns(ADDRESS, paper(type_id=2), 7, 5)


@pytest.mark.parametrize(
    ("state", "until", "checked", "unchecked"),
    [
        (DocumentState.ACCEPTED, None, True, True),
        (DocumentState.ACCEPTED, DAY, True, True),
        (DocumentState.ACCEPTED, DAY - timedelta(days=1), False, False),
        (DocumentState.SENT, None, False, True),
        (DocumentState.SENT, DAY - timedelta(days=1), False, False),
        (DocumentState.REFUSED, None, False, False),
    ],
)
def test_what_is_good_enough_depends_on_whether_the_town_reads_it(state, until, checked, unchecked) -> None:
    assert suffices(INSURANCE, paper(state, until), DAY) is checked
    assert suffices(ADDRESS, paper(state, until), DAY) is unchecked


@pytest.mark.parametrize(
    ("papers", "standing"),
    [
        ((), DocumentStanding.MISSING),
        ((paper(DocumentState.SENT),), DocumentStanding.SENT),
        ((paper(DocumentState.REFUSED), paper(DocumentState.SENT)), DocumentStanding.SENT),
        ((paper(DocumentState.SENT), paper()), DocumentStanding.ACCEPTED),
        ((paper(), paper(DocumentState.REFUSED)), DocumentStanding.ACCEPTED),
        ((paper(DocumentState.REFUSED),), DocumentStanding.REFUSED),
        ((paper(until=date(2026, 8, 31)),), DocumentStanding.EXPIRED),
        ((paper(until=date(2026, 8, 31)), paper(DocumentState.REFUSED)), DocumentStanding.REFUSED),
    ],
)
def test_the_best_document_speaks_else_the_latest(papers, standing) -> None:
    assert standing_of(INSURANCE, papers, DAY) is standing


@pytest.mark.parametrize("one", DocumentStanding)
def test_every_standing_has_its_words(one: DocumentStanding) -> None:
    assert one.label
    assert one.tone in {"", "ok", "warn", "err"}
