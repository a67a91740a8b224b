"""Deux dossiers réunis : l'argent suit par un mouvement, et revient par un autre ; jamais une écriture ne bouge."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.refusals import RefusalError
from portail.domain.wallet import Charge
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.wallet import LedgerAccount, LedgerEntry
from portail.services import merging, wallet
from portail.services.merging.moving import CannotUndoError
from portail.services.privacy import retention
from tests.conftest import NOW
from tests.factories.families import make_family
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

LATER = NOW + timedelta(days=3)


@pytest.fixture
def agent(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


@pytest.fixture
def homes(agent: Actor) -> tuple[int, int]:
    return make_family("Un"), make_family("Deux")


def merge(agent: Actor, homes: tuple[int, int]) -> int:
    return merging.merge_families(actor=agent, source_id=homes[0], target_id=homes[1], now=NOW)


def undo(agent: Actor, merge_id: int) -> None:
    merging.undo_merge(actor=agent, merge_id=merge_id, now=LATER)


def spend(family_id: int, cents: int) -> None:
    with transaction() as db:
        wallet.debit_for_booking(db, Charge(family_id, cents, "Repas"), author_id=None, now=NOW)


def entries() -> list[LedgerEntry]:
    with reading() as db:
        return list(db.exec(select(LedgerEntry).order_by(LedgerEntry.id)))


def test_the_balance_moves_by_a_movement_and_comes_back_by_another(agent: Actor, homes: tuple[int, int]) -> None:
    fill(homes[0], 2000)
    fill(homes[1], 500)
    before = entries()
    done = merge(agent, homes)
    assert (balance(homes[0]), balance(homes[1])) == (0, 2500)
    assert entries()[: len(before)] == before
    undo(agent, done)
    assert (balance(homes[0]), balance(homes[1])) == (2000, 500)
    assert len(entries()) == len(before) + 4
    assert wallet.check_ledger() == []


def test_a_kept_file_without_wallet_receives_one_already_active(agent: Actor, homes: tuple[int, int]) -> None:
    fill(homes[0], 2000)
    done = merge(agent, homes)
    with reading() as db:
        assert wallet.balance_of(db, homes[1]).is_active
    spend(homes[1], 500)
    with pytest.raises(CannotUndoError, match="20,00\u00a0€ venus de l’ancien dossier ont été dépensés"):
        undo(agent, done)
    assert (balance(homes[0]), balance(homes[1])) == (0, 1500)
    with transaction() as db:
        wallet.refund_for_booking(db, Charge(homes[1], 500, "Repas"), author_id=None, now=NOW)
    undo(agent, done)
    assert (balance(homes[0]), balance(homes[1])) == (2000, 0)
    with reading() as db:
        assert not wallet.balance_of(db, homes[1]).is_active


def test_files_without_money_merge_without_a_movement(agent: Actor, homes: tuple[int, int]) -> None:
    fill(homes[0])
    done = merge(agent, homes)
    undo(agent, done)
    assert entries() == []


def test_an_overdrawn_wallet_is_paid_before_the_merge(agent: Actor, homes: tuple[int, int]) -> None:
    key = fill(homes[0], 100)
    with transaction() as db:
        db.get_one(LedgerAccount, key).floor_cents = -500
    spend(homes[0], 300)
    with pytest.raises(RefusalError, match="découvert"):
        merge(agent, homes)
    with reading() as db:
        assert db.get_one(Family, homes[0]).status == FamilyStatus.ACTIVE
    assert (balance(homes[0]), balance(homes[1])) == (-200, 0)


def test_a_chain_of_merges_carries_the_money_and_comes_back_from_the_last(agent: Actor, base: Engine) -> None:
    first, second, third = (make_family(name) for name in ("Un", "Deux", "Trois"))
    for one, cents in ((first, 100), (second, 200), (third, 400)):
        fill(one, cents)
    early = merge(agent, (first, second))
    late = merge(agent, (second, third))
    assert [balance(one) for one in (first, second, third)] == [0, 0, 700]
    undo(agent, late)
    undo(agent, early)
    assert [balance(one) for one in (first, second, third)] == [100, 200, 400]
    assert wallet.check_ledger() == []


def test_a_closed_file_is_kept_until_its_wallet_is_empty(agent: Actor, now: datetime) -> None:
    family = make_family("Ancienne")
    fill(family, 500)
    with transaction() as db:
        row = db.get_one(Family, family)
        row.status, row.closed_at = FamilyStatus.ARCHIVED, now - timedelta(days=4000)
    retention.apply(now)
    with reading() as db:
        assert db.get(Family, family) is not None
    spend(family, 500)
    retention.apply(now)
    with reading() as db:
        assert db.get(Family, family) is None
        wallets = db.exec(select(LedgerAccount.family_id).where(LedgerAccount.kind == "wallet")).all()
    assert list(wallets) == [None]
    assert len(entries()) == 4
    assert wallet.check_ledger() == []
