"""Une attestation de quotient : la famille l'envoie avec sa pièce, un agent en retient le quotient, ou refuse."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import AlreadySentError, RequestKind
from portail.domain.tariffs import Quotient, QuotientSource
from portail.domain.uploads import FilesRefusedError, NoFileError, Upload
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.files import Attachment
from portail.models.requests import Request
from portail.services import tariffs
from portail.services.requests import desk, mine
from portail.services.requests.desk import Decision
from portail.services.tariffs import declaring, prices
from tests.conftest import NOW
from tests.factories import uploads
from tests.factories.booking import Home as Booker
from tests.factories.booking import make_canteen, make_home
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

KEPT = {"value": "612", "valid_from": "2026-11-20", "valid_to": "2027-08-31"}
PROOF = (Upload("caf.pdf", uploads.pdf()),)


class Home:
    def __init__(self, name: str = "Durand") -> None:
        self.account = make_account(f"{name.lower()}@famille.example")
        self.actor = open_session(self.account)[1]
        self.family = make_family(name, self.account)

    def send(self, value: str = "620", files: tuple[Upload, ...] = PROOF, text: str = "") -> str:
        form = {"value": value, "text": text}
        return declaring.declare(actor=self.actor, family_id=self.family, form=form, now=NOW, files=files)

    def request(self) -> Request:
        with reading() as db:
            query = select(Request).where(Request.family_id == self.family, Request.kind == RequestKind.QUOTIENT)
            return db.exec(query.order_by(col(Request.id).desc())).first() or Request(year=0, rank=0, kind="")

    def history(self) -> tuple[Quotient, ...]:
        with reading() as db:
            return tariffs.quotients_of(db, [self.family])[self.family]


@pytest.fixture
def home(base: Engine) -> Home:
    return Home()


def agent(role: Role = Role.RECEPTION) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def accept(home: Home, actor: Actor | None = None, **fields: str) -> None:
    request = home.request()
    made = Decision(request.key, request.version, fields=KEPT | fields)
    desk.accept(actor=actor or agent(), made=made, now=NOW)


def test_a_request_carries_the_value_the_word_and_the_proof(home: Home) -> None:
    number = home.send(text="Reçue hier.")
    shown = mine.show_one(actor=home.actor, request_id=home.request().key)
    assert (shown.number, shown.kind) == (number, "Attestation de quotient familial")
    assert [(line.label, line.after) for line in shown.lines] == [("Quotient déclaré", "620")]
    assert [one.name for one in shown.files] == ["caf.pdf"]
    assert shown.steps[0].text == "Reçue hier."
    assert home.history() == ()


def test_from_a_tax_notice_the_agent_computes_the_value(home: Home) -> None:
    home.send(value=" ")
    shown = mine.show_one(actor=home.actor, request_id=home.request().key)
    assert shown.lines[0].after == "à calculer d’après la pièce jointe"


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.DIRECTION, Role.ADMIN])
def test_accepting_writes_the_quotient_with_its_source_and_its_dates(home: Home, role: Role) -> None:
    home.send()
    actor = agent(role)
    proposed = desk.show_one(actor=actor, request_id=home.request().key).quotient
    assert (proposed.value, proposed.first, proposed.last) == ("620", "2026-11-20", "2027-08-31")
    accept(home, actor)
    (kept,) = home.history()
    assert (kept.value, kept.source) == (612, QuotientSource.DOCUMENT)
    assert (kept.valid_from, kept.valid_to) == (date(2026, 11, 20), date(2027, 8, 31))
    shown = mine.show_one(actor=home.actor, request_id=home.request().key)
    assert shown.status_label == "Acceptée"
    assert shown.lines[-1].label == "Quotient retenu"
    assert shown.lines[-1].after.startswith("612, du 20/11/2026")
    assert not desk.show_one(actor=actor, request_id=home.request().key).quotient.ready


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "100000"}, "value"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_to": "2026-11-19"}, "valid_to"),
        ({"valid_to": "2030-01-01"}, "valid_to"),
    ],
)
def test_what_the_agent_mistypes_accepts_nothing(home: Home, fields: dict[str, str], field: str) -> None:
    home.send()
    before = home.request()
    with pytest.raises(FormRefusedError) as refusal:
        accept(home, **fields)
    assert list(refusal.value.fields) == [field]
    assert (home.history(), home.request().version, home.request().status) == ((), before.version, "sent")


def test_a_refusal_says_why_and_changes_nothing(home: Home) -> None:
    home.send()
    request, actor = home.request(), agent()
    with pytest.raises(BadInputError, match="motif"):
        desk.refuse(actor=actor, made=Decision(request.key, request.version), now=NOW)
    desk.refuse(actor=actor, made=Decision(request.key, request.version, "Elle est de 2024."), now=NOW)
    shown = mine.show_one(actor=home.actor, request_id=request.key)
    assert (shown.status_label, shown.steps[-1].text) == ("Refusée", "Elle est de 2024.")
    assert home.history() == ()
    assert home.send() != request.number  # une autre peut suivre


def test_a_closed_file_takes_no_quotient(home: Home) -> None:
    home.send()
    with transaction() as db:
        db.get_one(Family, home.family).status = "archived"
    with pytest.raises(RefusalError, match="fermé"):
        accept(home)
    assert home.history() == ()


def test_what_is_booked_keeps_its_price(base: Engine) -> None:
    booker: Booker = make_home()
    activity, slots = make_canteen()
    booker.book(activity, slots[0])
    with reading() as db:
        before = db.exec(select(Booking.meal_cents, Booking.care_cents, Booking.formula)).all()
    form = {"value": "0"}
    declaring.declare(actor=booker.actor, family_id=booker.family, form=form, now=NOW, files=PROOF)
    with reading() as db:
        request = db.exec(select(Request).where(Request.kind == RequestKind.QUOTIENT)).one()
    made = Decision(request.key, request.version, fields=KEPT | {"value": "0"})
    desk.accept(actor=agent(), made=made, now=NOW)
    with reading() as db:
        assert db.exec(select(Booking.meal_cents, Booking.care_cents, Booking.formula)).all() == before


def test_one_at_a_time_even_from_two_tabs_or_two_parents(home: Home) -> None:
    outcomes = together(*[partial(home.send, value) for value in ("620", "620", "700")])
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadySentError", "AlreadySentError", "str"]
    with pytest.raises(AlreadySentError) as refusal:
        home.send(value="800")
    assert home.request().number in refusal.value.sentence
    with reading() as db:
        assert len(db.exec(select(Attachment)).all()) == 1


@pytest.mark.parametrize("value", ["-1", "100000", "8,5", "NaN", "٨٥٠"])
def test_an_impossible_value_is_refused_and_nothing_is_kept(home: Home, value: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        home.send(value=value)
    assert list(refusal.value.fields) == ["value"]
    with reading() as db:
        assert db.exec(select(Request)).all() == []


def test_a_proof_is_asked_for_and_must_be_good(home: Home) -> None:
    with pytest.raises(NoFileError):
        home.send(files=())
    with pytest.raises(FilesRefusedError):
        home.send(files=(Upload("caf.pdf", b"MZ"),))
    with reading() as db:
        assert db.exec(select(Request)).all() == []


def test_only_a_parent_who_sees_the_money_sends_and_follows(home: Home) -> None:
    home.send()
    other, stranger = make_account("leo@famille.example"), Home("Martin")
    with transaction() as db:
        names = {"first_name": "Léo", "last_name": "Durand", "phone": "", "role": "father"}
        db.add(Guardian(family_id=home.family, account_id=other.key, can_edit=True, can_see_money=False, **names))
    leo = open_session(other)[1]
    for who, refusal in ((leo, RefusalError), (stranger.actor, NotOpenError)):
        with pytest.raises(refusal):
            declaring.declare(actor=who, family_id=home.family, form={"value": "1"}, now=NOW, files=PROOF)
        with pytest.raises(NotOpenError):
            mine.show_one(actor=who, request_id=home.request().key)
        assert mine.show_list(actor=who, now=NOW).rows == []
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.account_id) == other.key).values(can_see_money=True))
    assert mine.show_one(actor=leo, request_id=home.request().key).lines[0].after == "620"


@pytest.mark.parametrize("role", [Role.REGIE, Role.ANIMATION])
def test_who_does_not_hold_the_files_decides_nothing(home: Home, role: Role) -> None:
    home.send()
    with pytest.raises(NotOpenError):
        accept(home, agent(role))
    assert home.history() == ()


def test_the_page_of_prices_says_that_it_waits(home: Home) -> None:
    def page() -> tuple[int, str]:
        shown = prices.show(actor=home.actor, family_id=0, now=NOW)
        return shown.waiting_id, shown.waiting_number

    assert page() == (0, "")
    number = home.send()
    assert page() == (home.request().key, number)
    mine.withdraw(actor=home.actor, request_id=home.request().key, now=NOW + timedelta(minutes=1))
    assert page() == (0, "")
