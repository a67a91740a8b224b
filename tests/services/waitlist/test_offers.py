"""Une place proposée : gardée le temps de répondre, acceptée, refusée ou passée au suivant."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.activities import WaitlistMode
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.waitlist import OfferOverError
from portail.domain.why_not import NotBookableError
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.wallet import LedgerAccount
from portail.services.bookings import seats
from portail.services.home import parent as shown_home
from portail.services.waitlist import mine, rounds
from tests.conftest import NOW
from tests.factories.activities import make_canteen
from tests.factories.letters import last_text, subjects_to
from tests.factories.people import make_account, open_session
from tests.factories.waitlist import (
    UNTIL,
    Home,
    cancel,
    check_counts,
    entry_of,
    fill,
    make_home,
    make_homes,
    state_of,
    wait,
)

DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)
OFFER = {"waitlist_mode": WaitlistMode.OFFER}


def offered(cents: int | None = None, **options: object) -> tuple[int, Home, Home]:
    """La place d'Alba vient d'être proposée à Bruno ; Carla attend."""
    _, slot = make_canteen(capacity=1, **OFFER, **options)
    alba, bruno, carla = (make_home(name, cents=cents) for name in ("alba", "bruno", "carla"))
    fill(slot, alba)
    wait(slot, bruno, carla)
    cancel(slot, alba)
    return slot, bruno, carla


def key(slot: int, home: Home) -> int:
    entry = entry_of(slot, home)
    assert entry is not None
    return entry.key


def test_offered_place_is_held_and_nobody_else_takes_it(base: Engine) -> None:
    slot, bruno, carla = offered()
    assert [state_of(slot, one) for one in (bruno, carla)] == ["offered", "waiting 1"]
    found = check_counts(slot)
    assert (found.taken, found.waiting) == (1, 1)
    with transaction() as db:
        assert seats.move(db, [], [slot]) == {slot}
    assert "21 novembre à 10\u00a0h\u00a000" in last_text(bruno.email)
    assert not subjects_to(carla.email)


def test_accepting_books_and_debits_then_only(base: Engine) -> None:
    slot, bruno, _ = offered(cents=1000, is_prepaid=True)
    with reading() as db:
        assert {one.balance_cents for one in db.exec(select(LedgerAccount)) if one.family_id} == {1000}
    mine.accept(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW + DAY)
    assert state_of(slot, bruno) == "booked"
    assert check_counts(slot).taken == 1
    with reading() as db:
        wallet = db.exec(select(LedgerAccount).where(LedgerAccount.family_id == bruno.family_id)).one()
        assert wallet.balance_cents == 680
    assert subjects_to(bruno.email)[-1] == "Une place pour le jeudi 3 décembre"


def test_accepting_twice_is_told(base: Engine) -> None:
    slot, bruno, _ = offered()
    entry = key(slot, bruno)
    mine.accept(actor=bruno.actor, entry_id=entry, now=NOW)
    with pytest.raises(OfferOverError):
        mine.accept(actor=bruno.actor, entry_id=entry, now=NOW)
    assert check_counts(slot).taken == 1


def test_one_second_after_the_delay_it_is_over(base: Engine) -> None:
    slot, bruno, _ = offered()
    with pytest.raises(OfferOverError):
        mine.accept(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW + DAY + timedelta(seconds=1))


def test_declined_place_goes_to_the_next_at_once(base: Engine) -> None:
    slot, bruno, carla = offered()
    mine.withdraw(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW)
    assert [state_of(slot, one) for one in (bruno, carla)] == ["left", "offered"]
    assert check_counts(slot).taken == 1
    assert len(subjects_to(bruno.email)) == 1


def test_unanswered_place_goes_to_the_next_and_both_are_told(base: Engine) -> None:
    slot, bruno, carla = offered()
    assert rounds.tend(NOW + DAY) == 0
    assert rounds.tend(NOW + DAY + MINUTE) == 1
    assert [state_of(slot, one) for one in (bruno, carla)] == ["skipped", "offered"]
    assert "pas répondu à temps" in last_text(bruno.email)
    assert check_counts(slot).taken == 1


def test_nobody_left_frees_the_place(base: Engine) -> None:
    slot, bruno, carla = offered()
    for home in (bruno, carla):
        mine.withdraw(actor=home.actor, entry_id=key(slot, home), now=NOW)
    found = check_counts(slot)
    assert (found.taken, found.waiting) == (0, 0)


def test_an_offer_never_outlives_the_deadline(base: Engine) -> None:
    _, slot = make_canteen(capacity=1, **OFFER)
    alba, bruno = make_homes("alba", "bruno")
    fill(slot, alba)
    wait(slot, bruno)
    cancel(slot, alba, now=UNTIL - timedelta(hours=2))
    entry = entry_of(slot, bruno)
    assert entry is not None
    assert entry.offered_until == UNTIL
    rounds.tend(UNTIL + MINUTE)
    assert state_of(slot, bruno) == "skipped"
    assert check_counts(slot).taken == 0


def test_what_can_be_mended_is_said_and_keeps_the_turn(base: Engine) -> None:
    """Un porte-monnaie trop court se remplit avant d'accepter."""
    slot, bruno, _ = offered(cents=100, is_prepaid=True)
    assert state_of(slot, bruno) == "offered"
    assert "2,20\u00a0€" in last_text(bruno.email)
    with pytest.raises(RefusalError, match="porte-monnaie"):
        mine.accept(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW)
    assert state_of(slot, bruno) == "offered"
    with transaction() as db:
        db.exec(select(LedgerAccount).where(LedgerAccount.family_id == bruno.family_id)).one().balance_cents = 500
    mine.accept(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW)
    assert state_of(slot, bruno) == "booked"


def test_incomplete_health_record_keeps_the_turn_and_refuses_with_its_reason(base: Engine) -> None:
    slot, bruno, _ = offered(needs_health=True)
    assert "fiche sanitaire" in last_text(bruno.email)
    with pytest.raises(NotBookableError, match="fiche sanitaire"):
        mine.accept(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW)
    assert state_of(slot, bruno) == "offered"


@pytest.mark.parametrize("gesture", [mine.accept, mine.withdraw])
def test_the_offer_of_another_family_does_not_exist(base: Engine, gesture) -> None:
    slot, bruno, carla = offered()
    for entry in (key(slot, bruno), 999, 0, -1, 2**40):
        with pytest.raises(NotOpenError):
            gesture(actor=carla.actor, entry_id=entry, now=NOW)
    assert state_of(slot, bruno) == "offered"


@pytest.mark.parametrize("gesture", [mine.accept, mine.withdraw])
def test_an_adult_who_may_not_book_may_not_answer(base: Engine, gesture) -> None:
    slot, bruno, _ = offered()
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == bruno.family_id)).one().can_book = False
    with pytest.raises(RefusalError, match=r"[Rr]éserver"):
        gesture(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW)
    assert state_of(slot, bruno) == "offered"


def test_the_page_shows_offers_places_and_what_ended(base: Engine) -> None:
    _, bruno, carla = offered()
    page = mine.show(actor=bruno.actor, now=NOW)
    assert [(line.child, line.word, line.can_answer) for line in page.offers] == [("Bruno", "Place proposée", True)]
    assert "21 novembre" in page.offers[0].detail
    waiting = mine.show(actor=carla.actor, now=NOW).waiting
    assert [(line.word, line.can_leave) for line in waiting] == [("1re sur la liste", True)]
    assert waiting[0].day == "jeudi 3 décembre 2026"
    rounds.tend(NOW + DAY + MINUTE)
    ended = mine.show(actor=bruno.actor, now=NOW + DAY + MINUTE).ended
    assert [line.word for line in ended] == ["Passée"]
    assert "répondu" in ended[0].detail
    later = mine.show(actor=bruno.actor, now=UNTIL + timedelta(days=31))
    assert (later.offers, later.waiting, later.ended) == ([], [], [])


def test_the_home_page_says_it_until_it_is_answered(base: Engine) -> None:
    slot, bruno, carla = offered()

    def said(home: Home, at: datetime = NOW) -> list[str]:
        found = shown_home.show(actor=home.actor, now=at).todos
        return [item.href for item in found if item.href == "/listes-attente"]

    assert said(bruno) == ["/listes-attente"]
    assert said(carla) == []
    assert said(bruno, NOW + DAY + MINUTE) == []
    mine.withdraw(actor=bruno.actor, entry_id=key(slot, bruno), now=NOW)
    assert said(bruno) == []
    assert said(carla) == ["/listes-attente"]


def test_the_page_shows_nothing_of_other_families(base: Engine) -> None:
    offered()
    stranger = open_session(make_account("zoe@famille.example"))[1]
    page = mine.show(actor=stranger, now=NOW)
    assert (page.ready, page.offers, page.waiting, page.ended) == (True, [], [], [])
