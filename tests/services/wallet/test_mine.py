"""« Mon porte-monnaie » : le sien, jamais celui d'un autre ; activé une fois, avec l'accord gardé."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor
from portail.domain.families import FamilyStatus
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.wallet import TERMS_VERSION, Charge
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.wallet import LedgerAccount
from portail.services import wallet
from portail.services.wallet import mine
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.money import add_quotient, fill
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


@pytest.fixture
def mother(base: Engine) -> tuple[Actor, int]:
    account = make_account("camille@famille.example")
    return open_session(account)[1], make_family("Durand", account)


def show(actor: Actor, **wanted: object) -> mine.WalletView:
    return mine.show(actor=actor, wanted=Wanted(**wanted), now=NOW)


def activate(actor: Actor, family_id: int, *, is_accepted: bool = True, now: datetime = NOW) -> None:
    mine.activate(actor=actor, family_id=family_id, is_accepted=is_accepted, now=now)


def spend(family_id: int, cents: int, now: datetime) -> None:
    with transaction() as db:
        wallet.debit_for_booking(db, Charge(family_id, cents, "4 jours de cantine"), author_id=None, now=now)


def test_an_empty_wallet_says_so_and_what_prices_apply(mother: tuple[Actor, int]) -> None:
    view = show(mother[0])
    assert (view.ready, view.family, view.balance, view.is_active) == (True, "Durand", "0,00\u00a0€", False)
    assert view.quotient == "inconnu : le tarif maximum s’applique"
    assert view.residence == "tarif hors commune"
    assert (view.statement.rows, view.statement.summary) == ([], "0 mouvement, page 1 sur 1")


def test_movements_come_latest_first_with_the_balance_after_each(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    fill(family, 6000, now=NOW - timedelta(days=40))
    spend(family, 1280, NOW)
    view = show(actor)
    assert (view.balance, view.is_active, view.is_low) == ("47,20\u00a0€", True, False)
    assert [(row.day, row.kind, row.label, row.amount, row.after) for row in view.statement.rows] == [
        ("20 novembre 2026", "Réservation", "4 jours de cantine", "−\u00a012,80\u00a0€", "47,20\u00a0€"),
        ("11 octobre 2026", "Alimentation", "Au guichet", "+\u00a060,00\u00a0€", "60,00\u00a0€"),
    ]
    assert show(actor, kind="top_up").statement.summary == "1 mouvement, page 1 sur 1"
    assert [row.after for row in show(actor, period="month").statement.rows] == ["47,20\u00a0€"]
    unknown = show(actor, kind="x' or 1=1", period="siècle", page=99).statement
    assert (len(unknown.rows), unknown.kind, unknown.period, unknown.page) == (2, "", "", 1)


def test_a_long_history_is_cut_in_pages_and_costs_the_same(mother: tuple[Actor, int], base: Engine) -> None:
    actor, family = mother
    fill(family, 100_000)
    with counted(base) as short:
        show(actor)
    for _ in range(44):
        spend(family, 100, NOW)
    with counted(base) as long:
        view = show(actor, page=3)
    assert (len(view.statement.rows), view.statement.pages) == (5, 3)
    assert len(short) == len(long) <= 7


def test_a_low_balance_is_signalled(mother: tuple[Actor, int]) -> None:
    fill(mother[1], 999)
    assert show(mother[0]).is_low


def test_the_quotient_of_the_day_is_told(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    add_quotient(family, 850, date(2026, 9, 1), date(2027, 8, 31))
    assert show(actor).quotient == "850, jusqu’au 31 août 2027 (relevé sur un document par un agent)"
    later = mine.show(actor=actor, wanted=Wanted(), now=NOW + timedelta(days=400))
    assert later.quotient.startswith("inconnu")


def test_several_homes_are_chosen_between_and_never_mixed(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    with reading() as db:
        account = db.exec(select(Guardian.account_id)).one()
    other = make_family("Autre")
    with transaction() as db:
        db.add(Guardian(family_id=other, account_id=account, first_name="C", last_name="D", role="mother"))
    fill(other, 500)
    assert [one.label for one in show(actor).homes] == ["Autre", "Durand"]
    assert (show(actor).balance, show(actor, family_id=family).balance) == ("5,00\u00a0€", "0,00\u00a0€")


def test_the_wallet_of_another_family_does_not_exist(mother: tuple[Actor, int]) -> None:
    actor, _ = mother
    stranger = make_family("Loin", make_account("loin@famille.example"))
    fill(stranger, 5000)
    for family_id in (stranger, 999, -1, 2**40):
        with pytest.raises(NotOpenError):
            show(actor, family_id=family_id)
        with pytest.raises(NotOpenError):
            activate(actor, family_id)


def test_without_the_right_to_see_money_not_a_cent_of_it(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    fill(family, 5000)
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == family).values(can_see_money=False))
    assert show(actor) == mine.WalletView(ready=True)
    with pytest.raises(NotOpenError):
        show(actor, family_id=family)
    with pytest.raises(RefusalError, match="voir les factures"):
        activate(actor, family)


def test_a_closed_file_shows_nothing(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    with transaction() as db:
        db.get_one(Family, family).status = FamilyStatus.ARCHIVED
    assert show(actor) == mine.WalletView(ready=True)


def test_activation_keeps_the_version_and_the_hour_of_the_first(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    with pytest.raises(BadInputError, match="conditions"):
        activate(actor, family, is_accepted=False)
    assert not show(actor).is_active
    activate(actor, family)
    activate(actor, family, now=NOW + timedelta(days=1))
    with reading() as db:
        kept = db.exec(select(LedgerAccount)).one()
        told = db.exec(select(AuditEntry).where(AuditEntry.action == "wallet.activated")).all()
    assert (kept.activated_at, kept.terms_version, kept.balance_cents) == (NOW, TERMS_VERSION, 0)
    assert [(line.actor_id, line.subject_id) for line in told] == [(actor.account_id, family)]
    assert show(actor).is_active


def test_two_parents_activating_at_once_do_it_once(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    assert together(*[partial(activate, actor, family)] * 6) == [None] * 6
    with reading() as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.action == "wallet.activated")).all()) == 1
        assert len(db.exec(select(LedgerAccount)).all()) == 1


def test_a_family_never_reads_the_name_of_the_agent(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    fill(family, 1000)
    assert {row.who for row in show(actor).statement.rows} == {""}


def test_new_terms_are_asked_once_and_stop_nothing(mother: tuple[Actor, int]) -> None:
    actor, family = mother
    activate(actor, family)
    assert not show(actor).must_accept
    with transaction() as db:
        db.exec(update(LedgerAccount).values(terms_version=TERMS_VERSION - 1))
    view = show(actor)
    assert (view.is_active, view.must_accept) == (True, True)
    with pytest.raises(BadInputError):
        activate(actor, family, is_accepted=False)
    later = NOW + timedelta(days=1)
    together(*[partial(activate, actor, family, now=later)] * 3)
    with reading() as db:
        told = [one.action for one in db.exec(select(AuditEntry).where(col(AuditEntry.action).startswith("wallet.")))]
        kept = db.exec(select(LedgerAccount).where(LedgerAccount.family_id == family)).one()
    assert told == ["wallet.activated", "wallet.terms_accepted"]
    assert (kept.activated_at, kept.terms_version, show(actor).must_accept) == (NOW, TERMS_VERSION, False)
