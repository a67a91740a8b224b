"""Payer en ligne, sans navigateur : le formulaire, le départ, le retour, la sélection retrouvée."""

from pathlib import Path
from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import Role
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.database import transaction
from portail.services import regies, wallet
from portail.state.base import PortalState
from portail.state.bookings import CalendarState
from portail.state.online_payments import OnlinePaymentsState
from portail.state.paying import PaymentReturnState, TopUpState, kept_in
from portail.state.regies import RegiesState
from tests.factories.cards import PAGES, Cards, attempts, make_cards
from tests.factories.families import make_child, make_family
from tests.factories.money import balance, fill
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
FORM = {"amount": "20", "provider": "stripe", "token": "jeton-de-versement-1", "kept": ""}


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cards:
    regies.prepare()
    found = make_cards(tmp_path, monkeypatch)
    found.now[0] = clock.now()
    return found


async def arrive(events: Pipeline, email: str, path: str, load: Any, role: Role = Role.PARENT) -> tuple[Page, int]:
    account = make_account(email, role=role, now=clock.now())
    family = 0
    if role is Role.PARENT:
        family = make_family(email.partition("@")[0], account)
        make_child("Léa", family)
        fill(family, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = path
    await page.visit(path)
    await page.call(load, path=path)
    return page, family


async def test_a_parent_leaves_for_the_payment_page_and_comes_back(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    state = await page.state(TopUpState)
    assert [one.value for one in state.offer.providers] == ["stripe"]
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    state = await page.state(TopUpState)
    mark, _, url = state.leaving.partition(" ")
    assert (len(mark), url.startswith(f"{PAGES}/payer/cs_test_"), state.fault) == (12, True, "")
    assert state.busy  # le formulaire reste éteint : retrouvé par un lien, il attend d'être rechargé
    left = state.offer.token
    back = f"/paiement/retour?tentative={attempts()[0].reference}"
    await page.call(PaymentReturnState.load, path=back)
    assert (await page.state(PaymentReturnState)).result.is_waiting
    cards.pay(state.leaving)
    await page.call(PaymentReturnState.look_again, path=back)
    assert ((await page.state(PaymentReturnState)).result.is_waiting, balance(family)) == (True, 0)
    cards.deliver(clock.now())
    await page.call(PaymentReturnState.look_again, path=back)
    assert ((await page.state(PaymentReturnState)).result.title, balance(family)) == ("Paiement reçu", 2000)
    await page.call(TopUpState.load, path="/porte-monnaie")
    state = await page.state(TopUpState)
    assert (state.busy, state.leaving, state.offer.token == left) == (False, "", False)


async def test_a_wrong_amount_stays_in_the_form(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family), "amount": "12,345"}}, page.path)
    state = await page.state(TopUpState)
    assert (set(state.errors), state.busy, state.leaving) == ({"amount"}, False, "")


async def test_a_provider_that_is_down_is_said_in_french(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    cards.wire.cut = True
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    state = await page.state(TopUpState)
    assert state.fault.startswith("Le service de paiement ne répond pas. Rien n’a été débité. Votre demande est gardée")
    assert not state.busy


async def test_the_family_of_another_is_closed(events: Pipeline, cards: Cards) -> None:
    _, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    other, _ = await arrive(events, "boris@famille.example", "/porte-monnaie", TopUpState.load)
    await other.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, other.path)
    assert ((await other.state(PortalState)).closed, attempts()) == (True, [])


async def test_an_amount_that_is_proposed_fills_the_field_and_no_other_does(events: Pipeline, cards: Cards) -> None:
    page, _ = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    assert (await page.state(TopUpState)).offer.amount == ""
    await page.call(TopUpState.suggest, {"amount": "50"}, page.path)
    assert ((await page.state(TopUpState)).offer.amount, (await page.state(TopUpState)).picked) == ("50", 1)
    await page.call(TopUpState.suggest, {"amount": "9999"}, page.path)
    assert (await page.state(TopUpState)).offer.amount == "50"


@pytest.mark.parametrize(
    ("suite", "kept"),
    [
        ("", ""),
        ("/dossier", ""),
        ("/reservations/12?reprise=SEABC", "SEABC"),
        ("/reservations/12/avancee?reprise=SEABC&mois=1", "SEABC"),
        ("/reservations/12?choix=1.1=add", ""),
        ("//[mauvaise", ""),
        ("?reprise=", ""),
    ],
)
def test_an_address_names_at_most_a_reference(suite: str, kept: str) -> None:
    assert kept_in(suite) == kept


async def test_a_return_without_a_known_payment_is_closed(events: Pipeline, cards: Cards) -> None:
    page, _ = await arrive(events, "camille@famille.example", "/paiement/retour?tentative=PFX", PaymentReturnState.load)
    assert ((await page.state(PortalState)).closed, (await page.state(PaymentReturnState)).result.ready) == (
        True,
        False,
    )


async def test_a_resume_that_is_not_mine_changes_nothing(events: Pipeline, cards: Cards) -> None:
    page, _ = await arrive(events, "camille@famille.example", "/reservations/1?reprise=PFX", CalendarState.load)
    assert (await page.state(CalendarState)).draft.reference == ""


async def test_the_regie_refunds_from_its_screen(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    cards.pay((await page.state(TopUpState)).leaving)
    cards.deliver(clock.now())
    desk, _ = await arrive(
        events, "regie@mairie.example", "/admin/paiements", OnlinePaymentsState.load, role=Role.REGIE
    )
    (row,) = (await desk.state(OnlinePaymentsState)).listing.rows
    await desk.call(OnlinePaymentsState.edit, {"payment_id": row.payment_id}, desk.path)
    form = {"amount": "25", "reason": "Essai", "token": (await desk.state(OnlinePaymentsState)).listing.token}
    await desk.call(OnlinePaymentsState.check, {"form_data": form}, desk.path)
    assert "Il ne reste que" in (await desk.state(OnlinePaymentsState)).fault
    await desk.call(OnlinePaymentsState.check, {"form_data": form | {"amount": "20"}}, desk.path)
    plan = (await desk.state(OnlinePaymentsState)).plan
    assert (plan.ready, "passera de 20,00\u00a0€ à 0,00\u00a0€" in plan.sentence, balance(family)) == (True, True, 2000)
    await desk.call(OnlinePaymentsState.refund, {}, desk.path)
    state = await desk.state(OnlinePaymentsState)
    assert (state.editing, state.fault, state.listing.rows[0].can_refund) == (0, "", False)
    assert "20,00\u00a0€ remboursés" in (await desk.state(PortalState)).notice
    await desk.call(OnlinePaymentsState.search, {"form_data": {"words": "personne"}}, desk.path)
    assert (await desk.state(OnlinePaymentsState)).listing.rows == []
    await desk.call(OnlinePaymentsState.reviewed, {"attempt_id": row.id}, desk.path)
    assert (await desk.state(PortalState)).closed


async def test_the_regie_gives_the_wallet_what_was_really_received(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    cards.pay((await page.state(TopUpState)).leaving)
    cards.change(attempts()[0].provider_ref, amount_total=1)
    cards.deliver(clock.now())
    path = "/admin/paiements?voir=review"
    desk, _ = await arrive(events, "regie@mairie.example", path, OnlinePaymentsState.load, role=Role.REGIE)
    (row,) = (await desk.state(OnlinePaymentsState)).listing.rows
    cards.wire.cut = True
    await desk.call(OnlinePaymentsState.credit, {"attempt_id": row.id}, desk.path)
    assert "ne répond pas" in (await desk.state(PortalState)).notice
    assert not (await desk.state(OnlinePaymentsState)).busy
    cards.wire.cut = False
    await desk.call(OnlinePaymentsState.credit, {"attempt_id": row.id}, desk.path)
    state = await desk.state(OnlinePaymentsState)
    assert (balance(family), state.listing.rows, state.busy) == (1, [], False)
    assert "0,01\u00a0€ versés" in (await desk.state(PortalState)).notice


async def test_a_doubt_is_closed_by_one_gesture(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    cards.pay((await page.state(TopUpState)).leaving)
    cards.change(attempts()[0].provider_ref, amount_total=1)
    cards.deliver(clock.now())
    path = "/admin/paiements?voir=review"
    desk, _ = await arrive(events, "regie@mairie.example", path, OnlinePaymentsState.load, role=Role.REGIE)
    (row,) = (await desk.state(OnlinePaymentsState)).listing.rows
    await desk.call(OnlinePaymentsState.reviewed, {"attempt_id": row.id}, desk.path)
    state = await desk.state(OnlinePaymentsState)
    assert (balance(family), state.listing.rows, state.busy) == (0, [], False)


async def test_the_regie_takes_back_what_a_family_owes(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    cards.pay((await page.state(TopUpState)).leaving)
    cards.deliver(clock.now())
    with transaction() as db:  # dépensé depuis
        mine, desk = wallet.wallet_of(db, family, clock.now()), wallet.common(db, LedgerAccountKind.DESK, clock.now())
        lines = (wallet.Line(mine, -2000), wallet.Line(desk, 2000))
        wallet.post(db, wallet.Movement(MovementKind.REFUND, "Virement", lines, clock.now()))
    cards.dashboard.refund(cards.page(), 2000)
    cards.deliver(clock.now())
    desk, _ = await arrive(
        events, "regie@mairie.example", "/admin/paiements", OnlinePaymentsState.load, role=Role.REGIE
    )
    (row,) = (await desk.state(OnlinePaymentsState)).listing.rows
    given = {"refund_id": row.refunds[0].id}
    await desk.call(OnlinePaymentsState.recover, given, desk.path)
    assert "Encaissez d’abord" in (await desk.state(PortalState)).notice
    fill(family, 2000, now=clock.now())
    await desk.call(OnlinePaymentsState.recover, given, desk.path)
    assert "repris au porte-monnaie" in (await desk.state(PortalState)).notice
    await desk.call(OnlinePaymentsState.reviewed, {"attempt_id": row.id}, desk.path)
    state = await desk.state(OnlinePaymentsState)
    assert (state.busy, state.listing.rows[0].review, balance(family)) == (False, "", 0)


async def test_the_figures_can_be_reworked_and_a_bad_form_keeps_what_was_typed(events: Pipeline, cards: Cards) -> None:
    page, family = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    await page.call(TopUpState.pay, {"form_data": FORM | {"family": str(family)}}, page.path)
    cards.pay((await page.state(TopUpState)).leaving)
    cards.deliver(clock.now())
    desk, _ = await arrive(
        events, "regie@mairie.example", "/admin/paiements", OnlinePaymentsState.load, role=Role.REGIE
    )
    (row,) = (await desk.state(OnlinePaymentsState)).listing.rows
    await desk.call(OnlinePaymentsState.edit, {"payment_id": row.payment_id}, desk.path)
    await desk.call(OnlinePaymentsState.refund, {}, desk.path)  # sans premier temps : rien
    form = {"amount": "deux", "reason": "Essai", "token": (await desk.state(OnlinePaymentsState)).listing.token}
    await desk.call(OnlinePaymentsState.check, {"form_data": form}, desk.path)
    state = await desk.state(OnlinePaymentsState)
    assert (set(state.errors), state.plan.amount, state.plan.reason) == ({"amount"}, "deux", "Essai")
    await desk.call(OnlinePaymentsState.check, {"form_data": form | {"amount": "2"}}, desk.path)
    await desk.call(OnlinePaymentsState.rework, {}, desk.path)
    state = await desk.state(OnlinePaymentsState)
    assert (state.plan.ready, state.plan.amount, state.busy, balance(family)) == (False, "2", False, 2000)


async def test_the_administration_settles_a_regie(events: Pipeline, cards: Cards) -> None:
    page, _ = await arrive(events, "admin@mairie.example", "/admin/regies", RegiesState.load, role=Role.ADMIN)
    await page.call(RegiesState.edit, {"regie_id": 0}, page.path)
    form = {"name": "Régie des sports", "code": "SPO", "due_days": "20", "minimum": "5", "stripe": "on"}
    await page.call(RegiesState.save, {"form_data": form | {"iban": "FR00"}}, page.path)
    state = await page.state(RegiesState)
    assert (set(state.errors), state.editing) == ({"iban"}, 0)
    await page.call(RegiesState.save, {"form_data": form}, page.path)
    state = await page.state(RegiesState)
    assert ([row.code for row in state.listing.rows], state.editing, state.errors) == (["ENF", "SPO"], -1, {})
    await page.call(RegiesState.open_regie, {"regie_id": state.listing.rows[0].id, "opened": False}, page.path)
    assert "vend encore" in (await page.state(PortalState)).notice
    await page.call(RegiesState.assign, {"form_data": {"activity_id": "9", "regie_id": "x"}}, page.path)
    assert "n’existe plus" in (await page.state(PortalState)).notice


async def test_the_top_ups_of_the_regie_are_settled_and_reach_the_form_of_families(
    events: Pipeline, cards: Cards
) -> None:
    page, _ = await arrive(events, "admin@mairie.example", "/admin/regies", RegiesState.load, role=Role.ADMIN)
    (row,) = (await page.state(RegiesState)).listing.rows
    await page.call(RegiesState.edit, {"regie_id": row.id}, page.path)
    form = {"name": row.name, "code": row.code, "due_days": "30", "minimum": "0", "stripe": "on"}
    top_ups = {"top_up_least": "50", "top_up_most": "40", "suggested": "45", "low": "5"}
    await page.call(RegiesState.save, {"form_data": form | top_ups}, page.path)
    state = await page.state(RegiesState)
    assert (set(state.errors), state.editing) == ({"top_up_most"}, row.id)
    await page.call(
        RegiesState.save, {"form_data": form | top_ups | {"top_up_most": "60", "suggested": "55"}}, page.path
    )
    state = await page.state(RegiesState)
    assert (state.errors, state.editing, state.listing.rows[0].top_up_most) == ({}, -1, "60")
    parent, _ = await arrive(events, "camille@famille.example", "/porte-monnaie", TopUpState.load)
    offer = (await parent.state(TopUpState)).offer
    assert ([one.value for one in offer.suggested], offer.least, offer.most) == (["55"], "50,00\u00a0€", "60,00\u00a0€")
