"""« Tarifs » et « Simulations » sans navigateur : qui ouvre quoi, ce qui est tapé reste, chaque faute à sa place."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.domain.dates import paris_day
from portail.domain.tariff_forms import MOST_ROWS, fill_grid
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.tariffs import Tariff
from portail.services.tariffs import desk as tariff_desk
from portail.services.tariffs.desk import GridEdit
from portail.state.base import PortalState
from portail.state.prices import PricesState
from portail.state.quotient_desk import QuotientDeskState
from portail.state.simulation import SimulationState
from portail.state.tariff_desk import TariffListState
from portail.state.tariff_file import TariffFileState
from tests.factories.activities import make_activity, make_enrolment, make_offering
from tests.factories.families import make_child, make_family
from tests.factories.money import add_tariff
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
LIST = "/admin/tarifs"
MEAL = Grid(
    date(2020, 1, 1),
    TariffMethod.BRACKETS,
    (Bracket(0, 100, 50), Bracket(801, 200, 120)),
    (Bracket(0, 400, 100),),
)


async def arrive(events: Pipeline, path: str, load: Any, account: Account | None = None) -> Page:
    session = open_session(account, now=clock.now())[0] if account else ""
    page = events.page(session=session)
    await page.visit(path)
    await page.call(load, path=path)
    return page


def agent(role: Role = Role.REGIE) -> Account:
    return make_account(f"{role}@mairie.example", role=role, now=clock.now())


class Desk:
    """La page d'un tarif, ouverte par la régie."""

    def __init__(self, page: Page, key: int) -> None:
        self.page, self.path = page, f"{LIST}/{key}"

    async def do(self, handler: Any, **payload: Any) -> TariffFileState:
        await self.page.call(handler, payload, self.path)
        return await self.page.state(TariffFileState)

    async def said(self) -> str:
        return (await self.page.state(PortalState)).notice


async def opened(events: Pipeline, *grids: Grid) -> Desk:
    key = add_tariff("Repas", *grids)
    page = await arrive(events, f"{LIST}/{key}", TariffFileState.load, agent())
    return Desk(page, key)


def coming(grid: Grid = MEAL) -> Grid:
    return replace(grid, valid_from=paris_day(clock.now()) + timedelta(days=30))


async def test_a_tariff_is_added_from_the_list(events: Pipeline) -> None:
    page = await arrive(events, LIST, TariffListState.load, agent())
    await page.call(TariffListState.start, path=LIST)
    await page.call(TariffListState.add, {"form_data": {"name": ""}}, LIST)
    state = await page.state(TariffListState)
    assert (state.adding, list(state.errors)) == (True, ["name"])
    await page.call(TariffListState.add, {"form_data": {"name": "Repas"}}, LIST)
    state = await page.state(TariffListState)
    assert (state.adding, [row.name for row in state.listing.rows]) == (False, ["Repas"])
    await page.call(TariffListState.start, path=LIST)
    await page.call(TariffListState.cancel, path=LIST)
    assert (await page.state(TariffListState)).adding is False


async def test_a_new_grid_starts_from_the_last_and_is_read_before_it_is_kept(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    state = await desk.do(TariffFileState.edit, what="grid-0")
    assert (state.method, state.typed["in-1-from"], state.typed["valid_from"]) == ("brackets", "801", "")
    assert len(state.inside) >= 3
    state = await desk.do(TariffFileState.review, form_data=fill_grid(coming()))
    assert (len(state.reviewed), state.fault, len(state.file.grids)) == (1, "", 1)
    state = await desk.do(TariffFileState.correct)
    assert (state.reviewed, state.editing, state.typed["in-1-from"]) == ([], "grid-0", "801")
    await desk.do(TariffFileState.review, form_data=fill_grid(coming()))
    state = await desk.do(TariffFileState.save)
    assert (state.editing, [one.standing for one in state.file.grids]) == ("", ["à venir", "en vigueur"])
    assert await desk.said() == "La grille est enregistrée. Ce qui est déjà réservé garde son prix."


async def test_a_hole_stays_in_the_form_beside_its_bracket(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    await desk.do(TariffFileState.edit, what="grid-0")
    state = await desk.do(TariffFileState.review, form_data=fill_grid(coming()) | {"in-1-from": "900"})
    assert (list(state.errors), state.typed["in-1-from"], state.reviewed) == (["in-1-from"], "900", [])
    assert "801 à 899" in state.fault


async def test_a_coming_grid_is_changed_then_removed(events: Pipeline) -> None:
    desk = await opened(events, MEAL, coming())
    state = await desk.do(TariffFileState.edit, what="name")
    key = state.file.grids[0].id
    await desk.do(TariffFileState.edit, what=f"grid-{key}")
    await desk.do(TariffFileState.review, form_data=fill_grid(coming(replace(MEAL, resident=(Bracket(0, 0, 250),)))))
    state = await desk.do(TariffFileState.save)
    assert [row.price for row in state.file.grids[0].sides[0].rows] == ["2,50\u00a0€"]
    state = await desk.do(TariffFileState.remove, grid_id=key)
    assert [one.standing for one in state.file.grids] == ["en vigueur"]
    state = await desk.do(TariffFileState.remove, grid_id=state.file.grids[0].id)
    assert (state.file.grids, state.fault) == ([], "")


async def test_a_replaced_grid_stays_and_the_page_says_why(events: Pipeline) -> None:
    desk = await opened(events, MEAL, replace(MEAL, valid_from=date(2021, 1, 1)))
    state = await desk.do(TariffFileState.edit, what="")
    state = await desk.do(TariffFileState.remove, grid_id=state.file.grids[-1].id)
    assert "a remplacé celle-ci" in state.fault
    assert len(state.file.grids) == 2


async def test_brackets_are_added_until_the_form_is_full(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    state = await desk.do(TariffFileState.edit, what="grid-0")
    for side in ("in", "out", "moon"):
        for _ in range(20):
            state = await desk.do(TariffFileState.more, side=side)
    assert (len(state.inside), len(state.outside)) == (MOST_ROWS["in"], MOST_ROWS["out"])
    assert state.inside[-1].first == "in-11-from"


async def test_the_method_shown_is_one_of_the_three(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    await desk.do(TariffFileState.edit, what="grid-0")
    assert (await desk.do(TariffFileState.shape, method="effort")).method == "effort"
    assert (await desk.do(TariffFileState.shape, method="gift")).method == "effort"


async def test_a_family_is_priced_and_a_wrong_quotient_is_said(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    form = {"quotient": "850", "rank": "1", "residence": "in", "day": "2026-12-03"}
    state = await desk.do(TariffFileState.preview, form_data=form)
    assert [one.price for one in state.seen.lines] == ["3,20\u00a0€"]
    state = await desk.do(TariffFileState.preview, form_data=form | {"quotient": "-1"})
    assert list(state.preview_errors) == ["quotient"]


async def test_a_tariff_is_renamed(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    await desk.do(TariffFileState.edit, what="name")
    state = await desk.do(TariffFileState.rename, form_data={"name": ""})
    assert (state.editing, list(state.errors)) == ("name", ["name"])
    state = await desk.do(TariffFileState.rename, form_data={"name": "Repas du midi"})
    assert (state.editing, state.file.name) == ("", "Repas du midi")


async def test_a_tariff_added_by_mistake_is_discarded(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    state = await desk.do(TariffFileState.discard)
    assert (state.fault, state.busy, await desk.said()) == ("", False, "Le tarif est supprimé.")
    with reading() as db:
        assert db.exec(select(Tariff)).all() == []


@pytest.mark.parametrize("what", ["grid-99", "grid--1", "grid-x", "moon"])
async def test_a_forged_grid_opens_nothing_known(events: Pipeline, what: str) -> None:
    desk = await opened(events, MEAL)
    state = await desk.do(TariffFileState.edit, what=what)
    assert state.typed == {}
    await desk.do(TariffFileState.review, form_data={})
    assert len((await desk.do(TariffFileState.save)).file.grids) == 1


async def test_a_second_save_after_a_conflict_waits_for_a_new_reading(events: Pipeline) -> None:
    """Enregistrer de nouveau, sans rien relire, n'écrase pas le travail d'un autre."""
    desk = await opened(events, MEAL)
    await desk.do(TariffFileState.edit, what="grid-0")
    state = await desk.do(TariffFileState.review, form_data=fill_grid(coming()))
    other = open_session(agent(Role.ADMIN), now=clock.now())[1]
    theirs = fill_grid(replace(coming(), valid_from=coming().valid_from + timedelta(days=30)))
    grid = GridEdit(state.file.id, state.file.stamp)
    tariff_desk.save(actor=other, edit=grid, form=theirs, now=clock.now())
    for _ in range(2):
        state = await desk.do(TariffFileState.save)
        assert (state.stale, len(state.file.grids), state.busy) == (True, 2, False)
        assert "Un autre agent" in state.fault
    state = await desk.do(TariffFileState.keep_mine)
    assert (state.stale, state.fault, state.reviewed, state.editing) == (False, "", [], "grid-0")
    await desk.do(TariffFileState.review, form_data=state.typed)
    state = await desk.do(TariffFileState.save)
    assert (state.fault, len(state.file.grids)) == ("", 3)


async def test_a_removal_after_a_conflict_waits_too(events: Pipeline) -> None:
    desk = await opened(events, MEAL, coming())
    state = await desk.do(TariffFileState.edit, what="")
    key, stamp = state.file.grids[0].id, state.file.stamp
    theirs = fill_grid(replace(coming(), resident=(Bracket(0, 999),)))
    actor = open_session(agent(Role.ADMIN), now=clock.now())[1]
    tariff_desk.save(actor=actor, edit=GridEdit(state.file.id, stamp, key), form=theirs, now=clock.now())
    for _ in range(2):
        state = await desk.do(TariffFileState.remove, grid_id=key)
        assert (state.stale, len(state.file.grids)) == (True, 2)
    await desk.do(TariffFileState.keep_mine)
    assert len((await desk.do(TariffFileState.remove, grid_id=key)).file.grids) == 1


async def test_a_grid_is_copied_read_again_corrected_and_saved(events: Pipeline) -> None:
    desk = await opened(events, MEAL)
    state = await desk.do(TariffFileState.edit, what="name")
    source, day = state.file.grids[0].id, coming().valid_from
    await desk.do(TariffFileState.edit, what=f"copy-{source}")
    state = await desk.do(TariffFileState.copy, form_data={"valid_from": "", "change": "80"})
    assert (set(state.errors), state.editing, state.typed["change"]) == (
        {"valid_from", "change"},
        f"copy-{source}",
        "80",
    )
    assert (state.reviewed, state.busy, state.fault != "") == ([], False, True)
    state = await desk.do(TariffFileState.copy, form_data={"valid_from": day.isoformat(), "change": "10"})
    assert (state.editing, state.fault, state.method, len(state.inside)) == ("grid-0", "", "brackets", 3)
    assert [row.price for row in state.reviewed[0].sides[0].rows] == ["1,65\u00a0€", "3,52\u00a0€"]
    assert [row.after for row in state.effect.tables[0].rows][:2] == ["1,65\u00a0€", "3,52\u00a0€"]
    state = await desk.do(TariffFileState.correct)
    assert (state.typed["in-1-meal"], state.typed["valid_from"]) == ("2,20", day.isoformat())
    await desk.do(TariffFileState.review, form_data=state.typed)
    state = await desk.do(TariffFileState.save)
    assert [one.standing for one in state.file.grids] == ["à venir", "en vigueur"]
    state = await desk.do(TariffFileState.save)  # un second clic : plus rien n'est ouvert
    assert len(state.file.grids) == 2


async def test_the_effect_is_read_beside_the_grid_and_goes_with_it(events: Pipeline) -> None:
    desk = await opened(events, MEAL, coming())
    state = await desk.do(TariffFileState.edit, what="name")
    key = state.file.grids[0].id
    state = await desk.do(TariffFileState.weigh, grid_id=key)
    assert (state.effect.ready, state.effect.id, state.editing, state.busy) == (True, key, "", False)
    state = await desk.do(TariffFileState.edit, what="grid-0")
    assert state.effect.ready is False
    later = replace(coming(), valid_from=coming().valid_from + timedelta(days=1))
    state = await desk.do(TariffFileState.review, form_data=fill_grid(later))
    assert (state.effect.ready, state.effect.id, len(state.effect.tables)) == (True, 0, 2)
    state = await desk.do(TariffFileState.review, form_data=fill_grid(later) | {"valid_from": ""})
    assert (state.effect.ready, state.reviewed) == (False, [])
    for forged in (404, 0, -1):
        state = await desk.do(TariffFileState.weigh, grid_id=forged)
        assert (state.effect.ready, state.busy) == (False, False)


@pytest.mark.parametrize("what", ["", "name", "copy-", "copy-x", "copy-404", "copy--1", "moon"])
async def test_a_forged_copy_copies_nothing(events: Pipeline, what: str) -> None:
    desk = await opened(events, MEAL)
    await desk.do(TariffFileState.edit, what=what)
    state = await desk.do(
        TariffFileState.copy, form_data={"valid_from": coming().valid_from.isoformat(), "change": "1"}
    )
    assert (state.reviewed, state.busy, len(state.file.grids)) == ([], False, 1)


async def test_the_quotients_to_ask_for_are_searched_filtered_and_turned(events: Pipeline) -> None:
    family = make_family("Durand")
    activity = make_activity()
    make_offering(activity)
    make_enrolment(make_child("Léa", family), family, activity)
    page = await arrive(events, "/admin/quotients", QuotientDeskState.load, agent())
    assert [row.name for row in (await page.state(QuotientDeskState)).listing.rows] == ["Durand"]
    await page.call(QuotientDeskState.search, {"form_data": {"words": "dur"}}, "/admin/quotients")
    await page.call(QuotientDeskState.show_gap, {"gap": "expired"}, "/admin/quotients")
    listing = (await page.state(QuotientDeskState)).listing
    assert (listing.rows, listing.words, listing.gap) == ([], "dur", "expired")
    await page.call(QuotientDeskState.show_gap, {"gap": ""}, "/admin/quotients")
    await page.call(QuotientDeskState.turn, {"page": 9}, "/admin/quotients")
    listing = (await page.state(QuotientDeskState)).listing
    assert (len(listing.rows), listing.page) == (1, 1)
    await page.call(QuotientDeskState.search, {"form_data": {"words": "x" * 81}}, "/admin/quotients")
    state = await page.state(QuotientDeskState)
    assert (state.listing.words, (await page.state(PortalState)).notice_tone) == ("dur", "err")


async def test_another_role_is_not_let_in(events: Pipeline, journal: Kept) -> None:
    key = add_tariff("Repas", MEAL)
    page = await arrive(events, f"{LIST}/{key}", TariffFileState.load, agent(Role.DIRECTION))
    assert (await page.state(TariffFileState)).file.ready is False


async def test_a_missing_tariff_is_a_closed_page(events: Pipeline) -> None:
    page = await arrive(events, f"{LIST}/404", TariffFileState.load, agent())
    assert (await page.state(PortalState)).closed is True


async def test_the_same_address_shows_a_family_its_prices_and_a_visitor_the_grids(events: Pipeline) -> None:
    make_offering(make_activity(), tariff_id=add_tariff("Repas", MEAL))
    camille = make_account("camille@famille.example", now=clock.now())
    family = make_family("Durand", camille)
    page = await arrive(events, "/tarifs", PricesState.load, camille)
    shown = (await page.state(PricesState)).prices
    assert (shown.is_family, shown.family, len(shown.activities), shown.cards) == (True, "Durand", 1, [])
    await page.call(PricesState.choose_family, {"family_id": str(family)}, "/tarifs")
    state = await page.state(PricesState)
    assert (state.prices.family, state.cards) == ("Durand", [])
    await page.call(PricesState.show_town, path="/tarifs")
    state = await page.state(PricesState)
    assert (len(state.cards), state.busy) == (1, False)
    await page.call(PricesState.refused, {"text": "Un nombre.", "files": ""}, "/tarifs")
    assert (await page.state(PricesState)).fault == "Un nombre."
    await page.call(PricesState.sent, path="/tarifs")
    assert ((await page.state(PricesState)).fault, (await page.state(PortalState)).notice != "") == ("", True)
    visitor = await arrive(events, "/tarifs", PricesState.load)
    shown = (await visitor.state(PricesState)).prices
    assert (shown.is_family, len(shown.cards), shown.activities) == (False, 1, [])


@pytest.mark.parametrize("family_id", ["0x1", "-1", "", "99999999999999", "²"])
async def test_a_forged_family_shows_nothing_of_it(events: Pipeline, family_id: str) -> None:
    visitor = await arrive(events, "/tarifs", PricesState.load)
    await visitor.call(PricesState.choose_family, {"family_id": family_id}, "/tarifs")
    assert (await visitor.state(PricesState)).prices.is_family is False


async def test_a_visitor_simulates_and_a_fault_keeps_the_last_estimate(events: Pipeline) -> None:
    offering = make_offering(make_activity(), tariff_id=add_tariff("Repas", MEAL))
    page = await arrive(events, "/simulation", SimulationState.load)
    assert (await page.state(SimulationState)).known.ready is True
    form = {"activity": str(offering), "quotient": "850", "residence": "in", "children": "1", "days": "4"}
    await page.call(SimulationState.estimate, {"form_data": form}, "/simulation")
    state = await page.state(SimulationState)
    assert (state.found.ready, state.fault, len(state.found.bars)) == (True, "", 12)
    await page.call(SimulationState.estimate, {"form_data": form | {"days": "9"}}, "/simulation")
    state = await page.state(SimulationState)
    assert (list(state.errors), state.found.ready, state.busy) == (["days"], True, False)
    assert state.fault


async def test_a_parent_changes_home_and_the_form_follows(events: Pipeline) -> None:
    camille = make_account("camille@famille.example", now=clock.now())
    family = make_family("Durand", camille)
    page = await arrive(events, "/simulation", SimulationState.load, camille)
    assert (await page.state(SimulationState)).known.family_id == family
    await page.call(SimulationState.choose_family, {"family_id": str(family)}, "/simulation")
    assert (await page.state(SimulationState)).known.is_family is True
    await page.call(SimulationState.choose_family, {"family_id": "404"}, "/simulation")
    assert (await page.state(PortalState)).closed is True
