"""Rembourser un solde : demandé une fois, viré une fois, jamais plus que ce qu'il contient."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.wallet import Charge
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.models.wallet import WalletRefund
from portail.services import regies, wallet
from portail.services.wallet import mine, refunding
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent
from tests.factories.families import make_family
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session

IBAN = "FR76 3000 6000 0112 3456 7890 189"
FORM = {"amount": "20", "holder": "Camille Durand", "iban": IBAN}


@pytest.fixture
def camille(base: Engine) -> Account:
    return make_account("camille@famille.example")


def home(account: Account, cents: int = 60_00) -> tuple[Actor, int]:
    family = make_family("Durand", account)
    fill(family, cents)
    return open_session(account)[1], family


def ask(actor: Actor, family: int, **changed: str) -> str:
    return refunding.ask(actor=actor, family_id=family, form=FORM | changed, now=NOW)


def rows() -> list[WalletRefund]:
    with reading() as db:
        return list(db.exec(select(WalletRefund)))


def letters() -> list[str]:
    with reading() as db:
        return [mail.subject for mail in db.exec(select(OutboxMail))]


def spend(family: int, cents: int) -> None:
    with transaction() as db:
        wallet.debit_for_booking(db, Charge(family, cents, "Repas"), author_id=None, now=NOW)


def test_a_family_asks_and_the_regie_pays(camille: Account) -> None:
    actor, family = home(camille)
    assert ask(actor, family) == "Votre demande de remboursement de 20,00\u00a0€ est envoyée à la régie."
    assert balance(family) == 60_00, "rien ne bouge avant le virement"
    shown = mine.show(actor=actor, wanted=Wanted(), now=NOW)
    assert (shown.may_ask, [one.state for one in shown.refunds]) == (False, ["Demandé"])
    assert "3000" not in shown.refunds[0].iban
    regie = agent()
    (line,) = refunding.waiting(actor=regie)
    assert (line.iban, line.holder, line.amount) == (IBAN.replace(" ", ""), "Camille Durand", "20,00\u00a0€")
    done = together(*[partial(refunding.pay, actor=regie, refund_id=line.id, now=NOW)] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert (balance(family), refunding.waiting(actor=regie)) == (40_00, [])
    assert rows()[0].sealed_iban is None, "l'IBAN ne survit pas à la réponse"
    assert letters() == ["Votre porte-monnaie est remboursé"]
    assert mine.show(actor=actor, wanted=Wanted(), now=NOW).statement.rows[0].kind == "Remboursement"
    assert wallet.check_ledger() == []


def test_the_iban_is_sealed_in_the_base(camille: Account) -> None:
    actor, family = home(camille)
    ask(actor, family)
    assert b"30006000" not in (rows()[0].sealed_iban or b"")
    assert rows()[0].iban_end == "0189"


def test_one_request_at_a_time_even_together(camille: Account) -> None:
    actor, family = home(camille)
    done = together(*[partial(ask, actor, family)] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert {type(one) for one in done if not isinstance(one, str)} == {refunding.AlreadyAskedError}
    assert refunding.withdraw(actor=actor, family_id=family, now=NOW)
    assert ask(actor, family, amount="60")
    with pytest.raises(RefusalError, match="n’attend plus"):
        refunding.pay(actor=agent(), refund_id=rows()[0].key, now=NOW)


def test_money_spent_since_is_not_refunded(camille: Account) -> None:
    actor, family = home(camille)
    ask(actor, family, amount="60")
    spend(family, 1_00)
    regie = agent()
    with pytest.raises(RefusalError, match="ne contient plus que 59,00"):
        refunding.pay(actor=regie, refund_id=rows()[0].key, now=NOW)
    assert (balance(family), rows()[0].state) == (59_00, "asked")
    assert refunding.refuse(actor=regie, refund_id=rows()[0].key, reason="Solde dépensé", now=NOW)
    (line,) = mine.show(actor=actor, wanted=Wanted(), now=NOW).refunds
    assert (line.state, line.reason, line.is_waiting) == ("Refusé", "Solde dépensé", False)
    assert letters()[-1] == "Votre demande de remboursement"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("amount", typed) for typed in ("", "0", "-5", "12,345", "NaN", "9223372036854775808")),
        *(("iban", typed) for typed in ("", "FR7630006000011234567890188", "XX", "FR76" + "0" * 60)),
        *(("holder", typed) for typed in ("", "x" * 71)),
    ],
)
def test_a_wrong_field_asks_nothing(camille: Account, field: str, typed: str) -> None:
    actor, family = home(camille)
    with pytest.raises(FormRefusedError) as refusal:
        ask(actor, family, **{field: typed})
    assert set(refusal.value.fields) == {field}
    assert rows() == []


def test_more_than_the_balance_is_not_asked(camille: Account) -> None:
    actor, family = home(camille, 10_00)
    with pytest.raises(RefusalError, match="10,00"):
        ask(actor, family)
    assert rows() == []


def test_foreign_and_forged_requests_are_closed(camille: Account) -> None:
    actor, family = home(camille)
    stranger = open_session(make_account("autre@famille.example"))[1]
    for call in (
        partial(ask, stranger, family),
        partial(refunding.withdraw, actor=stranger, family_id=family, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            call()
    ask(actor, family)
    staff = [
        open_session(make_account(f"{one}@mairie.example", role=one))[1] for one in (Role.RECEPTION, Role.DIRECTION)
    ]
    for other in (actor, *staff):
        calls: tuple[Any, ...] = (
            partial(refunding.waiting, actor=other),
            partial(refunding.pay, actor=other, refund_id=rows()[0].key, now=NOW),
            partial(refunding.refuse, actor=other, refund_id=rows()[0].key, reason="x", now=NOW),
        )
        for call in calls:
            with pytest.raises(NotOpenError):
                call()
    regie = agent()
    for forged in (0, -1, 999, 2**40):
        with pytest.raises(BadInputError):
            refunding.pay(actor=regie, refund_id=forged, now=NOW)
    with pytest.raises(FormRefusedError, match="pourquoi"):
        refunding.refuse(actor=regie, refund_id=rows()[0].key, reason="", now=NOW)
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == family)).one().can_see_money = False
    with pytest.raises(RefusalError, match="voir les factures"):
        refunding.withdraw(actor=actor, family_id=family, now=NOW)


# ── Il reste peu ─────────────────────────────────────────────────────────────────────────────────

LOW = "Votre porte-monnaie est presque vide"


def test_one_letter_each_time_the_balance_crosses_the_line(camille: Account) -> None:
    _, family = home(camille, 20_00)
    spend(family, 10_00)
    assert letters() == [], "dix euros juste, ce n'est pas encore peu"
    spend(family, 1)
    spend(family, 1_00)
    assert letters() == [LOW]
    fill(family, 20_00)
    spend(family, 25_00)
    assert letters() == [LOW, LOW]


def test_spending_together_crosses_once(camille: Account) -> None:
    _, family = home(camille, 20_00)
    together(*[partial(spend, family, 3_00)] * 6)
    assert (balance(family), letters()) == (2_00, [LOW])


def test_who_does_not_want_it_or_does_not_see_the_money_is_not_told(camille: Account) -> None:
    _, family = home(camille, 12_00)
    with transaction() as db:
        db.get_one(Account, camille.key).notify_wallet = False
    spend(family, 5_00)
    assert letters() == []
    fill(family, 20_00)
    with transaction() as db:
        db.get_one(Account, camille.key).notify_wallet = True
        db.exec(select(Guardian).where(Guardian.family_id == family)).one().can_see_money = False
    spend(family, 20_00)
    assert letters() == []


def test_a_refund_of_the_balance_is_not_an_alert(camille: Account) -> None:
    actor, family = home(camille, 20_00)
    ask(actor, family)
    refunding.pay(actor=agent(), refund_id=rows()[0].key, now=NOW)
    assert LOW not in letters()


def test_the_regie_settles_where_low_begins(camille: Account) -> None:
    regies.prepare()
    with transaction() as db:
        regies.default(db).low_cents = 15_00
    _, family = home(camille, 20_00)
    spend(family, 5_00)
    assert (letters(), low(camille)) == ([], False)
    spend(family, 1)
    assert (letters(), low(camille)) == ([LOW], True)
    with transaction() as db:
        regies.default(db).low_cents = 0
    spend(family, 14_99)
    assert (balance(family), letters(), low(camille)) == (0, [LOW], False)


def low(account: Account) -> bool:
    return mine.show(actor=open_session(account)[1], wanted=Wanted(), now=NOW).is_low
