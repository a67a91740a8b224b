"""Juger un jour : les huit états, le jour fermé, et chaque cause, de la plus définitive à la plus passagère."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import booking_rules, deadlines
from portail.domain.bookability import ChildFacts, Offer, Standing, Verdict, check_intent, judge
from portail.domain.booking_rules import BookingRule
from portail.domain.bookings import ATTENDANCE, BookingState, DayStatus, Intent, holds_place
from portail.domain.dates import PARIS
from portail.domain.deadlines import Deadline, DeadlineKind, Excluded, Shift
from portail.domain.school_calendar import Zone
from portail.domain.town_calendar import TownCalendar
from portail.domain.why_not import NotBookableError, Reason

TOWN = TownCalendar(Zone.B)
DAY = date(2026, 12, 10)
SECOND = timedelta(seconds=1)
RULE = BookingRule(
    date(2026, 9, 1),
    add=Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2),
    cancel=Deadline(DeadlineKind.DAYS_BEFORE, days=1),
    late_until=Deadline(DeadlineKind.DAYS_BEFORE, time(8), days=0),
    opens_days_ahead=60,
)
STRICT = replace(RULE, late_until=None)
OFFER = Offer(
    12,
    DAY,
    time(11, 30),
    time(13, 30),
    capacity=30,
    taken=4,
    rules=(RULE,),
    min_age=3,
    max_age=11,
    levels=frozenset({"CP", "CE1", "CE2", "CM1", "CM2"}),
    schools=frozenset({1, 2}),
    school_names=("École Jean Macé", "École du Parc"),
)
LEA = ChildFacts("Léa", date(2016, 5, 4), "CM2", 1, is_enrolled=True, child_url="/dossier/enfants/7")
NOBODY = Standing()


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)


OPENS, ADD, CANCEL = paris(2026, 10, 11), paris(2026, 12, 8, 12), paris(2026, 12, 9, 12)
LATE, STARTS = paris(2026, 12, 10, 8), paris(2026, 12, 10, 11, 30)
EARLY, NOW, LATER, LOCKED, PAST = (
    OPENS - SECOND,
    paris(2026, 11, 21, 9),
    paris(2026, 12, 9, 9),
    paris(2026, 12, 10, 9),
    STARTS + SECOND,
)


def ask(
    now: datetime = NOW, offer: Offer = OFFER, child: ChildFacts = LEA, standing: Standing = NOBODY, **more: object
) -> Verdict:
    return judge(offer, child, standing, now, TOWN, **more)


def changed(offer: Offer = OFFER, **fields: object) -> Offer:
    return replace(offer, **fields)


def standing(state: BookingState | None = None, **fields: object) -> Standing:
    return Standing(state, **fields)


BOOKED, PENDING, CANCELLED = (
    standing(BookingState.BOOKED),
    standing(BookingState.PENDING),
    standing(BookingState.CANCELLED),
)
FULL = changed(taken=30)


@pytest.mark.parametrize(
    ("verdict", "status", "can"),
    [
        (ask(), DayStatus.OPEN, "add"),
        (ask(ADD), DayStatus.OPEN, "add"),
        (ask(ADD + SECOND), DayStatus.LATE, "add"),
        (ask(LATE), DayStatus.LATE, "add"),
        (ask(LATE + SECOND), DayStatus.CLOSED, ""),
        (ask(EARLY), DayStatus.CLOSED, ""),
        (ask(PAST), DayStatus.CLOSED, ""),
        (ask(NOW, FULL), DayStatus.FULL, "wait"),
        (ask(LATER, FULL), DayStatus.FULL, "wait"),
        (ask(NOW, changed(FULL, has_waitlist=False)), DayStatus.FULL, ""),
        (ask(NOW, standing=standing(waitlist_position=3)), DayStatus.WAITLISTED, "remove"),
        (ask(LOCKED, standing=standing(waitlist_position=3)), DayStatus.WAITLISTED, "remove"),
        (ask(PAST, standing=standing(waitlist_position=3)), DayStatus.CLOSED, ""),
        (ask(NOW, standing=BOOKED), DayStatus.BOOKED, "remove"),
        (ask(CANCEL, standing=BOOKED), DayStatus.BOOKED, "remove"),
        (ask(CANCEL + SECOND, standing=BOOKED), DayStatus.BOOKED_LOCKED, ""),
        (ask(PAST, standing=BOOKED), DayStatus.BOOKED_LOCKED, ""),
        (ask(NOW, standing=PENDING), DayStatus.PENDING, "remove"),
        (ask(STARTS, standing=PENDING), DayStatus.PENDING, "remove"),
        (ask(PAST, standing=PENDING), DayStatus.PENDING, ""),
        (ask(NOW, standing=CANCELLED), DayStatus.CANCELLED, "add"),
        (ask(LATER, standing=CANCELLED), DayStatus.LATE, "add"),
        (ask(LOCKED, standing=CANCELLED), DayStatus.CANCELLED, ""),
        (ask(PAST, standing=CANCELLED), DayStatus.CANCELLED, ""),
        (ask(NOW, FULL, standing=CANCELLED), DayStatus.FULL, "wait"),
        (ask(NOW, standing=standing(BookingState.REFUSED)), DayStatus.CLOSED, ""),
        *((ask(PAST, standing=standing(state)), DayStatus.BOOKED_LOCKED, "") for state in sorted(ATTENDANCE)),
    ],
)
def test_each_state_of_the_calendar(verdict: Verdict, status: DayStatus, can: str) -> None:
    assert verdict.status is status
    allowed = {"add": verdict.can_add, "remove": verdict.can_remove, "wait": verdict.can_wait}
    assert [name for name, open_ in allowed.items() if open_] == ([can] if can else [])


def test_every_state_of_the_calendar_is_reached() -> None:
    found = {
        *(ask(now, standing=one).status for now in (NOW, LATER, PAST) for one in (NOBODY, BOOKED, PENDING, CANCELLED)),
        ask(NOW, FULL).status,
        ask(NOW, standing=standing(waitlist_position=1)).status,
    }
    assert found == set(DayStatus)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (ask(NOW, changed(is_closed=True, closed_why="Fermé : travaux.")), Reason.CLOSED),
        (ask(NOW, changed(is_closed=True)), Reason.CLOSED),
        (ask(NOW, changed(rules=())), Reason.CLOSED),
        (ask(NOW, changed(rules=(replace(RULE, valid_from=date(2027, 1, 1)),))), Reason.CLOSED),
        (ask(PAST), Reason.PAST),
        (ask(PAST, changed(rules=())), Reason.PAST),
        (ask(child=replace(LEA, birth_date=date(2024, 1, 2))), Reason.WRONG_AGE),
        (ask(child=replace(LEA, birth_date=date(2014, 12, 10))), Reason.WRONG_AGE),
        (ask(child=replace(LEA, level="GS")), Reason.WRONG_LEVEL),
        (ask(child=replace(LEA, level="")), Reason.WRONG_LEVEL),
        (ask(child=replace(LEA, school_id=3)), Reason.WRONG_SCHOOL),
        (ask(child=replace(LEA, school_id=None)), Reason.WRONG_SCHOOL),
        (ask(standing=standing(BookingState.REFUSED, refusal="effectif atteint")), Reason.REFUSED),
        (ask(standing=standing(is_mine_that_day=False)), Reason.NOT_MY_DAY),
        (ask(standing=standing(may_book=False)), Reason.NO_RIGHT),
        (ask(child=replace(LEA, is_enrolled=False)), Reason.NOT_ENROLLED),
        (ask(child=replace(LEA, is_enrolled=False, is_enrolment_waiting=True)), Reason.NOT_ENROLLED),
        (ask(child=replace(LEA, missing_health=("Dites si votre enfant a de l’asthme.",))), Reason.HEALTH_INCOMPLETE),
        (ask(child=replace(LEA, missing_documents=("assurance",))), Reason.DOCUMENT_MISSING),
        (ask(NOW, changed(needs_wallet=True), standing=standing(is_wallet_active=False)), Reason.WALLET_INACTIVE),
        (ask(standing=standing(overlapping="Accueil de loisirs")), Reason.INCOMPATIBLE),
        (ask(campaign_opens_at=NOW + SECOND), Reason.NOT_OPEN_CAMPAIGN),
        (ask(EARLY), Reason.TOO_EARLY),
        (ask(LATER, changed(rules=(STRICT,))), Reason.LATE_REFUSED),
        (ask(LOCKED), Reason.LOCKED),
        (ask(NOW, FULL), Reason.FULL),
        (ask(standing=standing(waitlist_position=2)), Reason.ALREADY_WAITING),
        (ask(standing=standing(waitlist_position=2, may_book=False)), Reason.NO_RIGHT),
        (ask(CANCEL + SECOND, standing=BOOKED), Reason.CANCEL_LATE),
        (ask(PAST, standing=BOOKED), Reason.PAST),
        (ask(standing=standing(BookingState.BOOKED, may_book=False)), Reason.NO_RIGHT),
        (ask(standing=standing(BookingState.PRESENT)), Reason.RECORDED),
    ],
)
def test_each_reason_is_given(verdict: Verdict, reason: Reason) -> None:
    assert verdict.why is not None
    assert verdict.why.reason is reason
    assert not verdict.can_add


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (ask(NOW, changed(is_closed=True, closed_why="Fermé : travaux.")), "Fermé : travaux."),
        (
            ask(child=replace(LEA, birth_date=date(2024, 1, 2))),
            "Léa a 2 ans le 10 décembre ; cette activité accueille les enfants de 3 à 11 ans.",
        ),
        (
            ask(child=replace(LEA, level="GS")),
            "Léa est en GS ; cette activité accueille les enfants de CP, CE1, CE2, CM1 et CM2.",
        ),
        (ask(EARLY), "Les réservations de ce jour ouvrent le dimanche 11 octobre à 0 h."),
        (
            ask(LATER, changed(rules=(STRICT,))),
            "Les réservations de ce jour sont closes depuis le mardi 8 décembre à 12 h.",
        ),
        (ask(LOCKED), "Les réservations de ce jour, même majorées, sont closes depuis le jeudi 10 décembre à 8 h."),
        (
            ask(CANCEL + SECOND, standing=BOOKED),
            "Ce jour ne peut plus être annulé depuis le mercredi 9 décembre à 12 h.",
        ),
        (
            ask(NOW, changed(levels=frozenset({"6e", "5e"}))),
            "Léa est en CM2 ; cette activité accueille les enfants de 5e et 6e.",
        ),
    ],
)
def test_the_sentence_names_the_child_and_the_instant(verdict: Verdict, sentence: str) -> None:
    assert verdict.why is not None
    assert verdict.why.sentence.replace("\u00a0", " ") == sentence


# Du plus définitif au plus passager : chaque obstacle, et la cause qu'il donne.
OBSTACLES: list[tuple[Reason, Callable[[Offer, ChildFacts, Standing], tuple[Offer, ChildFacts, Standing]]]] = [
    (Reason.CLOSED, lambda o, c, s: (replace(o, is_closed=True), c, s)),
    (Reason.WRONG_AGE, lambda o, c, s: (replace(o, max_age=9), c, s)),
    (Reason.WRONG_LEVEL, lambda o, c, s: (o, replace(c, level="GS"), s)),
    (Reason.WRONG_SCHOOL, lambda o, c, s: (o, replace(c, school_id=9), s)),
    (Reason.REFUSED, lambda o, c, s: (o, c, replace(s, booking_state=BookingState.REFUSED))),
    (Reason.NOT_MY_DAY, lambda o, c, s: (o, c, replace(s, is_mine_that_day=False))),
    (Reason.NO_RIGHT, lambda o, c, s: (o, c, replace(s, may_book=False))),
    (Reason.NOT_ENROLLED, lambda o, c, s: (o, replace(c, is_enrolled=False), s)),
    (Reason.HEALTH_INCOMPLETE, lambda o, c, s: (o, replace(c, missing_health=("Choisissez le régime.",)), s)),
    (Reason.DOCUMENT_MISSING, lambda o, c, s: (o, replace(c, missing_documents=("assurance",)), s)),
    (Reason.WALLET_INACTIVE, lambda o, c, s: (replace(o, needs_wallet=True), c, replace(s, is_wallet_active=False))),
    (Reason.INCOMPATIBLE, lambda o, c, s: (o, c, replace(s, overlapping="Judo"))),
    (Reason.LATE_REFUSED, lambda o, c, s: (replace(o, rules=(STRICT,)), c, s)),
    (Reason.FULL, lambda o, c, s: (replace(o, taken=30), c, s)),
]


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(range(len(OBSTACLES)), 2)))
def test_the_most_definitive_reason_speaks_first(first: int, second: int) -> None:
    """Inutile d'envoyer un parent compléter une fiche pour un jour fermé."""
    facts = (OFFER, LEA, NOBODY)
    for rank in (second, first):
        facts = OBSTACLES[rank][1](*facts)
    verdict = judge(*facts, LATER, TOWN)
    assert verdict.why is not None
    assert verdict.why.reason is OBSTACLES[first][0]


@given(st.sets(st.integers(0, len(OBSTACLES) - 1), min_size=1))
def test_whatever_piles_up_the_first_of_the_list_is_said(chosen: set[int]) -> None:
    facts = (OFFER, LEA, NOBODY)
    for rank in chosen:
        facts = OBSTACLES[rank][1](*facts)
    verdict = judge(*facts, LATER, TOWN)
    assert verdict.why is not None
    assert verdict.why.reason is OBSTACLES[min(chosen)][0]
    assert verdict.status is (DayStatus.FULL if verdict.why.reason is Reason.FULL else DayStatus.CLOSED)


def test_a_booked_day_is_never_hidden_by_what_came_after() -> None:
    """Une fiche périmée, un âge dépassé, un jour fermé ou l'autre foyer : la réservation reste à l'écran."""
    facts = (OFFER, LEA, BOOKED)
    for reason, obstacle in OBSTACLES:
        if reason in {Reason.REFUSED, Reason.NO_RIGHT}:
            continue
        facts = obstacle(*facts)
        verdict = judge(*facts, NOW, TOWN)
        assert (verdict.status, verdict.why, verdict.can_remove) == (DayStatus.BOOKED, None, True)


def test_the_birthday_counts_on_the_day_of_the_slot() -> None:
    """Trois ans le jour même : accepté, même si l'on réserve avant."""
    assert ask(offer=changed(levels=frozenset()), child=replace(LEA, birth_date=date(2023, 12, 10))).can_add
    day_after = ask(offer=changed(levels=frozenset()), child=replace(LEA, birth_date=date(2023, 12, 11)))
    assert day_after.why is not None
    assert day_after.why.reason is Reason.WRONG_AGE
    last = ask(child=replace(LEA, birth_date=date(2014, 12, 11)))
    assert last.can_add  # onze ans, douze le lendemain


def test_an_activity_without_limits_takes_everyone() -> None:
    offer = Offer(1, DAY, time(8), time(9), rules=(RULE,), needs_enrolment=False, needs_health=False)
    anyone = ChildFacts("Zoé", date(2025, 1, 1), missing_health=("Choisissez le régime.",))
    assert offer.places_left is None
    assert not offer.is_full
    assert ask(NOW, offer, anyone).status is DayStatus.OPEN


@pytest.mark.parametrize(
    ("capacity", "taken", "left", "full"),
    [(30, 29, 1, False), (30, 30, 0, True), (30, 31, 0, True), (0, 0, 0, True), (None, 900, None, False)],
)
def test_the_places_left(capacity: int | None, taken: int, left: int | None, *, full: bool) -> None:
    offer = changed(capacity=capacity, taken=taken)
    assert (offer.places_left, offer.is_full) == (left, full)
    assert (ask(NOW, offer).status is DayStatus.FULL) is full


def test_shared_custody_only_refuses_the_other_homes_days() -> None:
    assert ask(standing=standing(is_mine_that_day=True)).can_add
    assert ask(standing=standing(is_mine_that_day=None)).can_add
    assert not ask(standing=standing(is_mine_that_day=False)).can_add


def test_a_campaign_opens_at_the_second() -> None:
    opens = paris(2026, 11, 21, 9)
    closed = ask(opens - SECOND, campaign_opens_at=opens)
    assert closed.why is not None
    assert (closed.why.reason, closed.why.at) == (Reason.NOT_OPEN_CAMPAIGN, opens)
    assert ask(opens, campaign_opens_at=opens).can_add
    assert ask(opens - SECOND, standing=BOOKED, campaign_opens_at=opens).can_remove


def test_the_deadlines_are_said_before_booking() -> None:
    assert (ask().add_until, ask().cancel_until, ask().is_late) == (ADD, CANCEL, False)
    assert (ask(LATER).add_until, ask(LATER).is_late) == (LATE, True)
    assert ask(NOW, FULL).add_until == ADD
    assert ask(LATER, FULL).is_late
    assert ask(NOW, standing=BOOKED).cancel_until == CANCEL
    assert ask(NOW, standing=PENDING).cancel_until == STARTS


def test_a_booking_without_any_rule_left_can_be_cancelled_until_it_starts() -> None:
    bare = changed(rules=())
    assert ask(STARTS, bare, standing=BOOKED).can_remove
    assert ask(STARTS, bare, standing=BOOKED).cancel_until == STARTS
    assert not ask(PAST, bare, standing=BOOKED).can_remove


def test_the_rule_in_force_on_the_day_of_the_slot_decides() -> None:
    """Un règlement plus strict à partir de décembre, quel que soit le jour où l'on réserve."""
    from_december = replace(STRICT, valid_from=date(2026, 12, 1), add=Deadline(DeadlineKind.DAYS_BEFORE, days=10))
    offer = changed(rules=(RULE, from_december))
    assert ask(paris(2026, 11, 30, 12), offer).can_add
    assert not ask(paris(2026, 11, 30, 12) + SECOND, offer).can_add
    november = changed(offer, day=date(2026, 11, 30))
    assert ask(paris(2026, 11, 26, 12), november).can_add


states = st.none() | st.sampled_from(BookingState)
moments = st.sampled_from([EARLY, OPENS, NOW, ADD, LATER, CANCEL, CANCEL + SECOND, LATE, LOCKED, STARTS, PAST])
standings = st.builds(
    Standing,
    states,
    st.none() | st.integers(1, 9),
    st.none() | st.booleans(),
    st.sampled_from(["", "Judo"]),
    st.sampled_from(["", "effectif atteint"]),
    st.booleans(),
    st.booleans(),
)
offers = st.builds(
    replace,
    st.just(OFFER),
    taken=st.integers(28, 31),
    waiting=st.integers(0, 3),
    is_closed=st.booleans(),
    needs_wallet=st.booleans(),
    has_waitlist=st.booleans(),
    rules=st.sampled_from([(), (RULE,), (STRICT,)]),
)


@given(offers, standings, moments)
def test_a_verdict_never_contradicts_itself(offer: Offer, one: Standing, now: datetime) -> None:
    verdict = judge(offer, LEA, one, now, TOWN)
    assert verdict.can_add + verdict.can_remove + verdict.can_wait <= 1
    assert not (verdict.can_add and verdict.why)
    assert verdict.can_add == (verdict.status in {DayStatus.OPEN, DayStatus.LATE} or (
        verdict.status is DayStatus.CANCELLED and verdict.why is None
    ))  # fmt: skip
    assert verdict.can_add <= (verdict.add_until is not None and now <= verdict.add_until)
    assert verdict.can_wait <= (verdict.status is DayStatus.FULL)
    assert not verdict.can_add or one.may_book
    assert not verdict.can_remove or one.may_book
    assert (verdict.status is DayStatus.LATE) <= verdict.is_late
    silent = {DayStatus.BOOKED, DayStatus.PENDING, DayStatus.OPEN, DayStatus.LATE, DayStatus.CANCELLED}
    assert verdict.why is not None or verdict.status in silent
    held = {DayStatus.BOOKED, DayStatus.BOOKED_LOCKED, DayStatus.PENDING}
    assert (verdict.status in held) == (one.booking_state is not None and holds_place(one.booking_state))


@given(offers, standings, moments, st.sampled_from(Intent))
def test_an_intent_is_allowed_exactly_as_the_calendar_shows(
    offer: Offer, one: Standing, now: datetime, intent: Intent
) -> None:
    verdict = judge(offer, LEA, one, now, TOWN)
    waits = verdict.status is DayStatus.WAITLISTED
    allowed = {
        Intent.ADD: verdict.can_add,
        Intent.WAIT: verdict.can_wait,
        Intent.REMOVE: verdict.can_remove and not waits,
        Intent.LEAVE: verdict.can_remove and waits,
    }[intent]
    if allowed:
        check_intent(verdict, intent, LEA)
        return
    with pytest.raises(NotBookableError) as refusal:
        check_intent(verdict, intent, LEA)
    assert refusal.value.why.reason is not Reason.UNKNOWN_SLOT


@pytest.mark.parametrize(
    ("verdict", "intent", "reason"),
    [
        (ask(standing=BOOKED), Intent.ADD, Reason.ALREADY_BOOKED),
        (ask(standing=PENDING), Intent.ADD, Reason.ALREADY_BOOKED),
        (ask(PAST, standing=BOOKED), Intent.ADD, Reason.ALREADY_BOOKED),
        (ask(standing=BOOKED), Intent.WAIT, Reason.ALREADY_BOOKED),
        (ask(NOW, FULL), Intent.ADD, Reason.FULL),
        (ask(LOCKED), Intent.ADD, Reason.LOCKED),
        (ask(standing=standing(waitlist_position=2)), Intent.ADD, Reason.ALREADY_WAITING),
        (ask(standing=standing(waitlist_position=2)), Intent.WAIT, Reason.ALREADY_WAITING),
        (ask(standing=standing(waitlist_position=2, may_book=False)), Intent.LEAVE, Reason.NO_RIGHT),
        (ask(), Intent.REMOVE, Reason.NOT_BOOKED),
        (ask(standing=CANCELLED), Intent.REMOVE, Reason.NOT_BOOKED),
        (ask(standing=standing(waitlist_position=2)), Intent.REMOVE, Reason.NOT_BOOKED),
        (ask(CANCEL + SECOND, standing=BOOKED), Intent.REMOVE, Reason.CANCEL_LATE),
        (ask(PAST, standing=PENDING), Intent.REMOVE, Reason.PAST),
        (ask(), Intent.LEAVE, Reason.NOT_WAITING),
        (ask(standing=BOOKED), Intent.LEAVE, Reason.NOT_WAITING),
        (ask(), Intent.WAIT, Reason.NO_WAITLIST),
        (ask(NOW, changed(FULL, has_waitlist=False)), Intent.WAIT, Reason.NO_WAITLIST),
        (ask(EARLY), Intent.WAIT, Reason.TOO_EARLY),
    ],
)
def test_a_refusal_answers_what_was_asked(verdict: Verdict, intent: Intent, reason: Reason) -> None:
    with pytest.raises(NotBookableError) as refusal:
        check_intent(verdict, intent, LEA)
    assert refusal.value.why.reason is reason
    assert refusal.value.full_sentence.endswith(".")


def test_waiting_where_places_remain_is_sent_to_book() -> None:
    with pytest.raises(NotBookableError) as refusal:
        check_intent(ask(), Intent.WAIT, LEA)
    assert refusal.value.full_sentence == "Il reste des places ce jour-là. Réservez-en une directement."


def test_a_missing_health_record_leads_to_its_page() -> None:
    verdict = ask(child=replace(LEA, missing_health=("Indiquez le médecin traitant.",)))
    assert verdict.why is not None
    assert verdict.why.link == "/dossier/enfants/7/sante"
    assert verdict.why.next_step == "Indiquez le médecin traitant."


def heavy_rule() -> BookingRule:
    """Les formes les plus longues à calculer, réunies."""
    ordinary = Deadline(DeadlineKind.WEEKDAY_OF_PREVIOUS_WEEK, weekday=3)
    return BookingRule(
        date(2026, 9, 1),
        add=Deadline(DeadlineKind.WORKING_DAYS_BEFORE, days=2),
        cancel=Deadline(
            DeadlineKind.LAST_CLASS_DAY, fallback=ordinary, excluded=frozenset(Excluded), shift=Shift.BEFORE
        ),
        late_until=Deadline(DeadlineKind.DAYS_BEFORE, days=1),
        opens_days_ahead=400,
    )


@pytest.fixture
def never_judged() -> None:
    booking_rules._window.cache_clear()
    deadlines._cutoff.cache_clear()


@pytest.mark.usefixtures("never_judged")
def test_what_a_day_allows_is_worked_out_once_whatever_the_children() -> None:
    month = [changed(day=date(2026, 12, 1) + timedelta(days=rank), rules=(heavy_rule(),)) for rank in range(30)]
    for child in (LEA, replace(LEA, first_name="Malo"), replace(LEA, first_name="Zoé")):
        for offer in month:
            ask(offer=offer, child=child)
    assert booking_rules._window.cache_info().misses == len(month)


@pytest.mark.usefixtures("never_judged")
def test_a_year_of_five_activities_works_out_each_deadline_once() -> None:
    """Des règles qui partagent leurs échéances : celles-ci ne se calculent qu'une fois par jour."""
    days = [date(2026, 9, 1) + timedelta(days=rank) for rank in range(200)]
    for carence in range(5):
        rule = replace(heavy_rule(), carence_days=carence)
        for day in days:
            ask(offer=changed(day=day, rules=(rule,)))
    assert booking_rules._window.cache_info().misses == 5 * len(days)
    assert deadlines._cutoff.cache_info().misses <= 4 * len(days)  # ajout, tardif, annulation et son repli
