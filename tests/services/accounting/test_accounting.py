"""Ce qui part vers la comptabilité : le bon mois, la bonne régie, pour la régie seulement."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.integrations.pes import SCHEMA
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.regies import Regie
from portail.services.accounting import tables, titles
from portail.services.cash_desk import slips, undoing
from tests.conftest import NOW
from tests.factories.billed import credit
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_regie
from tests.factories.people import make_account, open_session

OCTOBER, NOVEMBER = {"mois": "2026-10"}, {"mois": "2026-11"}


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def lines(body: bytes) -> list[list[str]]:
    return [line.split(";") for line in body.decode("utf-8-sig").splitlines()]


def test_the_invoices_of_a_month_with_what_is_left(regie: Actor) -> None:
    family = make_family("=Durand")
    make_invoice(family, 45_00)
    make_invoice(family, 10_00, month=date(2026, 9, 1))
    make_invoice(family, 20_00, regie_id=make_regie("SPO"))
    credit(family, {"amount_cents": -500})
    made = tables.invoices(regie, regie_id(), OCTOBER, NOW)
    take(regie, family, amount="15,50", split="wallet")
    assert made.name == "factures-enf-2026-10.csv"
    head, first, note = lines(made.body)
    assert head == list(tables.INVOICES)
    assert first[1:] == ["Facture", "F-=Durand", "'=Durand", "20/11/2026", "20/12/2026", "45,00", "0,00", "45,00"]
    assert note[1] == "Avoir"
    assert note[-3:] == ["-5,00", "0,00", "0,00"]


def test_the_payments_of_a_month_with_their_slip(regie: Actor) -> None:
    family = make_family("Durand")
    make_invoice(family, 45_00)
    take(regie, family, amount="50", note="0012")
    take(regie, family, amount="9", means="cash")
    take(regie, family, amount="7", means="cash", now=NOW - timedelta(days=30))
    first, second, _ = payments()
    slips.make(actor=regie, regie_id=regie_id(), means="cheque", pieces=[first.key], now=NOW)
    undoing.undo(actor=regie, payment_id=second.key, now=NOW)
    made = tables.payments(regie, regie_id(), NOVEMBER, NOW)
    assert [row[4:] for row in lines(made.body)[1:]] == [
        ["Chèque", "0012", "50,00", "45,00", "ENF-B00001", "Reçu"],
        ["Espèces", "", "9,00", "0,00", "", "Annulé"],
    ]


def test_the_unpaid_of_today(regie: Actor) -> None:
    family = make_family("Durand", make_account("durand@famille.example"))
    make_invoice(family, 45_00, now=NOW - timedelta(days=40))
    (head, row) = lines(tables.unpaid(regie, {}, NOW).body)
    assert head == list(tables.UNPAID)
    assert row[1:3] + row[5:] == ["F-Durand", "Durand", "10", "45,00", "0"]


@pytest.mark.parametrize("make", [tables.invoices, tables.payments])
def test_a_workbook_when_asked(regie: Actor, make: Callable[..., Any]) -> None:
    made = make(regie, regie_id(), OCTOBER | {"format": "xlsx"}, NOW)
    assert (made.name[-5:], made.body[:2]) == (".xlsx", b"PK")
    assert make(regie, regie_id(), OCTOBER | {"format": "exe"}, NOW).name.endswith(".csv")


def complete(**options: str) -> int:
    key = regie_id()
    with transaction() as db:
        row = db.get_one(Regie, key)
        wanted = {"treasury_code": "049012", "siret": "21490001200018", "budget_code": "12300"} | options
        for name, value in wanted.items():
            setattr(row, name, value)
        return row.key


def test_the_titles_of_a_month_follow_the_schema(regie: Actor) -> None:
    camille = make_account("camille@famille.example")
    family = make_family("Durand", camille)
    make_invoice(family, 45_00)
    make_invoice(make_family("Sans adulte"), 10_05)
    credit(family, {"amount_cents": -500})
    made = titles.titles(regie, complete(), OCTOBER, NOW)
    root = etree.fromstring(made.body)
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    assert made.name == "PESORMC_ENF_202610.xml"
    assert [one.get("V") for one in root.findall(".//MtHT")] == ["45.00", "10.05"]
    assert [one.get("V") for one in root.findall(".//Nom")] == ["Essai", "Sans adulte"]
    assert root.find(".//MtBordHt").get("V") == "55.05"
    assert (root.find(".//CodCol").get("V"), root.find(".//CodBud").get("V")) == ("123", "00")


def test_a_regie_without_its_codes_or_a_month_without_invoice_has_no_titles(regie: Actor) -> None:
    with pytest.raises(titles.RegieIncompleteError, match="le poste comptable, le SIRET, le code"):
        titles.titles(regie, regie_id(), OCTOBER, NOW)
    with pytest.raises(titles.RegieIncompleteError, match="le code collectivité et budget"):
        titles.titles(regie, complete(budget_code="123"), OCTOBER, NOW)
    with pytest.raises(RefusalError, match="Aucune facture"):
        titles.titles(regie, complete(), OCTOBER, NOW)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "1926-11", "2026-11-01", "../2026-11", "٢٠٢٦-11"])
@pytest.mark.parametrize("make", [tables.invoices, tables.payments, titles.titles])
def test_a_month_that_cannot_be_is_refused(regie: Actor, make: Callable[..., Any], month: str) -> None:
    with pytest.raises(BadInputError, match="mois"):
        make(regie, regie_id(), {"mois": month}, NOW)


@pytest.mark.parametrize("make", [tables.invoices, tables.payments, titles.titles])
def test_exports_are_for_the_regie_and_are_traced(base: Engine, make: Callable[..., Any]) -> None:
    for role in sorted(set(Role) - {Role.REGIE, Role.ADMIN}):
        actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
        with pytest.raises(NotOpenError):
            make(actor, regie_id(), OCTOBER, NOW)
        with pytest.raises(NotOpenError):
            tables.unpaid(actor, {}, NOW)
    regie = agent()
    for forged in (0, -1, 999, 2**40):
        with pytest.raises(NotOpenError):
            make(regie, forged, OCTOBER, NOW)
    make_invoice(make_family("Durand"), 45_00)
    make(regie, complete(), OCTOBER, NOW)
    with reading() as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.action == "desk.exported")).all()) == 1
