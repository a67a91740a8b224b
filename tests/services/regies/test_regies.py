"""Les régies : la première existe toujours, les numéros sont vérifiés, une activité se confie à l'une d'elles."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.top_ups import DEFAULT, TopUpRules
from portail.models.activities import Activity
from portail.models.audit import AuditEntry
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


# ── Les versements au porte-monnaie ──────────────────────────────────────────────────────────────

HOLDER = {"name": "Régie enfance", "code": "ENF", "stripe": "on", "due_days": "30", "minimum": "0"}
TOP_UPS = {"top_up_least": "5", "top_up_most": "80", "suggested": "10 ; 12,50", "low": "15"}


def hold(admin: Actor, **more: str) -> None:
    desk.save(actor=admin, regie_id=every()[0].key, form=HOLDER | TOP_UPS | more, now=NOW)


def rules() -> TopUpRules:
    with reading() as db:
        return regies.top_up_rules(regies.default(db))


def test_the_first_regie_starts_with_the_usual_top_ups(admin: Actor) -> None:
    assert rules() == DEFAULT
    (shown,) = desk.show(actor=admin).rows
    assert (shown.top_up_least, shown.top_up_most, shown.suggested, shown.low) == ("1", "500", "20 ; 50 ; 100", "10")


def test_the_regie_of_the_wallets_settles_the_top_ups(admin: Actor) -> None:
    hold(admin)
    assert rules() == TopUpRules(5_00, 80_00, (10_00, 12_50), 15_00)
    (shown,) = desk.show(actor=admin).rows
    assert (shown.top_up_least, shown.suggested, shown.low) == ("5", "10 ; 12,50", "15")
    hold(admin, suggested="", low="0")
    assert rules() == TopUpRules(5_00, 80_00, (), 0)


def test_the_journal_says_the_top_ups_only_when_they_change(admin: Actor) -> None:
    hold(admin)
    hold(admin)
    with reading() as db:
        said = list(db.exec(select(AuditEntry.detail).where(AuditEntry.action == "regie.changed")))
    assert [one.replace("\u00a0", " ") for one in said] == [
        "Régie enfance ; versements de 5,00 € à 80,00 €, proposé : 10,00 €, 12,50 € ; solde bas sous 15,00 €",
        "Régie enfance",
    ]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"top_up_least": "90"}, "top_up_most"),
        ({"suggested": "100"}, "suggested"),
        ({"suggested": "5;6;7;8;9"}, "suggested"),
        ({"top_up_most": "12,345"}, "top_up_most"),
        ({"low": "-1"}, "low"),
        ({"top_up_most": str(2**63)}, "top_up_most"),
        ({"top_up_least": "0,49"}, "top_up_least"),
        ({"top_up_least": "0,99", "payfip": "on", "payfip_client": "000123"}, "top_up_least"),
    ],
)
def test_a_wrong_top_up_changes_nothing(admin: Actor, more: dict[str, str], field: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        hold(admin, **more)
    assert set(refusal.value.fields) == {field}
    assert rules() == DEFAULT


def test_another_regie_has_no_top_ups_to_settle(admin: Actor) -> None:
    save(admin, top_up_least="n’importe quoi", top_up_most="-1")
    assert regies.top_up_rules(every()[1]) == DEFAULT


def test_two_agents_save_whole_forms_never_a_mix(admin: Actor) -> None:
    low = {"top_up_least": "1", "top_up_most": "4", "suggested": "2"}
    high = {"top_up_least": "600", "top_up_most": "900", "suggested": "700"}
    results = together(*[lambda form=form: hold(admin, **form) for form in (low, high, low, high)])
    assert results == [None] * 4
    assert rules() in (TopUpRules(1_00, 4_00, (2_00,), 15_00), TopUpRules(600_00, 900_00, (700_00,), 15_00))


@pytest.mark.parametrize(
    "values",
    [
        {"top_up_least_cents": 0},
        {"top_up_least_cents": 500_01},
        {"top_up_most_cents": 2_000_01},
        {"first_cents": 99},
        {"fourth_cents": 500_01},
        {"low_cents": -1},
        {"low_cents": 200_01},
    ],
)
def test_the_database_refuses_what_no_form_writes(admin: Actor, values: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction() as db:
        db.exec(update(Regie).values(**values))
