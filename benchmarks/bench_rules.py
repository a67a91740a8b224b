"""Juger des jours, sans base : un mois pour trois enfants, une année de mille séances. Les échéances les plus longues."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as hour

from common import machine, main, median, milliseconds, p95, table, verdict

from portail.domain import booking_rules, deadlines
from portail.domain.bookability import ChildFacts, Offer, Standing, judge
from portail.domain.booking_rules import BookingRule
from portail.domain.dates import PARIS
from portail.domain.deadlines import Deadline, DeadlineKind, Excluded, Shift
from portail.domain.school_calendar import Zone
from portail.domain.town_calendar import TownCalendar

ROUNDS = 200
MONTH_AIM, YEAR_AIM = 0.002, 0.050
NOW = datetime(2026, 11, 21, 9, tzinfo=PARIS)
TOWN = TownCalendar(Zone.B)
LEA = ChildFacts("Léa", date(2016, 5, 4), "CM2", 1, is_enrolled=True, child_url="/dossier/enfants/7")
ORDINARY = Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=3)
RULE = BookingRule(
    date(2026, 9, 1),
    add=Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2),
    cancel=Deadline(DeadlineKind.LAST_CLASS_DAY, fallback=ORDINARY, excluded=frozenset(Excluded), shift=Shift.BEFORE),
    late_until=Deadline(DeadlineKind.DAYS_BEFORE, days=1),
    opens_days_ahead=400,
)


def offers(first: date, days: int, rule: BookingRule = RULE) -> list[Offer]:
    offer = Offer(12, first, hour(11, 30), hour(13, 30), capacity=30, taken=4, rules=(rule,), min_age=3, max_age=11)
    return [replace(offer, day=first + timedelta(days=rank)) for rank in range(days)]


def judged(wanted: list[Offer]) -> None:
    for offer in wanted:
        judge(offer, LEA, Standing(), NOW, TOWN)


def forget() -> None:
    booking_rules._window.cache_clear()
    deadlines._cutoff.cache_clear()


def timed(wanted: list[Offer], before: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        before()
        started = time.perf_counter()
        judged(wanted)
        found.append(time.perf_counter() - started)
    return found


def measure() -> None:
    month = offers(date(2026, 12, 1), 30) * 3
    year = [one for rank in range(5) for one in offers(date(2026, 9, 1), 200, replace(RULE, carence_days=rank))]
    rows = []
    for name, wanted, before, aim in (
        ("Un mois, trois enfants", month, lambda: None, MONTH_AIM),
        ("Une année de 1 000 séances, jamais jugées", year, forget, YEAR_AIM),
    ):
        found = timed(wanted, before)
        held = verdict(p95(found), aim)
        rows.append([name, milliseconds(median(found)), milliseconds(p95(found)), f"p95 ≤ {milliseconds(aim)}", held])
    table("Juger des jours", f"{machine()} ; {ROUNDS} fois chaque.", ("Jours", "Médiane", "p95", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
