"""Payer : depuis le porte-monnaie d'un trait, en ligne par le prestataire de la régie, jamais deux fois."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.invoices import AlreadyPaidError
from portail.domain.payments import ONLINE, Means, Provider
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.models.payments import AttemptInvoice, Payment, PaymentAttempt
from portail.services import wallet
from portail.services.invoices import paying
from portail.services.invoices.paying import ChangedAmountError, Order, TwoPlacesError
from portail.services.mails import outbox
from portail.services.payments.gateways import TooLittleError
from tests.conftest import NOW
from tests.factories import money, treasury
from tests.factories.cards import make_cards
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment, make_regie

TOKEN = "jeton-de-formulaire-1"


@pytest.fixture
def family(account: Account) -> int:
    return make_family("Alba", account)


def pay(actor: Actor, *keys: int, cents: int = 45_00, token: str = TOKEN) -> str:
    order = Order(",".join(map(str, keys)), cents, token)
    return paying.pay_from_wallet(actor=actor, order=order, now=NOW)


def payments() -> list[Payment]:
    with reading() as db:
        return list(db.exec(select(Payment)))


def test_the_plan_says_what_is_paid_and_what_remains(actor: Actor, family: int, now: datetime) -> None:
    money.fill(family, 60_00)
    first, second = make_invoice(family, 30_00), make_invoice(family, 15_00)
    make_payment(family, 5_00, (second, 5_00))
    plan = paying.plan(actor=actor, choices=f"{first},{second}", now=now)
    assert (plan.total_cents, plan.total, plan.before, plan.after) == (
        40_00,
        "40,00\u00a0€",
        "60,00\u00a0€",
        "20,00\u00a0€",
    )
    assert [row.number for row in plan.rows] == ["ENF-2026-000001", "ENF-2026-000002"]
    assert (plan.email, plan.means[-1].value, plan.means[-1].is_open) == ("alba@famille.example", "wallet", True)


def test_several_invoices_are_paid_from_the_wallet_with_a_receipt(actor: Actor, family: int) -> None:
    money.fill(family, 60_00)
    first, second = make_invoice(family, 30_00), make_invoice(family, 15_00)
    assert pay(actor, first, second).startswith("45,00\u00a0€ payés")
    assert (invoice(first).paid_cents, invoice(second).paid_cents, money.balance(family)) == (30_00, 15_00, 15_00)
    (payment,) = payments()
    assert (payment.means, payment.amount_cents, payment.family_id) == (Means.WALLET, 45_00, family)
    assert payment.movement_id is not None
    with reading() as db:
        (mail,) = db.exec(select(OutboxMail))
    assert mail.subject == "Reçu de votre paiement de 45,00\u00a0€"
    assert "ENF-2026-000001, ENF-2026-000002" in outbox.letter(mail).text
    assert f"/telechargements/recu-{payment.key}" in outbox.letter(mail).text
    assert wallet.check_ledger() == []


def test_two_clicks_pay_once(actor: Actor, family: int) -> None:
    money.fill(family, 100_00)
    key = make_invoice(family, 45_00)
    assert pay(actor, key) == pay(actor, key)
    assert (money.balance(family), len(payments())) == (55_00, 1)


def test_two_tabs_at_once_pay_once(base: Engine, actor: Actor, family: int) -> None:
    money.fill(family, 200_00)
    key = make_invoice(family, 45_00)

    def act(rank: int) -> bool:
        try:
            pay(actor, key, token=f"jeton-de-l-onglet-{rank}")
        except AlreadyPaidError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(act, range(4))) == [False, False, False, True]
    assert (money.balance(family), len(payments())) == (155_00, 1)


def test_too_little_money_changes_nothing(actor: Actor, family: int) -> None:
    money.fill(family, 44_99)
    key = make_invoice(family, 45_00)
    with pytest.raises(wallet.NotEnoughMoneyError, match="0,01"):
        pay(actor, key)
    assert (invoice(key).paid_cents, money.balance(family), payments()) == (0, 44_99, [])


def test_an_inactive_wallet_pays_nothing(actor: Actor, family: int) -> None:
    money.fill(family, 100_00, active=False)
    with pytest.raises(wallet.InactiveWalletError):
        pay(actor, make_invoice(family, 45_00))


@pytest.mark.parametrize("cents", [0, -45_00, 1, 44_99, 45_01, 2**63])
def test_the_amount_of_the_browser_is_never_believed(actor: Actor, family: int, cents: int) -> None:
    money.fill(family, 100_00)
    with pytest.raises(ChangedAmountError):
        pay(actor, make_invoice(family, 45_00), cents=cents)
    assert money.balance(family) == 100_00


def test_an_invoice_paid_meanwhile_is_refused(actor: Actor, family: int) -> None:
    money.fill(family, 100_00)
    key = make_invoice(family, 45_00)
    make_payment(family, 45_00, (key, 45_00))
    with pytest.raises(AlreadyPaidError, match="déjà payée"):
        pay(actor, key)
    with pytest.raises(AlreadyPaidError):
        paying.plan(actor=actor, choices=str(key), now=NOW)


def test_the_invoice_of_another_family_does_not_exist(actor: Actor, family: int) -> None:
    money.fill(family, 100_00)
    mine, other = make_invoice(family, 45_00), make_invoice(make_family("Bruno"), 45_00)
    for keys in ((other,), (mine, other), (999_999,)):
        with pytest.raises(NotOpenError):
            pay(actor, *keys)
        with pytest.raises(NotOpenError):
            paying.plan(actor=actor, choices=",".join(map(str, keys)), now=NOW)
    assert invoice(other).paid_cents == 0


def test_two_regies_or_two_files_are_not_paid_together(actor: Actor, account: Account, family: int) -> None:
    mine = make_invoice(family, 45_00)
    elsewhere = make_invoice(family, 45_00, regie_id=make_regie())
    second_home = make_invoice(make_family("Garde", account), 45_00)
    for other in (elsewhere, second_home):
        with pytest.raises(TwoPlacesError):
            paying.plan(actor=actor, choices=f"{mine},{other}", now=NOW)


@pytest.mark.parametrize("choices", ["", "x", "1;2", "-1", "0", "1e3", "99999999999999999999", "1," * 25])
def test_forged_choices_are_refused(actor: Actor, family: int, choices: str) -> None:
    make_invoice(family)
    with pytest.raises(RefusalError):
        paying.plan(actor=actor, choices=choices, now=NOW)


@pytest.mark.parametrize("token", ["", "court", "x" * 65])
def test_a_forged_token_is_refused(actor: Actor, family: int, token: str) -> None:
    with pytest.raises(BadInputError):
        pay(actor, make_invoice(family), token=token)


@pytest.mark.parametrize("provider", ["", "bitcoin", "wallet"])
def test_an_unknown_provider_is_refused(actor: Actor, family: int, provider: str) -> None:
    order = Order(str(make_invoice(family)), 45_00, TOKEN)
    with pytest.raises(RefusalError):
        paying.pay_online(actor=actor, order=order, provider=provider, now=NOW)
    with reading() as db:
        assert list(db.exec(select(PaymentAttempt))) == []


@pytest.mark.parametrize(("cents", "is_open"), [(49, False), (50, True)])
def test_the_card_is_not_offered_for_less_than_it_takes(
    actor: Actor, family: int, cents: int, *, is_open: bool
) -> None:
    key = make_invoice(family, cents)
    (card, *_) = paying.plan(actor=actor, choices=str(key), now=NOW).means
    said = "La carte bancaire ne prend pas de paiement de moins de 0,50\u00a0€."
    assert (card.value, card.is_open, card.detail == said) == ("stripe", is_open, not is_open)
    if not is_open:
        with pytest.raises(TooLittleError, match="de moins de 0,50") as refusal:
            paying.pay_online(actor=actor, order=Order(str(key), cents, TOKEN), provider="stripe", now=NOW)
        assert refusal.value.next_step == "Choisissez un autre moyen, ou payez plusieurs factures ensemble."


def test_paying_online_opens_an_attempt_for_these_invoices(
    actor: Actor, family: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rien n'est soldé tant que le prestataire ne le dit pas."""
    opened = []
    monkeypatch.setattr(paying.opening, "open_page", lambda key, label, at: opened.append((key, label, at)))
    monkeypatch.setattr("portail.services.payments.gateways.check_offered", lambda *_: None)
    key = make_invoice(family, 45_00)
    paying.pay_online(actor=actor, order=Order(str(key), 45_00, TOKEN), provider="stripe", now=now)
    with reading() as db:
        (attempt,) = db.exec(select(PaymentAttempt))
        (share,) = db.exec(select(AttemptInvoice))
    assert (attempt.amount_cents, attempt.purpose, attempt.family_id) == (45_00, "invoices", family)
    assert (share.invoice_id, share.cents) == (key, 45_00)
    assert opened == [(attempt.key, paying.LABEL, now)]
    assert invoice(key).paid_cents == 0


@pytest.mark.parametrize("provider", list(Provider))
def test_an_invoice_is_paid_online_through_each_provider(
    actor: Actor, family: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: Provider
) -> None:
    """De « Payer » au reçu, par les prestataires d'essai."""
    cards = make_cards(tmp_path, monkeypatch)
    with treasury.made(tmp_path, monkeypatch) as payfip:
        treasury.offer("stripe", "payfip")
        first, second = make_invoice(family, 30_00), make_invoice(family, 15_00)
        order = Order(f"{first},{second}", 45_00, TOKEN)
        way = paying.pay_online(actor=actor, order=order, provider=provider, now=NOW)
        assert paying.pay_online(actor=actor, order=order, provider=provider, now=NOW) == way
        if provider is Provider.STRIPE:
            cards.pay(way)
            assert (invoice(first).paid_cents, cards.deliver()) == (0, [200])
        else:
            key = payfip.pay(way)
            assert (invoice(first).paid_cents, payfip.tell(key)) == (0, 200)
    assert (invoice(first).paid_cents, invoice(second).paid_cents) == (30_00, 15_00)
    (payment,) = payments()
    assert (payment.means, payment.amount_cents, wallet.check_ledger()) == (ONLINE[provider], 45_00, [])
    with reading() as db:
        (mail,) = db.exec(select(OutboxMail))
    assert "ENF-2026-000001 (30,00\u00a0€), ENF-2026-000002 (15,00\u00a0€)" in outbox.letter(mail).text
