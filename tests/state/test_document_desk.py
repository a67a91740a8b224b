"""Les documents sur le dossier d'une famille, sans navigateur."""

from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.state.document_desk import DocumentDeskState
from tests.factories.activities import make_document, make_document_type
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


async def do(tab: Page, handler: Any, **payload: Any) -> DocumentDeskState:
    await tab.call(handler, payload, tab.path)
    return await tab.state(DocumentDeskState)


async def arrive(events: Pipeline, role: Role = Role.RECEPTION) -> tuple[Page, int, int]:
    agent = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    tab = events.page(session=open_session(agent, now=clock.now())[0])
    family = make_family("Durand")
    tab.path = f"/admin/familles/{family}"
    await tab.visit(tab.path)
    return tab, family, make_child("Léa", family)


async def test_a_document_is_recorded_refused_and_accepted(events: Pipeline) -> None:
    tab, _, lea = await arrive(events)
    kind = make_document_type("Assurance")
    await do(tab, DocumentDeskState.load)
    form = {"type_id": str(kind), "whose": str(lea), "state": "sent"}
    state = await do(tab, DocumentDeskState.record, form_data=form)
    (row,) = state.desk.rows
    assert (row.word, state.notice) == ("envoyé, à valider", "Le document est enregistré.")
    state = await do(tab, DocumentDeskState.ask_why, document_id=row.id)
    assert state.refusing == row.id
    state = await do(tab, DocumentDeskState.refuse, form_data={"why": "Illisible."})
    assert (state.desk.rows[0].why, state.refusing, state.notice) == ("Illisible.", 0, "Document refusé.")
    state = await do(tab, DocumentDeskState.accept, document_id=row.id, seen="refused")
    assert state.desk.rows[0].word == "validé"


async def test_a_fault_stays_beside_its_field_and_nothing_is_lost(events: Pipeline) -> None:
    tab, *_ = await arrive(events)
    await do(tab, DocumentDeskState.load)
    state = await do(tab, DocumentDeskState.record, form_data={"state": "accepted"})
    assert set(state.errors) == {"type_id"}
    assert state.fault
    assert state.desk.rows == []


async def test_a_refusal_without_a_document_or_a_reason_changes_nothing(events: Pipeline) -> None:
    tab, family, _ = await arrive(events)
    number = make_document(make_document_type("Domicile", scope="family"), family, state="sent")
    await do(tab, DocumentDeskState.load)
    state = await do(tab, DocumentDeskState.refuse, form_data={"why": "Motif"})
    assert state.desk.rows[0].state == "sent"
    await do(tab, DocumentDeskState.ask_why, document_id=number)
    state = await do(tab, DocumentDeskState.refuse, form_data={"why": " "})
    assert (state.desk.rows[0].state, state.notice_tone) == ("sent", "err")
