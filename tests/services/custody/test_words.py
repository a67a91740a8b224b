"""La garde en phrases : chacun lit la sienne, et une date de référence reste proche."""

from datetime import date, timedelta

import pytest

from portail.domain.custody import Custody, DatedException, HolidayRule, Pattern, PatternKind, whose_day
from portail.models.custody import CustodyPattern
from portail.models.families import Family
from portail.services.custody import words
from tests.conftest import NOW

PAUL, SOPHIE, GONE = 4, 5, 9
MONDAY, TODAY = date(2026, 11, 16), date(2026, 11, 20)
HOMES = words.homes_for_parent(PAUL, (PAUL, SOPHIE))
ONE_DAY = timedelta(days=1)


def family(key: int, name: str) -> Family:
    return Family(id=key, number=f"F-{key}", name=name, created_at=NOW)


def pattern(kind: PatternKind = PatternKind.ALTERNATE_WEEKS, **changed: object) -> Pattern:
    values: dict[str, object] = {"first": PAUL, "second": SOPHIE, "anchor": MONDAY, "valid_from": date(2026, 1, 1)}
    return Pattern(kind, **values | changed)


def line(**changed: object) -> CustodyPattern:
    values: dict[str, object] = {
        "id": 1,
        "child_id": 1,
        "first_family_id": PAUL,
        "second_family_id": SOPHIE,
        "kind": "alternate_weeks",
        "anchor": MONDAY,
        "valid_from": date(2026, 1, 1),
        "created_at": NOW,
    }
    return CustodyPattern(**values | changed)


def test_a_parent_is_you_and_the_other_is_nobody_in_particular() -> None:
    assert {key: home.label for key, home in HOMES.items()} == {PAUL: "Vous", SOPHIE: "L’autre parent"}
    assert words.homes_for_parent(SOPHIE, (PAUL, SOPHIE))[PAUL].at == "chez l’autre parent"


@pytest.mark.parametrize(
    ("names", "labels", "marks"),
    [
        (("Lefèvre", "Garnier"), ("Lefèvre", "Garnier"), ("L", "G")),
        (("Garnier", "Gomes"), ("Garnier", "Gomes"), ("1", "2")),
        (("Durand", "Durand"), ("Durand (F-4)", "Durand (F-5)"), ("1", "2")),
    ],
)
def test_an_agent_never_mistakes_one_home_for_the_other(
    names: tuple[str, str], labels: tuple[str, str], marks: tuple[str, str]
) -> None:
    homes = words.homes_for_agent([family(PAUL, names[0]), family(SOPHIE, names[1])])
    assert (homes[PAUL].label, homes[SOPHIE].label) == labels
    assert (homes[PAUL].mark, homes[SOPHIE].mark) == marks
    assert homes[PAUL].at == f"chez {labels[0]}"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 20), None, "Depuis le vendredi 20 novembre 2026"),
        (date(2026, 11, 21), None, "À partir du samedi 21 novembre 2026"),
        (date(2026, 12, 1), date(2026, 12, 2), "Du mardi 1er décembre 2026 au mercredi 2 décembre 2026"),
        (date(2026, 12, 1), date(2026, 12, 1), "Le mardi 1er décembre 2026"),
    ],
)
def test_a_period_is_said_as_one_says_it(first: date, last: date | None, said: str) -> None:
    assert words.period(first, last, TODAY) == said


@pytest.mark.parametrize("years_later", [0, 1, 3, 10])
def test_the_week_quoted_is_a_recent_one_and_true(years_later: int) -> None:
    """Une semaine de référence d'il y a dix ans ne dirait rien à personne."""
    near = TODAY + timedelta(days=366 * years_later)
    said = words.reference(pattern(), HOMES, near)
    quoted = next(day for rank in range(14) if words.wording.full_day(day := near - rank * ONE_DAY) in said)
    assert said.endswith("commence chez vous.")
    assert whose_day(Custody((pattern(),)), quoted) == PAUL
    assert quoted.weekday() == 0


@pytest.mark.parametrize("later", range(0, 28, 3))
def test_the_week_end_quoted_is_the_next_one_and_true(later: int) -> None:
    near, one = TODAY + later * ONE_DAY, pattern(PatternKind.WEEKENDS)
    said = words.reference(one, HOMES, near)
    quoted = next(day for rank in range(14) if words.wording.full_day(day := near + rank * ONE_DAY) in said)
    assert said.startswith("En semaine chez vous ; le week-end du samedi ")
    assert said.endswith(" chez l’autre parent.")
    assert [whose_day(Custody((one,)), quoted + rank * ONE_DAY) for rank in (-1, 0, 1, 2)] == [
        PAUL,
        SOPHIE,
        SOPHIE,
        PAUL,
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (HolidayRule.NONE, ""),
        (
            HolidayRule.FIRST_IN_EVEN_YEARS,
            "la première moitié chez vous les années paires, chez l’autre parent les années impaires.",
        ),
        (
            HolidayRule.FIRST_IN_ODD_YEARS,
            "la première moitié chez l’autre parent les années paires, chez vous les années impaires.",
        ),
    ],
)
def test_halves_are_said_from_the_side_of_who_reads(rule: HolidayRule, said: str) -> None:
    assert words.halves(pattern(holidays=rule), HOMES) == said


@pytest.mark.parametrize(
    ("changed", "state", "tone", "can_end"),
    [
        ({}, "En cours", "ok", True),
        ({"valid_to": TODAY}, "En cours", "ok", True),
        ({"valid_to": TODAY - ONE_DAY}, "Terminé", "", False),
        ({"valid_from": TODAY + ONE_DAY}, "À venir", "", True),
        ({"valid_from": TODAY}, "En cours", "ok", True),
    ],
)
def test_a_rhythm_says_where_it_stands_today(changed: dict[str, date], state: str, tone: str, *, can_end: bool) -> None:
    shown = words.pattern_line(line(**changed), HOMES, TODAY)
    assert (shown.state, shown.tone, shown.can_end) == (state, tone, can_end)


def test_a_home_the_child_left_is_never_named() -> None:
    shown = words.pattern_line(line(first_family_id=GONE), HOMES, TODAY)
    assert "que l’enfant a quitté" in shown.reference
    asked = DatedException(GONE, TODAY, TODAY)
    assert words.proposal(asked, HOMES, TODAY) == ("Le vendredi 20 novembre 2026 dans un foyer que l’enfant a quitté")


def test_a_proposal_is_one_sentence() -> None:
    asked = pattern(PatternKind.TWO_TWO_FIVE_FIVE, change_day=2, valid_from=date(2027, 1, 6))
    assert words.proposal(asked, HOMES, TODAY) == (
        "2-2-5-5, changement le mercredi ; vacances comme le reste de l’année ; à partir du mercredi 6 janvier 2027"
    )
    short = pattern(PatternKind.ALWAYS, valid_from=date(2027, 7, 1), valid_to=date(2027, 8, 31))
    assert words.proposal(short, HOMES, TODAY).endswith("; du jeudi 1er juillet 2027 au mardi 31 août 2027")
