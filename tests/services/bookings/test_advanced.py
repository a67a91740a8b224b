"""« Modification avancée » : une semaine type pour plusieurs enfants et activités, tout ou rien, et défaite d'un geste."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from portail.domain.bookings import HOLDING, BookingState
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.weekly import Mode, Wish
from portail.models.activities import Slot
from portail.models.bookings import Booking, BookingBatch
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.services.bookings.advanced.confirming import WeeklyOrder, confirm
from portail.services.bookings.advanced.form import show
from portail.services.bookings.advanced.preview import preview
from portail.services.bookings.confirming import ReusedTokenError
from portail.services.bookings.undoing import TooLateToUndoError, undo
from portail.services.wallet import check_ledger
from portail.views.weekly import WeeklyOutcome, WeeklyPreview
from tests.conftest import NOW
from tests.factories import activities
from tests.factories.booking import FIRST, LAST, Home, make_home, states, taken
from tests.factories.crowds import together
from tests.factories.money import balance

MINUTE = timedelta(minutes=1)
MONDAY, TUESDAY = 0, 1
ALWAYS = frozenset({0, 1, 3, 4})


class Place:
    """Une activité d'une seule formule, ses séances de décembre."""

    def __init__(self, hours: tuple[int, int] = (11, 13), *, capacity: int = 10, cents: int = 320, **options: object):
        self.activity = activities.make_activity(**({"is_prepaid": True} | options))
        starts, ends = (time(hour) for hour in hours)
        tariff = activities.make_tariff(cents)
        self.offering = activities.make_offering(
            self.activity, capacity=capacity, tariff_id=tariff, starts_at=starts, ends_at=ends
        )
        self.slots = activities.make_slots(self.offering, FIRST, LAST)


def asked(home: Home, *places: Place, **changes: object) -> Wish:
    week = {place.offering: ALWAYS for place in places}
    return replace(Wish((home.child, home.sibling), week, FIRST, LAST), **changes)


def shown(home: Home, wish: Wish) -> WeeklyPreview:
    return preview(actor=home.actor, fields=dict(parse_qsl(wish.text)), now=NOW)


def order_of(found: WeeklyPreview, *, partial: bool = False) -> WeeklyOrder:
    return WeeklyOrder(found.wish, found.seen, found.token, partial)


def done(home: Home, found: WeeklyPreview, *, partial: bool = False) -> WeeklyOutcome:
    return confirm(actor=home.actor, order=order_of(found, partial=partial), now=NOW)


def booked() -> int:
    query = select(func.count()).select_from(Booking).where(Booking.state.in_(HOLDING))  # type: ignore[attr-defined]
    with reading() as db:
        return int(db.exec(query).one())


def counts_agree() -> bool:
    """Le compte de chaque séance est celui de ses réservations."""
    with reading() as db:
        every = list(db.exec(select(Slot)))
        rows = list(db.exec(select(Booking)))
    holding = [one.slot_id for one in rows if one.state in HOLDING]
    return all(slot.taken == holding.count(slot.key) for slot in every)


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
    assert [part.id for part in form.parts] == [evening.offering, noon.offering]
    assert [(one.label, one.checked) for one in form.children] == [("Léa Alba", False), ("Noé Alba", True)]
    assert [box.checked for box in form.parts[1].boxes] == [True, False, True, False]
    assert (form.first, form.last, form.rhythm, form.mode) == ("2026-11-20", "2026-12-18", "even", "add")


@pytest.mark.parametrize(
    "junk", [{"jours": "x" * 9_000}, {"du": "hier", "au": "0000-00-00"}, {"rythme": "9", "mode": "x"}]
)
def test_a_junk_address_fills_nothing(base_sqlite: Engine, junk: dict[str, str]) -> None:
    home, noon = make_home(), Place()
    form = show(actor=home.actor, activity_id=noon.activity, fields=junk, now=NOW)
    assert (form.first, form.rhythm, form.mode) == ("2026-11-20", "1", "add")
    assert not any(box.checked for part in form.parts for box in part.boxes)


def test_an_unknown_activity_has_no_form(base_sqlite: Engine) -> None:
    home = make_home()
    with pytest.raises(NotOpenError):
        show(actor=home.actor, activity_id=999_999, fields={}, now=NOW)
