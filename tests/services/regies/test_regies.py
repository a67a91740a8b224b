"""Les régies : la première existe toujours, les numéros sont vérifiés, une activité se confie à l'une d'elles."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import func, select

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.activities import Activity
from portail.models.database import reading, transaction
from portail.models.regies import Regie
from portail.models.reminders import ReminderPlan
from portail.services import regies
from portail.services.regies import desk
from tests.conftest import NOW
from tests.factories.activities import make_activity
from tests.factories.crowds import together
from tests.factories.people import make_account, open_session

SPORTS = {"name": "Régie des sports", "code": "spo", "stripe": "on", "due_days": "20", "minimum": "5"}


@pytest.fixture
def admin(base: Engine) -> Actor:
    regies.prepare()
    return open_session(make_account("admin@mairie.example", role=Role.ADMIN))[1]


def save(admin: Actor, regie_id: int = 0, **more: str) -> None:
    desk.save(actor=admin, regie_id=regie_id, form=SPORTS | more, now=NOW)


def every() -> list[Regie]:
    with reading() as db:
        return list(db.exec(select(Regie).order_by(Regie.id)))  # type: ignore[arg-type]


def test_the_first_regie_is_made_once_even_by_several_at_once(base: Engine) -> None:
    together(*[regies.prepare] * 4)
    with reading() as db:
        assert db.exec(select(func.count()).select_from(Regie)).one() == 1
        assert regies.default(db).holds_wallets


def test_a_regie_is_added_then_changed(admin: Actor) -> None:
    save(admin)
    added = every()[1]
    assert (added.code, added.providers, added.due_days, added.minimum_cents, added.holds_wallets) == (
        "SPO",
        ["stripe"],
        20,
        500,
        False,
    )
    save(admin, added.key, payfip="on", payfip_client="000 123", stripe="", minimum="0")
    changed = every()[1]
    assert (changed.providers, changed.payfip_client, changed.minimum_cents) == (["payfip"], "000123", 0)
    shown = desk.show(actor=admin)
    assert [row.name for row in shown.rows] == ["Régie enfance", "Régie des sports"]
    assert (shown.rows[0].holds_wallets, shown.rows[1].payfip) == (True, True)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("code", ""),
        ("code", "É1"),
        ("code", "TROPLONG"),
        ("due_days", "0"),
        ("due_days", "91"),
        ("due_days", "²"),
        ("due_days", "dix"),
        ("minimum", "-1"),
        ("minimum", "12,345"),
        ("minimum", "100,01"),
        ("iban", "FR7630006000011234567890188"),
        ("iban", "n’importe quoi"),
        ("bic", "AB"),
        ("creditor_id", "FR73ZZZ123456"),
        ("creditor_id", "X"),
        ("siret", "21350014000009"),
        ("siret", "123"),
        ("payfip_client", "12345"),
        ("treasury_code", "12345a"),
        ("budget_code", "x" * 11),
        ("first_days", "0"),
        ("first_days", "366"),
        ("first_days", "²"),
        ("second_days", "-3"),
        ("second_days", "dix"),
    ],
)
def test_a_wrong_number_is_named_beside_its_field(admin: Actor, field: str, typed: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save(admin, **{field: typed})
    assert set(refusal.value.fields) == {field}
    assert len(every()) == 1


def test_the_right_numbers_are_kept_without_their_spaces(admin: Actor) -> None:
    numbers = {
        "iban": "FR76 3000 6000 0112 3456 7890 189",
        "creditor_id": "fr72 zzz 123456",
        "siret": "213 500 140 00008",
    }
    save(admin, **numbers, bic="AGRIFRPP", treasury_code="035021")
    kept = every()[1]
    assert (kept.iban, kept.creditor_id, kept.siret) == (
        "FR7630006000011234567890189",
        "FR72ZZZ123456",
        "21350014000008",
    )


def test_payfip_asks_for_its_client_number(admin: Actor) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save(admin, payfip="on")
    assert set(refusal.value.fields) == {"payfip_client"}


def test_two_regies_never_share_a_name_or_a_code(admin: Actor) -> None:
    save(admin)
    for more in ({"code": "AUT"}, {"name": "Autre"}):
        with pytest.raises(FormRefusedError, match="Une autre régie"):
            save(admin, **more)
    assert len(every()) == 2


def test_an_activity_is_sold_by_the_regie_it_is_given_to(admin: Actor) -> None:
    save(admin)
    activity, sports = make_activity(), every()[1]
    desk.assign(actor=admin, activity_id=activity, regie_id=sports.key, now=NOW)
    with reading() as db:
        assert regies.of_activity(db, db.get_one(Activity, activity)).key == sports.key
    with pytest.raises(BadInputError, match="vend encore"):
        desk.set_open(actor=admin, regie_id=sports.key, opened=False, now=NOW)
    desk.assign(actor=admin, activity_id=activity, regie_id=every()[0].key, now=NOW)
    with reading() as db:
        assert db.get_one(Activity, activity).regie_id is None
        assert regies.of_activity(db, db.get_one(Activity, activity)).holds_wallets


def test_a_closed_regie_takes_nothing_more_and_the_first_never_closes(admin: Actor) -> None:
    save(admin)
    sports = every()[1]
    desk.set_open(actor=admin, regie_id=sports.key, opened=False, now=NOW)
    with transaction() as db:
        assert [one.name for one in regies.open_regies(db)] == ["Régie enfance"]
    with pytest.raises(BadInputError, match="fermée"):
        desk.assign(actor=admin, activity_id=make_activity(), regie_id=sports.key, now=NOW)
    with pytest.raises(BadInputError):
        desk.set_open(actor=admin, regie_id=every()[0].key, opened=False, now=NOW)
    desk.set_open(actor=admin, regie_id=sports.key, opened=True, now=NOW)
    with transaction() as db:
        assert len(regies.open_regies(db)) == 2


@pytest.mark.parametrize("number", [-1, 0, 999, 2**40])
def test_an_unknown_regie_or_activity_does_not_exist(admin: Actor, number: int) -> None:
    first = every()[0].key
    for ask in (
        lambda: desk.assign(actor=admin, activity_id=number, regie_id=first, now=NOW),
        lambda: desk.assign(actor=admin, activity_id=make_activity(), regie_id=number, now=NOW),
        lambda: desk.set_open(actor=admin, regie_id=number, opened=False, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            ask()


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.DIRECTION])
def test_only_the_administration_settles_the_regies(admin: Actor, role: Role) -> None:
    actor: Any = open_session(make_account("quelquun@mairie.example", role=role))[1]
    for ask in (
        lambda: desk.show(actor=actor),
        lambda: save(actor),
        lambda: desk.assign(actor=actor, activity_id=1, regie_id=1, now=NOW),
        lambda: desk.set_open(actor=actor, regie_id=1, opened=True, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            ask()


def plans() -> list[tuple[int, int | None, int | None]]:
    with reading() as db:
        return [(one.regie_id, one.first_days, one.second_days) for one in db.exec(select(ReminderPlan))]


def test_reminders_leave_by_themselves_only_once_it_is_set(admin: Actor) -> None:
    save(admin)
    key = every()[1].key
    assert (plans(), desk.show(actor=admin).rows[1].first_days) == ([], "")
    for days, kept in ((("5", "30"), (5, 30)), (("", "40"), (None, 40)), ((" 8 ", ""), (8, None))):
        save(admin, key, first_days=days[0], second_days=days[1])
        assert plans() == [(key, *kept)]
    shown = desk.show(actor=admin).rows[1]
    assert (shown.first_days, shown.second_days) == ("8", "")
    save(admin, key)
    assert plans() == []


@pytest.mark.parametrize("second", ["5", "1", "14"])
def test_two_reminders_keep_ten_days_between_them(admin: Actor, second: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        save(admin, first_days="5", second_days=second)
    assert set(refusal.value.fields) == {"second_days"}
    save(admin, first_days="5", second_days="15")
    assert [one[1:] for one in plans()] == [(5, 15)]


def test_two_agents_set_the_same_calendar_once(admin: Actor) -> None:
    save(admin)
    key = every()[1].key
    together(*[lambda: save(admin, key, first_days="5")] * 4)
    assert plans() == [(key, 5, None)]
