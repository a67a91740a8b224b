"""« Confirmer » : tout ou rien, une seule fois, au prix du serveur, avec l'argent dans la même transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.adjustments import Adjustment
from portail.domain.bookings import BookingState, Intent
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.accounts import Account
from portail.models.bookings import Booking, BookingBatch, BookingChange
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.models.tariffs import TariffGrid
from portail.services.bookings.confirming import Order, ReusedTokenError, confirm
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories import families
from tests.factories.activities import make_activity, make_offering, make_slot, make_tariff
from tests.factories.booking import held, make_canteen, make_home, states, taken
from tests.factories.money import balance
from tests.factories.people import make_account, open_session


def test_days_are_booked_paid_and_told(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    outcome = home.book(activity, slots[0], slots[1])
    assert outcome.message == "2 jours réservés."
    assert outcome.can_undo
    assert [cell.status for cell in outcome.changed] == ["booked", "booked"]
    assert balance(home.family) == 10_000 - 640
    assert [taken(slot) for slot in slots[:3]] == [1, 1, 0]
    with reading() as db:
        (mail,) = db.exec(select(OutboxMail))
        booked = list(db.exec(select(Booking)))
    assert mail.recipient == "alba@famille.example"
    assert [(one.price_cents, one.is_paid, one.formula) for one in booked] == [
        (320, True, "3,20\u00a0€ (prix unique, hors commune)")
    ] * 2
    check_ledger()


def test_an_invoiced_activity_takes_nothing_from_the_wallet(base: Engine) -> None:
    home, (activity, slots) = make_home(cents=0), make_canteen(is_prepaid=False)
    assert home.book(activity, slots[0]).message == "1 jour réservé."
    with reading() as db:
        assert [(one.price_cents, one.is_paid) for one in db.exec(select(Booking))] == [(320, False)]


def test_siblings_are_booked_in_one_gesture(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    choices = f"{home.choices(slots[0])},{home.choices(slots[0], child=home.sibling)}"
    assert home.confirm(activity, choices).message == "2 réservations faites."
    assert taken(slots[0]) == held(slots[0]) == 2


def test_same_command_sent_twice_is_done_once(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    first, second = [home.confirm(activity, home.choices(slots[0]), token="un-seul-jeton-xx") for _ in range(2)]
    assert first.message == second.message
    assert first.batch == second.batch
    assert (taken(slots[0]), balance(home.family)) == (1, 10_000 - 320)


def test_a_token_used_with_other_days_is_refused(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.confirm(activity, home.choices(slots[0]), token="un-seul-jeton-xx")
    with pytest.raises(ReusedTokenError, match="rien n’a été changé"):
        home.confirm(activity, home.choices(slots[1]), token="un-seul-jeton-xx")
    assert taken(slots[1]) == 0


@pytest.mark.parametrize("token", ["", "court", "x" * 65])
def test_a_malformed_token_is_refused(base: Engine, token: str) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    with pytest.raises(BadInputError):
        confirm(actor=home.actor, order=Order(activity, home.choices(slots[0]), token), now=NOW)


def test_one_impossible_day_stops_everything_and_says_which(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen(capacity=1)
    make_home("Bruno").book(activity, slots[1])
    outcome = home.book(activity, slots[0], slots[1])
    assert outcome.message == "Rien n’a été changé."
    assert [(line.why, line.key) for line in outcome.refused] == [
        ("Toutes les places de ce jour sont prises.", f"{slots[1]}.{home.child}")
    ]
    assert (outcome.retry.choices, outcome.retry.can_confirm) == (home.choices(slots[0]), True)
    assert (taken(slots[0]), balance(home.family)) == (0, 10_000)


def test_what_is_possible_is_booked_when_asked_so(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen(capacity=1)
    make_home("Bruno").book(activity, slots[1])
    outcome = home.confirm(activity, home.choices(slots[0], slots[1]), partial=True)
    assert outcome.message == "1 jour réservé."
    assert len(outcome.refused) == 1
    assert (taken(slots[0]), balance(home.family)) == (1, 10_000 - 320)


def test_a_day_cancelled_in_time_is_refunded_and_freed(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.book(activity, slots[0])
    outcome = home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE))
    assert outcome.message == "1 jour annulé."
    assert (taken(slots[0]), balance(home.family), states(slots[0])) == (0, 10_000, ["cancelled"])
    with reading() as db:
        assert [one.amount_cents for one in db.exec(select(BookingChange).order_by(BookingChange.id))] == [320, -320]
    check_ledger()


def test_a_cancelled_day_can_be_booked_again(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.book(activity, slots[0])
    home.confirm(activity, home.choices(slots[0], intent=Intent.REMOVE))
    again = home.confirm(activity, home.choices(slots[0]), token="un-autre-jeton-x")
    assert again.message == "1 jour réservé."
    assert (taken(slots[0]), states(slots[0])) == (1, ["booked"])


def test_a_cancelled_day_pays_for_another(base: Engine) -> None:
    home, (activity, slots) = make_home(cents=320), make_canteen()
    home.book(activity, slots[0])
    both = f"{home.choices(slots[0], intent=Intent.REMOVE)},{home.choices(slots[1])}"
    assert home.confirm(activity, both).message == "1 jour réservé, 1 jour annulé."
    assert (balance(home.family), taken(slots[0]), taken(slots[1])) == (0, 0, 1)


@pytest.mark.parametrize(("cents", "said"), [(0, "pas encore activé"), (319, "Il manque 0,01\u00a0€")])
def test_a_wallet_that_cannot_pay_stops_everything(base: Engine, cents: int, said: str) -> None:
    home, (activity, slots) = make_home(cents=cents), make_canteen()
    recap = home.preview(activity, home.choices(slots[0]))
    assert said in recap.blocked
    assert (recap.can_settle, recap.can_confirm) == (True, False)
    assert said in home.book(activity, slots[0]).detail
    assert taken(slots[0]) == held(slots[0]) == 0


def test_a_confirm_one_second_after_the_deadline_is_refused(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    noon_before = NOW.replace(month=11, day=30, hour=11)  # midi à Paris, la veille du 1er décembre
    recap = home.preview(activity, home.choices(slots[0]), noon_before)
    assert recap.can_confirm
    outcome = home.confirm(activity, recap.choices, noon_before + timedelta(seconds=1), token=recap.token)
    assert "closes depuis le lundi 30 novembre à 12\u00a0h" in outcome.refused[0].why
    assert taken(slots[0]) == 0
    assert home.confirm(activity, recap.choices, noon_before, token=recap.token).message == "1 jour réservé."


def test_another_familys_child_is_as_unknown_as_a_missing_one(base: Engine) -> None:
    home, other, (activity, slots) = make_home(), make_home("Bruno"), make_canteen()
    for child in (other.child, 999_999):
        outcome = home.confirm(activity, home.choices(slots[0], child=child))
        assert [line.why for line in outcome.refused] == ["Ce jour n’est pas proposé."]
    assert taken(slots[0]) == 0


def test_a_slot_of_another_activity_is_unknown(base: Engine) -> None:
    home, (activity, _), (_, elsewhere) = make_home(), make_canteen(), make_canteen()
    outcome = home.book(activity, elsewhere[0])
    assert [line.why for line in outcome.refused] == ["Ce jour n’est pas proposé."]
    assert taken(elsewhere[0]) == 0


def test_an_unknown_activity_and_someone_without_children_find_nothing(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    _, alone = open_session(make_account("seul@famille.example"))
    with pytest.raises(NotOpenError):
        home.book(999_999, slots[0])
    with pytest.raises(NotOpenError):
        confirm(actor=alone, order=Order(activity, home.choices(slots[0]), "x" * 16), now=NOW)


def test_an_adult_without_the_right_books_nothing(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == home.family)).one().can_book = False
    assert "n’avez pas le droit" in home.book(activity, slots[0]).refused[0].why


def test_two_slots_at_the_same_hour_do_not_go_together(base: Engine) -> None:
    home = make_home()
    activity = make_activity()
    morning, whole = (make_slot(make_offering(activity, name=name)) for name in ("Matin", "Journée"))
    outcome = home.book(activity, morning, whole)
    assert "déjà une réservation à la même heure : Matin" in outcome.refused[0].why
    assert taken(morning) == taken(whole) == 0


def test_a_booking_to_be_validated_holds_its_place_and_says_so(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen(needs_validation=True)
    outcome = home.book(activity, slots[0])
    assert outcome.message == "1 jour demandé."
    assert [cell.status for cell in outcome.changed] == ["pending"]
    assert (taken(slots[0]), states(slots[0])) == (1, [BookingState.PENDING])


def test_the_price_is_the_servers_and_the_late_one_is_surcharged(base: Engine) -> None:
    rule = {
        "valid_from": "2020-01-01",
        "add": {"kind": "days_before", "days": 30, "hour": "12:00"},
        "late_until": {"kind": "days_before", "days": 1, "hour": "12:00"},
        "cancel": {"kind": "days_before", "days": 1, "hour": "12:00"},
    }
    home = make_home()
    activity = make_activity(is_prepaid=True, rule=rule)
    tariff = make_tariff(300)
    with transaction() as db:
        grid = db.exec(select(TariffGrid).where(TariffGrid.tariff_id == tariff)).one()
        grid.late_method, grid.late_value = Adjustment.PERCENT, 5_000
    slot = make_slot(make_offering(activity, tariff_id=tariff))
    recap = home.preview(activity, home.choices(slot))
    assert (recap.total, recap.surcharge) == ("4,50\u00a0€", "1,50\u00a0€")
    outcome = home.book(activity, slot)
    assert balance(home.family) == outcome.balance_cents == 10_000 - 450


def test_two_homes_of_one_account_are_validated_apart(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    with reading() as db:
        account = db.get_one(Account, home.actor.account_id)
    second = families.make_family("Autre", account)
    elsewhere = families.make_child("Zoé", second)
    choices = f"{home.choices(slots[0])},{home.choices(slots[0], child=elsewhere)}"
    outcome = home.confirm(activity, choices)
    assert "un autre de vos dossiers" in outcome.refused[0].why
    assert taken(slots[0]) == 0


def test_nothing_is_kept_of_a_refused_validation(base: Engine) -> None:
    home, (activity, slots) = make_home(cents=0), make_canteen()
    home.book(activity, slots[0])
    with reading() as db:
        assert [len(db.exec(select(table)).all()) for table in (BookingBatch, Booking, OutboxMail)] == [0, 0, 0]
