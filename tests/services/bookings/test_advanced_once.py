"""« Modification avancée » : une seule fois, défaite en entier, et à qui elle est ouverte."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.bookings import BookingState
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.weekly import Mode
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.services.bookings.advanced.form import show
from portail.services.bookings.confirming import ReusedTokenError
from portail.services.bookings.undoing import TooLateToUndoError, undo
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories import activities
from tests.factories.booking import make_home, states
from tests.factories.crowds import together
from tests.factories.money import balance
from tests.factories.weekly import (
    ALWAYS,
    MINUTE,
    MONDAY,
    TUESDAY,
    Place,
    asked,
    booked,
    counts_agree,
    done,
    shown,
)


def test_an_invoiced_activity_and_a_prepaid_one_say_who_pays_what(base: Engine) -> None:
    home, noon, evening = make_home(), Place(), Place((16, 18), cents=250, is_prepaid=False)
    found = shown(home, asked(home, noon, evening, children=(home.child,), last=date(2026, 12, 1)))
    assert found.billing == "3,20\u00a0€ débités du porte-monnaie, 2,50\u00a0€ facturés en fin de mois."
    done(home, found)
    assert balance(home.family) == 10_000 - 320


def test_the_same_command_twice_is_done_once(base: Engine) -> None:
    home, noon = make_home(), Place()
    found = shown(home, asked(home, noon, children=(home.child,)))
    first, second = done(home, found), done(home, found)
    assert (first.message, first.batch) == (second.message, second.batch)
    assert booked() == len(noon.slots)


def test_two_clicks_at_once_book_once(base: Engine) -> None:
    home, noon = make_home(), Place()
    found = shown(home, asked(home, noon, children=(home.child,)))
    outcomes = together(*[lambda: done(home, found)] * 3)
    assert {one.batch for one in outcomes} == {outcomes[0].batch}
    assert (booked(), counts_agree(), balance(home.family)) == (len(noon.slots), True, 10_000 - 320 * len(noon.slots))


def test_a_token_used_for_another_wish_is_refused(base: Engine) -> None:
    home, noon = make_home(), Place()
    found = shown(home, asked(home, noon, children=(home.child,)))
    done(home, found)
    other = shown(home, asked(home, noon, children=(home.sibling,)))
    with pytest.raises(ReusedTokenError):
        done(home, replace(other, token=found.token))


@pytest.mark.parametrize("token", ["", "court", "x" * 65])
def test_a_malformed_token_is_refused(base_sqlite: Engine, token: str) -> None:
    home, noon = make_home(), Place()
    with pytest.raises(BadInputError):
        done(home, replace(shown(home, asked(home, noon)), token=token))


def test_everything_is_undone_in_one_gesture_over_all_activities(base: Engine) -> None:
    home, noon, evening = make_home(), Place(), Place((16, 18))
    home.book(noon.activity, noon.slots[0])
    wish = asked(
        home,
        noon,
        evening,
        children=(home.child,),
        week={noon.offering: frozenset({MONDAY}), evening.offering: frozenset({TUESDAY})},
        mode=Mode.REPLACE,
    )
    outcome = done(home, shown(home, wish))
    undone = undo(actor=home.actor, batch_id=outcome.batch, now=NOW + MINUTE)
    assert undone.message == "Votre modification est annulée : tout est comme avant."
    assert (states(noon.slots[0]), booked(), balance(home.family)) == (["booked"], 1, 10_000 - 320)
    assert counts_agree()
    check_ledger()
    with pytest.raises(TooLateToUndoError):
        undo(actor=home.actor, batch_id=outcome.batch, now=NOW + MINUTE)


def test_days_cancelled_before_are_taken_up_again(base: Engine) -> None:
    home, noon = make_home(), Place()
    first = done(home, shown(home, asked(home, noon, children=(home.child,))))
    wish = asked(home, noon, children=(home.child,), week={noon.offering: frozenset({MONDAY})}, mode=Mode.REPLACE)
    done(home, shown(home, wish))
    again = done(home, shown(home, asked(home, noon, children=(home.child,))))
    assert again.batch > first.batch
    assert (booked(), counts_agree()) == (len(noon.slots), True)
    undo(actor=home.actor, batch_id=again.batch, now=NOW)
    assert booked() == 2


def test_days_without_a_session_are_explained_once_for_everyone(base: Engine) -> None:
    home, noon = make_home(), Place()
    found = shown(home, asked(home, noon, first=date(2026, 12, 14), last=date(2027, 1, 8)))
    whys = {group.why: group.lines for group in found.skipped}
    assert any("vacances" in why.lower() for why in whys)
    assert all("Léa" not in line for lines in whys.values() for line in lines)


def test_a_child_who_cannot_come_is_said_once(base: Engine) -> None:
    home, noon = make_home(), Place(enrolment_mode="direct")
    found = shown(home, asked(home, noon))
    assert [(one.title, one.count) for one in found.skipped] == [
        ("Inscription manquante", f"{len(noon.slots)} séances"),
        ("Inscription manquante", f"{len(noon.slots)} séances"),
    ]
    assert not found.can_confirm


def test_bookings_to_be_validated_are_said_so(base: Engine) -> None:
    home, noon = make_home(), Place(needs_validation=True)
    outcome = done(home, shown(home, asked(home, noon, children=(home.child,))))
    assert outcome.message == f"{len(noon.slots)} séances demandées."
    assert set(states(*noon.slots)) == {BookingState.PENDING}


def test_another_familys_child_answers_as_a_missing_one(base: Engine) -> None:
    home, other, noon = make_home(), make_home("Bruno"), Place()
    said = set()
    for child in (other.child, 999_999):
        with pytest.raises(FormRefusedError) as refusal:
            shown(home, asked(home, noon, children=(home.child, child)))
        said.add(refusal.value.sentence)
    assert len(said) == 1


def test_an_unknown_session_is_refused_near_its_field(base_sqlite: Engine) -> None:
    home, noon = make_home(), Place()
    with pytest.raises(FormRefusedError) as refusal:
        shown(home, asked(home, noon, week={999_999: ALWAYS}))
    assert list(refusal.value.fields) == ["jours"]


def test_an_adult_without_the_right_books_nothing(base: Engine) -> None:
    home, noon = make_home(), Place()
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == home.family)).one().can_book = False
    found = shown(home, asked(home, noon))
    assert not found.can_confirm
    assert "n’avez pas le droit" in found.skipped[0].why


def test_the_form_offers_what_the_children_may_book_and_what_the_address_asks(base: Engine) -> None:
    home, noon, evening = make_home(), Place(), Place((16, 18))
    Place((16, 18), enrolment_mode="direct")
    toddlers = activities.make_activity()
    activities.make_offering(toddlers, min_age=0, max_age=1)
    fields = {"enfant": str(home.sibling), "jours": f"{noon.offering}.0,{noon.offering}.3,junk", "rythme": "even"}
    form = show(actor=home.actor, activity_id=evening.activity, fields=fields, now=NOW)
    parts = [part for activity in form.activities for part in activity.parts]
    assert [part.id for part in parts] == [evening.offering, noon.offering]
    assert [one.is_open for one in form.activities] == [True, True]  # on en vient ; un jour y est coché
    assert [(one.label, one.checked) for one in form.children] == [("Léa Alba", False), ("Noé Alba", True)]
    assert [box.checked for box in parts[1].boxes] == [True, False, True, False]
    assert (form.first, form.last, form.rhythm, form.mode) == ("2026-11-20", "2026-12-18", "even", "add")


@pytest.mark.parametrize(
    "junk", [{"jours": "x" * 9_000}, {"du": "hier", "au": "0000-00-00"}, {"rythme": "9", "mode": "x"}]
)
def test_a_junk_address_fills_nothing(base_sqlite: Engine, junk: dict[str, str]) -> None:
    home, noon = make_home(), Place()
    form = show(actor=home.actor, activity_id=noon.activity, fields=junk, now=NOW)
    assert (form.first, form.rhythm, form.mode) == ("2026-11-20", "1", "add")
    assert [one.is_open for one in form.activities] == [True]
    assert not any(box.checked for activity in form.activities for part in activity.parts for box in part.boxes)


def test_an_unknown_activity_has_no_form(base_sqlite: Engine) -> None:
    home = make_home()
    with pytest.raises(NotOpenError):
        show(actor=home.actor, activity_id=999_999, fields={}, now=NOW)
