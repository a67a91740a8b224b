"""Les réservations soumises à la mairie : une démarche, une réponse, deux agents à la fois."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import ChangedMeanwhileError, RequestStatus
from portail.models.activities import Slot
from portail.models.bookings import Booking
from portail.models.database import reading
from portail.models.requests import Request
from portail.models.wallet import LedgerAccount
from portail.services.bookings import confirming, undoing
from portail.services.bookings.confirming import Order
from portail.services.requests import desk, mine
from portail.services.requests.desk import Decision
from portail.services.validations import answering
from portail.services.validations.answering import Answer
from portail.services.validations.deciding import AlreadyAnsweredError
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot, make_tariff
from tests.factories.crowds import together
from tests.factories.letters import last_text, recipients, subjects_to
from tests.factories.people import make_account, open_session
from tests.factories.waitlist import Home, check_counts, make_home, state_of, wait

DAYS = (date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 7))


@dataclass(frozen=True)
class Asked:
    """Alba a demandé trois jours d'une activité que la mairie valide."""

    activity: int
    slots: list[int]
    alba: Home
    agent: Actor
    colleague: Actor
    batch: int


def agent(name: str) -> Actor:
    return open_session(make_account(f"{name}@mairie.example", role=Role.RECEPTION))[1]


def book(activity: int, slots: list[int], home: Home, gesture: str = "add", token: str = "a" * 20) -> int:
    choices = ",".join(f"{slot}.{home.child_id}={gesture}" for slot in slots)
    done = confirming.confirm(actor=home.actor, order=Order(activity, choices, token), now=NOW)
    assert done.batch, done
    return done.batch


def ask(capacity: int = 1) -> Asked:
    activity = make_activity(needs_validation=True, is_prepaid=True)
    offering = make_offering(activity, tariff_id=make_tariff(320), capacity=capacity)
    slots = [make_slot(offering, day) for day in DAYS]
    alba = make_home("alba", cents=2000)
    batch = book(activity, slots, alba)
    return Asked(activity, slots, alba, agent("accueil"), agent("renfort"), batch)


def the_request() -> Request:
    with reading() as db:
        return db.exec(select(Request)).one()


def bookings() -> list[Booking]:
    with reading() as db:
        return list(db.exec(select(Booking).order_by(col(Booking.slot_id))))


def states() -> list[str]:
    return [one.state for one in bookings()]


def balance(home: Home) -> int:
    with reading() as db:
        return db.exec(select(LedgerAccount).where(LedgerAccount.family_id == home.family_id)).one().balance_cents


def decide(actor: Actor, keys: list[int], why: str = "") -> int:
    return answering.answer(actor=actor, given=Answer(frozenset(keys), not why, why), now=NOW)


def test_asking_opens_one_request_and_holds_the_places(base: Engine) -> None:
    asked = ask()
    request = the_request()
    assert (request.kind, request.status, request.child_id) == ("booking", "sent", asked.alba.child_id)
    assert states() == ["pending"] * 3
    assert [check_counts(slot).taken for slot in asked.slots] == [1, 1, 1]
    assert balance(asked.alba) == 2000 - 960
    lines = desk.show_one(actor=asked.agent, request_id=request.key).lines
    assert [line.after for line in lines] == ["À valider"] * 3
    assert "jeudi 3 décembre 2026 · Alba" in lines[0].before


def test_accepting_the_request_books_every_day_and_tells_the_family(base: Engine) -> None:
    asked = ask()
    request = the_request()
    desk.accept(actor=asked.agent, made=Decision(request.key, request.version), now=NOW)
    assert states() == ["booked"] * 3
    assert the_request().status == RequestStatus.ACCEPTED
    assert subjects_to(asked.alba.email)[-1].startswith("Votre réservation est acceptée")
    assert "jeudi 3 décembre" in last_text(asked.alba.email)
    assert balance(asked.alba) == 2000 - 960


def test_what_an_agent_asked_for_a_family_is_answered_to_its_adults(base: Engine) -> None:
    asked = ask(capacity=2)
    bruno = make_home("bruno", cents=1000)
    desk_order = Order(asked.activity, f"{asked.slots[0]}.{bruno.child_id}=add", "d" * 20, family_id=bruno.family_id)
    confirming.confirm(actor=asked.agent, order=desk_order, now=NOW)
    with reading() as db:
        request = db.exec(select(Request).where(Request.family_id == bruno.family_id)).one()
    desk.accept(actor=asked.colleague, made=Decision(request.key, request.version), now=NOW)
    assert subjects_to(bruno.email)[-1].startswith("Votre réservation est acceptée")
    assert all(recipient.endswith("@famille.example") for recipient in recipients())


def test_refusing_gives_back_the_money_and_the_places_go_to_the_queue(base: Engine) -> None:
    asked = ask()
    bruno = make_home("bruno", cents=1000)
    wait(asked.slots[0], bruno)
    request = the_request()
    desk.refuse(actor=asked.agent, made=Decision(request.key, request.version, "Groupe complet."), now=NOW)
    assert balance(asked.alba) == 2000
    assert state_of(asked.slots[0], bruno) == "pending"
    assert [check_counts(slot).taken for slot in asked.slots] == [1, 0, 0]
    assert "Motif : Groupe complet." in last_text(asked.alba.email)
    assert "9,60\u00a0€" in last_text(asked.alba.email)
    assert check_ledger() == []


def test_days_are_answered_one_by_one_and_the_request_ends_with_the_last(base: Engine) -> None:
    asked = ask()
    first, second, third = (one.key for one in bookings())
    assert decide(asked.agent, [first]) == 1
    assert the_request().status == RequestStatus.SENT
    decide(asked.agent, [second], "Trop de monde.")
    decide(asked.colleague, [third])
    assert states() == ["booked", "refused", "booked"]
    assert the_request().status == RequestStatus.ACCEPTED
    assert balance(asked.alba) == 2000 - 640


def test_all_refused_ends_the_request_refused(base: Engine) -> None:
    asked = ask()
    decide(asked.agent, [one.key for one in bookings()], "Fermeture.")
    assert states() == ["refused"] * 3
    assert the_request().status == RequestStatus.REFUSED
    assert balance(asked.alba) == 2000


def test_two_families_are_answered_in_one_gesture(base: Engine) -> None:
    asked = ask(capacity=2)
    carla = make_home("carla", cents=2000)
    book(asked.activity, asked.slots[:1], carla, token="b" * 20)
    assert decide(asked.agent, [one.key for one in bookings()]) == 4
    with reading() as db:
        assert {one.status for one in db.exec(select(Request))} == {"accepted"}
    assert subjects_to(carla.email)[-1].startswith("Votre réservation est acceptée")


def test_two_agents_at_once_the_second_is_told(base: Engine) -> None:
    asked = ask()
    keys = [one.key for one in bookings()]
    results = together(
        lambda: decide(asked.agent, keys),
        lambda: decide(asked.colleague, keys, "Non."),
        lambda: decide(asked.agent, keys),
    )
    assert sum(1 for one in results if one == 3) == 1
    assert all(one == 3 or isinstance(one, RefusalError) for one in results), results
    assert len(set(states())) == 1
    assert check_ledger() == []


def test_the_page_of_a_request_seen_before_a_colleague_answered_is_refused(base: Engine) -> None:
    asked = ask()
    seen = the_request()
    decide(asked.colleague, [bookings()[0].key])
    with pytest.raises(ChangedMeanwhileError):
        desk.refuse(actor=asked.agent, made=Decision(seen.key, seen.version, "Non."), now=NOW)
    assert states()[0] == "booked"


def test_answering_again_is_told(base: Engine) -> None:
    asked = ask()
    keys = [one.key for one in bookings()]
    decide(asked.agent, keys)
    with pytest.raises(AlreadyAnsweredError):
        decide(asked.agent, keys, "Non.")
    assert states() == ["booked"] * 3


def test_the_family_withdraws_its_request_and_gets_its_money(base: Engine) -> None:
    asked = ask()
    mine.withdraw(actor=asked.alba.actor, request_id=the_request().key, now=NOW)
    assert states() == ["cancelled"] * 3
    assert balance(asked.alba) == 2000
    assert [check_counts(slot).taken for slot in asked.slots] == [0, 0, 0]


def test_days_taken_back_on_the_calendar_close_the_request(base: Engine) -> None:
    asked = ask()
    book(asked.activity, asked.slots[:2], asked.alba, "remove", "c" * 20)
    assert the_request().status == RequestStatus.SENT
    book(asked.activity, asked.slots[2:], asked.alba, "remove", "d" * 20)
    assert the_request().status == RequestStatus.WITHDRAWN
    assert balance(asked.alba) == 2000


def test_undoing_at_once_closes_the_request(base: Engine) -> None:
    asked = ask()
    undoing.undo(actor=asked.alba.actor, batch_id=asked.batch, now=NOW)
    assert "pending" not in states()
    assert the_request().status == RequestStatus.WITHDRAWN


@pytest.mark.parametrize("keys", [[], [0], [-1], [2**40], [999]])
def test_impossible_numbers_are_refused(base: Engine, keys: list[int]) -> None:
    asked = ask()
    with pytest.raises(RefusalError):
        decide(asked.agent, keys)
    with pytest.raises(RefusalError):
        decide(asked.agent, [bookings()[0].key, *keys, 998])
    assert states() == ["pending"] * 3


def test_a_refusal_says_why(base: Engine) -> None:
    asked = ask()
    with pytest.raises(BadInputError, match="motif"):
        answering.answer(actor=asked.agent, given=Answer(frozenset([bookings()[0].key]), False, "  "), now=NOW)


@pytest.mark.parametrize("role", [Role.ANIMATION, Role.REGIE, Role.PARENT])
def test_only_agents_who_hold_the_files_answer(base: Engine, role: Role) -> None:
    ask()
    other = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        decide(other, [bookings()[0].key])
    with pytest.raises(NotOpenError):
        answering.show(actor=other)


def test_the_list_shows_the_nearest_day_first_with_its_places(base: Engine) -> None:
    asked = ask(capacity=4)
    page = answering.show(actor=asked.agent)
    assert (page.total, page.summary) == (3, "3 réservations à valider")
    row = page.rows[0]
    assert (row.day, row.child, row.full) == ("jeudi 3 décembre 2026", "Alba", "1 place prise sur 4")
    assert (row.number, row.price) == (the_request().number, "3,20\u00a0€")
    assert [choice.value for choice in page.activities] == [str(asked.activity)]
    assert answering.show(actor=asked.agent, activity_id=asked.activity + 1).rows == []


def test_a_refused_day_stays_refused_until_the_town_says_otherwise(base: Engine) -> None:
    asked = ask()
    decide(asked.agent, [bookings()[0].key], "Groupe complet.")
    choices = f"{asked.slots[0]}.{asked.alba.child_id}=add"
    done = confirming.confirm(actor=asked.alba.actor, order=Order(asked.activity, choices, "e" * 20), now=NOW)
    assert done.batch == 0
    assert "refusé" in done.refused[0].why
    with reading() as db:
        assert db.get_one(Slot, asked.slots[0]).taken == 0
    assert BookingState.REFUSED in states()
