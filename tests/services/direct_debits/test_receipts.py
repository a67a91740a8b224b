"""Les courriels d'un prélèvement : ce qui sera pris, ce qui l'a été, ce que la banque a refusé ; bien accordés."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from portail.domain.accounts import AccountStatus
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.services.direct_debits import mine, outcomes
from tests.factories import direct_debits as made
from tests.factories.crowds import together
from tests.factories.invoices import invoice, make_invoice, make_payment

RECEIPT = "Votre prélèvement de"


def sent(agent: Any) -> int:
    batch = made.prepare(agent)
    made.send(agent, batch)
    return batch


def test_what_was_collected_is_told_once_to_each_family(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 42_30)
    make_invoice(durand.family, 8_00, month=date(2026, 9, 1))
    make_invoice(made.make_payer("Petit").family, 7_00)
    batch = sent(agent)
    assert made.letters(RECEIPT) == []
    made.collect(agent, batch)
    first, second = made.letters(RECEIPT)
    assert first[:2] == ("durand@famille.example", "Votre prélèvement de 50,30\u00a0€ est bien reçu")
    assert "Le 7 décembre 2026, 50,30\u00a0€ ont été prélevés sur votre compte ••••\u00a00189." in first[2]
    for said in ("ENF-2026-000001 : 42,30\u00a0€", "ENF-2026-000002 : 8,00\u00a0€"):
        assert said in first[2]
    assert "porte-monnaie" not in first[2]
    assert (second[0], "7,00\u00a0€" in second[1], "ENF-2026-000001" in second[2]) == (
        "petit@famille.example",
        True,
        False,
    )
    made.collect(agent, batch)
    assert len(made.letters(RECEIPT)) == 2


def test_collected_in_pieces_or_by_two_agents_it_is_still_told_once(
    durand: made.Payer, agent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "AT_ONCE", 2)
    for cents in (1_00, 2_00, 3_00):
        make_invoice(durand.family, cents)
    batch = sent(agent)
    together(*[partial(made.collect, agent, batch)] * 2)
    ((_, subject, words),) = made.letters(RECEIPT)
    assert "6,00\u00a0€" in subject
    assert words.count("Facture ENF") == 3


def test_a_line_the_bank_rejected_first_is_not_in_the_receipt(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 10_00)
    make_invoice(durand.family, 5_00)
    batch = sent(agent)
    made.reject(agent, made.debits()[0].key)
    made.collect(agent, batch)
    ((_, subject, words),) = made.letters(RECEIPT)
    assert "5,00\u00a0€" in subject
    assert "10,00" not in words


def test_a_batch_all_rejected_sends_no_receipt(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    batch = sent(agent)
    made.reject(agent, made.debits()[0].key)
    made.collect(agent, batch)
    assert made.letters(RECEIPT) == []


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        (10_00, "10,00\u00a0€ n’étaient plus dus : cette somme est dans votre porte-monnaie."),
        (1_50, "1,50\u00a0€ n’était plus dû : cette somme est dans votre porte-monnaie."),
    ],
)
def test_money_no_more_due_is_said_to_be_in_the_wallet(durand: made.Payer, agent: Any, paid: int, said: str) -> None:
    one = make_invoice(durand.family, 10_00)
    batch = sent(agent)
    make_payment(durand.family, paid, (one, paid))
    made.collect(agent, batch)
    ((_, _, words),) = made.letters(RECEIPT)
    assert said in words
    assert words.count("porte-monnaie") == 1


@pytest.mark.parametrize(
    ("cents", "will_be", "was"),
    [
        (1_00, "sera prélevé", "a été prélevé"),
        (1_99, "sera prélevé", "a été prélevé"),
        (2_00, "seront prélevés", "ont été prélevés"),
    ],
)
def test_the_verb_agrees_with_the_sum(durand: made.Payer, agent: Any, cents: int, will_be: str, was: str) -> None:
    make_invoice(durand.family, cents)
    batch = sent(agent)
    made.collect(agent, batch)
    ((_, _, announced),) = made.letters("Prélèvement de")
    ((_, _, received),) = made.letters(RECEIPT)
    assert f"{will_be} sur votre compte" in announced
    assert f"{was} sur votre compte" in received


def test_the_review_agrees_too(durand: made.Payer, agent: Any) -> None:
    one = make_invoice(durand.family, 1_00)
    batch = sent(agent)
    make_payment(durand.family, 1_00, (one, 1_00))
    made.collect(agent, batch)
    assert "1,00\u00a0€ versé au porte-monnaie" in made.debits()[0].review


def test_a_death_is_told_softly_to_the_family_and_plainly_to_the_regie(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family)
    made.collected(agent)
    made.reject(agent, made.debits()[0].key, "MD07")
    ((_, _, words),) = made.letters("Prélèvement rejeté")
    assert "décédé" not in words
    assert "Motif : ce compte ne peut plus être prélevé." in words
    assert "Prenez le temps qu’il vous faut" in words
    assert made.debits()[0].review.startswith("Rejeté (MD07, Titulaire décédé)")
    (line,) = mine.show(actor=durand.actor, family_id=0).debits
    assert (line.reason, line.review) == ("Ce compte ne peut plus être prélevé", "")


@pytest.mark.parametrize(
    ("reason", "said"), [("AC01", "Motif : IBAN inconnu de la banque."), ("AM04", "Motif : provision insuffisante.")]
)
def test_other_reasons_are_said_as_they_are(durand: made.Payer, agent: Any, reason: str, said: str) -> None:
    make_invoice(durand.family)
    made.collected(agent)
    made.reject(agent, made.debits()[0].key, reason)
    ((_, _, words),) = made.letters("Prélèvement rejeté")
    assert said in words
    assert "Prenez le temps" not in words


def test_the_letter_of_a_signature_names_the_creditor(durand: made.Payer) -> None:
    ((_, _, words),) = made.letters("Votre mandat de prélèvement")
    assert "Valbourg-sur-Loire Régie enfance" in words
    assert "FR12ZZZ123456" in words


def test_my_page_names_the_creditor_as_the_bank_does(durand: made.Payer) -> None:
    (mandate,) = mine.show(actor=durand.actor, family_id=0).mandates
    assert (mandate.creditor, mandate.creditor_id) == ("Valbourg-sur-Loire Régie enfance", "FR12ZZZ123456")


def test_closed_meanwhile_an_account_receives_nothing_and_the_batch_is_cashed(durand: made.Payer, agent: Any) -> None:
    bill = make_invoice(durand.family, 10_00)
    batch = sent(agent)
    with transaction() as db:
        db.get_one(Account, durand.actor.account_id).status = AccountStatus.CLOSED
    made.collect(agent, batch)
    assert (made.letters(RECEIPT), invoice(bill).paid_cents) == ([], 10_00)
