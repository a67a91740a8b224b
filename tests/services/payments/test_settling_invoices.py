"""Des factures payées en ligne : soldées une fois ; ce qui n'est plus dû va au porte-monnaie, et un agent le sait."""

from datetime import timedelta

import pytest
from sqlmodel import select

from portail.domain.payments import AttemptState, Provider, Purpose
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice
from portail.models.mails import OutboxMail
from portail.models.payments import PaymentAllocation, PaymentAttempt, ProviderEvent
from portail.services import regies, wallet
from portail.services.cash_desk import receipts as cash_receipts
from portail.services.invoices import allocating, mine
from portail.services.mails import outbox
from portail.services.payments import opening, returning, settling
from portail.services.payments.opening import Wanted, Way
from tests.conftest import NOW
from tests.factories.booking import Home
from tests.factories.cards import Cards, attempts, payments
from tests.factories.crowds import together
from tests.factories.invoices import make_invoice, make_payment
from tests.factories.money import balance

LABEL, FORM = "Factures", "jeton-de-factures-1"


def start(home: Home, *shares: tuple[int, int], token: str = FORM) -> Way:
    amount = sum(cents for _, cents in shares)
    wanted = Wanted(home.family, Purpose.INVOICES, Provider.STRIPE, amount, token, shares=shares)
    with transaction() as db:
        attempt = opening.prepare(db, home.actor, regies.default(db), wanted, NOW)
    return opening.open_page(attempt, LABEL, NOW)


def paid_on(invoice: int) -> int:
    with reading() as db:
        return db.get_one(Invoice, invoice).paid_cents


def test_several_invoices_are_settled_by_one_payment(cards: Cards, home: Home) -> None:
    first, second = make_invoice(home.family, 3000), make_invoice(home.family, 1500)
    cards.pay(start(home, (first, 3000), (second, 1500)))
    assert (paid_on(first), paid_on(second)) == (0, 0)
    assert cards.deliver() == [200]
    assert (paid_on(first), paid_on(second), balance(home.family)) == (3000, 1500, 0)
    assert (attempts()[0].review, wallet.check_ledger()) == ("", [])
    with reading() as db:
        assert sorted(db.exec(select(PaymentAllocation.cents))) == [1500, 3000]


def test_an_invoice_paid_meanwhile_leaves_its_part_on_the_wallet_and_tells_an_agent(cards: Cards, home: Home) -> None:
    first, second = make_invoice(home.family, 3000), make_invoice(home.family, 1500)
    cards.pay(start(home, (first, 3000), (second, 1500)))
    make_payment(home.family, 3000, (first, 3000))
    cards.deliver()
    assert (paid_on(first), paid_on(second), balance(home.family)) == (3000, 1500, 3000)
    assert attempts()[0].review == "Une facture était déjà réglée : 30,00\u00a0€ versés au porte-monnaie."
    with reading() as db:
        mail = db.exec(select(OutboxMail).where(OutboxMail.subject.startswith("Reçu"))).one()  # type: ignore[attr-defined]
    assert "30,00\u00a0€ sont sur votre porte-monnaie" in outbox.letter(mail).text
    said = returning.show(
        actor=home.actor, reference=attempts()[0].reference, is_given_up=False, now=NOW + timedelta(minutes=1)
    )
    assert ("30,00\u00a0€ versés" in said.detail, said.href) == (True, "/factures")
    assert wallet.check_ledger() == []


def test_what_an_agent_must_do_is_not_told_to_the_family(cards: Cards, home: Home) -> None:
    cards.pay(start(home, (make_invoice(home.family, 3000), 3000)))
    cards.deliver()
    with transaction() as db:
        db.get_one(PaymentAttempt, attempts()[0].key).review = "Contestation : répondez dans Stripe."
    said = returning.show(actor=home.actor, reference=attempts()[0].reference, is_given_up=False, now=NOW)
    assert said.detail == "Vos factures sont réglées. Un reçu vous est envoyé."


def test_a_payment_given_up_leads_back_to_paying(cards: Cards, home: Home) -> None:
    start(home, (make_invoice(home.family, 3000), 3000))
    asked = {"actor": home.actor, "reference": attempts()[0].reference, "now": NOW + timedelta(minutes=1)}
    said = returning.show(is_given_up=True, **asked)
    assert (said.title, said.href, said.label) == ("Paiement abandonné", "/paiement", "Recommencer le paiement")
    assert returning.show(is_given_up=False, **asked).href == "/factures"


def test_an_invoice_partly_paid_meanwhile_takes_only_what_it_owes(cards: Cards, home: Home) -> None:
    invoice = make_invoice(home.family, 3000)
    cards.pay(start(home, (invoice, 3000)))
    make_payment(home.family, 1000, (invoice, 1000))
    cards.deliver()
    assert (paid_on(invoice), balance(home.family)) == (3000, 1000)


def test_two_tabs_share_the_page_and_other_invoices_of_the_same_sum_do_not(cards: Cards, home: Home) -> None:
    first, second = make_invoice(home.family, 3000), make_invoice(home.family, 3000)
    way = start(home, (first, 3000))
    assert start(home, (first, 3000), token="jeton-d-un-autre-onglet") == way
    assert start(home, (second, 3000), token="jeton-d-une-autre-facture") != way


def test_two_payments_of_the_same_invoice_settle_it_once(cards: Cards, home: Home) -> None:
    """Chacun des deux parents a payé, chez lui, au même instant."""
    invoice = make_invoice(home.family, 3000)
    ways = [start(home, (invoice, 3000))]
    with transaction() as db:
        for one in attempts():
            db.get_one(type(one), one.key).state = AttemptState.EXPIRED
    ways.append(start(home, (invoice, 3000), token="jeton-de-l-autre-parent"))
    for way in ways:
        cards.pay(way)
    events, cards.kept.events = cards.kept.events, []
    together(*[lambda event=event: cards.hand(event) for event in events])
    assert (paid_on(invoice), balance(home.family), len(payments())) == (3000, 3000, 2)
    assert wallet.check_ledger() == []


def test_the_receipt_names_the_invoices_and_leads_to_its_pdf(cards: Cards, home: Home) -> None:
    first, second = make_invoice(home.family, 3000), make_invoice(home.family, 1500)
    cards.pay(start(home, (first, 3000), (second, 1500)))
    cards.deliver()
    with reading() as db:
        mail = db.exec(select(OutboxMail).where(OutboxMail.subject.startswith("Reçu"))).one()  # type: ignore[attr-defined]
    text = outbox.letter(mail).text
    said = "Factures payées : ENF-2026-000001 (30,00\u00a0€), ENF-2026-000002 (15,00\u00a0€)."
    link = f"/telechargements/recu-{payments()[0].key}"
    assert (said in text, link in text, "porte-monnaie" in text) == (True, True, False)
    assert cash_receipts.make_pdf(home.actor, payments()[0].key, NOW).body.startswith(b"%PDF")
    (part,) = mine.show(actor=home.actor, invoice_id=first, now=NOW).paid_by
    assert (part.label, part.amount, part.receipt) == ("Carte bancaire", "30,00\u00a0€", link)


def test_a_cancelled_payment_has_no_receipt_to_show(cards: Cards, home: Home) -> None:
    invoice = make_invoice(home.family, 3000)
    payment = make_payment(home.family, 3000, (invoice, 3000))
    with transaction() as db:
        allocating.release(db, payment, NOW)
    (part,) = mine.show(actor=home.actor, invoice_id=invoice, now=NOW).paid_by
    assert (part.amount, part.receipt) == ("0,00\u00a0€", "")


def test_a_cut_in_the_middle_of_settling_leaves_nothing_and_the_next_delivery_credits_once(
    cards: Cards, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Au pire moment : tout est écrit, le courriel est la dernière écriture."""
    invoice = make_invoice(home.family, 3000)
    cards.pay(start(home, (invoice, 3000)))
    (event,) = cards.kept.events

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(settling.letters, "receipt", killed)
        with pytest.raises(KeyboardInterrupt):
            cards.hand(event)
    with reading() as db:
        assert (list(db.exec(select(ProviderEvent))), list(db.exec(select(PaymentAllocation)))) == ([], [])
    assert (paid_on(invoice), payments(), attempts()[0].state) == (0, [], AttemptState.PENDING)
    assert wallet.check_ledger() == []
    assert [cards.hand(event), cards.hand(event)] == [200, 200]
    assert (paid_on(invoice), len(payments()), wallet.check_ledger()) == (3000, 1, [])


@pytest.mark.parametrize("rank", [0, 1])
def test_the_same_notification_again_settles_nothing_more(cards: Cards, home: Home, rank: int) -> None:
    invoices = make_invoice(home.family, 3000), make_invoice(home.family, 1500)
    cards.pay(start(home, (invoices[rank], 1000)))
    (event,) = cards.kept.events
    for _ in range(3):
        cards.hand(event)
    assert (paid_on(invoices[rank]), paid_on(invoices[1 - rank]), balance(home.family)) == (1000, 0, 0)
