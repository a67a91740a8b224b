"""« Fusionner deux dossiers » sans navigateur : choisir, confirmer, revenir ; deux agents au même instant."""

from datetime import date

import pytest

from portail import clock
from portail.state.merging import MergeState
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
BIRTH = date(2018, 3, 12)


def homes() -> tuple[int, int]:
    found = make_family("Moreau", now=clock.now()), make_family("Moro", now=clock.now())
    for home in found:
        make_child("Zoé", home, birth=BIRTH)
    return found


def desk(events: Pipeline, email: str = "accueil@mairie.example", role: str = "reception") -> Page:
    agent = make_account(email, role=role, now=clock.now())
    return events.page(session=open_session(agent, now=clock.now())[0])


def path_of(family_id: int) -> str:
    return f"/admin/familles/{family_id}/fusion"


async def state_of(page: Page) -> MergeState:
    return await page.state(MergeState)


async def chosen(events: Pipeline) -> tuple[Page, str, int, int]:
    """Un agent a les deux dossiers face à face."""
    mine, other = homes()
    page, path = desk(events), path_of(mine)
    await page.visit(path)
    await page.call(MergeState.compare, {"other_id": other}, path)
    assert (await state_of(page)).chosen.id == other
    return page, path, mine, other


@pytest.mark.parametrize("kept", ["this", "other"])
async def test_two_files_become_the_one_the_agent_keeps_then_two_again(events: Pipeline, kept: str) -> None:
    page, path, _, _ = await chosen(events)
    await page.call(MergeState.ask, {"form_data": {"kept": kept}}, path)
    state = await state_of(page)
    assert (state.asking, state.file.done) == (True, [])
    await page.call(MergeState.merge, path=path)
    state = await state_of(page)
    assert (state.file.is_open, state.asking, state.chosen.id, state.busy) == (kept == "this", False, 0, False)
    assert state.notice.startswith("Les deux dossiers n’en font plus qu’un.")
    (line,) = state.file.done
    await page.call(MergeState.undo, {"merge_id": line.id}, path)
    state = await state_of(page)
    assert (state.file.is_open, state.fault, state.busy) == (True, "", False)
    assert [one.undoable for one in state.file.done] == [False]
    assert state.notice.startswith("La fusion est défaite")


async def test_a_search_shows_what_it_finds_and_a_refusal_beside_it(events: Pipeline) -> None:
    mine, other = homes()
    page, path = desk(events), path_of(mine)
    await page.visit(path)
    await page.call(MergeState.search, {"form_data": {"words": "F-Moro"}}, path)
    assert [one.id for one in (await state_of(page)).found] == [other]
    await page.call(MergeState.search, {"form_data": {"words": "F-Moreau"}}, path)
    state = await state_of(page)
    assert (state.found, state.words) == ([], "F-Moreau")
    assert "avec lui-même" in state.fault
    await page.call(MergeState.search, {"form_data": {}}, path)
    assert "Tapez un nom" in (await state_of(page)).fault


async def test_choosing_again_forgets_the_confirmation(events: Pipeline) -> None:
    page, path, mine, other = await chosen(events)
    await page.call(MergeState.ask, {"form_data": {"kept": "other"}}, path)
    await page.call(MergeState.stop, path=path)
    state = await state_of(page)
    assert (state.asking, state.keeps_other) == (False, True)
    await page.call(MergeState.ask, {"form_data": {"kept": "other"}}, path)
    await page.call(MergeState.compare, {"other_id": mine}, path)
    state = await state_of(page)
    assert (state.asking, state.keeps_other, state.chosen.id) == (False, False, 0)
    assert "avec lui-même" in state.fault
    await page.call(MergeState.compare, {"other_id": other}, path)
    assert (await state_of(page)).fault == ""


async def test_nothing_is_asked_nor_merged_without_the_other_file(events: Pipeline) -> None:
    mine, _ = homes()
    page, path = desk(events), path_of(mine)
    await page.visit(path)
    await page.call(MergeState.ask, {"form_data": {"kept": "other"}}, path)
    assert not (await state_of(page)).asking
    await page.call(MergeState.merge, path=path)
    state = await state_of(page)
    assert (state.file.is_open, state.file.done, state.fault != "") == (True, [], True)
    for unknown in (0, -1, 987_654):
        await page.call(MergeState.undo, {"merge_id": unknown}, path)
        assert (await state_of(page)).fault


async def test_of_two_agents_the_second_reads_what_the_first_did(events: Pipeline) -> None:
    first, path, _mine, other = await chosen(events)
    second = desk(events, "direction@mairie.example", "direction")
    await second.visit(path)
    await second.call(MergeState.compare, {"other_id": other}, path)
    for agent in (first, second):
        await agent.call(MergeState.ask, {"form_data": {"kept": "this"}}, path)
        await agent.call(MergeState.merge, path=path)
    state = await state_of(second)
    assert "fusionné ne peut pas être fusionné" in state.fault
    (line,) = state.file.done
    assert (line.other_id, line.undoable, state.asking) == (other, True, False)
    await second.call(MergeState.undo, {"merge_id": line.id}, path)
    await first.call(MergeState.undo, {"merge_id": line.id}, path)
    assert (await state_of(second)).fault == ""
    assert "déjà défaite" in (await state_of(first)).fault
    assert (await state_of(first)).file.is_open


@pytest.mark.parametrize(("email", "role"), [("ali@famille.example", "parent"), ("regie@mairie.example", "regie")])
async def test_the_page_is_closed_to_the_others(events: Pipeline, email: str, role: str) -> None:
    mine, other = homes()
    page, path = desk(events, email, role), path_of(mine)
    assert (await page.visit(path)).is_closed
    await page.call(MergeState.compare, {"other_id": other}, path)
    state = await state_of(page)
    assert (state.file.ready, state.chosen.id) == (False, 0)
