"""La semaine type : les jours qu'elle donne, contre un calcul naïf, et ce qu'elle refuse."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.custody import Custody, Pattern, PatternKind, WrongFieldError, whose_day
from portail.domain.recurrence import LONGEST_MONTHS, MOST_WEEKS, Parity, Template, days

ONE_DAY = timedelta(days=1)
MONDAY = date(2026, 11, 23)
SCHOOL_WEEK = frozenset({0, 1, 3, 4})

dates = st.dates(date(2016, 1, 1), date(2040, 12, 31))


@st.composite
def templates(draw: st.DrawFn) -> Template:
    first = draw(dates)
    parity = draw(st.sampled_from(Parity))
    return Template(
        first,
        first + draw(st.integers(0, 540)) * ONE_DAY,
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        every=draw(st.integers(1, MOST_WEEKS)) if parity is Parity.ALL else 1,
        parity=parity,
        anchor=draw(st.none() | dates),
    )


def every_day(template: Template) -> list[date]:
    return [template.first + rank * ONE_DAY for rank in range((template.last - template.first).days + 1)]


def slow_is_even(day: date, anchor: date) -> bool:
    """De la semaine de l'ancre à celle du jour, un pas à la fois, en changeant de camp à chaque lundi."""
    even = int(anchor.strftime("%V")) % 2 == 0
    low, high = sorted((anchor, day))
    mondays = sum(1 for rank in range((high - low).days) if (low + (rank + 1) * ONE_DAY).isoweekday() == 1)
    return even if mondays % 2 == 0 else not even


def slow_days(template: Template) -> list[date]:
    found = []
    week = 0
    for day in every_day(template):
        week += day != template.first and day.isoweekday() == 1
        if template.parity is Parity.ALL:
            taken = week % template.every == 0
        else:
            taken = slow_is_even(day, template.anchor or template.first) == (template.parity is Parity.EVEN)
        if taken and day.weekday() in template.weekdays:
            found.append(day)
    return found


@given(templates())
def test_the_days_are_those_of_the_slow_calculation(template: Template) -> None:
    assert list(days(template)) == slow_days(template)


@given(templates())
def test_days_are_in_order_within_the_period_and_on_the_chosen_weekdays(template: Template) -> None:
    found = list(days(template))
    assert all(one < other for one, other in itertools.pairwise(found))
    assert all(template.first <= day <= template.last for day in found)
    assert {day.weekday() for day in found} <= template.weekdays


@given(templates())
def test_even_and_odd_weeks_share_the_period_without_gap_nor_overlap(template: Template) -> None:
    shared = [
        list(days(Template(template.first, template.last, template.weekdays, parity=parity, anchor=template.anchor)))
        for parity in (Parity.EVEN, Parity.ODD)
    ]
    whole = list(days(Template(template.first, template.last, template.weekdays)))
    assert sorted(shared[0] + shared[1]) == whole
    assert not set(shared[0]) & set(shared[1])


def test_a_plain_week_is_repeated() -> None:
    template = Template(MONDAY, date(2026, 12, 6), SCHOOL_WEEK)
    assert [day.day for day in days(template)] == [23, 24, 26, 27, 30, 1, 3, 4]


def test_a_period_may_begin_and_end_in_the_middle_of_a_week() -> None:
    template = Template(date(2026, 11, 26), date(2026, 12, 1), SCHOOL_WEEK)
    assert [day.day for day in days(template)] == [26, 27, 30, 1]


def test_one_day_is_a_period() -> None:
    assert list(days(Template(MONDAY, MONDAY, frozenset({0})))) == [MONDAY]
    assert list(days(Template(MONDAY, MONDAY, frozenset({1})))) == []


def test_every_n_weeks_counts_from_the_week_of_the_first_day() -> None:
    """Un jeudi : sa semaine est la première, le lundi d'après est dans la deuxième."""
    template = Template(date(2026, 11, 26), date(2027, 1, 10), frozenset({0, 4}), every=3)
    assert list(days(template)) == [date(2026, 11, 27), date(2026, 12, 14), date(2026, 12, 18), date(2027, 1, 4), date(2027, 1, 8)]  # fmt: skip


def test_even_weeks_follow_the_number_of_the_first_one() -> None:
    """Le 23 novembre 2026 ouvre la semaine 48, paire."""
    even = Template(MONDAY, date(2026, 12, 20), frozenset({0}), parity=Parity.EVEN)
    odd = Template(MONDAY, date(2026, 12, 20), frozenset({0}), parity=Parity.ODD)
    assert [day.isocalendar().week for day in days(even)] == [48, 50]
    assert [day.isocalendar().week for day in days(odd)] == [49, 51]


def test_week_53_does_not_flip_the_alternation() -> None:
    """2026 a une semaine 53, impaire, que suit une semaine 1, impaire aussi."""
    template = Template(MONDAY, date(2027, 2, 1), frozenset({0}), parity=Parity.ODD)
    found = list(days(template))
    assert [day.isocalendar().week for day in found] == [49, 51, 53, 2, 4]
    assert {(after - before).days for before, after in itertools.pairwise(found)} == {14}


@pytest.mark.parametrize("year", [2020, 2026, 2032, 2037])
def test_no_long_year_ever_gives_two_weeks_in_a_row(year: int) -> None:
    for parity in (Parity.EVEN, Parity.ODD):
        found = list(days(Template(date(year, 9, 1), date(year + 1, 8, 31), frozenset({2}), parity=parity)))
        assert {(after - before).days for before, after in itertools.pairwise(found)} == {14}


def test_an_anchor_keeps_a_template_in_step_with_custody() -> None:
    """Les semaines d'un foyer, réservées d'un trait jusqu'après la semaine 53."""
    anchor = date(2026, 9, 7)  # semaine 37, impaire
    custody = Custody((Pattern(PatternKind.ALTERNATE_WEEKS, 1, 2, anchor, anchor),))
    template = Template(date(2026, 12, 1), date(2027, 6, 30), SCHOOL_WEEK, parity=Parity.ODD, anchor=anchor)
    expected = [day for day in every_day(template) if day.weekday() in SCHOOL_WEEK and whose_day(custody, day) == 1]
    assert list(days(template)) == expected
    late = Template(date(2027, 1, 4), date(2027, 6, 30), SCHOOL_WEEK, parity=Parity.ODD)
    assert next(days(late)) not in expected  # sans l'ancre, la semaine 1 serait impaire


def test_a_whole_school_year_is_one_template() -> None:
    found = list(days(Template(date(2026, 9, 1), date(2027, 7, 2), SCHOOL_WEEK)))
    assert (found[0], found[-1], len(found)) == (date(2026, 9, 1), date(2027, 7, 2), 175)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"last": MONDAY - ONE_DAY}, "last", "La date de fin vient avant la date de début."),
        ({"last": date(2028, 5, 24)}, "last", "La période est trop longue : 18 mois au plus."),
        ({"weekdays": frozenset()}, "weekdays", "Choisissez au moins un jour de la semaine."),
        ({"weekdays": frozenset({0, 7})}, "weekdays", "Choisissez des jours du lundi au dimanche."),
        ({"weekdays": frozenset({-1})}, "weekdays", "Choisissez des jours du lundi au dimanche."),
        ({"every": 0}, "every", "La répétition va de 1 à 8 semaines."),
        ({"every": -2}, "every", "La répétition va de 1 à 8 semaines."),
        ({"every": 9}, "every", "La répétition va de 1 à 8 semaines."),
        (
            {"every": 2, "parity": Parity.EVEN},
            "every",
            "Choisissez soit les semaines paires ou impaires, soit toutes les n semaines, pas les deux.",
        ),
    ],
)
def test_a_template_that_makes_no_sense_is_refused(changed: dict[str, object], field: str, sentence: str) -> None:
    usual = {"first": MONDAY, "last": date(2026, 12, 20), "weekdays": SCHOOL_WEEK}
    with pytest.raises(WrongFieldError) as refusal:
        Template(**{**usual, **changed})
    assert (refusal.value.field, refusal.value.sentence) == (field, sentence)


def test_eighteen_months_to_the_day_are_accepted() -> None:
    assert Template(MONDAY, date(2028, 5, 23), SCHOOL_WEEK).last == date(2028, 5, 23)
    assert Template(date(2026, 8, 31), date(2028, 2, 29), SCHOOL_WEEK).last == date(2028, 2, 29)
    with pytest.raises(WrongFieldError, match=f"{LONGEST_MONTHS} mois"):
        Template(date(2026, 8, 31), date(2028, 3, 1), SCHOOL_WEEK)


def test_parities_have_labels() -> None:
    assert [one.label for one in Parity] == ["Toutes les semaines", "Semaines paires", "Semaines impaires"]
