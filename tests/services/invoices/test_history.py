"""« L'historique de mon compte » : chaque écriture en mots justes, le reste dû qui se suit, par pages."""

from datetime import datetime, timedelta

import pytest

from portail.domain.accounts import Actor
from portail.domain.payments import Means
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.payments import DepositSlip, Payment
from portail.services import regies
from portail.services.invoices import allocating, history, mine
from portail.services.invoices.crediting import Credit, credit
from tests.conftest import NOW
from tests.factories.billing import make_regisseur
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_payment


@pytest.fixture
def family(account: Account) -> int:
    return make_family("Alba", account)


def later(days: int) -> datetime:
    return NOW + timedelta(days=days)


def undo(payment: int, now: datetime, *, is_banked: bool = False) -> None:
    with transaction() as db:
        if is_banked:
            slip = DepositSlip(regie_id=regies.default(db).key, means=Means.CHEQUE, number=1, at=NOW)
            db.add(slip)
            db.flush()
            db.get_one(Payment, payment).slip_id = slip.key
        allocating.release(db, payment, now)


def lines(actor: Actor) -> list[tuple[str, str, str, str]]:
    shown = history.show(actor=actor, family_id=0)
    return [(row.label, row.debit, row.credit, row.balance) for row in shown.rows[::-1]]


def test_a_credit_note_a_cancellation_and_a_surplus_add_up(actor: Actor, family: int) -> None:
    """Facturé 30 €, payé 40 € dont 10 € de trop, annulé au guichet, repayé 30 €, puis 20 € rendus par un avoir."""
    key = make_invoice(family, 20_00, 10_00)
    wrong = make_payment(family, 40_00, (key, 30_00), now=later(1))
    undo(wrong, later(2))
    make_payment(family, 30_00, (key, 30_00), means=Means.CASH, now=later(3))
    credit(actor=make_regisseur(), wanted=Credit(key, "", "Erreur", is_whole=True), now=later(4))
    assert lines(actor) == [
        ("Facture ENF-2026-000001", "30,00\u00a0€", "", "30,00\u00a0€"),
        ("Paiement : Chèque, 10,00\u00a0€ au porte-monnaie", "", "30,00\u00a0€", "0,00\u00a0€"),
        ("Paiement : Chèque, annulé", "30,00\u00a0€", "", "30,00\u00a0€"),
        ("Paiement : Espèces", "", "30,00\u00a0€", "0,00\u00a0€"),
        ("Avoir ENF-2026-000002, 30,00\u00a0€ au porte-monnaie", "", "0,00\u00a0€", "0,00\u00a0€"),
    ]


@pytest.mark.parametrize(
    ("means", "is_banked", "said"),
    [(Means.CHEQUE, True, "rejeté"), (Means.CHEQUE, False, "annulé"), (Means.DEBIT, False, "rejeté")],
)
def test_the_bank_rejects_the_desk_cancels(actor: Actor, family: int, means: Means, is_banked: bool, said: str) -> None:
    key = make_invoice(family, 30_00)
    undo(make_payment(family, 30_00, (key, 30_00), means=means, now=later(1)), later(2), is_banked=is_banked)
    assert lines(actor)[-1][0] == f"Paiement : {means.label}, {said}"
    (part,) = mine.show(actor=actor, invoice_id=key, now=later(3)).paid_by
    assert (part.label, part.amount) == (f"{means.label} : {said}", "0,00\u00a0€")


def test_a_long_history_turns_its_pages(actor: Actor, family: int) -> None:
    for rank in range(23):
        make_invoice(family, 10_00, now=later(rank))
    first, second = (history.show(actor=actor, family_id=0, page=page) for page in (1, 2))
    assert (len(first.rows), len(second.rows), first.pages) == (20, 3, 2)
    assert (first.rows[0].balance, second.rows[0].balance, second.rows[-1].balance) == (
        "230,00\u00a0€",
        "30,00\u00a0€",
        "10,00\u00a0€",
    )
    assert first.balance == second.balance == "230,00\u00a0€", "le reste dû ne dépend pas de la page"
    assert second.summary == "23 lignes, page 2 sur 2"
    assert history.show(actor=actor, family_id=0, page=99).page == 2
    assert history.show(actor=actor, family_id=0, page=-1).page == 1
