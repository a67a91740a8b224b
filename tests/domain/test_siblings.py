"""Le rang d'un enfant : les mineurs du foyer, du plus âgé au plus jeune."""

from datetime import date

from portail.domain.siblings import elders_of, rank_on

DAY = date(2026, 12, 3)
BIRTHS = {7: date(2016, 5, 1), 3: date(2021, 4, 16), 9: date(2008, 12, 4), 12: date(2021, 4, 16)}


def rank(child_id: int, day: date = DAY) -> int:
    return rank_on(elders_of(BIRTHS, child_id), day)


def test_the_eldest_is_first() -> None:
    assert [rank(key) for key in (9, 7, 3)] == [1, 2, 3]


def test_twins_keep_the_order_of_their_arrival() -> None:
    assert (rank(3), rank(12)) == (3, 4)


def test_an_elder_who_comes_of_age_no_longer_counts_from_that_day() -> None:
    assert rank(7, date(2026, 12, 3)) == 2
    assert rank(7, date(2026, 12, 4)) == 1


def test_an_only_child_is_first() -> None:
    assert rank_on(elders_of({7: date(2016, 5, 1)}, 7), DAY) == 1
