"""La somme reçue n'est pas celle demandée : un agent la verse au porte-monnaie, une fois, telle que la banque la dit."""

import pytest
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.payments import AttemptState, Provider, Purpose
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice
from portail.models.mails import OutboxMail
from portail.models.payments import PaymentAttempt
from portail.services import regies, wallet
from portail.services.payments import desk, doubtful, opening, returning
from portail.services.payments.doubtful import NoLongerDoubtfulError, NothingReceivedError, SilentProviderError
from tests.conftest import NOW
from tests.factories.booking import Home
from tests.factories.cards import Cards, attempts, payments, top_up
from tests.factories.crowds import together
from tests.factories.invoices import make_invoice
from tests.factories.money import balance
from tests.factories.people import make_account, open_session


@pytest.fixture
def agent(cards: Cards) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


@pytest.fixture
def doubt(cards: Cards, home: Home) -> int:
    """Un centime pour quarante-cinq euros."""
    return doubted(cards, home, amount_total=1)


def doubted(cards: Cards, home: Home, **lie: object) -> int:
    cards.pay(top_up(home.actor, home.family))
    cards.change(attempts()[0].provider_ref, **lie)
    cards.deliver()
    return attempts()[0].key


def credit(agent: Actor, attempt_id: int) -> str:
    return doubtful.credit(actor=agent, attempt_id=attempt_id, now=NOW)


def test_what_was_really_received_goes_to_the_wallet_once(cards: Cards, agent: Actor, home: Home, doubt: int) -> None:
    assert desk.find(actor=agent, words="", only="review", page=1).rows[0].can_credit
    assert credit(agent, doubt) == "0,01\u00a0€ versés au porte-monnaie. La famille en est prévenue."
    with pytest.raises(NoLongerDoubtfulError):
        credit(agent, doubt)
    (payment,) = payments()
    assert (balance(home.family), payment.amount_cents, payment.means) == (1, 1, "card")
    assert (attempts()[0].state, attempts()[0].review) == (AttemptState.SUCCEEDED, "")
    (row,) = desk.find(actor=agent, words="", only="", page=1).rows
    assert (row.amount, row.can_credit, row.can_refund) == ("0,01\u00a0€", False, True)
    with reading() as db:
        entry = db.exec(select(AuditEntry).where(AuditEntry.action == "payment.credited")).one()
        subjects = list(db.exec(select(OutboxMail.subject)))
    assert (entry.actor_id, entry.subject_id) == (agent.account_id, home.family)
    assert entry.detail.startswith("0,01\u00a0€, référence PF")
    assert subjects == ["0,01\u00a0€ versés à votre porte-monnaie"]
    assert wallet.check_ledger() == []


def test_two_agents_and_the_notification_at_the_same_instant_credit_once(
    cards: Cards, agent: Actor, home: Home, doubt: int
) -> None:
    def act() -> str:
        try:
            return credit(agent, doubt)
        except NoLongerDoubtfulError:
            return ""

    said = together(act, act, act)
    assert (sorted(map(bool, said)), balance(home.family), len(payments())) == ([False, False, True], 1, 1)
    assert wallet.check_ledger() == []


def test_another_reference_is_money_too(cards: Cards, agent: Actor, home: Home) -> None:
    credit(agent, doubted(cards, home, client_reference_id="PFAUTRE"))
    assert (balance(home.family), wallet.check_ledger()) == (4500, [])


@pytest.mark.parametrize("lie", [{"currency": "usd"}, {"livemode": True}])
def test_what_is_not_our_euros_is_never_credited(
    cards: Cards, agent: Actor, home: Home, lie: dict[str, object]
) -> None:
    key = doubted(cards, home, **lie)
    with pytest.raises(NothingReceivedError):
        credit(agent, key)
    assert (balance(home.family), payments(), bool(attempts()[0].review)) == (0, [], True)


def test_a_payment_that_the_provider_no_longer_calls_paid_gives_nothing(
    cards: Cards, agent: Actor, home: Home, doubt: int
) -> None:
    cards.change(attempts()[0].provider_ref, payment_status="unpaid")
    with pytest.raises(NothingReceivedError):
        credit(agent, doubt)
    with cards.bank.store.change() as base:
        base.execute("delete from thing")
    with pytest.raises(NothingReceivedError):
        credit(agent, doubt)
    assert payments() == []


def test_a_provider_that_is_down_changes_nothing(cards: Cards, agent: Actor, home: Home, doubt: int) -> None:
    cards.wire.cut = True
    with pytest.raises(SilentProviderError):
        credit(agent, doubt)
    cards.wire.cut = False
    credit(agent, doubt)
    assert balance(home.family) == 1


def test_what_was_seen_or_was_never_doubtful_is_not_credited(
    cards: Cards, agent: Actor, home: Home, doubt: int
) -> None:
    """« C'est vu » peut vouloir dire : remboursé chez le prestataire."""
    desk.reviewed(actor=agent, attempt_id=doubt, now=NOW)
    top_up(home.actor, home.family, "20", token="jeton-de-versement-2")
    for key in (doubt, attempts()[1].key):
        with pytest.raises(NoLongerDoubtfulError):
            credit(agent, key)
    for key in (0, -1, 2**40, 999_999):
        with pytest.raises(NotOpenError):
            credit(agent, key)
    assert payments() == []


def test_a_file_that_is_gone_has_no_wallet(cards: Cards, agent: Actor, doubt: int) -> None:
    with transaction() as db:
        db.exec(update(PaymentAttempt).values(family_id=None))
    assert not desk.find(actor=agent, words="", only="", page=1).rows[0].can_credit
    with pytest.raises(NotOpenError):
        credit(agent, doubt)


@pytest.mark.parametrize("role", [Role.PARENT, Role.RECEPTION, Role.DIRECTION])
def test_only_the_regie_credits(cards: Cards, doubt: int, role: Role) -> None:
    actor = open_session(make_account("quelquun@mairie.example", role=role))[1]
    with pytest.raises(RefusalError):
        credit(actor, doubt)
    assert payments() == []


def test_the_invoices_it_wanted_stay_due_and_the_family_is_told_the_truth(
    cards: Cards, agent: Actor, home: Home
) -> None:
    invoice = make_invoice(home.family, 4500)
    asked = (home.family, Purpose.INVOICES, Provider.STRIPE, 4500, "jeton-de-factures-1")
    with transaction() as db:
        wanted = opening.Wanted(*asked, shares=((invoice, 4500),))
        key = opening.prepare(db, home.actor, regies.default(db), wanted, NOW)
    cards.pay(opening.open_page(key, "Factures", NOW))
    cards.change(attempts()[0].provider_ref, amount_total=4400)
    cards.deliver()
    credit(agent, key)
    with reading() as db:
        assert db.exec(select(Invoice.paid_cents).where(col(Invoice.id) == invoice)).one() == 0
    said = returning.show(actor=home.actor, reference=attempts()[0].reference, is_given_up=False, now=NOW)
    assert (said.title, said.href, "44,00\u00a0€" in said.detail) == ("Paiement reçu", "/porte-monnaie", True)
    assert "factures" not in said.detail
    assert wallet.check_ledger() == []
