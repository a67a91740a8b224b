"""Ce qu'un encaissement solde : jamais plus que dû, même payé dans deux onglets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.invoices import AlreadyPaidError
from portail.domain.refusals import BadInputError
from portail.models.database import reading, transaction
from portail.models.payments import Payment, PaymentAllocation
from portail.services import wallet
from portail.services.invoices import allocating
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment, make_regie

pytestmark = pytest.mark.usefixtures("base")


def allocations() -> list[tuple[int, int]]:
    with reading() as db:
        found = db.exec(select(PaymentAllocation.invoice_id, PaymentAllocation.cents))
        return sorted((invoice_id, cents) for invoice_id, cents in found)


def test_a_payment_settles_several_invoices_whole_or_in_part(family: int) -> None:
    first, second = make_invoice(family, 45_00), make_invoice(family, 20_00, 10_00)
    make_payment(family, 60_00, (second, 15_00), (first, 45_00))
    assert (invoice(first).paid_cents, invoice(second).paid_cents) == (45_00, 15_00)
    assert allocations() == [(first, 45_00), (second, 15_00)]
    assert wallet.check_ledger() == []


def test_an_invoice_is_not_paid_twice(family: int) -> None:
    key = make_invoice(family, 45_00)
    make_payment(family, 45_00, (key, 45_00))
    with pytest.raises(AlreadyPaidError, match="déjà payée"):
        make_payment(family, 45_00, (key, 45_00))
    assert allocations() == [(key, 45_00)]


def test_too_much_says_what_is_left_and_changes_nothing(family: int) -> None:
    first, second = make_invoice(family, 45_00), make_invoice(family, 45_00)
    make_payment(family, 40_00, (second, 40_00))
    with pytest.raises(AlreadyPaidError, match="5,00\u00a0€") as refusal:
        make_payment(family, 90_00, (first, 45_00), (second, 45_00))
    assert refusal.value.left_cents == 5_00
    assert invoice(first).paid_cents == 0, "tout ou rien"


def test_two_tabs_pay_once(base: Engine, family: int) -> None:
    """Le second arrive pendant que le premier écrit encore."""
    key = make_invoice(family, 45_00)

    def pay(_rank: int) -> str:
        try:
            make_payment(family, 45_00, (key, 45_00))
        except AlreadyPaidError:
            return "refusé"
        return "payé"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(pay, range(8)))
    assert sorted(outcomes) == ["payé", *["refusé"] * 7]
    assert (invoice(key).paid_cents, allocations()) == (45_00, [(key, 45_00)])


def test_partial_payments_at_once_never_exceed_the_total(base: Engine, family: int) -> None:
    key = make_invoice(family, 45_00)

    def pay(_rank: int) -> int:
        with transaction() as db:
            payment = db.get_one(Payment, make_kept[_rank])
            return allocating.allocate_due(db, payment, [(key, 10_00)], payment.at)

    make_kept = [make_payment(family, 10_00) for _ in range(8)]
    with ThreadPoolExecutor(4) as pool:
        left = sum(pool.map(pay, range(8)))
    assert invoice(key).paid_cents == 45_00
    assert left == 35_00, "ce qui n'a pas servi revient à la famille"
    assert sum(cents for _, cents in allocations()) == 45_00


def test_crossed_payments_wait_for_each_other(base: Engine, family: int) -> None:
    """Nommées dans l'autre ordre, les deux factures se prennent quand même dans le même."""
    first, second = make_invoice(family, 40_00), make_invoice(family, 40_00)

    def pay(rank: int) -> None:
        shares = [(first, 1_00), (second, 1_00)]
        make_payment(family, 2_00, *(shares if rank % 2 else reversed(shares)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pay, range(20)))
    assert (invoice(first).paid_cents, invoice(second).paid_cents) == (20_00, 20_00)


@pytest.mark.parametrize("cents", [0, -1, -45_00, 2**63])
def test_impossible_shares_are_refused(family: int, cents: int) -> None:
    key = make_invoice(family, 45_00)
    with pytest.raises(BadInputError):
        make_payment(family, 45_00, (key, cents))
    assert invoice(key).paid_cents == 0


def test_more_than_received_is_refused(family: int) -> None:
    first, second = make_invoice(family, 45_00), make_invoice(family, 45_00)
    with pytest.raises(BadInputError):
        make_payment(family, 80_00, (first, 45_00), (second, 45_00))


def test_one_invoice_named_twice_is_refused(family: int) -> None:
    key = make_invoice(family, 45_00)
    with pytest.raises(BadInputError, match="deux fois"):
        make_payment(family, 45_00, (key, 20_00), (key, 25_00))


def test_the_invoice_of_another_family_or_regie_is_never_settled(family: int, now: datetime) -> None:
    other = make_invoice(make_family("Bruno"), 45_00)
    elsewhere = make_invoice(family, 45_00, regie_id=make_regie())
    for key in (other, elsewhere, 999_999):
        with pytest.raises(AlreadyPaidError):
            make_payment(family, 45_00, (key, 45_00))
        kept = make_payment(family, 45_00)
        with transaction() as db:
            payment = db.get_one(Payment, kept)
            assert allocating.allocate_due(db, payment, [(key, 45_00)], now) == 45_00
    assert allocations() == []


def test_a_rejected_payment_makes_its_invoices_due_again_once(family: int, now: datetime) -> None:
    first, second = make_invoice(family, 45_00), make_invoice(family, 30_00)
    payment = make_payment(family, 60_00, (first, 45_00), (second, 15_00))
    make_payment(family, 5_00, (second, 5_00))
    with transaction() as db:
        assert allocating.release(db, payment, now) == [(first, 45_00), (second, 15_00)]
    assert (invoice(first).paid_cents, invoice(second).paid_cents) == (0, 5_00)
    with pytest.raises(allocating.AlreadyReleasedError), transaction() as db:
        allocating.release(db, payment, now)
    assert invoice(second).paid_cents == 5_00


def test_a_credit_settles_what_is_left_and_gives_back_the_rest(family: int) -> None:
    key = make_invoice(family, 45_00)
    make_payment(family, 40_00, (key, 40_00))
    with transaction() as db:
        assert allocating.settle_by_credit(db, key, 12_00) == 7_00
    assert invoice(key).paid_cents == 45_00
