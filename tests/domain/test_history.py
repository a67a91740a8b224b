"""Les sortes, les périodes et les faits du tableau de bord."""

from datetime import UTC, datetime, timedelta

import pytest

from portail.components.icons import PATHS
from portail.domain.history import FACTS, HistoryKind, Period, since

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", list(HistoryKind))
def test_each_kind_has_an_icon_that_exists(kind: HistoryKind) -> None:
    assert kind.icon in PATHS


def test_periods_go_further_and_further_back() -> None:
    starts = [since(period, NOW) for period in Period]
    assert starts == sorted(starts, reverse=True)
    assert starts[0] == NOW - timedelta(days=30)


@pytest.mark.parametrize("period", ["", "hier", "MONTH", "x" * 500])
def test_an_unknown_period_has_no_start(period: str) -> None:
    assert since(period, NOW) is None


def test_no_fact_is_told_twice_in_the_same_words() -> None:
    labels = [fact.label for fact in FACTS.values()]
    assert len(labels) == len(set(labels))
