"""Le préavis est dû à chaque famille : celle que personne ne peut prévenir n'est pas prélevée, et l'agent le voit."""

from typing import Any

import pytest
from sqlmodel import col, update

from portail.domain.accounts import AccountStatus
from portail.domain.families import GuardianRole
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.services.direct_debits import preparing
from portail.services.direct_debits.preparing import NobodyToTellError, NothingToCollectError
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.invoices import make_invoice
from tests.factories.people import make_account


def close(actor: Any) -> None:
    with transaction() as db:
        closed = {"status": AccountStatus.CLOSED}
        db.exec(update(Account).where(col(Account.id) == actor.account_id).values(**closed))


def preview(agent: Any) -> Any:
    return preparing.preview(actor=agent, form=made.wanted(), now=NOW)


def test_a_family_nobody_can_tell_is_marked_and_left_out(durand: made.Payer, agent: Any) -> None:
    silent = made.make_payer("Petit")
    told, untold = make_invoice(durand.family, 10_00), make_invoice(silent.family, 99_00)
    close(silent.actor)
    seen = preview(agent)
    assert (seen.count, seen.amount) == ("1 facture", "10,00\u00a0€")
    assert [one.id for one in seen.rows] == [told]
    assert [(one.id, one.family) for one in seen.left_out] == [(untold, "Petit")]
    made.prepare(agent)
    assert [one.invoice_id for one in made.debits()] == [told]
    assert [to for to, _, _ in made.letters("Prélèvement de")] == ["durand@famille.example"]


def test_one_adult_who_sees_the_money_is_enough(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    close(durand.actor)
    other = make_account("grand-pere@famille.example")
    with transaction() as db:
        adult = {"first_name": "Paul", "last_name": "Durand", "role": GuardianRole.CARER}
        db.add(Guardian(family_id=durand.family, account_id=other.key, **adult))
    assert preview(agent).left_out == []
    made.prepare(agent)
    assert [to for to, _, _ in made.letters("Prélèvement de")] == ["grand-pere@famille.example"]


def test_an_adult_who_does_not_see_the_money_is_not_told(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.family_id) == durand.family).values(can_see_money=False))
    with pytest.raises(NobodyToTellError):
        preview(agent)


def test_when_no_family_can_be_told_the_refusal_says_what_to_do(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    close(durand.actor)
    for gesture in (lambda: preview(agent), lambda: made.prepare(agent)):
        with pytest.raises(NobodyToTellError, match="prévenue") as refusal:
            gesture()
        assert "Ouvrez-leur un compte" in refusal.value.full_sentence
    assert made.batches() == []


def test_a_family_told_again_comes_back(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    close(durand.actor)
    with pytest.raises(NobodyToTellError):
        preview(agent)
    with transaction() as db:
        back = {"status": AccountStatus.ACTIVE}
        db.exec(update(Account).where(col(Account.id) == durand.actor.account_id).values(**back))
    assert preview(agent).count == "1 facture"


def test_without_a_single_bill_nothing_else_is_said(durand: made.Payer, agent: Any) -> None:
    close(durand.actor)
    with pytest.raises(NothingToCollectError):
        preview(agent)
