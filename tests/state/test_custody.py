"""La page de garde, sans navigateur : mois, propositions, décisions, et ce qui ne passe pas."""

import dataclasses
from datetime import timedelta

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.models.custody import CustodyException, CustodyPattern
from portail.models.database import reading
from portail.models.requests import Request
from portail.state.base import PortalState
from portail.state.custody import AgentCustodyState, CustodyState, FamilyCustodyState
from portail.views import wording
from portail.views.custody import CustodyView
from tests.factories.custody import ALTERNATE
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


def day(later: int) -> str:
    return (clock.now().astimezone(wording.PARIS).date() + timedelta(days=later)).isoformat()


def rows(table: type) -> list:
    with reading() as db:
        return list(db.exec(select(table)))


async def arrive(events: Pipeline, *, agent: bool = False, homes: int = 2) -> tuple[Page, str]:
    """Un parent (ou un agent) sur la page de garde d'une enfant de deux foyers."""
    paul = make_account("paul@famille.example", now=clock.now())
    families = [make_family("Lefèvre", paul), make_family("Garnier")][:homes]
    jade = make_child("Jade", *families)
    reader = make_account("accueil@mairie.example", role=Role.RECEPTION, now=clock.now()) if agent else paul
    path = f"{'/admin' if agent else '/dossier'}/enfants/{jade}/garde"
    page = events.page(session=open_session(reader, now=clock.now())[0])
    await page.visit(path)
    return page, path


def pattern_fields(**changed: str) -> dict[str, dict[str, str]]:
    form = dataclasses.replace(ALTERNATE, anchor="", start=day(1), **changed)
    return {"form_data": dataclasses.asdict(form)}


def exception_fields(**changed: str) -> dict[str, dict[str, str]]:
    return {"form_data": {"home": "a", "first": day(3), "last": day(4)} | changed}


async def test_the_page_shows_this_month_and_turns(events: Pipeline) -> None:
    page, path = await arrive(events)
    view = (await page.state(CustodyState)).custody
    assert (view.first_name, view.shared, view.can_propose) == ("Jade", True, True)
    await page.call(FamilyCustodyState.turn, {"month": view.following}, path)
    turned = (await page.state(CustodyState)).custody
    assert (turned.month, turned.previous) == (view.following, view.month)


@pytest.mark.parametrize("month", ["2026-13", "x", "1900-01"])
async def test_a_month_that_does_not_exist_is_said_and_the_page_stays(events: Pipeline, month: str) -> None:
    page, path = await arrive(events)
    before = (await page.state(CustodyState)).custody
    await page.call(FamilyCustodyState.turn, {"month": month}, path)
    assert (await page.state(CustodyState)).custody == before
    assert (await page.state(PortalState)).notice_tone == "err"


async def test_a_proposal_is_sent_said_and_listed(events: Pipeline) -> None:
    page, path = await arrive(events)
    await page.call(FamilyCustodyState.propose_pattern, pattern_fields(), path)
    state = await page.state(CustodyState)
    assert (state.pattern_error, state.busy, state.sent) == ("", False, 1)
    assert [line.who for line in state.custody.proposals] == ["Vous"]
    number = rows(Request)[0].number
    assert f"Votre proposition {number} est envoyée" in (await page.state(PortalState)).notice
    await page.call(FamilyCustodyState.propose_exception, exception_fields(), path)
    assert len((await page.state(CustodyState)).custody.proposals) == 2
    assert (rows(CustodyPattern), rows(CustodyException)) == ([], [])


async def test_a_refused_proposal_names_its_field_and_keeps_the_form(events: Pipeline) -> None:
    page, path = await arrive(events)
    await page.call(FamilyCustodyState.propose_pattern, pattern_fields(end=day(0)), path)
    state = await page.state(CustodyState)
    assert (state.pattern_field, state.exception_error, state.sent, state.busy) == ("end", "", 0, False)
    assert "fin vient avant" in state.pattern_error
    await page.call(FamilyCustodyState.propose_exception, exception_fields(last=day(-1)), path)
    state = await page.state(CustodyState)
    assert (state.exception_field, state.pattern_error) == ("last", "")
    await page.call(FamilyCustodyState.propose_exception, exception_fields(), path)
    assert (await page.state(CustodyState)).exception_error == ""


async def test_a_double_tap_sends_one_proposal(events: Pipeline) -> None:
    page, path = await arrive(events)
    for _ in range(2):
        await page.call(FamilyCustodyState.propose_exception, exception_fields(), path)
    assert len(rows(Request)) == 1
    assert "déjà envoyé" in (await page.state(CustodyState)).exception_error


@pytest.mark.parametrize("form", [{}, {"kind": "x", "home": "\u202e", "start": "' OR 1=1"}, {"inconnu": "1"}])
async def test_a_strange_form_is_refused_and_breaks_nothing(events: Pipeline, form: dict[str, str]) -> None:
    page, path = await arrive(events)
    for handler in (FamilyCustodyState.propose_pattern, FamilyCustodyState.propose_exception):
        await page.call(handler, {"form_data": form}, path)
    state = await page.state(CustodyState)
    assert state.pattern_error or state.exception_error
    assert not state.busy
    assert rows(Request) == []


@pytest.mark.parametrize(
    "path",
    ["/contact", "/dossier/enfants/abc/garde", "/dossier/enfants/²/garde", "/dossier/enfants/99999999999999/garde"],
)
async def test_any_other_address_is_closed(events: Pipeline, path: str) -> None:
    page, _ = await arrive(events)
    await page.call(FamilyCustodyState.propose_exception, exception_fields(), path)
    assert (await page.state(PortalState)).closed
    assert rows(Request) == []


async def test_the_child_of_another_is_closed_and_nothing_is_sent(events: Pipeline) -> None:
    _, path = await arrive(events)
    stranger = make_account("ali@famille.example", now=clock.now())
    page = events.page(session=open_session(stranger, now=clock.now())[0])
    answer = await page.visit(path)
    assert (await page.state(PortalState)).closed
    assert (await page.state(CustodyState)).custody == CustodyView()
    assert "Jade" not in str(answer.updates)


async def test_an_only_home_has_an_explanation_and_no_calendar(events: Pipeline) -> None:
    page, path = await arrive(events, homes=1)
    view = (await page.state(CustodyState)).custody
    assert (view.ready, view.shared, view.weeks) == (True, False, [])
    await page.call(FamilyCustodyState.propose_exception, exception_fields(), path)
    assert "seul dossier" in (await page.state(CustodyState)).exception_error


async def test_a_parent_cannot_settle_anything(events: Pipeline) -> None:
    page, path = await arrive(events)
    for handler, payload in (
        (AgentCustodyState.settle_pattern, pattern_fields()),
        (AgentCustodyState.add_exception, exception_fields()),
        (AgentCustodyState.end_pattern, {"form_data": {"pattern_id": "1", "last_day": day(1)}}),
        (AgentCustodyState.remove_exception, {"exception_id": 1}),
        (AgentCustodyState.load, {}),
    ):
        await page.call(handler, payload, path)
        assert (await page.state(PortalState)).closed
    assert (rows(CustodyPattern), rows(CustodyException)) == ([], [])


async def test_an_agent_settles_a_rhythm_and_ends_it(events: Pipeline) -> None:
    page, path = await arrive(events, agent=True)
    await page.call(AgentCustodyState.settle_pattern, pattern_fields(), path)
    (line,) = (await page.state(CustodyState)).custody.patterns
    assert (await page.state(PortalState)).notice == "Le rythme est réglé."
    await page.call(AgentCustodyState.end_pattern, {"form_data": {"pattern_id": str(line.id), "last_day": "x"}}, path)
    state = await page.state(AgentCustodyState)
    assert (state.ending, bool(state.end_error)) == (line.id, True)
    payload = {"form_data": {"pattern_id": str(line.id), "last_day": day(30)}}
    await page.call(AgentCustodyState.end_pattern, payload, path)
    assert rows(CustodyPattern)[0].valid_to is not None
    assert (await page.state(AgentCustodyState)).end_error == ""
    for wrong in ("987", "-1", "²", "x", "9" * 30, ""):
        await page.call(AgentCustodyState.end_pattern, {"form_data": {"pattern_id": wrong}}, path)
        assert (await page.state(PortalState)).notice == "Ce rythme n’existe plus."


async def test_an_agent_adds_and_removes_an_exception(events: Pipeline) -> None:
    page, path = await arrive(events, agent=True)
    await page.call(AgentCustodyState.add_exception, exception_fields(), path)
    (line,) = (await page.state(CustodyState)).custody.exceptions
    assert line.at == "chez Lefèvre"
    for said in ("L’exception est retirée.", "Cette exception n’existe plus."):
        await page.call(AgentCustodyState.remove_exception, {"exception_id": line.id}, path)
        assert (await page.state(PortalState)).notice == said
    assert (await page.state(CustodyState)).custody.exceptions == []


async def test_a_refusal_tells_the_agent_where(events: Pipeline) -> None:
    page, path = await arrive(events, agent=True)
    await page.call(AgentCustodyState.settle_pattern, pattern_fields(), path)
    await page.call(AgentCustodyState.settle_pattern, pattern_fields(), path)
    state = await page.state(CustodyState)
    assert "autre rythme" in state.pattern_error
    assert (state.pattern_field, state.sent, state.busy) == ("start", 1, False)


async def test_leaving_the_page_forgets_the_errors(events: Pipeline) -> None:
    page, path = await arrive(events)
    await page.call(FamilyCustodyState.propose_pattern, pattern_fields(kind="x"), path)
    assert (await page.state(CustodyState)).pattern_error
    await page.visit(path)
    assert (await page.state(CustodyState)).pattern_error == ""


async def test_an_agent_without_the_files_finds_the_page_closed(events: Pipeline) -> None:
    _, path = await arrive(events, agent=True)
    animation = make_account("animation@mairie.example", role=Role.ANIMATION, now=clock.now())
    page = events.page(session=open_session(animation, now=clock.now())[0])
    await page.visit(path)
    assert (await page.state(PortalState)).closed
    assert (await page.state(CustodyState)).custody == CustodyView()
