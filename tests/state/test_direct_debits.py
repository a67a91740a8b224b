"""« Mes prélèvements » et l'écran de la régie, sans navigateur."""

from datetime import timedelta
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.direct_debits import earliest_day
from portail.state.base import PortalState
from portail.state.debit_desk import DebitDeskState
from portail.state.direct_debits import DirectDebitsState
from tests.factories import direct_debits as made
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
MINE, DESK = "/prelevements", "/admin/prelevements"


async def arrive(events: Pipeline, account: Any, path: str, load: Any) -> Page:
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = path
    await page.visit(path)
    await page.call(load, path=path)
    return page


async def mine(events: Pipeline) -> Page:
    camille = make_account("camille@famille.example", now=clock.now())
    make_family("Durand", camille)
    made.make_collecting()
    return await arrive(events, camille, MINE, DirectDebitsState.load)


async def do(tab: Page, handler: Any, **payload: Any) -> DirectDebitsState:
    await tab.call(handler, payload, MINE)
    return await tab.state(DirectDebitsState)


async def at_desk(tab: Page, handler: Any, path: str = DESK, **payload: Any) -> DebitDeskState:
    await tab.call(handler, payload, path)
    return await tab.state(DebitDeskState)


async def said(tab: Page) -> str:
    return (await tab.state(PortalState)).notice


async def test_a_parent_signs_then_ends_a_mandate(events: Pipeline) -> None:
    tab = await mine(events)
    state = await tab.state(DirectDebitsState)
    (regie,) = state.page.regies
    assert (state.page.holder, regie.label) == ("Camille Essai", "Régie enfance")
    form = made.FORM | {"regie": regie.value}
    state = await do(tab, DirectDebitsState.sign, form_data=form)
    (mandate,) = state.page.mandates
    assert (mandate.is_active, state.page.regies, state.busy, state.fault) == (True, [], False, "")
    assert "est signé" in await said(tab)
    state = await do(tab, DirectDebitsState.end, mandate_id=mandate.id)
    assert (state.page.mandates[0].is_active, len(state.page.regies)) == (False, 1)
    assert await said(tab) == "Ce mandat a pris fin."


async def test_every_fault_is_beside_its_field(events: Pipeline) -> None:
    tab = await mine(events)
    state = await do(tab, DirectDebitsState.sign, form_data={"holder": "", "iban": "FR76", "accepted": ""})
    assert set(state.errors) == {"holder", "iban", "accepted"}
    assert state.fault.startswith("Indiquez le titulaire du compte.")
    assert (state.busy, state.page.mandates) == (False, [])
    state = await do(tab, DirectDebitsState.sign, form_data=made.FORM | {"regie": "99"})
    assert "à qui" in state.fault


async def test_the_family_of_another_closes_the_page(events: Pipeline) -> None:
    tab = await mine(events)
    other = make_family("Martin")
    await do(tab, DirectDebitsState.choose_family, family_id=str(other))
    assert (await tab.state(PortalState)).closed
    tab = await mine_again(events)
    await do(tab, DirectDebitsState.end, mandate_id=2**40)
    assert (await tab.state(PortalState)).closed


async def mine_again(events: Pipeline) -> Page:
    return await arrive(events, make_account("blaise@famille.example", now=clock.now()), MINE, DirectDebitsState.load)


async def test_the_regie_goes_from_the_preview_to_the_file(events: Pipeline) -> None:
    now = clock.now()
    payer = made.make_payer(now=now)
    bill = make_invoice(payer.family, 42_30, now=now)
    tab = await arrive(
        events, make_account("regie@mairie.example", role=Role.REGIE, now=now), DESK, DebitDeskState.load
    )
    state = await tab.state(DebitDeskState)
    form = {"regie": state.desk.regies[0].value, "day": state.desk.earliest}
    assert state.desk.earliest == earliest_day(paris_day(now)).isoformat()
    state = await at_desk(tab, DebitDeskState.look, form_data=form)
    assert (state.preview.amount, made.batches()) == ("42,30\u00a0€", [])
    state = await at_desk(tab, DebitDeskState.announce)
    assert await said(tab) == "La remise est prête. Les familles sont prévenues."
    (batch,) = made.batches()
    path = f"{DESK}/{batch.key}"
    state = await at_desk(tab, DebitDeskState.load_one, path)
    assert (state.file.can_send, state.file.has_file, len(state.file.rows)) == (True, False, 1)
    state = await at_desk(tab, DebitDeskState.make_file, path)
    assert (state.file.can_send, state.file.has_file, state.busy) == (False, True, False)
    await at_desk(tab, DebitDeskState.collect, path)
    assert "pas encore prélevé" in await said(tab)
    state = await at_desk(
        tab, DebitDeskState.reject, path, form_data={"debit": str(state.file.rows[0].id), "reason": "AC04"}
    )
    assert (state.file.rows[0].state, state.file.rows[0].reason) == ("Rejeté", "Compte clos")
    assert invoice(bill).paid_cents == 0
    state = await at_desk(tab, DebitDeskState.load)
    (review,) = state.desk.reviews
    assert (await at_desk(tab, DebitDeskState.see, debit_id=review.id)).desk.reviews == []


async def test_a_refused_gesture_is_said_and_changes_nothing(events: Pipeline) -> None:
    now = clock.now()
    payer = made.make_payer(now=now)
    make_invoice(payer.family, now=now)
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=now)
    tab = await arrive(events, agent, DESK, DebitDeskState.load)
    state = await at_desk(tab, DebitDeskState.look, form_data={"regie": "", "day": paris_day(now).isoformat()})
    assert set(state.errors) == {"regie", "day"}
    assert not state.preview.ready
    await at_desk(tab, DebitDeskState.announce)
    assert made.batches() == []
    actor = open_session(agent, now=now)[1]
    batch = made.prepare(actor, earliest_day(paris_day(now)), now + timedelta(seconds=1))
    path = f"{DESK}/{batch}"
    state = await at_desk(tab, DebitDeskState.load_one, path)
    await at_desk(tab, DebitDeskState.reject, path, form_data={"debit": str(state.file.rows[0].id), "reason": "AM04"})
    assert "déjà annoncé" in await said(tab)
    await at_desk(tab, DebitDeskState.cancel, path)
    assert made.batches() == []
    await at_desk(tab, DebitDeskState.load_one, f"{DESK}/{batch}")
    assert (await tab.state(PortalState)).closed


async def test_a_parent_does_nothing_at_the_desk(events: Pipeline) -> None:
    payer = made.make_payer("Alba", now=clock.now())
    tab = await mine(events)
    await at_desk(tab, DebitDeskState.end_mandate, mandate_id=payer.mandate)
    assert made.mandates_of(payer.family)[0].state == "active"
