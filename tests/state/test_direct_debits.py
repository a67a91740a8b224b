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


async def sent_batch(events: Pipeline) -> tuple[Page, str]:
    """La page d'une remise dont le fichier est créé."""
    now = clock.now()
    make_invoice(made.make_payer(now=now).family, 42_30, now=now)
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=now)
    actor = open_session(agent, now=now)[1]
    batch = made.prepare(actor, earliest_day(paris_day(now)), now)
    made.send(actor, batch, now)
    path = f"{DESK}/{batch}"
    return await arrive(events, agent, path, DebitDeskState.load_one), path


async def test_a_batch_refused_whole_is_taken_back_with_a_reason(events: Pipeline) -> None:
    tab, path = await sent_batch(events)
    assert (await tab.state(DebitDeskState)).file.can_take_back
    state = await at_desk(tab, DebitDeskState.take_back, path, form_data={"why": " "})
    assert (list(state.errors), state.busy, len(made.batches())) == (["why"], False, 1)
    assert state.fault.startswith("Dites pourquoi")
    state = await at_desk(tab, DebitDeskState.take_back, path, form_data={"why": "Fichier refusé"})
    assert (state.errors, state.fault, state.busy, made.batches()) == ({}, "", False, [])
    assert "La remise est reprise" in await said(tab)


async def test_a_batch_already_gone_closes_the_page(events: Pipeline) -> None:
    tab, path = await sent_batch(events)
    await at_desk(tab, DebitDeskState.take_back, path, form_data={"why": "Fichier refusé"})
    await at_desk(tab, DebitDeskState.take_back, path, form_data={"why": "Fichier refusé"})
    assert (await tab.state(PortalState)).closed


async def test_a_batch_the_bank_handled_stays_and_says_why(events: Pipeline) -> None:
    tab, path = await sent_batch(events)
    debit = str((await tab.state(DebitDeskState)).file.rows[0].id)
    await at_desk(tab, DebitDeskState.reject, path, form_data={"debit": debit, "reason": "AM04"})
    state = await at_desk(tab, DebitDeskState.take_back, path, form_data={"why": "Fichier refusé"})
    assert "a déjà traité" in state.fault
    assert len(made.batches()) == 1


async def test_the_desk_searches_mandates_and_batches_together(events: Pipeline) -> None:
    now = clock.now()
    payer, other = made.make_payer(now=now), made.make_payer("Petit", now=now)
    make_invoice(payer.family, now=now)
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=now)
    made.prepare(open_session(agent, now=now)[1], earliest_day(paris_day(now)), now)
    tab = await arrive(events, agent, DESK, DebitDeskState.load)
    state = await tab.state(DebitDeskState)
    assert (len(state.mandates.rows), len(state.batches.rows)) == (2, 1)
    state = await at_desk(tab, DebitDeskState.search, form_data={"words": "Petit"})
    assert ([one.id for one in state.mandates.rows], state.batches.rows, state.busy) == ([other.mandate], [], False)
    state = await at_desk(tab, DebitDeskState.turn_mandates, page=9)
    assert (state.mandates.words, state.mandates.page) == ("Petit", 1)
    state = await at_desk(tab, DebitDeskState.turn_batches, page=9)
    assert (state.batches.rows, state.batches.page) == ([], 1)
    state = await at_desk(tab, DebitDeskState.end_mandate, mandate_id=other.mandate)
    assert (state.mandates.rows[0].is_active, state.busy) == (False, False)
    state = await at_desk(tab, DebitDeskState.search, form_data={"words": "x" * 99})
    assert state.mandates.words == "Petit", "une recherche refusée laisse la liste"


async def test_a_parent_does_nothing_at_the_desk(events: Pipeline) -> None:
    payer = made.make_payer("Alba", now=clock.now())
    tab = await mine(events)
    await at_desk(tab, DebitDeskState.end_mandate, mandate_id=payer.mandate)
    assert made.mandates_of(payer.family)[0].state == "active"
