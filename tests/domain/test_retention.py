"""Les durées de conservation : une phrase chacune, un instant juste, et un ordre qui se tient."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.retention import RULES, Category, Duration, limit

seconds = st.integers(1_000_000_000, 4_000_000_000)
moments = seconds.map(lambda at: datetime.fromtimestamp(at, UTC))


@pytest.mark.parametrize("category", Category)
def test_every_category_says_what_how_long_since_when_and_why(category: Category) -> None:
    rule = RULES[category]
    assert rule.sentence.startswith(f"{rule.label} : {rule.duration.label} après ")
    assert rule.sentence.endswith(f"({rule.reason}).")
    assert category.label == rule.label


@given(st.sampled_from(list(Category)), moments)
def test_nothing_goes_before_its_whole_duration(category: Category, now: datetime) -> None:
    duration = RULES[category].duration
    kept = now - limit(category, now)
    assert timedelta(days=duration.days + duration.years * 365) <= kept
    assert kept <= timedelta(days=duration.days + duration.years * 366 + 1)


@given(st.sampled_from(list(Category)), moments, st.timedeltas(timedelta(0), timedelta(days=800)))
def test_what_is_out_today_is_still_out_later(category: Category, now: datetime, later: timedelta) -> None:
    assert limit(category, now) <= limit(category, now + later)


def test_a_leap_day_goes_back_to_the_twenty_eighth() -> None:
    assert Duration(years=1).before(datetime(2028, 2, 29, 8, tzinfo=UTC)) == datetime(2027, 2, 28, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (Duration(days=1), "1 jour"),
        (Duration(days=30), "30 jours"),
        (Duration(years=1), "1 an"),
        (Duration(years=2), "2 ans"),
    ],
)
def test_a_duration_is_said_in_words(duration: Duration, words: str) -> None:
    assert duration.label == words


def test_a_closed_account_outlives_its_lines_in_the_journal() -> None:
    """Sinon le journal perdrait l'auteur d'une action qu'il doit encore prouver."""
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert limit(Category.ACCOUNT_CLOSED, now) <= limit(Category.AUDIT, now)
