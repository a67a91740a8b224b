"""« Découvert autorisé » : la régie le fixe, la famille le dépense et le lit, personne ne se le fait rembourser."""

from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import OVERDRAFT_CEILING_CENTS, Charge
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.services import wallet
from portail.services.mails import outbox
from portail.services.wallet import NotEnoughMoneyError, desk, mine, overdrafts, refunding
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories.booking import make_canteen, make_home
from tests.factories.crowds import together
from tests.factories.desk import agent
from tests.factories.families import make_family
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def camille(base: Engine) -> Account:
    return make_account("camille@famille.example")


@pytest.fixture
def family(camille: Account) -> int:
    return make_family("Durand", camille)


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def allow(actor: Actor, family: int, typed: str) -> str:
    return overdrafts.allow(actor=actor, family_id=family, form={"overdraft": typed}, now=NOW)


def spend(family: int, cents: int) -> int:
    with transaction() as db:
        return wallet.debit_for_booking(db, Charge(family, cents, "Repas"), author_id=None, now=NOW)


def shown(camille: Account) -> mine.WalletView:
    return mine.show(actor=open_session(camille)[1], wanted=Wanted(), now=NOW)


def letters() -> list[tuple[str, str]]:
    with reading() as db:
        return [(mail.subject, outbox.letter(mail).text) for mail in db.exec(select(OutboxMail))]


def test_the_family_spends_down_to_the_limit_and_not_a_cent_more(camille: Account, family: int, regie: Actor) -> None:
    fill(family, 1_000)
    assert allow(regie, family, "50") == "La famille Durand peut descendre à −50,00\u00a0€."
    assert spend(family, 6_000) == -5_000
    with pytest.raises(NotEnoughMoneyError) as refusal:
        spend(family, 1)
    assert refusal.value.missing_cents == 1
    assert shown(camille).overdraft == "50,00\u00a0€"
    assert desk.show(actor=regie, wanted=Wanted(family), now=NOW).overdraft == "50,00"
    assert wallet.check_ledger() == []


def test_it_is_written_to_the_journal(family: int, regie: Actor) -> None:
    allow(regie, family, "12,50")
    with reading() as db:
        (line,) = db.exec(select(AuditEntry).where(AuditEntry.action == "wallet.overdraft"))
    assert (line.actor_id, line.subject_id, line.detail) == (regie.account_id, family, "12,50\u00a0€")


def test_zero_takes_it_back_and_says_nothing_to_the_family(camille: Account, family: int, regie: Actor) -> None:
    fill(family)
    allow(regie, family, "50")
    assert allow(regie, family, "0") == "La famille Durand n’a plus de découvert autorisé."
    assert shown(camille).overdraft == ""
    with pytest.raises(NotEnoughMoneyError):
        spend(family, 1)


@pytest.mark.parametrize(("typed", "is_taken"), [("20", True), ("19,99", False), ("0", False)])
def test_never_a_limit_above_the_balance(family: int, regie: Actor, typed: str, *, is_taken: bool) -> None:
    fill(family)
    allow(regie, family, "50")
    spend(family, 2_000)
    if is_taken:
        allow(regie, family, typed)
        return
    with pytest.raises(RefusalError, match="Le solde est déjà de −20,00") as refusal:
        allow(regie, family, typed)
    assert "Accordez au moins 20,00\u00a0€" in refusal.value.full_sentence
    assert spend(family, 3_000) == -5_000, "l'ancien découvert reste"


@pytest.mark.parametrize("typed", ["", "-5", "200,01", "2000", "abc", "1e2", "12,345", "inf", str(2**63), "٥"])
def test_a_wrong_amount_changes_nothing(family: int, regie: Actor, typed: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        allow(regie, family, typed)
    assert set(refusal.value.fields) == {"overdraft"}
    with reading() as db:
        assert wallet.balance_of(db, family).floor_cents == 0


def test_the_most_is_allowed_even_before_the_wallet_is_opened(family: int, regie: Actor) -> None:
    allow(regie, family, str(OVERDRAFT_CEILING_CENTS // 100))
    with reading() as db:
        assert wallet.balance_of(db, family).overdraft_cents == OVERDRAFT_CEILING_CENTS


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.PARENT])
def test_only_the_regie_allows_it(camille: Account, family: int, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        allow(actor, family, "50")
    with pytest.raises(NotOpenError):
        allow(open_session(camille)[1], family, "50")


@pytest.mark.parametrize("family_id", [0, -1, 999, 2**40])
def test_a_family_that_does_not_exist_is_closed(regie: Actor, family_id: int) -> None:
    with pytest.raises(NotOpenError):
        allow(regie, family_id, "50")


def test_spending_and_taking_back_at_the_same_instant_never_leave_it_below(family: int, regie: Actor) -> None:
    fill(family)
    allow(regie, family, "50")
    together(*[partial(spend, family, 1_000)] * 6, *[partial(allow, regie, family, "20")] * 3)
    with reading() as db:
        found = wallet.balance_of(db, family)
    assert found.cents >= found.floor_cents
    assert wallet.check_ledger() == []


def test_an_overdraft_is_never_refunded(camille: Account, family: int, regie: Actor) -> None:
    """30 € demandés, 25 € dépensés depuis : le découvert ne paie pas la différence."""
    fill(family, 4_000)
    allow(regie, family, "100")
    mother = open_session(camille)[1]
    form = {"amount": "30", "holder": "Camille Durand", "iban": IBAN}
    refunding.ask(actor=mother, family_id=family, form=form, now=NOW)
    spend(family, 2_500)
    (line,) = refunding.waiting(actor=regie)
    with pytest.raises(RefusalError, match="ne contient plus que 15,00"):
        refunding.pay(actor=regie, refund_id=line.id, now=NOW)
    assert balance(family) == 1_500
    spend(family, 2_000)
    with pytest.raises(RefusalError, match="ne contient plus que 0,00"):
        refunding.pay(actor=regie, refund_id=line.id, now=NOW)
    fill(family, 3_500)
    refunding.pay(actor=regie, refund_id=line.id, now=NOW)
    assert balance(family) == 0, "jusqu'au dernier centime"
    assert any("Un virement de 30,00\u00a0€ est fait" in text for _, text in letters())


def test_below_zero_there_is_nothing_to_ask(camille: Account, family: int, regie: Actor) -> None:
    fill(family)
    allow(regie, family, "50")
    spend(family, 500)
    assert not shown(camille).may_ask
    form = {"amount": "1", "holder": "Camille Durand", "iban": IBAN}
    with pytest.raises(RefusalError, match="contient 0,00"):
        refunding.ask(actor=open_session(camille)[1], family_id=family, form=form, now=NOW)


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        (500, "Il reste 5,00\u00a0€."),
        (1_000, "Il reste 0,00\u00a0€."),
        (1_500, "Son solde est de −5,00\u00a0€ : vous utilisez le découvert que la régie vous accorde."),
    ],
)
def test_the_letter_and_the_page_look_at_the_same_balance(
    camille: Account, family: int, regie: Actor, spent: int, said: str
) -> None:
    fill(family, 1_000)
    allow(regie, family, "50")
    assert not shown(camille).is_low
    spend(family, spent)
    ((subject, text),) = letters()
    assert (subject, said in text) == ("Votre porte-monnaie est presque vide", True)
    assert shown(camille).is_low


def test_the_calendar_counts_the_overdraft_as_spendable(regie: Actor) -> None:
    home = make_home(cents=100)
    activity, slots = make_canteen(cents=320)
    assert not home.preview(activity, home.choices(slots[3])).can_confirm
    allow(regie, home.family, "5")
    recap = home.preview(activity, home.choices(slots[3]))
    assert (recap.can_confirm, recap.balance_after) == (True, "−2,20\u00a0€")
    assert home.confirm(activity, home.choices(slots[3])).batch
