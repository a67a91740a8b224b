"""Le relevé à garder : le même filtre que l'écran, pour qui voit l'argent."""

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.refusals import NotOpenError
from portail.domain.wallet import Charge
from portail.models.database import transaction
from portail.services import wallet
from portail.services.wallet import files
from tests.conftest import NOW
from tests.factories.desk import agent
from tests.factories.families import make_family
from tests.factories.money import fill
from tests.factories.people import make_account, open_session
from tests.tools.pdfs import assert_accessible, text_of


@pytest.fixture
def home(base: Engine) -> tuple[Actor, int]:
    account = make_account("camille@famille.example")
    family = make_family("Durand", account)
    fill(family, 60_00)
    with transaction() as db:
        wallet.debit_for_booking(db, Charge(family, 3_20, "=Repas"), author_id=None, now=NOW)
    return open_session(account)[1], family


def lines(actor: Actor, family: int, **given: str) -> list[str]:
    return files.make(actor, family, given, NOW).body.decode("utf-8-sig").splitlines()


def test_csv_keeps_the_filter_and_disarms_formulas(home: tuple[Actor, int]) -> None:
    assert lines(*home) == [
        "Date;Sorte;Libellé;Enfant;Montant;Solde après",
        "20/11/2026;Réservation;'=Repas;;-3,20;56,80",
        "20/11/2026;Alimentation;Au guichet;;60,00;60,00",
    ]
    assert len(lines(*home, sorte="booking")) == 2
    assert len(lines(*home, sorte="inconnue", periode="siècle")) == 3
    assert files.make(*home, {"format": "xlsx"}, NOW).body.startswith(b"PK")


def test_pdf_says_the_balance(home: tuple[Actor, int]) -> None:
    made = files.make(*home, {"format": "pdf", "periode": "year"}, NOW)
    said = " ".join(text_of(made.body).split())
    assert made.name == "porte-monnaie-2026-11-20-f-durand.pdf"
    assert "Solde 56,80" in said
    assert "12 derniers mois" in said
    assert_accessible(made.body, "Relevé du porte-monnaie · Valbourg-sur-Loire")
    assert "Solde 56,80" not in " ".join(
        text_of(files.make(*home, {"format": "pdf", "sorte": "top_up"}, NOW).body).split()
    )


def test_a_statement_is_for_who_sees_the_money(home: tuple[Actor, int]) -> None:
    _, family = home
    stranger = open_session(make_account("autre@famille.example"))[1]
    reception = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    for actor in (stranger, reception):
        with pytest.raises(NotOpenError):
            files.make(actor, family, {}, NOW)
    assert len(lines(agent(), family)) == 3
