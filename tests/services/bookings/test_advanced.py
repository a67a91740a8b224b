"""« Modification avancée » : une semaine type pour plusieurs enfants et activités, tout ou rien, et défaite d'un geste."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.weekly import Mode
from portail.models.bookings import BookingBatch
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.services.bookings.advanced.confirming import confirm
from portail.services.bookings.advanced.preview import preview
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories.booking import make_home, states
from tests.factories.money import balance
from tests.factories.weekly import (
    MONDAY,
    TUESDAY,
    Place,
    asked,
    booked,
    counts_agree,
    done,
    order_of,
    shown,
)


def test_two_children_in_two_activities_are_shown_then_booked_at_once(base: Engine) -> None:
    home, noon, evening = make_home(cents=50_000), Place(), Place((16, 18), cents=250)
    found = shown(home, asked(home, noon, evening))
    days = len(noon.slots)
    assert found.title == f"{days * 4} séances à réserver"
    assert [(one.title, one.count) for one in found.added] == [("Décembre 2026", f"{days * 4} séances")]
    assert (found.already, found.removed, found.kept, found.skipped) == ([], [], [], [])
    cost = days * 2 * (320 + 250)
    assert found.total == f"{cost // 100},{cost % 100:02d}\u00a0€"
    assert booked() == 0

    outcome = done(home, found)
    assert outcome.message == f"{days * 4} séances réservées."
    assert (booked(), balance(home.family), counts_agree()) == (days * 4, 50_000 - cost, True)
    with reading() as db:
        (batch,) = db.exec(select(BookingBatch))
        (mail,) = db.exec(select(OutboxMail))
    assert (batch.source, batch.key) == ("advanced", outcome.batch)
    assert mail.recipient == "alba@famille.example"
    check_ledger()


def test_only_the_asked_weekdays_and_weeks_are_booked(base: Engine) -> None:
    home, noon = make_home(), Place()
    wish = asked(home, noon, children=(home.child,), week={noon.offering: frozenset({MONDAY})}, rhythm="2")
    found = shown(home, wish)
    assert len(found.added) == len(found.added[0].lines) == 1
    assert found.added[0].lines[0].endswith("· Léa Alba : 14")
    assert shown(home, replace(wish, rhythm="1")).added[0].lines[0].endswith("· Léa Alba : 7, 14")
    assert shown(home, replace(wish, rhythm="odd")).added[0].lines[0].endswith("· Léa Alba : 14")
    assert shown(home, replace(wish, rhythm="even")).added[0].lines[0].endswith("· Léa Alba : 7")


def test_adding_never_removes_and_says_what_is_already_there(base: Engine) -> None:
    home, noon = make_home(), Place()
    home.book(noon.activity, *noon.slots[:3])
    found = shown(home, asked(home, noon, children=(home.child,), week={noon.offering: frozenset({MONDAY})}))
    assert found.removed == []
    everything = shown(home, asked(home, noon, children=(home.child,)))
    assert [one.count for one in everything.already] == ["3 séances"]
    assert everything.title == f"{len(noon.slots) - 3} séances à réserver"
    done(home, everything)
    assert booked() == len(noon.slots)


def test_replacing_removes_what_is_not_in_the_template_and_refunds_it(base: Engine) -> None:
    home, noon, other = make_home(), Place(), Place((16, 18))
    home.book(noon.activity, *noon.slots)
    home.book(other.activity, other.slots[0])
    wish = asked(home, noon, children=(home.child,), week={noon.offering: frozenset({MONDAY})}, mode=Mode.REPLACE)
    found = shown(home, wish)
    gone = len(noon.slots) - 2
    assert found.title == f"{gone} séances à annuler"
    assert (found.refund, found.button) == (
        f"{gone * 320 // 100},{gone * 320 % 100:02d}\u00a0€",
        f"annuler {gone} séances",
    )
    assert done(home, found).message == f"{gone} séances annulées."
    assert (booked(), balance(home.family)) == (3, 10_000 - 3 * 320)
    assert states(other.slots[0]) == ["booked"]
    assert counts_agree()
    check_ledger()


def test_replacing_leaves_the_siblings_and_the_days_outside_the_period(base: Engine) -> None:
    home, noon = make_home(), Place()
    home.book(noon.activity, *noon.slots)
    home.confirm(
        noon.activity, home.choices(noon.slots[0], noon.slots[1], child=home.sibling), token="pour-la-sœur-000"
    )
    wish = asked(home, noon, children=(home.child,), week={noon.offering: frozenset({MONDAY})}, mode=Mode.REPLACE)
    found = shown(home, replace(wish, first=date(2026, 12, 1), last=date(2026, 12, 4)))
    assert [one.count for one in found.removed] == ["3 séances"]
    done(home, found)
    assert states(*noon.slots[:2]) == ["booked", "booked", "cancelled", "cancelled"]


def test_what_cannot_be_cancelled_any_more_is_listed(base: Engine) -> None:
    home, noon = make_home(), Place()
    home.book(noon.activity, *noon.slots[:2])
    late = NOW.replace(month=12, day=1, hour=12)  # le 1er a commencé ou presque, le 3 s'annule encore
    wish = asked(home, noon, children=(home.child,), week={noon.offering: frozenset({MONDAY})}, mode=Mode.REPLACE)
    found = preview(actor=home.actor, fields=dict(parse_qsl(wish.text)), now=late)
    assert len(found.kept) == 1
    assert found.kept[0].count == "1 séance"
    assert [one.count for one in found.removed] == ["1 séance"]


def test_two_activities_at_the_same_hours_do_not_go_together(base: Engine) -> None:
    home, noon, club = make_home(), Place(), Place((12, 14))
    found = shown(home, asked(home, noon, club, children=(home.child,)))
    assert found.title == f"{len(noon.slots)} séances à réserver"
    assert [(one.title, one.count) for one in found.skipped] == [
        ("Déjà pris à la même heure", f"{len(noon.slots)} séances")
    ]
    done(home, found)
    assert counts_agree()


def test_what_is_replaced_in_one_activity_makes_room_in_another(base: Engine) -> None:
    home, club, noon = make_home(), Place((12, 14)), Place()
    home.book(noon.activity, noon.slots[0])  # mardi 1er, à la même heure que le club
    week = {club.offering: frozenset({TUESDAY}), noon.offering: frozenset({MONDAY})}
    wish = asked(home, noon, club, children=(home.child,), week=week, mode=Mode.REPLACE, last=date(2026, 12, 4))
    found = shown(home, wish)
    assert found.title == "1 séance à réserver, 1 séance à annuler"
    assert done(home, found).message == "1 séance réservée, 1 séance annulée."
    assert (states(club.slots[0]), states(noon.slots[0])) == (["booked"], ["cancelled"])
    check_ledger()


def test_a_refund_elsewhere_pays_even_when_it_comes_second(base: Engine) -> None:
    home, club, noon = make_home(cents=320), Place((16, 18)), Place()
    home.book(noon.activity, noon.slots[0])
    week = {club.offering: frozenset({TUESDAY}), noon.offering: frozenset({MONDAY})}
    wish = asked(home, noon, club, children=(home.child,), week=week, mode=Mode.REPLACE, last=date(2026, 12, 4))
    assert done(home, shown(home, wish)).batch > 0
    assert balance(home.family) == 0


def test_a_full_day_is_said_and_the_rest_is_booked(base: Engine) -> None:
    home, noon = make_home(), Place(capacity=1)
    make_home("Bruno").book(noon.activity, noon.slots[0])
    found = shown(home, asked(home, noon, children=(home.child,)))
    (group,) = found.skipped
    assert (group.title, group.count, group.why) == ("Complet", "1 séance", "Toutes les places de ce jour sont prises.")
    assert group.lines == ["Décembre 2026 · Léa Alba : 1er"]
    assert done(home, found).message == f"{len(noon.slots) - 1} séances réservées."


def test_siblings_share_the_last_places_and_nothing_is_oversold(base: Engine) -> None:
    home, noon = make_home(), Place(capacity=1)
    found = shown(home, asked(home, noon))
    assert (found.title, found.skipped[0].title) == (f"{len(noon.slots)} séances à réserver", "Complet")
    assert done(home, found).batch > 0
    assert (booked(), counts_agree()) == (len(noon.slots), True)


def test_a_place_lost_since_the_preview_stops_everything_unless_less_is_accepted(base: Engine) -> None:
    home, noon = make_home(), Place(capacity=1)
    wish = asked(home, noon, children=(home.child,))
    found, again = shown(home, wish), shown(home, wish)
    make_home("Bruno").book(noon.activity, noon.slots[0])
    outcome = done(home, found)
    assert (outcome.message, outcome.batch, booked()) == ("Rien n’a été changé.", 0, 1)
    assert outcome.retry.title == f"{len(noon.slots) - 1} séances à réserver"
    assert done(home, again, partial=True).message == f"{len(noon.slots) - 1} séances réservées."


def test_less_may_be_accepted_but_never_more(base: Engine) -> None:
    home, noon = make_home(), Place()
    found = shown(home, asked(home, noon, children=(home.child,)))
    smaller = replace(order_of(found, partial=True), seen="3.0.960")
    assert confirm(actor=home.actor, order=smaller, now=NOW).batch == 0
    assert booked() == 0


@pytest.mark.parametrize("seen", ["", "x.y.z", "9.0", "-1.-1.-1", "９.0.1", "1.2.3.4.5"])
def test_a_forged_count_does_nothing(base_sqlite: Engine, seen: str) -> None:
    home, noon = make_home(), Place()
    found = shown(home, asked(home, noon, children=(home.child,)))
    for partial in (False, True):
        forged = replace(order_of(found, partial=partial), seen=seen)
        assert confirm(actor=home.actor, order=forged, now=NOW).batch == 0
    assert booked() == 0


@pytest.mark.parametrize(("cents", "said"), [(0, "pas encore activé"), (500, "Il manque")])
def test_a_short_wallet_is_judged_over_the_whole_and_stops_everything(base: Engine, cents: int, said: str) -> None:
    home, noon, evening = make_home(cents=cents), Place(), Place((16, 18))
    wish = asked(home, noon, evening, children=(home.child,), last=date(2026, 12, 1))
    found = shown(home, wish)
    assert said in found.blocked
    assert not found.can_confirm
    assert done(home, found).batch == 0
    assert booked() == 0
