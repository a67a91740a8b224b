"""Les remises à l'écran : établir, annuler, noter le crédit de la banque et le retirer, sans navigateur."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.models.database import reading
from portail.models.payments import DepositSlip
from portail.services.cash_desk import slips
from portail.state.slips import SlipsState
from portail.state.wallet_desk import WalletDeskState
from portail.views import wording
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.security.conftest import Kept
from tests.state.test_cash_desk import act, arrive, at_family, notice
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
CLOSED_TO = sorted(set(Role) - {Role.REGIE, Role.ADMIN})


async def test_pieces_ticked_leave_on_a_slip_once(events: Pipeline) -> None:
    desk = await at_family(events, make_family("Durand"))
    for note in ("1", "2"):
        form = {"amount": "20", "means": "cheque", "note": note, "token": note}
        await act(desk, WalletDeskState, WalletDeskState.credit, form_data=form)
    page = await arrive(events, "/admin/remises", SlipsState.load)
    (pile,) = (await page.state(SlipsState)).view.piles
    form = {"regie_id": str(pile.regie_id), "means": pile.means, f"piece-{pile.pieces[0].id}": "on"}
    state = await act(page, SlipsState, SlipsState.make, form_data=form)
    assert ([one.count for one in state.view.slips], state.view.piles[0].count) == (["1 pièce"], "1 pièce")
    await act(page, SlipsState, SlipsState.make, form_data=form)
    assert "déjà remise" in await notice(page)
    await act(page, SlipsState, SlipsState.make, form_data={"piece-x": "on", "regie_id": "x", "means": "cheque"})
    assert (await notice(page)).startswith("Cochez au moins une pièce")


async def test_a_slip_made_by_mistake_is_cancelled_with_a_reason(events: Pipeline) -> None:
    desk = await at_family(events, make_family("Durand"))
    form = {"amount": "20", "means": "cheque", "note": "1", "token": "1"}
    await act(desk, WalletDeskState, WalletDeskState.credit, form_data=form)
    page = await arrive(events, "/admin/remises", SlipsState.load)
    (pile,) = (await page.state(SlipsState)).view.piles
    form = {"regie_id": str(pile.regie_id), "means": pile.means, f"piece-{pile.pieces[0].id}": "on"}
    state = await act(page, SlipsState, SlipsState.make, form_data=form)
    slip = str(state.view.slips[0].id)
    state = await act(page, SlipsState, SlipsState.cancel, form_data={"slip_id": slip, "reason": " "})
    assert (await notice(page)).startswith("Dites pourquoi")
    assert state.view.piles == []
    state = await act(page, SlipsState, SlipsState.cancel, form_data={"slip_id": slip, "reason": "Oubli"})
    assert "annulé : 1 pièce attend de nouveau" in await notice(page)
    assert (state.view.slips[0].count, state.view.piles[0].count) == ("Annulé : Oubli", "1 pièce")
    await act(page, SlipsState, SlipsState.cancel, form_data={"slip_id": slip, "reason": "Oubli"})
    assert "déjà annulé" in await notice(page)


def deposited() -> str:
    """Un bordereau d'un chèque, qui attend son crédit."""
    regie = agent("remise@mairie.example")
    take(regie, make_family("Durand"), amount="20", note="1", now=clock.now())
    slips.make(
        actor=regie, regie_id=regie_id(), means="cheque", pieces=[one.key for one in payments()], now=clock.now()
    )
    return str(slip().key)


def slip() -> DepositSlip:
    with reading() as db:
        return db.exec(select(DepositSlip)).one()


async def credit(page: Page, slip_id: str, day: str) -> Any:
    return await act(page, SlipsState, SlipsState.credit, form_data={"slip_id": slip_id, "day": day})


async def test_a_slip_is_credited_once_and_an_error_is_taken_back(events: Pipeline) -> None:
    key, today = deposited(), paris_day(clock.now())
    page = await arrive(events, "/admin/remises", SlipsState.load)
    (row,) = (await credit(page, key, today.isoformat())).view.slips
    said = f"Crédité le {wording.short_date(today)}"
    assert (row.credited, row.can_credit, row.can_cancel, slip().credited_on) == (said, False, False, today)
    assert "crédité le" in await notice(page)

    state = await credit(page, key, today.isoformat())
    assert ((await notice(page)).startswith("Ce bordereau est déjà crédité"), state.busy) == (True, False)
    assert slip().credited_on == today

    for said in ("attend de nouveau son crédit", "n’est pas noté crédité"):
        state = await act(page, SlipsState, SlipsState.take_credit_back, slip_id=row.id)
        assert said in await notice(page)
        assert (state.view.slips[0].credited, state.view.slips[0].can_credit, state.busy) == ("", True, False)
    assert slip().credited_on is None


async def test_the_day_of_the_credit_is_a_day_since_the_deposit(events: Pipeline) -> None:
    key, today = deposited(), paris_day(clock.now())
    page = await arrive(events, "/admin/remises", SlipsState.load)
    refused = {
        "": "Indiquez le jour du crédit.",
        "demain": "Indiquez le jour du crédit.",
        (today - timedelta(days=1)).isoformat(): "Le crédit arrive entre le",
        (today + timedelta(days=1)).isoformat(): "Le crédit arrive entre le",
    }
    for day, said in refused.items():
        state = await credit(page, key, day)
        assert said in await notice(page), day
        assert (state.view.slips[0].credited, state.busy) == ("", False), day
    assert slip().credited_on is None


@pytest.mark.parametrize("wrong", ["", "abc", "0", "-1", "999999", "9" * 30, "1' or '1'='1"])
async def test_a_forged_slip_credits_nothing(events: Pipeline, journal: Kept, wrong: str) -> None:
    deposited()
    page = await arrive(events, "/admin/remises", SlipsState.load)
    state = await credit(page, wrong, paris_day(clock.now()).isoformat())
    assert (slip().credited_on, state.busy) == (None, False)
    assert journal.incidents() == []


@pytest.mark.parametrize("wrong", [0, -1, 999_999, 2**70, "abc", "", None, [1], {"id": 1}])
async def test_a_forged_number_takes_no_credit_back(events: Pipeline, journal: Kept, wrong: object) -> None:
    key, today = deposited(), paris_day(clock.now())
    page = await arrive(events, "/admin/remises", SlipsState.load)
    await credit(page, key, today.isoformat())
    state = await act(page, SlipsState, SlipsState.take_credit_back, slip_id=wrong)
    assert (slip().credited_on, state.busy) == (today, False)
    assert journal.incidents() == []


@pytest.mark.parametrize("role", CLOSED_TO)
async def test_only_the_regie_notes_a_credit_or_takes_it_back(events: Pipeline, role: Role) -> None:
    key, today = deposited(), paris_day(clock.now())
    other = await arrive(events, "/admin/remises", SlipsState.load, role)
    state = await credit(other, key, today.isoformat())
    assert (slip().credited_on, state.view.ready) == (None, False)
    await credit(await arrive(events, "/admin/remises", SlipsState.load), key, today.isoformat())
    state = await act(other, SlipsState, SlipsState.take_credit_back, slip_id=int(key))
    assert (slip().credited_on, state.view.ready) == (today, False)
