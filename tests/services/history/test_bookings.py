"""L'histoire des réservations : une ligne par validation et par activité, les siennes seulement."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import update

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.history import HistoryKind
from portail.models.activities import Activity
from portail.models.bookings import BookingBatch, BookingChange
from portail.models.database import transaction
from portail.services.families import chosen
from portail.services.history import feed
from portail.services.history.feed import Wanted
from portail.views.history import HistoryLine
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot
from tests.factories.booked import book
from tests.factories.custody import separated
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

DAYS = (date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 18))


def batch(
    actor: Actor, family: int, bookings: list[int], after: BookingState, before: str = "", *, hours: int = 0
) -> None:
    with transaction() as db:
        at = NOW + timedelta(hours=hours)
        row = BookingBatch(
            token=f"{after}{bookings}",
            digest="",
            source="calendar",
            author_id=actor.account_id,
            family_id=family,
            at=at,
        )
        db.add(row)
        db.flush()
        db.add_all(BookingChange(batch_id=row.key, booking_id=one, before=before, after=after) for one in bookings)


def lines(actor: Actor) -> list[HistoryLine]:
    return feed.show(actor=actor, wanted=Wanted(HistoryKind.BOOKING), now=NOW).rows


@pytest.fixture
def home(base: Engine) -> tuple[Actor, int, int]:
    account = make_account("camille@famille.example")
    family = make_family("Durand", account)
    return open_session(account)[1], family, make_child("Léa", family)


def booked(child: int, family: int, name: str = "Cantine", place: str = "Jean-Macé") -> tuple[int, list[int]]:
    activity = make_activity(name=name, place=place)
    offering = make_offering(activity)
    return activity, [book(make_slot(offering, day), child, family) for day in DAYS]


def test_a_validation_is_one_line_with_its_days_and_its_state(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    activity, keys = booked(lea, family)
    batch(actor, family, keys, BookingState.BOOKED)
    batch(actor, family, keys[:1], BookingState.CANCELLED, "booked", hours=1)
    cancelled, made = lines(actor)
    assert (made.title, made.about) == ("Cantine · Jean-Macé", "Léa · 3 séances, du 3 décembre au 18 décembre")
    assert (made.state, made.tone, made.who, made.kind) == ("Réservé", "ok", "Vous", "Réservations")
    assert made.href == f"/reservations/{activity}"
    assert (cancelled.about, cancelled.state) == ("Léa · le 3 décembre", "Annulé")


def test_two_activities_of_one_validation_are_two_lines(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    keys = booked(lea, family)[1] + booked(lea, family, "Étude", "")[1]
    batch(actor, family, keys, BookingState.PENDING)
    assert sorted(line.title for line in lines(actor)) == ["Cantine · Jean-Macé", "Étude"]
    assert {line.state for line in lines(actor)} == {"À valider"}


def test_the_other_home_and_strangers_are_left_out(base: Engine) -> None:
    them = separated()
    keys = booked(them.jade, them.garnier)[1]
    batch(them.sophie, them.garnier, keys, BookingState.BOOKED)
    assert lines(them.paul) == []
    assert len(lines(them.sophie)) == 1


def test_the_chosen_child_filters_them_too(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    batch(actor, family, booked(lea, family)[1], BookingState.BOOKED)
    chosen.choose(actor=actor, child_id=make_child("Noé", family))
    assert lines(actor) == []


def test_a_strange_name_does_not_break_the_line(home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    batch(actor, family, booked(lea, family)[1], BookingState.BOOKED)
    with transaction() as db:
        db.exec(update(Activity).values(name="Jeux | goûter", place="A|B"))
    (line,) = lines(actor)
    assert "Jeux" in line.title
    assert line.about.startswith("Léa · 3 séances")


def test_a_long_history_is_read_in_as_few_queries(base: Engine, home: tuple[Actor, int, int]) -> None:
    actor, family, lea = home
    with counted(base) as few:
        lines(actor)
    for rank in range(30):
        batch(actor, family, booked(lea, family)[1], BookingState.BOOKED, hours=rank)
    with counted(base) as many:
        assert len(lines(actor)) == 20
    assert len(many) == len(few)
