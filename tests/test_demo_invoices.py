"""Les factures de la ville de démonstration : payées, en partie, à payer, en retard, et toutes justes."""

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from portail.domain.dates import paris_day
from portail.domain.direct_debits import DebitState
from portail.domain.invoices import InvoiceKind, Standing, standing
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.direct_debits import Debit, DebitBatch
from portail.models.families import Guardian
from portail.models.invoices import Invoice
from portail.services import regies, wallet
from portail.services.direct_debits import preparing
from portail.services.invoices.checking import check_invoices
from tests.test_demo_bookings import SEASONS


def standings(now: datetime, *conditions: object) -> Counter[Standing]:
    query = select(Invoice).where(col(Invoice.number).is_not(None), *conditions)  # type: ignore[arg-type]
    with reading() as db:
        return Counter(
            standing(InvoiceKind(one.kind), one.total_cents, one.paid_cents, one.due_on, paris_day(now))
            for one in db.exec(query)
        )


@pytest.mark.parametrize("now", SEASONS, ids=lambda at: f"{at:%B}")
def test_camille_has_one_invoice_to_pay_and_one_paid_whatever_the_season(settled: Engine, now: datetime) -> None:
    with reading() as db:
        query = select(Guardian.family_id).join(Account).where(Account.username == "camille.durand")
        family = db.exec(query).one()
    assert standings(now, Invoice.family_id == family) == {Standing.DUE: 1, Standing.PAID: 1}
    assert check_invoices() == []
    assert wallet.check_ledger() == []


def test_the_town_has_every_kind_of_invoice(settled: Engine, now: datetime) -> None:
    found = standings(now)
    assert {Standing.PAID, Standing.PARTIAL, Standing.DUE, Standing.LATE} <= set(found)
    assert found[Standing.PAID] > found[Standing.LATE] >= 1


@pytest.mark.parametrize("now", SEASONS, ids=lambda at: f"{at:%B}")
def test_a_batch_is_announced_and_another_may_be_prepared_whatever_the_season(settled: Engine, now: datetime) -> None:
    with reading() as db:
        (batch,) = db.exec(select(DebitBatch))
        planned = db.exec(select(Debit.state).where(Debit.batch_id == batch.key)).all()
        left = preparing.eligible(db, regies.default(db))
    assert set(planned) == {DebitState.PLANNED}
    assert left, "l'agent a de quoi préparer la suivante"
    assert batch.collected_on > paris_day(now)
