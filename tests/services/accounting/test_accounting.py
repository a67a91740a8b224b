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
        ["Chèque", "0012", "50,00", "45,00", "ENF-B00001", "Reçu", ""],
        ["Espèces", "", "9,00", "0,00", "", "Annulé", ""],
    ]


def test_the_unpaid_of_today(regie: Actor) -> None:
    family = make_family("Durand", make_account("durand@famille.example"))
    make_invoice(family, 45_00, now=NOW - timedelta(days=40))
    (head, row) = lines(tables.unpaid(regie, {}, NOW).body)
    assert head == list(tables.UNPAID)
    assert row[1:3] + row[5:] == ["F-Durand", "Durand", "10", "45,00", "0"]


def test_the_lines_of_a_month_sum_up_by_child_and_service(regie: Actor) -> None:
    family = make_family("Durand")
    canteen = {"activity": "Cantine", "label": "Repas", "child_name": "Jules", "meal_cents": 300, "care_cents": 120}
    care = {"activity": "=Garderie", "label": "Soir", "child_name": "Jules", "care_cents": 250, "surcharge_cents": 50}
    make_invoice(family, canteen, canteen, care, canteen | {"child_name": "Alice"})
    make_invoice(family, canteen, month=date(2026, 9, 1))
    make_invoice(family, canteen, regie_id=make_regie("SPO"))
    made = tables.lines(regie, regie_id(), OCTOBER, NOW)
    head, *rows = lines(made.body)
    assert (made.name, head) == ("lignes-enf-2026-10.csv", list(tables.LINES))
    assert [row[2:] for row in rows] == [
        ["Durand", "Alice", "Cantine", "Repas", "1", "3,00", "1,20", "0,00", "4,20"],
        ["Durand", "Jules", "'=Garderie", "Soir", "1", "0,00", "2,50", "0,50", "3,00"],
        ["Durand", "Jules", "Cantine", "Repas", "2", "6,00", "2,40", "0,00", "8,40"],
    ]


@pytest.mark.parametrize("make", [tables.invoices, tables.payments, tables.lines])
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


def read_titles(regie: Actor, key: int) -> etree._Element:
    return etree.fromstring(titles.titles(regie, key, OCTOBER, NOW).body)


def values(root: etree._Element, name: str) -> list[str]:
    return [one.get("V") for one in root.findall(f".//{name}")]


def test_what_the_town_already_took_is_not_claimed_again(regie: Actor) -> None:
    half, whole, due = (make_family(name) for name in ("Moitié", "Tout", "Rien"))
    for family in (half, whole, due):
        make_invoice(family, 45_00)
    take(regie, half, amount="15,50")
    take(regie, whole, amount="45")
    root = read_titles(regie, complete())
    assert values(root, "MtHT") == ["29.50", "45.00"]
    assert root.find(".//MtBordHt").get("V") == "74.50"
    take(regie, half, amount="29,50")
    take(regie, due, amount="45")
    with pytest.raises(RefusalError, match="ne reste due"):
        read_titles(regie, complete())


def test_two_regies_never_share_a_debt_nor_a_slip(regie: Actor) -> None:
    family = make_family("Durand")
    codes = {"treasury_code": "049012", "siret": "21490001200018", "budget_code": "12300"}
    sport = make_regie("SPO", **codes)
    make_invoice(family, 45_00)
    make_invoice(family, 20_00, regie_id=sport)
    both = [read_titles(regie, complete()), read_titles(regie, sport)]
    for name in ("NumDette", "IdBord"):
        first, second = (values(root, name) for root in both)
        assert first != second
    assert all(len(debt) == 13 for root in both for debt in values(root, "NumDette"))


def test_a_file_made_in_january_belongs_to_the_year_of_its_invoices(regie: Actor) -> None:
    make_invoice(make_family("Durand"), 45_00)
    key = complete()
    before = read_titles(regie, key)
    after = etree.fromstring(titles.titles(regie, key, OCTOBER, NOW + timedelta(days=50)).body)
    assert (values(after, "Exer"), values(after, "DteBordEm")) == (["2026"], ["2027-01-09"])
    for kept in ("NumDette", "IdBord", "Cle1", "Cle2"):
        assert values(after, kept) == values(before, kept)


def test_a_regie_without_its_codes_or_a_month_without_invoice_has_no_titles(regie: Actor) -> None:
    with pytest.raises(titles.RegieIncompleteError, match="le poste comptable, le SIRET, le code"):
        titles.titles(regie, regie_id(), OCTOBER, NOW)
    with pytest.raises(titles.RegieIncompleteError, match="le code collectivité et budget"):
        titles.titles(regie, complete(budget_code="123"), OCTOBER, NOW)
    with pytest.raises(RefusalError, match="Aucune facture"):
        titles.titles(regie, complete(), OCTOBER, NOW)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "1926-11", "2026-11-01", "../2026-11", "٢٠٢٦-11"])
@pytest.mark.parametrize("make", [tables.invoices, tables.payments, tables.lines, titles.titles])
def test_a_month_that_cannot_be_is_refused(regie: Actor, make: Callable[..., Any], month: str) -> None:
    with pytest.raises(BadInputError, match="mois"):
        make(regie, regie_id(), {"mois": month}, NOW)


@pytest.mark.parametrize("make", [tables.invoices, tables.payments, tables.lines, titles.titles])
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
