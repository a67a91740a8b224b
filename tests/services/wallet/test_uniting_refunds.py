"""Deux dossiers réunis pendant qu'un remboursement attend : la demande suit l'argent, et revient avec lui."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.wallet import WalletRefundState
from portail.models.database import reading
from portail.models.families import Family
from portail.models.wallet import WalletRefund
from portail.services import merging, wallet
from portail.services.merging.moving import CannotUndoError
from portail.services.wallet import refunding
from portail.services.wallet.uniting import TwoRefundsError
from tests.conftest import NOW
from tests.factories.desk import agent as regisseur
from tests.factories.families import make_family
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

IBAN = "FR7630006000011234567890189"
LATER = NOW + timedelta(days=3)


@pytest.fixture
def files(base: Engine) -> Actor:
    return open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]


@pytest.fixture
def regie(base: Engine) -> Actor:
    return regisseur()


def home(name: str, cents: int = 60_00) -> tuple[Actor, int]:
    account = make_account(f"{name.lower()}@famille.example")
    family = make_family(name, account)
    fill(family, cents)
    return open_session(account)[1], family


def ask(one: tuple[Actor, int], amount: str = "20") -> int:
    form = {"amount": amount, "holder": "Camille Durand", "iban": IBAN}
    refunding.ask(actor=one[0], family_id=one[1], form=form, now=NOW)
    return asked_by(one[1])[-1].key


def asked_by(family: int) -> list[WalletRefund]:
    with reading() as db:
        found = select(WalletRefund).where(WalletRefund.family_id == family)
        return list(db.exec(found.order_by(WalletRefund.id)))  # type: ignore[arg-type]


def merge(files: Actor, source: int, target: int) -> int:
    return merging.merge_families(actor=files, source_id=source, target_id=target, now=NOW)


def undo(files: Actor, merge_id: int) -> None:
    merging.undo_merge(actor=files, merge_id=merge_id, now=LATER)


def test_the_request_follows_the_money_and_is_paid_by_the_kept_file(files: Actor, regie: Actor) -> None:
    old, kept = home("Un"), home("Deux", 5_00)
    key = ask(old)
    merge(files, old[1], kept[1])
    (line,) = refunding.waiting(actor=regie)
    assert (line.id, line.family, line.iban) == (key, "Deux", IBAN)
    refunding.pay(actor=regie, refund_id=key, now=LATER)
    assert (balance(old[1]), balance(kept[1])) == (0, 45_00)
    assert wallet.check_ledger() == []


def test_the_family_withdraws_it_from_the_kept_file(files: Actor) -> None:
    old, kept = home("Un"), home("Deux")
    ask(old)
    merge(files, old[1], kept[1])
    refunding.withdraw(actor=kept[0], family_id=kept[1], now=LATER)
    (row,) = asked_by(kept[1])
    assert (row.state, row.sealed_iban) == (WalletRefundState.WITHDRAWN, None)


def test_undone_the_request_comes_back_with_the_money(files: Actor, regie: Actor) -> None:
    old, kept = home("Un"), home("Deux")
    key = ask(old)
    undo(files, merge(files, old[1], kept[1]))
    assert ([one.key for one in asked_by(old[1])], asked_by(kept[1])) == ([key], [])
    (line,) = refunding.waiting(actor=regie)
    assert (line.family, line.iban) == ("Un", IBAN)
    refunding.pay(actor=regie, refund_id=key, now=LATER)
    assert (balance(old[1]), balance(kept[1])) == (40_00, 60_00)


def test_refused_since_it_comes_back_refused(files: Actor, regie: Actor) -> None:
    old, kept = home("Un"), home("Deux")
    key = ask(old)
    done = merge(files, old[1], kept[1])
    refunding.refuse(actor=regie, refund_id=key, reason="IBAN d’un autre", now=LATER)
    undo(files, done)
    (row,) = asked_by(old[1])
    assert (row.state, row.reason, row.sealed_iban) == (WalletRefundState.REFUSED, "IBAN d’un autre", None)


def test_paid_since_the_merge_can_no_longer_be_undone(files: Actor, regie: Actor) -> None:
    """Sinon le dossier conservé aurait payé la demande de l'autre."""
    old, kept = home("Un"), home("Deux", 100_00)
    key = ask(old)
    done = merge(files, old[1], kept[1])
    refunding.pay(actor=regie, refund_id=key, now=LATER)
    with pytest.raises(CannotUndoError, match="versé depuis"):
        undo(files, done)
    assert (balance(old[1]), balance(kept[1])) == (0, 140_00)
    assert [one.key for one in asked_by(kept[1])] == [key]


def test_what_was_already_answered_stays_in_the_old_file(files: Actor, regie: Actor) -> None:
    old, kept = home("Un"), home("Deux")
    answered = ask(old)
    refunding.pay(actor=regie, refund_id=answered, now=NOW)
    waiting = ask(old, "10")
    done = merge(files, old[1], kept[1])
    assert [one.key for one in asked_by(old[1])] == [answered]
    assert [one.key for one in asked_by(kept[1])] == [waiting]
    undo(files, done)
    assert [one.key for one in asked_by(old[1])] == [answered, waiting]


def test_two_requests_are_not_made_one(files: Actor, regie: Actor) -> None:
    """Deux montants, deux comptes en banque : la régie répond à l'un, puis les dossiers se réunissent."""
    old, kept = home("Un"), home("Deux")
    first, second = ask(old), ask(kept)
    with pytest.raises(TwoRefundsError, match="Chacun"):
        merge(files, old[1], kept[1])
    with reading() as db:
        assert db.get_one(Family, old[1]).status == FamilyStatus.ACTIVE
    assert (balance(old[1]), balance(kept[1])) == (60_00, 60_00)
    refunding.pay(actor=regie, refund_id=second, now=NOW)
    merge(files, old[1], kept[1])
    assert [one.key for one in asked_by(kept[1])] == [first, second]


def test_a_request_of_the_kept_file_stays_where_it_is(files: Actor) -> None:
    old, kept = home("Un"), home("Deux")
    key = ask(kept)
    undo(files, merge(files, old[1], kept[1]))
    assert [one.key for one in asked_by(kept[1])] == [key]
