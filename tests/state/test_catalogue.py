"""« Activités » et l'inscription d'un enfant, sans navigateur."""

from typing import Any

import pytest
from sqlmodel import select

from portail import clock
from portail.models.activities import Enrolment
from portail.models.database import reading
from portail.state.catalogue import CatalogueState
from portail.state.chooser import ChooserState
from portail.state.enrolments import EnrolmentState
from portail.views.activities import Enrolled
from tests.factories.activities import make_activity, make_offering
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


async def arrive(events: Pipeline) -> tuple[Page, int, int, int]:
    alba = make_account(now=clock.now())
    family = make_family("Essai", alba)
    lou, zoe = make_child("Lou", family), make_child("Zoé", family)
    activity = make_activity(name="Mercredis", enrolment_mode="direct")
    make_offering(activity, name="Journée", weekdays=[2])
    return events.page(session=open_session(alba, now=clock.now())[0]), lou, zoe, activity


async def do(tab: Page, handler: Any, **payload: Any) -> EnrolmentState:
    await tab.call(handler, payload, tab.path)
    return await tab.state(EnrolmentState)


async def open_activity(tab: Page, activity: int, query: str = "") -> EnrolmentState:
    tab.path = f"/activites/{activity}{query}"
    await tab.visit(tab.path)
    return await do(tab, EnrolmentState.load)


async def test_the_catalogue_follows_the_child_and_the_kind(events: Pipeline) -> None:
    tab, lou, _, _ = await arrive(events)
    tab.path = "/activites"
    await tab.visit(tab.path)
    await tab.call(ChooserState.load_chooser, {}, tab.path)
    await tab.call(CatalogueState.load, {}, tab.path)
    state = await tab.state(CatalogueState)
    assert [len(card.children) for card in state.catalogue.others] == [2]
    await tab.call(CatalogueState.choose_child, {"child_id": lou}, tab.path)
    state = await tab.state(CatalogueState)
    assert [child.first_name for child in state.catalogue.others[0].children] == ["Lou"]
    await tab.call(CatalogueState.show_kind, {"kind": "sport"}, tab.path)
    state = await tab.state(CatalogueState)
    assert (state.catalogue.kind, state.catalogue.others) == ("sport", [])


async def test_a_child_is_enrolled_and_the_page_says_what_is_next(events: Pipeline) -> None:
    tab, _, zoe, activity = await arrive(events)
    state = await open_activity(tab, activity, f"?enfant={zoe}")
    assert state.activity.child == zoe
    form = {"child": str(zoe), "kind": "occasional", "rules": "on"}
    state = await do(tab, EnrolmentState.enrol, form_data=form)
    assert (state.done.state, state.done.href) == ("accepted", f"/reservations/{activity}")
    assert [one.label for one in state.activity.to_enrol] == ["Lou"]
    state = await do(tab, EnrolmentState.end, child_id=zoe)
    assert state.done == Enrolled()
    assert state.notice.startswith("L’inscription est terminée")
    assert len(state.activity.to_enrol) == 2


async def test_a_form_half_filled_says_each_fault_and_enrols_nobody(events: Pipeline) -> None:
    tab, lou, _, activity = await arrive(events)
    await open_activity(tab, activity)
    state = await do(tab, EnrolmentState.enrol, form_data={"child": str(lou), "kind": "regular"})
    assert set(state.errors) == {"days", "rules"}
    assert state.fault
    assert not state.busy
    state = await do(tab, EnrolmentState.choose, child_id=str(lou))
    assert (state.errors, state.fault) == ({}, "")
    with reading() as db:
        assert db.exec(select(Enrolment)).all() == []


async def test_a_neighbours_child_closes_the_page(events: Pipeline) -> None:
    tab, *_, activity = await arrive(events)
    stranger = make_child("Sam", make_family("Voisin"))
    await open_activity(tab, activity)
    form = {"child": str(stranger), "kind": "occasional", "rules": "on"}
    assert (await do(tab, EnrolmentState.enrol, form_data=form)).closed
    with reading() as db:
        assert db.exec(select(Enrolment)).all() == []


@pytest.mark.parametrize("child", ["", "abc", "-1", "9" * 12, "٣"])
async def test_a_child_that_is_no_number_is_nobody(events: Pipeline, child: str) -> None:
    tab, lou, _, activity = await arrive(events)
    await open_activity(tab, activity)
    assert (await do(tab, EnrolmentState.choose, child_id=child)).activity.child == lou


async def test_an_unknown_activity_is_closed(events: Pipeline) -> None:
    tab, *_ = await arrive(events)
    assert (await open_activity(tab, 999)).closed
