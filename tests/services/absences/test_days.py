"""Déclarer une absence, y répondre : le délai, les deux onglets, l'argent rendu, la carence, et l'autre foyer dehors."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.absences import AlreadyDeclaredError, NothingBookedError, TooLateToDeclareError
from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.requests import RequestStatus
from portail.domain.uploads import Upload
from portail.domain.wallet import Charge
from portail.models.activities import Slot
from portail.models.bookings import Absence, Booking, BookingChange
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.files import Attachment
from portail.models.requests import Request
from portail.services import wallet
from portail.services.absences import declaring, showing
from portail.services.families import chosen
from portail.services.requests import desk, mine
from portail.services.requests.desk import Decision
from tests.conftest import NOW
from tests.factories import uploads
from tests.factories.activities import EVE_AT_NOON, make_activity, make_offering, make_slot, make_tariff, make_wallet
from tests.factories.booked import book, state_of, taken
from tests.factories.crowds import together
from tests.factories.custody import separated
from tests.factories.families import make_child, make_family
from tests.factories.letters import last_text, subjects_to
from tests.factories.people import make_account, open_session

PARENT = "camille@famille.example"
THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
RULE: dict[str, Any] = {"valid_from": "2020-01-01", "add": EVE_AT_NOON, "cancel": EVE_AT_NOON}


@dataclass
class Home:
    actor: Actor
    family: int
    child: int
    agent: Actor
    activity: int
    offering: int

    def slot(self, day: date = THURSDAY) -> int:
        return make_slot(self.offering, day)

    def booked(self, *days: date, **options: Any) -> list[int]:
        return [book(self.slot(day), self.child, self.family, **options) for day in days]

    def declare(self, first: date = THURSDAY, last: date | None = None, now: datetime = NOW, **options: Any) -> str:
        form = {"first": first.isoformat(), "last": last.isoformat() if last else "", "text": "Otite"}
        files = options.pop("files", ())
        return declaring.declare(actor=self.actor, child_id=self.child, form=form | options, now=now, files=files)


def make_home(rule: dict[str, Any] | None = None, **options: Any) -> Home:
    account = make_account(PARENT)
    family = make_family("Durand", account)
    agent = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    activity = make_activity(name="Cantine", rule=RULE | (rule or {}), **options)
    offering = make_offering(activity, name="Repas", tariff_id=make_tariff(320))
    return Home(open_session(account)[1], family, make_child("Léa", family), agent, activity, offering)


@pytest.fixture
def home(base: Engine) -> Home:
    return make_home()


def request() -> Request:
    with reading() as db:
        return db.exec(select(Request).order_by(col(Request.id).desc())).first()


def decide(home: Home, gesture: str, text: str = "", now: datetime = NOW) -> None:
    row = request()
    desk.GESTURES[gesture](actor=home.agent, made=Decision(row.key, row.version, text), now=now)


def balance(family: int) -> int:
    with reading() as db:
        return wallet.balance_of(db, family).cents


def test_a_declaration_is_a_request_with_its_reason_and_its_proof(home: Home) -> None:
    (booking,) = home.booked(THURSDAY)
    number = home.declare(files=(Upload("certificat.pdf", uploads.pdf()),))
    row = request()
    assert (row.number, row.kind, row.status, row.child_id) == (number, "absence", RequestStatus.SENT, home.child)
    shown = desk.show_one(actor=home.agent, request_id=row.key)
    assert [(line.label, line.before, line.after) for line in shown.lines] == [
        ("jeudi 3 décembre 2026", "Cantine, Repas", "Non facturé si l’absence est acceptée")
    ]
    assert (shown.steps[0].text, len(shown.files)) == ("Otite", 1)
    assert state_of(booking) == BookingState.BOOKED
    with reading() as db:
        (absence,) = db.exec(select(Absence)).all()
    assert (absence.booking_id, absence.request_id, absence.declared_at) == (booking, row.key, NOW)


def test_several_days_and_one_activity(home: Home) -> None:
    home.booked(THURSDAY, FRIDAY)
    other = make_offering(make_activity(name="Étude"))
    study = book(make_slot(other, THURSDAY), home.child, home.family)
    home.declare(THURSDAY, FRIDAY, activity=str(home.activity))
    with reading() as db:
        declared = set(db.exec(select(Absence.booking_id)))
    assert len(declared) == 2
    assert study not in declared
    with pytest.raises(AlreadyDeclaredError, match="jeudi 3 décembre"):
        home.declare(THURSDAY)


def test_a_second_declaration_of_a_day_is_refused_even_at_the_same_instant(home: Home) -> None:
    home.booked(THURSDAY)
    made = together(*[home.declare] * 3)
    assert len([one for one in made if isinstance(one, str)]) == 1
    assert all(isinstance(one, RefusalError) for one in made if not isinstance(one, str))
    with reading() as db:
        assert (len(db.exec(select(Absence)).all()), len(db.exec(select(Request)).all())) == (1, 1)


@pytest.mark.parametrize(("hours", "rule"), [(48, {}), (0, {"absence_hours": 0}), (720, {"absence_hours": 720})])
def test_the_delay_of_the_rule_to_the_second(base: Engine, hours: int, rule: dict[str, Any]) -> None:
    home = make_home(rule)
    home.booked(THURSDAY)
    until = datetime(2026, 12, 3, 10, 45, tzinfo=NOW.tzinfo) + timedelta(hours=hours)
    with pytest.raises(TooLateToDeclareError, match="ne peut plus être déclarée"):
        home.declare(now=until + timedelta(seconds=1))
    assert home.declare(now=until)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"first": ""}, "premier jour"),
        ({"first": "hier"}, "premier jour"),
        ({"last": "2026-02-30"}, "n’est pas une date"),
        ({"last": "2026-12-01"}, "avant le premier"),
        ({"last": "2027-12-01"}, "31 jours"),
        ({"first": "2019-12-03", "last": "2019-12-03"}, "trop loin"),
        ({"text": "  "}, "motif"),
        ({"text": "x" * 501}, "500 caractères"),
    ],
)
def test_what_makes_no_sense_is_refused_field_by_field(home: Home, form: dict[str, str], words: str) -> None:
    home.booked(THURSDAY)
    known = {"first": "2026-12-03", "last": "", "text": "Otite"}
    with pytest.raises(FormRefusedError, match=words):
        declaring.declare(actor=home.actor, child_id=home.child, form=known | form, now=NOW)
    assert request() is None


@pytest.mark.parametrize("activity", ["999", "abc", "-1", "9" * 30])
def test_an_unknown_activity_finds_nothing_or_everything(home: Home, activity: str) -> None:
    home.booked(THURSDAY)
    if activity == "999":
        with pytest.raises(NothingBookedError, match="Léa n’a aucun jour réservé"):
            home.declare(activity=activity)
    else:
        assert home.declare(activity=activity)


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.PENDING, BookingState.PRESENT])
def test_only_a_day_that_is_booked_can_be_missed(home: Home, state: BookingState) -> None:
    home.booked(THURSDAY, state=state)
    with pytest.raises(NothingBookedError):
        home.declare()


def test_the_child_of_another_and_a_home_without_the_right_are_closed(home: Home) -> None:
    home.booked(THURSDAY)
    stranger = open_session(make_account("autre@famille.example"))[1]
    with pytest.raises(NotOpenError):
        declaring.declare(actor=stranger, child_id=home.child, form={"first": "2026-12-03", "text": "x"}, now=NOW)
    with transaction() as db:
        db.exec(update(Guardian).values(can_book=False))
    with pytest.raises(RefusalError, match="réserver"):
        home.declare()


def test_the_day_of_the_other_home_is_not_mine_to_miss(base: Engine) -> None:
    them = separated()
    activity = make_activity()
    book(make_slot(make_offering(activity), THURSDAY), them.jade, them.garnier)
    with pytest.raises(NothingBookedError):
        declaring.declare(actor=them.paul, child_id=them.jade, form={"first": "2026-12-03", "text": "Fièvre"}, now=NOW)


def test_accepting_excuses_refunds_and_tells(home: Home) -> None:
    make_wallet(home.family, 1000)
    (booking,) = home.booked(THURSDAY, meal_cents=200, care_cents=120, is_paid=True)
    with transaction() as db:
        wallet.debit_for_booking(db, Charge(home.family, 320, "Réservation", None), author_id=None, now=NOW)
    home.declare()
    assert desk.show_one(actor=home.agent, request_id=request().key).lines[0].after.startswith("Remboursé")
    decide(home, "accept")
    assert (state_of(booking), balance(home.family)) == (BookingState.EXCUSED, 1000)
    assert subjects_to(PARENT)[-1].startswith("L’absence de Léa est acceptée")
    assert "3,20" in last_text(PARENT)
    with reading() as db:
        (change,) = db.exec(select(BookingChange)).all()
    assert (change.before, change.after, change.amount_cents) == ("booked", "excused", -320)


def test_an_absence_that_is_not_prepaid_is_simply_not_billed(home: Home) -> None:
    (booking,) = home.booked(THURSDAY, state=BookingState.ABSENT, meal_cents=320)
    home.declare(now=datetime(2026, 12, 3, 12, tzinfo=NOW.tzinfo))
    decide(home, "accept")
    assert state_of(booking) == BookingState.EXCUSED
    with reading() as db:
        slot = db.get_one(Booking, booking).slot_id
    assert taken(slot) == 1


def test_the_first_days_stay_due(base: Engine) -> None:
    home = make_home({"carence_days": 1})
    make_wallet(home.family, 0)
    first, second = home.booked(THURSDAY, FRIDAY, meal_cents=320, is_paid=True)
    home.declare(THURSDAY, FRIDAY)
    lines = desk.show_one(actor=home.agent, request_id=request().key).lines
    assert [line.after for line in lines] == ["Reste dû : jour de carence", "Remboursé si l’absence est acceptée"]
    decide(home, "accept")
    assert (state_of(first), state_of(second)) == (BookingState.ABSENT, BookingState.EXCUSED)
    assert balance(home.family) == 320
    assert "carence" in last_text(PARENT)


def test_a_day_that_follows_an_excused_one_is_not_due_again(base: Engine) -> None:
    home = make_home({"carence_days": 1})
    _, second = home.booked(THURSDAY, FRIDAY)
    home.declare(THURSDAY)
    decide(home, "accept")
    home.declare(FRIDAY)
    decide(home, "accept")
    assert state_of(second) == BookingState.EXCUSED


def test_a_refusal_leaves_the_day_due_and_is_final(home: Home) -> None:
    (booking,) = home.booked(THURSDAY)
    home.declare()
    with pytest.raises(RefusalError, match="motif du refus"):
        decide(home, "refuse")
    decide(home, "refuse", "Le certificat manque.")
    assert state_of(booking) == BookingState.BOOKED
    assert subjects_to(PARENT)[-1].startswith("L’absence de Léa n’est pas acceptée")
    assert "Le certificat manque." in last_text(PARENT)
    with pytest.raises(AlreadyDeclaredError):
        home.declare()


def test_what_the_family_takes_back_can_be_declared_again(home: Home) -> None:
    home.booked(THURSDAY)
    home.declare()
    mine.withdraw(actor=home.actor, request_id=request().key, now=NOW)
    assert home.declare()


def test_a_day_cancelled_meanwhile_has_nothing_to_excuse(home: Home) -> None:
    (booking,) = home.booked(THURSDAY)
    home.declare()
    with transaction() as db:
        db.exec(update(Booking).values(state=BookingState.CANCELLED))
    assert desk.show_one(actor=home.agent, request_id=request().key).lines[0].after == "Annulé"
    with pytest.raises(RefusalError, match="plus réservés"):
        decide(home, "accept")
    assert (request().status, state_of(booking)) == (RequestStatus.SENT, BookingState.CANCELLED)


def test_two_agents_accept_once(home: Home) -> None:
    make_wallet(home.family, 0)
    home.booked(THURSDAY, meal_cents=320, is_paid=True)
    home.declare()
    row = request()
    made = Decision(row.key, row.version)
    done = together(*[lambda: desk.accept(actor=home.agent, made=made, now=NOW)] * 3)
    assert len([one for one in done if one is None]) == 1
    assert all(isinstance(one, RefusalError) for one in done if one is not None)
    assert balance(home.family) == 320


def test_a_refused_file_leaves_nothing(home: Home) -> None:
    home.booked(THURSDAY)
    with pytest.raises(RefusalError):
        home.declare(files=(Upload("certificat.pdf", b"MZ"),))
    with reading() as db:
        assert (db.exec(select(Attachment)).all(), db.exec(select(Absence)).all()) == ([], [])


def test_the_page_shows_what_can_still_be_declared_and_what_was(home: Home) -> None:
    home.booked(THURSDAY, FRIDAY)
    home.declare(THURSDAY)
    view, chooser = showing.show(actor=home.actor, now=NOW)
    assert (view.child, view.first_name, view.can_declare, chooser.chosen) == (home.child, "Léa", True, home.child)
    (open_day,) = view.days
    assert (open_day.day, open_day.what) == ("Vendredi 4 décembre", "Cantine, Repas")
    assert open_day.until == "À déclarer avant le dimanche 6 décembre à 11\u00a0h\u00a045"
    (line,) = view.declared
    assert (line.child, line.day, line.state) == ("Léa", "jeudi 3 décembre 2026", "Envoyée")
    assert line.href == f"/demarches/{request().key}"
    assert [one.label for one in view.activities] == ["Cantine"]


def test_the_page_says_the_carence_before(base: Engine) -> None:
    home = make_home({"carence_days": 1})
    home.booked(THURSDAY)
    view, _ = showing.show(actor=home.actor, now=NOW)
    assert view.carence == ["Cantine : le premier jour d’absence reste dû."]


def test_the_page_of_someone_without_children_or_rights_stays_calm(home: Home) -> None:
    empty, _ = showing.show(actor=open_session(make_account("autre@famille.example"))[1], now=NOW)
    assert (empty.child, empty.can_declare, empty.days, empty.declared) == (0, False, [], [])
    home.booked(THURSDAY)
    with transaction() as db:
        db.exec(update(Guardian).values(can_book=False))
    view, _ = showing.show(actor=home.actor, now=NOW)
    assert (view.can_declare, view.days) == (False, [])


def test_the_page_follows_the_chosen_child(home: Home) -> None:
    noe = make_child("Noé", home.family)
    chosen.choose(actor=home.actor, child_id=noe)
    home.booked(THURSDAY)
    view, _ = showing.show(actor=home.actor, now=NOW)
    assert (view.first_name, view.days) == ("Noé", [])


def test_a_closed_slot_is_not_to_be_declared(home: Home) -> None:
    home.booked(THURSDAY)
    with transaction() as db:
        db.exec(update(Slot).values(closed_why="Grève"))
    with pytest.raises(NothingBookedError):
        home.declare()
    assert showing.show(actor=home.actor, now=NOW)[0].days == []
