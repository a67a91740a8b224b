"""Retrouver un mandat ou une remise, page par page ; et le mandat d'une famille, là où la régie l'encaisse."""

from datetime import date
from typing import Any

import pytest

from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import transaction
from portail.models.direct_debits import DebitBatch
from portail.models.regies import Regie
from portail.services.direct_debits import listing, mandates
from portail.services.wallet import desk as wallet_desk
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories import direct_debits as made
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice
from tests.factories.people import make_account


def found(agent: Any, words: str = "", page: int = 1) -> list[str]:
    return [one.family for one in listing.find_mandates(actor=agent, words=words, page=page).rows]


def sign_for(name: str, holder: str = "Titulaire", regie_id: int = 0) -> None:
    """Un mandat signé, sans passer par la page."""
    family, key = make_family(name), regie_id or made.make_collecting()
    account = make_account(f"{family}@famille.example").key
    with transaction() as db:
        signature = mandates.Signature(family, account, holder, "FR7630006000011234567890189")
        mandates.record(db, db.get_one(Regie, key), signature, NOW)


@pytest.mark.parametrize("words", ["Durand", "durand", "DUR", "F-Durand", "Camille", "  Durand  "])
def test_a_mandate_is_found_by_name_number_or_holder(durand: made.Payer, agent: Any, words: str) -> None:
    sign_for("Petit", "Paul Petit")
    assert found(agent, words) == ["Durand, F-Durand"]
    assert found(agent) == ["Petit, F-Petit", "Durand, F-Durand"]


def test_a_mandate_is_found_by_its_reference(durand: made.Payer, agent: Any) -> None:
    sign_for("Petit")
    rum = made.mandates_of(durand.family)[0].rum
    assert found(agent, rum) == found(agent, rum[-6:].lower()) == ["Durand, F-Durand"]


@pytest.mark.parametrize("words", ["Personne", "%", "_", "!"])
def test_nothing_is_found_for_other_words(durand: made.Payer, agent: Any, words: str) -> None:
    assert found(agent, words) == []
    assert listing.find_batches(actor=agent, words=words, page=1).rows == []


def test_an_ended_mandate_shows_only_when_it_is_sought(durand: made.Payer, agent: Any) -> None:
    mandates.end_at_desk(actor=agent, mandate_id=durand.mandate, now=NOW)
    assert listing.find_mandates(actor=agent, words="", page=1).summary == "0 mandat en cours, page 1 sur 1"
    shown = listing.find_mandates(actor=agent, words="Durand", page=1)
    assert (shown.summary, shown.words) == ("1 mandat, page 1 sur 1", "Durand")
    (row,) = shown.rows
    assert (row.state, row.is_active) == ("Terminé", False)


def test_mandates_turn_page_by_page(durand: made.Payer, agent: Any) -> None:
    regie_id = made.make_collecting()
    for rank in range(20):
        sign_for(f"Famille {rank:02d}", regie_id=regie_id)
    first = listing.find_mandates(actor=agent, words="", page=1)
    assert (first.summary, first.pages, len(first.rows)) == ("21 mandats en cours, page 1 sur 2", 2, 20)
    assert found(agent, page=2) == found(agent, page=99) == ["Durand, F-Durand"]
    assert found(agent, page=-3)[0] == "Famille 19, F-Famille 19"


def test_batches_turn_page_by_page_the_latest_first(agent: Any) -> None:
    regie_id = made.make_collecting()
    with transaction() as db:
        for rank in range(21):
            day = date(2026, 12, 1 + rank)
            db.add(DebitBatch(regie_id=regie_id, message_id=f"R-{rank:02d}", collected_on=day, created_at=NOW))
    first = listing.find_batches(actor=agent, words="", page=1)
    assert (first.summary, len(first.rows), first.rows[0].name) == ("21 remises, page 1 sur 2", 20, "R-20")
    second = listing.find_batches(actor=agent, words="", page=2)
    assert [(one.name, one.count, one.amount) for one in second.rows] == [("R-00", "0 prélèvement", "0,00\u00a0€")]


def test_a_batch_is_found_by_the_families_it_debits_and_keeps_its_total(durand: made.Payer, agent: Any) -> None:
    make_invoice(durand.family, 10_00)
    make_invoice(made.make_payer("Petit").family, 7_00)
    made.prepare(agent)
    make_invoice(durand.family, 5_00)
    made.prepare(agent, date(2026, 12, 14))
    rum = made.mandates_of(durand.family)[0].rum

    def amounts(words: str) -> list[str]:
        return [one.amount for one in listing.find_batches(actor=agent, words=words, page=1).rows]

    assert amounts("Durand") == amounts(rum) == amounts("") == ["5,00\u00a0€", "17,00\u00a0€"]
    assert amounts("Petit") == amounts("PRLV-20261207") == ["17,00\u00a0€"]


def test_words_too_long_are_refused_with_a_sentence(agent: Any) -> None:
    for find in (listing.find_mandates, listing.find_batches):
        with pytest.raises(RefusalError):
            find(actor=agent, words="x" * 81, page=1)


def test_only_the_regie_searches(durand: made.Payer) -> None:
    for find in (listing.find_mandates, listing.find_batches):
        with pytest.raises(RefusalError):
            find(actor=durand.actor, words="", page=1)


def test_the_desk_page_of_a_family_shows_its_mandate(durand: made.Payer, agent: Any) -> None:
    def shown() -> list[Any]:
        return wallet_desk.show(actor=agent, wanted=Wanted(durand.family), now=NOW).mandates

    (one,) = shown()
    assert (one.rum, one.iban) == (made.mandates_of(durand.family)[0].rum, "••••\u00a00189")
    assert one.dates == "signé le 20 novembre 2026"
    mandates.end_at_desk(actor=agent, mandate_id=durand.mandate, now=NOW)
    assert shown() == []


def test_a_family_without_a_mandate_shows_none(durand: made.Payer, agent: Any) -> None:
    other = make_family("Petit")
    assert wallet_desk.show(actor=agent, wanted=Wanted(other), now=NOW).mandates == []
    with pytest.raises(NotOpenError):
        wallet_desk.show(actor=agent, wanted=Wanted(2**40), now=NOW)
