"""Les pièces jointes, du côté des états : relire après un envoi, montrer un refus, retirer."""

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.requests import RequestKind
from portail.integrations.storage import storage
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.services.health import pai
from portail.services.requests import NewRequest, desk, mine, open_request
from portail.services.requests.desk import Decision
from portail.state.base import PortalState
from portail.state.health import HealthState
from portail.state.request_desk import RequestDeskState
from portail.state.requests import RequestsState
from tests.factories import uploads
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


class Scene:
    """Un parent, sa démarche, son enfant, et un agent, chacun sur sa page."""

    def __init__(self, events: Pipeline) -> None:
        self.events = events
        self.account = make_account()
        self.parent = open_session(self.account, now=clock.now())[1]
        family = make_family("Un", self.account)
        self.child = make_child("Zoé", family)
        self.agent_account = make_account("accueil@mairie.example", role=Role.RECEPTION)
        self.agent = open_session(self.agent_account, now=clock.now())[1]
        with transaction() as db:
            new = NewRequest(RequestKind.SITUATION, self.parent, family, None, {"detail": "x"})
            self.request = open_request(db, new, clock.now()).key

    def send(self) -> None:
        mine.answer(actor=self.parent, request_id=self.request, text="", files=(uploads.good(),), now=clock.now())

    async def open(self, path: str, who: Account | None = None) -> Page:
        page = self.events.page(session=open_session(who or self.account, now=clock.now())[0])
        page.path = path
        await page.visit(path)
        return page


@pytest.fixture
def scene(events: Pipeline) -> Scene:
    return Scene(events)


async def call(page: Page, handler, **payload: object) -> str:
    await page.call(handler, payload, page.path)
    return (await page.state(PortalState)).notice


async def test_what_was_sent_by_its_own_route_is_read_again(scene: Scene) -> None:
    page = await scene.open(f"/demarches/{scene.request}")
    state = await page.state(RequestsState)
    assert state.request.files == []
    assert "application/pdf" in state.request.accept
    scene.send()
    assert await call(page, RequestsState.sent) == "Vos pièces sont jointes à la démarche."
    (line,) = (await page.state(RequestsState)).request.files
    assert (line.name, line.can_remove) == ("justificatif.pdf", True)
    assert await call(page, RequestsState.take_back, attachment_id=line.id) == "La pièce est retirée."
    assert (await page.state(RequestsState)).request.files == []
    assert list(storage().names()) == []


async def test_an_answer_says_that_it_left(scene: Scene) -> None:
    desk.ask(actor=scene.agent, made=Decision(scene.request, 1, "Un acte ?"), now=clock.now())
    page = await scene.open(f"/demarches/{scene.request}")
    scene.send()
    assert await call(page, RequestsState.sent) == "Votre réponse est envoyée."


async def test_a_refusal_stays_beside_its_fields_until_the_next_sending(scene: Scene) -> None:
    page = await scene.open(f"/demarches/{scene.request}")
    await call(page, RequestsState.refused, text="Trop long.", files="Un\nDeux")
    state = await page.state(RequestsState)
    assert (state.fault, state.files_fault) == ("Trop long.", "Un\nDeux")
    await call(page, RequestsState.sent)
    state = await page.state(RequestsState)
    assert (state.fault, state.files_fault) == ("", "")


async def test_a_piece_no_longer_removable_is_refused_in_words(scene: Scene) -> None:
    scene.send()
    page = await scene.open(f"/demarches/{scene.request}")
    (line,) = (await page.state(RequestsState)).request.files
    desk.take(actor=scene.agent, request_id=scene.request, version=2, now=clock.now())
    assert "ne se retire plus" in await call(page, RequestsState.take_back, attachment_id=line.id)
    assert not (await page.state(RequestsState)).request.files[0].can_remove


@pytest.mark.parametrize("gesture", ["ask", "accept", "refuse", "note"])
async def test_the_agent_sees_the_decision_made_and_its_form_closed(scene: Scene, gesture: str) -> None:
    page = await scene.open(f"/admin/demarches/{scene.request}", scene.agent_account)
    await call(page, RequestDeskState.choose, gesture=gesture)
    await call(page, RequestDeskState.refused, text="Non.", files="")
    assert (await page.state(RequestDeskState)).fault == "Non."
    made = Decision(scene.request, 1, "Voici.", (uploads.good(),))
    desk.GESTURES[gesture](actor=scene.agent, made=made, now=clock.now())
    assert await call(page, RequestDeskState.decided)
    state = await page.state(RequestDeskState)
    assert (state.gesture, state.fault, len(state.request.files)) == ("", "", 1)


async def test_the_pai_document_appears_and_goes(scene: Scene) -> None:
    page = await scene.open(f"/dossier/enfants/{scene.child}/sante")
    await call(page, HealthState.refused, text="", files="Vide.")
    assert (await page.state(HealthState)).files_fault == "Vide."
    pai.add(actor=scene.parent, child_id=scene.child, files=(uploads.good(),), now=clock.now())
    assert await call(page, HealthState.joined) == "Le document est joint à la fiche."
    state = await page.state(HealthState)
    assert (state.files_fault, [one.name for one in state.health.documents]) == ("", ["PAI.pdf"])
    await call(page, HealthState.remove_document, attachment_id=state.health.documents[0].id)
    assert (await page.state(HealthState)).health.documents == []


async def test_a_piece_of_another_family_is_not_removed(scene: Scene) -> None:
    scene.send()
    stranger = make_account("ali@famille.example")
    page = await scene.open("/demarches", stranger)
    for handler in (RequestsState.take_back, HealthState.remove_document):
        await call(page, handler, attachment_id=1)
        assert (await page.state(PortalState)).closed
    assert len(list(storage().names())) == 1
