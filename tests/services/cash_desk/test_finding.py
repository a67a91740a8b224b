"""Retrouver un encaissement par ce que l'agent a sous les yeux : un adulte, même mal écrit, un bordereau, une référence."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor
from portail.domain.families import GuardianRole
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.services import regies
from portail.services.accounting import tables
from portail.services.cash_desk import finding, slips
from portail.services.merging import person_keys
from tests.conftest import NOW
from tests.factories.cards import attempts, make_cards, payer, top_up
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.direct_debits import ON_THE_DAY, collected, debits, make_agent, make_collecting, make_payer, reject
from tests.factories.families import make_child, make_family
from tests.factories.invoices import make_invoice


@pytest.fixture
def regie(base: Engine) -> Actor:
    regies.prepare()
    return agent()


def found(regie: Actor, words: str) -> list[str]:
    return [row.family for row in finding.find(actor=regie, words=words, page=1, now=NOW).rows]


@pytest.fixture
def homes(regie: Actor) -> None:
    """Les Durand, dont une mère s'appelle Lefèvre ; les Benali, pour que chercher serve à quelque chose."""
    durand, benali = make_family("Durand"), make_family("Benali")
    make_child("Noémie", durand)
    with transaction() as db:
        for family, first, last, rank in ((durand, "Camille", "Lefèvre", 1), (benali, "Karim", "Benali", 2)):
            names = {"first_name": first, "last_name": last, "role": GuardianRole.MOTHER}
            db.add(Guardian(family_id=family, phone=f"06 00 00 00 0{rank}", **names))
    person_keys.index_everything()
    take(regie, durand, amount="20", note="0012")
    take(regie, benali, amount="34,56", means="cash")


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize(
    "words",
    [
        "Lefèvre",
        "lefevre",
        "Lefebvre",
        "LEFEVRE",
        "Camille Lefèvre",
        "lefevre camille",
        "Camile Lefevre",
        "Noémie",
        "06 00 00 00 01",
        "0600000001",
        "+33 6 00 00 00 01",
        "f-durand",
    ],
)
def test_an_adult_is_found_even_misspelled(regie: Actor, words: str) -> None:
    assert found(regie, words) == ["Durand"]


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize("words", ["Camille Benali", "Zorro", "Lefèvre Durand Zorro", "06 99 99 99 99"])
def test_who_is_not_there_is_not_found(regie: Actor, words: str) -> None:
    assert found(regie, words) == []


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize(
    "words",
    [
        "ENF-B00001",
        "enf-b00001",
        "ENF-B1",
        "ENF B00001",
        "ENF–B00001",
        "bordereau ENF-B00001",
        "Bordereau n° ENF-B00001",
        "B00001",
    ],
)
def test_a_slip_is_found_by_its_number(regie: Actor, words: str) -> None:
    slips.make(actor=regie, regie_id=regie_id(), means="cheque", pieces=[payments()[0].key], now=NOW)
    assert found(regie, words) == ["Durand"]
    assert found(regie, "ENF-B00002") == []


@pytest.mark.usefixtures("homes")
@pytest.mark.parametrize("words", ["34,56", "34,56 €", "34.56", "34,56\u00a0€"])
def test_an_amount_is_found_as_it_is_written(regie: Actor, words: str) -> None:
    assert found(regie, words) == ["Benali"]


def test_an_attempt_is_found_by_its_reference(
    base: Engine, regie: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = make_cards(tmp_path, monkeypatch)
    home = payer("Alba")
    cards.pay(top_up(home.actor, home.family))
    cards.deliver()
    take(regie, make_family("Benali"), amount="12")
    (attempt,) = attempts()
    reference = attempt.reference
    spaced = f" {reference[:6]} {reference[6:10]}-{reference[10:]} "
    for words in (reference, reference.lower(), reference[2:], spaced, attempt.provider_ref or "?"):
        assert found(regie, words) == ["Alba"], words
    assert found(regie, "PFABSENTE") == []


def test_a_rejected_debit_is_said_rejected_even_the_same_day(base: Engine) -> None:
    make_collecting()
    payer_ = make_payer()
    make_invoice(payer_.family, 45_00)
    agent_ = make_agent()
    collected(agent_)
    reject(agent_, debits()[0].key)
    (row,) = finding.find(actor=agent_, words="", page=1, now=ON_THE_DAY).rows
    assert (row.state, row.tone) == (f"Rejeté le {ON_THE_DAY:%d/%m/%Y}", "err")
    made = tables.payments(agent_, regie_id(), {"mois": f"{ON_THE_DAY:%Y-%m}"}, NOW).body.decode("utf-8-sig")
    assert "Annulé" not in made
    assert "Rejeté" in made
