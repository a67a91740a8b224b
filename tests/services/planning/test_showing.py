"""« Planning » : tout ce que ma famille a réservé, rien de ce que réserve l'autre foyer."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.models.activities import Slot
from portail.models.bookings import Absence, WaitlistEntry
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.requests import Request
from portail.services.families import chosen
from portail.services.planning import showing
from portail.views.planning import Planning, PlanningLine
from tests.conftest import NOW
from tests.factories.activities import THURSDAY, make_activity, make_canteen, make_offering, make_slot
from tests.factories.booked import book
from tests.factories.custody import separated
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


@pytest.fixture
def home(base: Engine) -> tuple[Actor, int, int, int]:
    account = make_account("camille@famille.example")
    family = make_family("Durand", account)
    return open_session(account)[1], family, make_child("Léa", family), make_child("Noé", family)


def show(actor: Actor, span: str = "month", day: str = "2026-12-01") -> Planning:
    return showing.show(actor=actor, span=span, day=day, now=NOW)


def lines(planning: Planning) -> list[tuple[str, PlanningLine]]:
    return [(day.date, line) for day in planning.days for line in day.lines]


def test_every_child_and_every_activity_in_the_order_of_the_hours(home: tuple[Actor, int, int, int]) -> None:
    actor, family, lea, noe = home
    canteen, noon = make_canteen(name="Cantine", place="Jean-Macé")
    care = make_activity(name="Accueil du matin")
    morning = make_slot(make_offering(care, name="Matin", starts_at=time(7, 30), ends_at=time(8, 20)))
    book(noon, lea, family)
    book(noon, noe, family, BookingState.PENDING)
    book(morning, lea, family)
    shown = show(actor)
    assert [(day, one.child, one.title, one.word) for day, one in lines(shown)] == [
        ("2026-12-03", "Léa", "Accueil du matin", "Inscrit"),
        ("2026-12-03", "Léa", "Cantine · Jean-Macé", "Inscrit"),
        ("2026-12-03", "Noé", "Cantine · Jean-Macé", "À valider"),
    ]
    (_, first), (_, second), _ = lines(shown)
    assert first.hours == "7\u00a0h\u00a030 – 8\u00a0h\u00a020"
    assert second.href == f"/reservations/{canteen}"
    assert (shown.label, shown.summary, shown.is_empty) == ("Décembre 2026", "3 séances", False)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (BookingState.PRESENT, "Présent"),
        (BookingState.ABSENT, "Absent"),
        (BookingState.EXCUSED, "Absence acceptée"),
        (BookingState.CANCELLED, ""),
        (BookingState.REFUSED, ""),
    ],
)
def test_what_each_state_says(home: tuple[Actor, int, int, int], state: BookingState, word: str) -> None:
    actor, family, lea, _ = home
    book(make_canteen()[1], lea, family, state)
    assert [one.word for _, one in lines(show(actor))] == ([word] if word else [])


def test_a_declared_absence_a_closed_slot_and_a_wait(home: tuple[Actor, int, int, int]) -> None:
    actor, family, lea, noe = home
    (_, slot), (_, closed), (_, full) = make_canteen(), make_canteen(), make_canteen()
    declared = book(slot, lea, family)
    book(closed, lea, family)
    with transaction() as db:
        request = Request(year=2026, rank=1, kind="correction", created_at=NOW, updated_at=NOW)
        db.add(request)
        db.flush()
        db.add(Absence(booking_id=declared, request_id=request.key, declared_at=NOW))
        db.exec(update(Slot).where(col(Slot.id) == closed).values(closed_why="Grève"))
        db.add(WaitlistEntry(slot_id=full, child_id=noe, family_id=family, joined_at=NOW, until=NOW))
    words = [one.word for _, one in lines(show(actor))]
    assert sorted(words) == sorted(["Absence déclarée", "N’a pas lieu", "En attente"])


def test_the_chosen_child_only(home: tuple[Actor, int, int, int]) -> None:
    actor, family, lea, noe = home
    _, slot = make_canteen()
    book(slot, lea, family)
    book(slot, noe, family)
    chosen.choose(actor=actor, child_id=noe)
    assert [one.child for _, one in lines(show(actor))] == ["Noé"]


def test_the_other_home_of_a_shared_child_stays_private(base: Engine) -> None:
    them = separated()
    _, slot = make_canteen()
    book(slot, them.jade, them.garnier)
    assert lines(show(them.paul)) == []
    assert [one.child for _, one in lines(show(them.sophie))] == ["Jade"]


def test_a_closed_file_and_a_stranger_show_nothing(home: tuple[Actor, int, int, int]) -> None:
    actor, family, lea, _ = home
    book(make_canteen()[1], lea, family)
    stranger = open_session(make_account("autre@famille.example"))[1]
    assert lines(show(stranger)) == []
    with transaction() as db:
        db.exec(update(Family).values(status="archived"))
    assert show(actor).is_empty
    with transaction() as db:
        db.exec(update(Family).values(status="active"))
        db.exec(update(Guardian).values(account_id=None))
    assert show(actor).is_empty


def test_a_week_and_a_list(home: tuple[Actor, int, int, int]) -> None:
    actor, family, lea, _ = home
    for day in (THURSDAY, THURSDAY + timedelta(days=7), date(2027, 3, 4)):
        book(make_canteen(day=day)[1], lea, family)
    week = show(actor, "week", "2026-12-10")
    assert (week.label, len(week.days)) == ("Semaine du 7 décembre au 13 décembre 2026", 7)
    assert [day for day, _ in lines(week)] == ["2026-12-10"]
    listed = show(actor, "list", "2026-12-01")
    assert [day.date for day in listed.days] == ["2026-12-03", "2026-12-10"]
    assert listed.label == "Du 1er décembre au 31 janvier 2027"
    assert show(actor, "list", "2026-12-11").is_empty


def test_a_year_of_three_children_is_read_in_as_few_queries(base: Engine) -> None:
    account = make_account("camille@famille.example")
    actor, family = open_session(account)[1], make_family("Durand", account)
    with counted(base) as few:
        show(actor)
    for name in ("Léa", "Noé", "Zoé"):
        child = make_child(name, family)
        for day in range(1, 12):
            book(make_canteen(day=date(2026, 12, day))[1], child, family)
    with counted(base) as many:
        assert len(lines(show(actor))) == 33
    assert len(many) == len(few) <= 5
