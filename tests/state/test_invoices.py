"""Les factures sans navigateur : payer en trois étapes, facturer un mois, rendre une ligne."""

import contextlib
from typing import Any

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import months_away
from portail.jobs import invoices as jobs
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.invoices import Invoice, InvoiceRun
from portail.services.invoices import runs
from portail.state.base import PortalState
from portail.state.invoice_desk import InvoiceDeskState, InvoiceRunsState
from portail.state.invoices import BillPaymentState, InvoicesState
from tests.factories.billing import OCTOBER, lines_of, make_billed, october, regie_id, start
from tests.factories.families import make_child, make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


async def arrive(events: Pipeline, account: Account, path: str, load: Any) -> Page:
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = path
    await page.visit(path)
    await page.call(load, path=path)
    return page


@pytest.fixture
def camille() -> Account:
    return make_account("camille@famille.example", now=clock.now())


async def test_two_invoices_are_paid_in_three_steps(events: Pipeline, camille: Account) -> None:
    family = make_family("Durand", camille)
    fill(family, 60_00, now=clock.now())
    first, second = (make_invoice(family, cents, now=clock.now()) for cents in (30_00, 15_00))
    page = await arrive(events, camille, "/paiement", BillPaymentState.load)
    await page.call(BillPaymentState.review, {"form_data": {f"facture-{first}": "on", f"facture-{second}": "on"}})
    state = await page.state(BillPaymentState)
    assert (state.step, state.plan.total, state.fault) == (2, "45,00\u00a0€", "")
    await page.call(BillPaymentState.go_on)
    await page.call(BillPaymentState.pay, {"form_data": {"means": "wallet"}})
    state = await page.state(BillPaymentState)
    assert state.done.startswith("45,00\u00a0€ payés")
    assert (balance(family), invoice(first).paid_cents, invoice(second).paid_cents) == (15_00, 30_00, 15_00)


@pytest.mark.parametrize("form", [{}, {"facture-": "on"}, {"autre": "on"}, {"facture-1": ""}])
async def test_nothing_chosen_stays_on_the_first_step(events: Pipeline, camille: Account, form: dict[str, str]) -> None:
    make_invoice(make_family("Durand", camille), now=clock.now())
    page = await arrive(events, camille, "/paiement", BillPaymentState.load)
    await page.call(BillPaymentState.review, {"form_data": form})
    state = await page.state(BillPaymentState)
    assert state.step == 1
    assert state.fault or (await page.state(PortalState)).closed


async def test_a_step_forgotten_pays_nothing(events: Pipeline, camille: Account) -> None:
    family = make_family("Durand", camille)
    fill(family, 60_00, now=clock.now())
    make_invoice(family, now=clock.now())
    page = await arrive(events, camille, "/paiement", BillPaymentState.load)
    await page.call(BillPaymentState.go_on)
    assert (await page.state(BillPaymentState)).step == 1
    await page.call(BillPaymentState.pay, {"form_data": {"means": "wallet"}})
    state = await page.state(BillPaymentState)
    assert (state.done, balance(family)) == ("", 60_00)


async def test_too_little_money_is_said_and_the_step_stays(events: Pipeline, camille: Account) -> None:
    family = make_family("Durand", camille)
    fill(family, 10_00, now=clock.now())
    key = make_invoice(family, 45_00, now=clock.now())
    page = await arrive(events, camille, f"/paiement?facture={key}", BillPaymentState.load)
    await page.call(BillPaymentState.review, {"form_data": {f"facture-{key}": "on"}})
    await page.call(BillPaymentState.go_on)
    await page.call(BillPaymentState.pay, {"form_data": {"means": "wallet"}})
    state = await page.state(BillPaymentState)
    assert "35,00\u00a0€" in state.fault
    assert (state.step, state.busy, invoice(key).paid_cents) == (3, False, 0)
    await page.call(BillPaymentState.pay, {"form_data": {}})
    assert (await page.state(BillPaymentState)).fault == "Choisissez comment payer."
    await page.call(BillPaymentState.go_back)
    assert (await page.state(BillPaymentState)).step == 2


async def test_the_list_the_detail_and_the_history(events: Pipeline, camille: Account) -> None:
    key = make_invoice(make_family("Durand", camille), 45_00, now=clock.now())
    page = await arrive(events, camille, "/factures", InvoicesState.load_list)
    assert (await page.state(InvoicesState)).listing.due == "45,00\u00a0€"
    await page.call(InvoicesState.load_one, path=f"/factures/{key}")
    assert (await page.state(InvoicesState)).file.row.id == key
    await page.call(InvoicesState.load_history, path="/compte/historique")
    assert (await page.state(InvoicesState)).account.balance == "45,00\u00a0€"
    await page.call(InvoicesState.choose_family, {"family_id": "-4"}, "/compte/historique")
    assert (await page.state(PortalState)).closed


async def test_the_legal_number_in_the_address_opens_the_invoice(events: Pipeline, camille: Account) -> None:
    key = make_invoice(make_family("Durand", camille), 45_00, now=clock.now())
    make_invoice(make_family("Bruno"), 10_00, now=clock.now())
    page = await arrive(events, camille, "/factures", InvoicesState.load_list)
    row = (await page.state(InvoicesState)).listing.rows[0]
    await page.call(InvoicesState.load_one, path=f"/factures/{row.number}")
    assert (await page.state(InvoicesState)).file.row.id == key
    assert not (await page.state(PortalState)).closed
    foreign = f"{row.number[:-6]}000002"
    for where in (foreign, "ENF", "0", "inconnue"):
        await page.call(InvoicesState.load_one, path=f"/factures/{where}")
        assert not (await page.state(InvoicesState)).file.ready
        assert (await page.state(PortalState)).closed


async def test_a_long_history_is_turned(events: Pipeline, camille: Account) -> None:
    family = make_family("Durand", camille)
    for _ in range(21):
        make_invoice(family, 1_00, now=clock.now())
    page = await arrive(events, camille, "/compte/historique", InvoicesState.load_history)
    await page.call(InvoicesState.turn_history, {"page": 2}, "/compte/historique")
    account = (await page.state(InvoicesState)).account
    assert (account.page, account.pages, len(account.rows), account.family_id) == (2, 2, 1, family)


async def test_a_month_is_billed_from_the_screen_by_the_worker(events: Pipeline) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    canteen, home = make_billed(), make_family("Alba")
    canteen.eat(home, make_child("Léa", home), *october(1))
    page = await arrive(events, agent, "/admin/facturation", InvoiceRunsState.load_list)
    month = (await page.state(InvoiceRunsState)).listing.months[0].value
    await page.call(InvoiceRunsState.start, {"form_data": {"regie": str(regie_id()), "month": month}})
    with reading() as db:
        run = db.exec(select(InvoiceRun)).one()
    jobs.tend_invoice_runs()
    where = f"/admin/facturation/{run.key}"
    await page.call(InvoiceRunsState.load_one, path=where)
    assert (await page.state(InvoiceRunsState)).file.row.state == "À relire"
    if run.month >= OCTOBER:
        await page.call(InvoiceRunsState.issue, path=where)
        jobs.tend_invoice_runs()
        await page.call(InvoiceRunsState.look, path=where)
        with reading() as db:
            (issued,) = db.exec(select(Invoice))
        assert issued.number == 1
        assert issued.file_id is not None, "le PDF est archivé par le même travail"


async def test_the_regie_looks_for_a_family_and_cancels(events: Pipeline) -> None:
    """Filtrer garde les mots cherchés ; annuler efface tout et rend les boutons."""
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    canteen = make_billed()
    for name in ("Alba", "Bruno"):
        home = make_family(name)
        canteen.eat(home, make_child("Léa", home), *october(1))
    run = start(open_session(agent, now=clock.now())[1], now=clock.now())
    jobs.tend_invoice_runs()
    where = f"/admin/facturation/{run}"
    page = await arrive(events, agent, where, InvoiceRunsState.load_one)
    await page.call(InvoiceRunsState.search, {"form_data": {"words": "alb"}}, where)
    await page.call(InvoiceRunsState.show_only, {"only": "striking"}, where)
    state = await page.state(InvoiceRunsState)
    assert ([row.family for row in state.file.rows], state.file.words) == (["Alba"], "alb")
    await page.call(InvoiceRunsState.show_only, {"only": "negative"}, where)
    assert (await page.state(InvoiceRunsState)).file.can_issue, "un filtre vide n'ôte pas le bouton"
    await page.call(InvoiceRunsState.cancel, {}, where)
    state = await page.state(InvoiceRunsState)
    assert (state.file.row.state, state.file.words, state.busy) == ("Annulée", "", False)
    with reading() as db:
        assert db.exec(select(Invoice)).first() is None


async def test_a_second_month_is_refused_on_the_spot(events: Pipeline) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    start(open_session(agent, now=clock.now())[1], now=clock.now())
    page = await arrive(events, agent, "/admin/facturation", InvoiceRunsState.load_list)
    form = {"regie": str(regie_id()), "month": months_away(OCTOBER, -1, on=1).isoformat()}
    await page.call(InvoiceRunsState.start, {"form_data": form})
    assert "Émettez-la ou annulez-la" in (await page.state(PortalState)).notice
    assert not (await page.state(InvoiceRunsState)).busy


@pytest.mark.parametrize("handler", [InvoiceRunsState.issue, InvoiceRunsState.cancel])
async def test_the_buttons_come_back_whatever_happens(
    events: Pipeline, monkeypatch: pytest.MonkeyPatch, handler: Any
) -> None:
    """Une panne au milieu : le bouton ne reste pas éteint pour toujours."""
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    run = start(open_session(agent, now=clock.now())[1], now=clock.now())
    where = f"/admin/facturation/{run}"
    page = await arrive(events, agent, where, InvoiceRunsState.load_one)

    def fail(**_given: object) -> None:
        raise RuntimeError("panne")

    monkeypatch.setattr(runs, "issue", fail)
    monkeypatch.setattr(runs, "cancel", fail)
    with contextlib.suppress(RuntimeError):
        await page.call(handler, {}, where)
    assert not (await page.state(InvoiceRunsState)).busy


async def test_a_wrong_month_is_said(events: Pipeline) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    page = await arrive(events, agent, "/admin/facturation", InvoiceRunsState.load_list)
    for form in ({}, {"regie": "1", "month": "x"}, {"regie": "x", "month": "2026-10-01"}):
        await page.call(InvoiceRunsState.start, {"form_data": form})
        said = await page.state(PortalState)
        assert said.notice or said.closed
    with reading() as db:
        assert db.exec(select(InvoiceRun)).first() is None


async def test_a_line_is_given_back_from_the_screen(events: Pipeline) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    key = make_invoice(make_family("Alba"), 10_00, 5_00, now=clock.now())
    where = f"/admin/factures/{key}"
    page = await arrive(events, agent, where, InvoiceDeskState.load_one)
    for form in ({"reason": "Erreur"}, {f"ligne-{lines_of(key)[0].key}": "on", "reason": ""}):
        await page.call(InvoiceDeskState.give_back, {"form_data": form}, where)
        assert (await page.state(InvoiceDeskState)).fault
    form = {f"ligne-{lines_of(key)[1].key}": "on", "reason": "Erreur de pointage"}
    await page.call(InvoiceDeskState.give_back, {"form_data": form}, where)
    state = await page.state(InvoiceDeskState)
    assert (state.fault, len(state.file.creditable), state.file.row.left) == ("", 1, "10,00\u00a0€")
    assert (await page.state(PortalState)).notice.startswith("Avoir ENF-")


async def test_an_amount_is_given_back_from_the_screen_once(events: Pipeline) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    key = make_invoice(make_family("Alba"), 10_00, 5_00, now=clock.now())
    where = f"/admin/factures/{key}"
    page = await arrive(events, agent, where, InvoiceDeskState.load_one)
    form = {"amount": "4", "reason": "Repas froid", "seen": str((await page.state(InvoiceDeskState)).file.room_cents)}
    for wrong, said in (({"amount": "4,001"}, "pas la forme"), ({"amount": "16"}, "15,00"), ({"seen": "x"}, "Relisez")):
        await page.call(InvoiceDeskState.give_back, {"form_data": form | wrong}, where)
        assert said in (await page.state(InvoiceDeskState)).fault
    await page.call(InvoiceDeskState.give_back, {"form_data": form}, where)
    state = await page.state(InvoiceDeskState)
    assert (state.fault, state.file.room, state.file.row.left) == ("", "11,00\u00a0€", "11,00\u00a0€")
    await page.call(InvoiceDeskState.give_back, {"form_data": form}, where)
    state = await page.state(InvoiceDeskState)
    assert ("Relisez" in state.fault, state.file.room_cents, state.busy) == (True, 11_00, False)


async def test_the_regie_searches_and_filters(events: Pipeline) -> None:
    agent = make_account("regie@mairie.example", role=Role.REGIE, now=clock.now())
    make_invoice(make_family("Alba"), 10_00, now=clock.now())
    page = await arrive(events, agent, "/admin/factures", InvoiceDeskState.load_list)
    await page.call(InvoiceDeskState.search, {"form_data": {"words": "Alba"}})
    await page.call(InvoiceDeskState.show_standing, {"how": "due"})
    state = await page.state(InvoiceDeskState)
    assert (state.listing.words, state.listing.standing, len(state.listing.rows)) == ("Alba", "due", 1)
    await page.call(InvoiceDeskState.turn, {"page": 9})
    assert (await page.state(InvoiceDeskState)).listing.page == 1
