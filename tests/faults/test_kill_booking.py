"""Tué net au milieu d'une réservation : ni place prise sans réservation, ni argent sans place ; au retour, l'état vrai."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import select

from portail.models.bookings import BookingBatch, BookingChange
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories.booking import Home, held, make_canteen, make_home, taken
from tests.factories.money import balance
from tests.faults.test_kill import kill, running

CONFIRMING = """
from datetime import UTC, datetime
from portail.domain.accounts import Actor, Role
from portail.services.bookings import confirming, seats
real = seats.move
def move(db, given_back, wanted):
    lost = real(db, given_back, wanted)
    say("places prises")
    return lost
seats.move = move
actor = Actor({account}, Role.PARENT, {session}, "")
order = confirming.Order({activity}, "{choices}", "jeton-de-la-coupure")
confirming.confirm(actor=actor, order=order, now=datetime(2026, 11, 20, 9, tzinfo=UTC))
say("acquis")
"""


def script(home: Home, activity: int, choices: str) -> str:
    actor = home.actor
    return CONFIRMING.format(account=actor.account_id, session=actor.session_id, activity=activity, choices=choices)


def rows() -> list[int]:
    with reading() as db:
        return [len(db.exec(select(table)).all()) for table in (BookingBatch, BookingChange, OutboxMail)]


def test_killed_with_the_seats_in_hand_leaves_nothing(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    choices = home.choices(slots[0], slots[1])
    with running(base, script(home, activity, choices)) as process:
        assert process.stdout.readline().strip() == "places prises"
        kill(process)
    assert [taken(slot) for slot in slots[:2]] == [held(slot) for slot in slots[:2]] == [0, 0]
    assert balance(home.family) == 10_000
    assert rows() == [0, 0, 0]
    check_ledger()


def test_the_same_command_sent_again_after_the_cut_is_done_once(base: Engine) -> None:
    """La prise avait acquis la validation mais pas répondu : le navigateur renvoie, et lit la même réponse."""
    home, (activity, slots) = make_home(), make_canteen()
    choices = home.choices(slots[0])
    with running(base, script(home, activity, choices)) as process:
        assert process.stdout.readline().strip() == "places prises"
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline().strip() == "acquis"
        kill(process)
    again = home.confirm(activity, choices, NOW + timedelta(seconds=5), token="jeton-de-la-coupure")
    assert again.message == "1 jour réservé."
    assert (taken(slots[0]), balance(home.family), rows()) == (1, 10_000 - 320, [1, 1, 1])


def test_nobody_is_held_up_by_a_killed_booking(base: Engine) -> None:
    home, other, (activity, slots) = make_home(), make_home("Bruno"), make_canteen(capacity=1)
    with running(base, script(home, activity, home.choices(slots[0]))) as process:
        assert process.stdout.readline().strip() == "places prises"
        kill(process)
    assert other.book(activity, slots[0]).message == "1 jour réservé."
