"""Le PDF d'une facture : balisé, archivable, archivé une fois, rendu à qui de droit."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader
from sqlalchemy import Engine
from sqlmodel import func, select

from portail.domain.accounts import Role
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations import pdf_pool
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.files import StoredFile
from portail.services.invoices import desk, mine, printing, run_desk
from portail.services.invoices.downloading import download
from portail.settings import current
from tests.factories.billing import bill, invoices_of, make_billed, october
from tests.factories.families import make_child, make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.people import make_account, open_session
from tests.tools import pdfs
from tests.tools.qr import texts_of

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


def test_the_paper_reads_like_a_document(actor, family: int, now: datetime) -> None:
    """Ce qu'un lecteur d'écran demande : titres, tableau, titres de colonnes, une image décrite."""
    body = body_of(actor, make_invoice(family, *LINES), now)
    pdfs.assert_accessible(body, "Facture d’octobre 2026")
    assert {"H1", "H2", "Table", "TR", "TH", "TD", "Link", "Figure"} <= pdfs.tags_of(body)


def test_the_link_and_the_code_lead_to_the_invoice(actor, family: int, now: datetime) -> None:
    key = make_invoice(family, *LINES)
    (page,) = pdfs.opened(body_of(actor, key, now)).pages
    links = [one.get_object()["/A"]["/URI"] for one in page["/Annots"]]
    wanted = f"{current().site_url}/factures/{key}"
    assert set(links) == {wanted}
    paper = printing.paper_of(invoice(key), [])
    assert texts_of(paper["code"].encode()) == [wanted]
    assert paper["code_alt"] == f"Code QR de l’adresse {wanted}"


def test_the_archive_is_kept_as_issued(actor, family: int, now: datetime) -> None:
    key = make_invoice(family, *LINES)
    assert printing.print_some(now)
    first = body_of(actor, key, now)
    with transaction() as db:
        from portail.models.families import Family

        db.get_one(Family, family).address = "2 rue Neuve"
    assert body_of(actor, key, now) == first
    assert not printing.print_some(now), "une fois suffit"


def test_a_round_of_several_batches_archives_each_under_its_own_number(
    actor, family: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Le lot suivant se compose pendant que le précédent s'archive : aucun PDF ne change de facture."""
    monkeypatch.setattr(printing, "AT_ONCE", 2)
    monkeypatch.setattr(printing, "ROUND", 5)
    keys = [make_invoice(family, {"care_cents": 100, "child_name": f"Enfant {rank}"}) for rank in range(7)]
    assert printing.print_some(now)
    assert [invoice(key).file_id is not None for key in keys] == [True] * 5 + [False] * 2
    assert printing.print_some(now)
    for rank, key in enumerate(keys):
        assert f"Enfant {rank}" in text_of(body_of(actor, key, now))


def test_two_printers_leave_one_archive(actor, family: int, now: datetime) -> None:
    from portail.services.invoices.detail import printed_lines

    key = make_invoice(family)
    with reading() as db:
        lines = printed_lines(db, [key])
    waiting = invoice(key)
    printing.begin_these([waiting], lines, now)()
    kept = invoice(key).file_id
    printing.begin_these([waiting], lines, now)()
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


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Le papier de Zoé ne se compose pas."""
    real = pdf_pool._draw

    def draw(template: str, at: int, given: str) -> bytes:
        if "Zoé" in given:
            raise typst.TypstError("panicked")
        return real(template, at, given)

    monkeypatch.setattr(pdf_pool, "_draw", draw)


def three(family: int) -> list[int]:
    return [make_invoice(family, {"care_cents": 100, "child_name": name}) for name in ("Léa", "Zoé", "Noé")]


@pytest.mark.usefixtures("fragile")
def test_one_bad_paper_among_three_does_not_stop_the_others(
    actor, family: int, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    keys = three(family)
    assert printing.print_some(now)
    assert [invoice(key).file_id is not None for key in keys] == [True, False, True]
    assert [invoice(key).print_failed_at for key in keys] == [None, now, None]
    assert f"Le PDF de la facture {keys[1]} ne se compose pas : TypstError" in caplog.text
    assert "Zoé" not in caplog.text, "jamais un nom au journal"
    assert not printing.print_some(now + timedelta(minutes=1)), "la minute d'après n'y revient pas"


def test_it_is_tried_again_the_next_day(actor, family: int, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    key = make_invoice(family)
    with monkeypatch.context() as broken:
        broken.setattr(pdf_pool, "_attempt", lambda *_: pdf_pool.Drawn(fault="panne"))
        printing.print_some(now)
    tomorrow = now + timedelta(days=1)
    assert printing.print_some(tomorrow)
    assert (invoice(key).file_id is not None, invoice(key).print_failed_at) == (True, None)


@pytest.mark.usefixtures("fragile")
def test_the_failure_is_said_to_the_family_and_to_the_regie(actor, family: int, now: datetime) -> None:
    agent = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    make_billed().eat(family, make_child("Zoé", family), *october(1))
    run = bill(agent)
    printing.print_some(now)
    row = run_desk.show_all(actor=agent, now=now).rows[0]
    assert (row.id, row.failed, row.is_busy, row.progress) == (run, "1 PDF en échec", False, "")
    (key,) = [one.key for one in invoices_of(family)]
    for file in (mine.show(actor=actor, invoice_id=key, now=now), desk.show(actor=agent, invoice_id=key, now=now)):
        assert (file.row.has_pdf, file.row.is_pdf_failed) == (True, True)
    with pytest.raises(RefusalError, match="n’a pas pu être composé"):
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
