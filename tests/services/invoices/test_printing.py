"""Le PDF d'une facture : balisé, archivable, archivé une fois, rendu à qui de droit."""

from datetime import datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import func, select

from portail.domain.accounts import Role
from portail.domain.refusals import NotOpenError
from portail.integrations import pdf_pool
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.files import StoredFile
from portail.services.invoices import printing
from portail.services.invoices.downloading import download
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.people import make_account, open_session

LINES = (
    {"meal_cents": 150, "care_cents": 170, "child_name": "Léa", "activity": "Cantine · Jean-Macé", "label": "Repas"},
    {"meal_cents": 150, "care_cents": 170, "child_name": "Léa", "activity": "Cantine · Jean-Macé", "label": "Repas"},
    {"care_cents": -210, "quantity": -1, "child_name": "Noé", "activity": "Garderie", "label": "Soir : annulation"},
)


def body_of(actor, key: int, now: datetime) -> bytes:
    return download(actor, key, now).body


def text_of(body: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages).replace("\u00a0", " ")


@pytest.fixture
def actor(base_sqlite: Engine):
    return open_session(make_account("alba@famille.example"))[1]


@pytest.fixture
def family(actor) -> int:
    from portail.models.accounts import Account

    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    return make_family("Alba", account)


def test_the_paper_says_who_owes_what_for_whom(actor, family: int, now: datetime) -> None:
    key = make_invoice(family, *LINES)
    text = text_of(body_of(actor, key, now))
    for said in (
        "Facture d’octobre 2026",
        "ENF-2026-000001",
        "À payer avant le : 20 décembre 2026",
        "Cantine · Jean-Macé : Repas 2 3,20 € 6,40 €",
        "Garderie : Soir : annulation −1 2,10 € −2,10 €",
        "Total à payer : 4,30 €",
        f"/factures/{key}",
        "1 rue Pasteur",
    ):
        assert said in text, text


def test_the_paper_is_tagged_archivable_and_in_french(actor, family: int, now: datetime) -> None:
    reader = PdfReader(BytesIO(body_of(actor, make_invoice(family, *LINES), now)))
    root, metadata = reader.trailer["/Root"], reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("fr")
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_the_archive_is_kept_as_issued(actor, family: int, now: datetime) -> None:
    key = make_invoice(family, *LINES)
    assert printing.print_some(now)
    first = body_of(actor, key, now)
    with transaction() as db:
        from portail.models.families import Family

        db.get_one(Family, family).address = "2 rue Neuve"
    assert body_of(actor, key, now) == first
    assert not printing.print_some(now), "une fois suffit"


def test_two_printers_leave_one_archive(actor, family: int, now: datetime) -> None:
    from portail.services.invoices.detail import lines_of

    key = make_invoice(family)
    with reading() as db:
        lines = lines_of(db, [key])
    waiting = invoice(key)
    printing.print_these([waiting], lines, now)
    kept = invoice(key).file_id
    printing.print_these([waiting], lines, now)
    assert invoice(key).file_id == kept
    with reading() as db:
        assert db.exec(select(func.count()).select_from(StoredFile)).one() == 1


def test_a_name_that_cannot_be_drawn_becomes_squares(actor, family: int, now: datetime) -> None:
    key = make_invoice(family, {"care_cents": 100, "child_name": "乐"})
    assert "□" in text_of(body_of(actor, key, now))


def test_typst_code_in_a_name_stays_text(actor, family: int, now: datetime) -> None:
    key = make_invoice(family, {"care_cents": 100, "child_name": "#panic()$x$*y*"})
    assert "#panic()$x$*y*" in text_of(body_of(actor, key, now))


def test_many_are_composed_by_other_processes_to_the_same_bytes(family: int, now: datetime) -> None:
    key = make_invoice(family, *LINES)
    paper = printing.paper_of(invoice(key), [])
    many = pdf_pool.compile_many(printing.TEMPLATE, [paper] * pdf_pool.FEW, now)
    (alone,) = pdf_pool.compile_many(printing.TEMPLATE, [paper], now)
    assert set(many) == {alone}


def test_it_is_not_given_to_another_family_nor_to_an_adult_without_the_right(actor, family: int, now: datetime) -> None:
    other = open_session(make_account("bruno@famille.example"))[1]
    key = make_invoice(family)
    for number in (key, 0, -1, 999, 2**63):
        with pytest.raises(NotOpenError):
            download(other, number, now)
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == family)).one().can_see_money = False
    with pytest.raises(Exception, match="Votre accès"):
        download(actor, key, now)


@pytest.mark.parametrize(("role", "opened"), [(Role.REGIE, True), (Role.ADMIN, True), (Role.RECEPTION, False)])
def test_only_the_agents_of_the_regie_read_it(base_sqlite: Engine, role: Role, opened: bool, now: datetime) -> None:
    agent = open_session(make_account("agent@mairie.example", role=role))[1]
    key = make_invoice(make_family("Alba"))
    if opened:
        assert download(agent, key, now).name == "ENF-2026-000001.pdf"
    else:
        with pytest.raises(NotOpenError):
            download(agent, key, now)
