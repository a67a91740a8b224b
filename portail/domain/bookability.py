"""Juger un jour pour un enfant : ce qu'il montre, ce qu'on peut y faire, et sinon pourquoi."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from portail.domain import why_not
from portail.domain.booking_rules import BookingRule, Stage, StageAnswer, Window, rule_on, stage_in, window_of
from portail.domain.bookings import ATTENDANCE, BookingState, DayStatus, Intent, holds_place
from portail.domain.dates import wall_instant
from portail.domain.families import Level, age_on
from portail.domain.town_calendar import TownCalendar
from portail.domain.why_not import NotBookableError, WhyNot


@dataclass(frozen=True)
class Offer:
    """Un jour d'une activité ; `capacity` à vide : sans limite. Un ensemble vide n'exclut personne."""

    slot_id: int
    day: date
    starts: time
    ends: time
    capacity: int | None = None
    taken: int = 0
    waiting: int = 0
    is_closed: bool = False
    closed_why: str = ""
    rules: tuple[BookingRule, ...] = ()
    min_age: int | None = None
    max_age: int | None = None
    levels: frozenset[str] = frozenset()
    schools: frozenset[int] = frozenset()
    school_names: tuple[str, ...] = ()
    needs_enrolment: bool = True
    needs_health: bool = True
    needs_wallet: bool = False
    has_waitlist: bool = True

    @property
    def places_left(self) -> int | None:
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def is_full(self) -> bool:
        return self.places_left == 0


@dataclass(frozen=True)
class ChildFacts:
    """`missing_health` : les phrases de la fiche sanitaire ; `missing_documents` : leurs noms."""

    first_name: str
    birth_date: date
    level: str = ""
    school_id: int | None = None
    is_enrolled: bool = False
    is_enrolment_waiting: bool = False
    missing_health: tuple[str, ...] = ()
    missing_documents: tuple[str, ...] = ()
    child_url: str = ""

    @property
    def health_url(self) -> str:
        return f"{self.child_url}/sante"


@dataclass(frozen=True)
class Standing:
    """Où en sont cet enfant et cette personne pour ce jour.

    `is_mine_that_day` à vide : pas de garde partagée. `overlapping` : le nom de ce qu'il a déjà à la même heure.
    """

    booking_state: BookingState | None = None
    waitlist_position: int | None = None
    is_mine_that_day: bool | None = None
    overlapping: str = ""
    refusal: str = ""
    may_book: bool = True
    is_wallet_active: bool = True


@dataclass(frozen=True)
class Verdict:
    """`cancel_until` est dit d'avance, avant même de réserver."""

    status: DayStatus
    why: WhyNot | None = None
    can_add: bool = False
    can_remove: bool = False
    can_wait: bool = False
    is_late: bool = False
    add_until: datetime | None = None
    cancel_until: datetime | None = None


@dataclass(frozen=True)
class _Case:
    """Tout ce qui compte pour juger, réuni."""

    offer: Offer
    child: ChildFacts
    standing: Standing
    now: datetime
    begins: datetime
    window: Window | None
    campaign_opens_at: datetime | None = None

    @property
    def is_past(self) -> bool:
        return self.now > self.begins

    @property
    def cancel_until(self) -> datetime:
        return self.window.cancel_until if self.window else self.begins


_NO_RULE = StageAnswer(Stage.LOCKED)


def judge(  # noqa: PLR0913 — un jour, un enfant, un instant
    offer: Offer,
    child: ChildFacts,
    standing: Standing,
    now: datetime,
    calendar: TownCalendar,
    *,
    campaign_opens_at: datetime | None = None,
) -> Verdict:
    """Ce qui est réservé se voit toujours ; sinon, la cause la plus définitive parle la première."""
    rule = rule_on(offer.rules, offer.day)
    window = window_of(rule, offer.day, offer.starts, calendar) if rule else None
    begins = window.begins if window else wall_instant(offer.day, offer.starts)
    case = _Case(offer, child, standing, now, begins, window, campaign_opens_at)
    if standing.booking_state is not None and holds_place(standing.booking_state):
        return _judge_booked(case, standing.booking_state)
    return _judge_unbooked(case)


def _judge_booked(case: _Case, state: BookingState) -> Verdict:
    """Une réservation à valider se retire jusqu'au début ; une fois validée, jusqu'à sa date limite."""
    until = case.begins if state is BookingState.PENDING else case.cancel_until
    why = _why_not_remove(case, state, until)
    free, held = DayStatus.BOOKED, DayStatus.BOOKED_LOCKED
    if state is BookingState.PENDING:
        free = held = DayStatus.PENDING
    return Verdict(held if why else free, why, can_remove=why is None, cancel_until=until)


def _why_not_remove(case: _Case, state: BookingState, until: datetime) -> WhyNot | None:
    if state in ATTENDANCE:
        return why_not.recorded(case.child.first_name)
    if case.is_past:
        return why_not.past(case.begins)
    if not case.standing.may_book:
        return why_not.no_right()
    return why_not.cancel_late(until) if case.now > until else None


def _judge_unbooked(case: _Case) -> Verdict:
    stage = stage_in(case.window, case.now) if case.window else _NO_RULE
    position = case.standing.waitlist_position
    if position is not None and not case.offer.is_closed and not case.is_past:
        return _judge_waiting(case, position)
    was_cancelled = case.standing.booking_state is BookingState.CANCELLED
    status = DayStatus.CANCELLED if was_cancelled else DayStatus.CLOSED
    why = next(_reasons(case, stage), None)
    if why is not None:
        return Verdict(status, why)
    is_late, until = stage.stage is Stage.LATE, stage.until
    if case.offer.is_full:
        queue = case.offer.has_waitlist
        why = why_not.full(has_waitlist=queue, waiting=case.offer.waiting)
        return Verdict(DayStatus.FULL, why, False, False, queue, is_late, until, case.cancel_until)
    if not was_cancelled:
        status = DayStatus.OPEN
    return Verdict(DayStatus.LATE if is_late else status, None, True, False, False, is_late, until, case.cancel_until)


def _judge_waiting(case: _Case, position: int) -> Verdict:
    """On quitte une liste d'attente quand on veut ; on n'y prend de place qu'à son tour."""
    if not case.standing.may_book:
        return Verdict(DayStatus.WAITLISTED, why_not.no_right())
    why = why_not.already_waiting(case.child.first_name, position)
    return Verdict(DayStatus.WAITLISTED, why, can_remove=True, cancel_until=case.cancel_until)


def _reasons(case: _Case, stage: StageAnswer) -> Iterator[WhyNot]:
    """Du plus définitif au plus passager ; seule la première se calcule."""
    yield from _closed_for_all(case)
    yield from _wrong_child(case)
    yield from _not_theirs(case)
    yield from _mendable(case)
    yield from _timing(case, stage)


def _closed_for_all(case: _Case) -> Iterator[WhyNot]:
    if case.offer.is_closed:
        yield why_not.closed(case.offer.closed_why)
    if case.is_past:
        yield why_not.past(case.begins)
    if case.window is None:
        yield why_not.no_rule()


def _wrong_child(case: _Case) -> Iterator[WhyNot]:
    offer, child = case.offer, case.child
    age = age_on(child.birth_date, offer.day)
    too_young = offer.min_age is not None and age < offer.min_age
    too_old = offer.max_age is not None and age > offer.max_age
    if too_young or too_old:
        yield why_not.wrong_age(child.first_name, age, offer.day, offer.min_age, offer.max_age)
    if offer.levels and child.level not in offer.levels:
        known = [str(level) for level in Level if level in offer.levels] or sorted(offer.levels)
        yield why_not.wrong_level(child.first_name, child.level, known, child.child_url)
    if offer.schools and child.school_id not in offer.schools:
        yield why_not.wrong_school(child.first_name, offer.school_names)


def _not_theirs(case: _Case) -> Iterator[WhyNot]:
    standing, child = case.standing, case.child
    if standing.booking_state is BookingState.REFUSED:
        yield why_not.refused(standing.refusal)
    if standing.is_mine_that_day is False:
        yield why_not.not_my_day(child.first_name, case.offer.day, child.child_url)
    if not standing.may_book:
        yield why_not.no_right()


def _mendable(case: _Case) -> Iterator[WhyNot]:
    """Ce que le parent peut réparer lui-même."""
    offer, child, standing = case.offer, case.child, case.standing
    if offer.needs_enrolment and not child.is_enrolled:
        yield why_not.not_enrolled(child.first_name, waits=child.is_enrolment_waiting)
    if offer.needs_health and child.missing_health:
        yield why_not.health_incomplete(child.first_name, child.missing_health, child.health_url)
    if child.missing_documents:
        yield why_not.document_missing(child.first_name, child.missing_documents)
    if offer.needs_wallet and not standing.is_wallet_active:
        yield why_not.wallet_inactive()
    if standing.overlapping:
        yield why_not.incompatible(child.first_name, standing.overlapping)


def _timing(case: _Case, stage: StageAnswer) -> Iterator[WhyNot]:
    if case.campaign_opens_at is not None and case.now < case.campaign_opens_at:
        yield why_not.campaign_not_open(case.campaign_opens_at)
    if stage.stage is Stage.TOO_EARLY and stage.until:
        yield why_not.too_early(stage.until)
    if stage.stage is Stage.LOCKED and stage.since and case.window:
        yield (why_not.locked if case.window.late_until else why_not.late_refused)(stage.since)


def check_intent(verdict: Verdict, intent: Intent, child: ChildFacts) -> None:
    """Refuser ce que le jour ne permet pas, avec la raison qui répond à cette demande-là."""
    allowed = {
        Intent.ADD: verdict.can_add,
        Intent.WAIT: verdict.can_wait,
        Intent.REMOVE: verdict.can_remove and verdict.status is not DayStatus.WAITLISTED,
        Intent.LEAVE: verdict.can_remove and verdict.status is DayStatus.WAITLISTED,
    }
    if not allowed[intent]:
        raise NotBookableError(_why_not_intent(verdict, intent, child.first_name))


_HELD = frozenset({DayStatus.BOOKED, DayStatus.BOOKED_LOCKED, DayStatus.PENDING})


def _why_not_intent(verdict: Verdict, intent: Intent, first_name: str) -> WhyNot:
    why = verdict.why or why_not.unknown_slot()
    if intent is Intent.REMOVE:
        return why if verdict.status in _HELD else why_not.not_booked(first_name)
    if intent is Intent.LEAVE:
        return why if verdict.status is DayStatus.WAITLISTED else why_not.not_waiting(first_name)
    if verdict.status in _HELD:
        return why_not.already_booked(first_name)
    if intent is Intent.WAIT and (verdict.can_add or verdict.status is DayStatus.FULL):
        return why_not.no_waitlist(places_left=verdict.can_add)
    return why
