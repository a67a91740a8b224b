"""« Mes documents » et la vérification d'une attestation, sans navigateur."""

import pytest
from sqlmodel import col, select, update

from portail import clock
from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.requests import RequestKind, RequestStatus
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.papers import Paper
from portail.models.requests import Request
from portail.services import papers
from portail.state.base import PortalState
from portail.state.papers import PapersState
from portail.state.verification import VerificationState
from portail.views.papers import PapersView, Verification
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


async def arrive(events: Pipeline, email: str = "camille@famille.example") -> tuple[Page, Actor]:
    account = make_account(email, now=clock.now())
    token, actor = open_session(account, now=clock.now())
    make_child("Léa", make_family("Durand", account, now=clock.now()))
    page = events.page(session=token)
    await page.visit("/documents")
    return page, actor


async def shelf_of(page: Page) -> PapersView:
    return (await page.state(PapersState)).shelf


def requests() -> list[Request]:
    with reading() as db:
        return list(db.exec(select(Request)))


async def test_one_card_for_the_family_and_one_for_each_child(events: Pipeline) -> None:
    page, _ = await arrive(events)
    first, second = (await shelf_of(page)).cards
    assert (first.label, first.href) == ("Télécharger la fiche famille (PDF)", "/telechargements/fiche-famille-1")
    assert second.label == "Télécharger l’attestation d’inscription de Léa (PDF)"
    assert second.href == "/telechargements/attestation-1"


async def test_with_two_families_each_sheet_says_which(events: Pipeline) -> None:
    account = make_account(now=clock.now())
    one, two = make_family("Un", account), make_family("Deux", account)
    make_child("Élodie", one, two)
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit("/documents")
    assert [card.label for card in (await shelf_of(page)).cards] == [
        "Télécharger la fiche famille Deux (PDF)",
        "Télécharger la fiche famille Un (PDF)",
        "Télécharger l’attestation d’inscription d’Élodie (PDF)",
    ]


async def test_a_family_that_waits_is_told_why_there_is_no_registration(events: Pipeline) -> None:
    page, _ = await arrive(events)
    with transaction() as db:
        db.exec(update(Family).values(status=FamilyStatus.PENDING))
    await page.visit("/documents")
    sheet, registration = (await shelf_of(page)).cards
    assert sheet.href
    assert (registration.href, registration.label) == ("", "")
    assert "validation du service enfance" in registration.detail


async def test_a_closed_family_shows_nothing(events: Pipeline) -> None:
    page, _ = await arrive(events)
    with transaction() as db:
        db.exec(update(Family).values(status=FamilyStatus.ARCHIVED))
    await page.visit("/documents")
    assert (await shelf_of(page)) == PapersView(ready=True)


async def test_a_correction_leaves_and_its_form_gives_way_to_the_wait(events: Pipeline) -> None:
    page, actor = await arrive(events)
    await page.call(PapersState.ask_correction, {"form_data": {"text": "Léa est au CM1."}}, "/documents")
    (request,) = requests()
    assert (request.kind, request.author_id) == (RequestKind.CORRECTION, actor.account_id)
    assert request.number in (await page.state(PortalState)).notice
    assert (await shelf_of(page)).correction.startswith(f"Votre demande {request.number}, envoyée le ")
    assert (await shelf_of(page)).deletion == ""
    state = await page.state(PapersState)
    assert (state.busy, state.correction_error) == (False, "")


@pytest.mark.parametrize(
    ("form", "words"),
    [({"text": "  "}, "Dites ce qu’il faut corriger"), ({}, "Dites ce qu’il faut"), ({"text": "x" * 1_600}, "1500")],
)
async def test_a_refused_correction_says_why(events: Pipeline, form: dict[str, str], words: str) -> None:
    page, _ = await arrive(events)
    await page.call(PapersState.ask_correction, {"form_data": form}, "/documents")
    state = await page.state(PapersState)
    assert words in state.correction_error
    assert (state.busy, requests()) == (False, [])
    await page.visit("/documents")
    assert (await page.state(PapersState)).correction_error == ""


async def test_a_deletion_is_read_before_it_leaves(events: Pipeline) -> None:
    page, _ = await arrive(events)
    await page.call(PapersState.ask_deletion, {"form_data": {"text": ""}}, "/documents")
    assert "Cochez la case" in (await page.state(PapersState)).deletion_error
    assert requests() == []
    await page.call(PapersState.ask_deletion, {"form_data": {"text": "", "understood": "on"}}, "/documents")
    assert [request.kind for request in requests()] == [RequestKind.DELETION]
    assert (await page.state(PapersState)).deletion_error == ""


async def test_a_second_deletion_is_refused_in_words(events: Pipeline) -> None:
    page, _ = await arrive(events)
    form = {"form_data": {"understood": "on"}}
    await page.call(PapersState.ask_deletion, form, "/documents")
    await page.call(PapersState.ask_deletion, form, "/documents")
    assert "déjà à l’étude" in (await page.state(PapersState)).deletion_error
    with transaction() as db:
        db.exec(update(Request).where(col(Request.kind) == RequestKind.DELETION).values(status=RequestStatus.REFUSED))
    await page.call(PapersState.ask_deletion, form, "/documents")
    assert len(requests()) == 2


async def test_agents_and_visitors_have_no_documents_page(events: Pipeline) -> None:
    visitor = events.page()
    assert (await visitor.visit("/documents")).redirects == ["/connexion?suite=/documents"]
    agent = make_account("accueil@mairie.example", role=Role.RECEPTION, now=clock.now())
    page = events.page(session=open_session(agent, now=clock.now())[0])
    await page.visit("/documents")
    assert (await page.state(PortalState)).closed
    await page.call(PapersState.ask_deletion, {"form_data": {"understood": "on"}}, "/documents")
    assert requests() == []


async def test_a_visitor_verifies_the_reference_of_the_address(events: Pipeline) -> None:
    _, actor = await arrive(events)
    papers.make_registration(actor, 1, clock.now())
    with reading() as db:
        reference = db.exec(select(Paper.reference)).one()
    visitor = events.page(browser="un-autre")
    await visitor.visit(f"/verification/{reference.lower()}")
    found = (await visitor.state(VerificationState)).found
    assert (found.status, found.initial) == ("valid", "L.")
    await visitor.visit("/verification")
    assert (await visitor.state(VerificationState)).found == Verification()
    await visitor.call(VerificationState.search, {"form_data": {"reference": reference}}, "/verification")
    assert (await visitor.state(VerificationState)).found.status == "valid"


@pytest.mark.parametrize("path", ["/verification/K7M2-QH4T-XW3P", "/verification/%00%27", "/verification/" + "x" * 900])
async def test_an_unknown_reference_is_said_unknown(events: Pipeline, path: str) -> None:
    visitor = events.page()
    await visitor.visit(path)
    assert (await visitor.state(VerificationState)).found.status == "unknown"
    await visitor.call(VerificationState.search, {"form_data": {}}, "/verification")
    assert (await visitor.state(VerificationState)).found.status == "unknown"
