"""« Copier cette grille » : les mêmes prix d'un autre jour, changés d'un pourcentage, relus avant d'être enregistrés."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.domain.tariff_copies import changed
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.database import reading
from portail.models.tariffs import Tariff, TariffGrid
from portail.services import tariffs
from portail.services.tariffs import desk
from portail.services.tariffs.desk import GridEdit
from portail.views.tariffs import GridCard
from tests.conftest import NOW
from tests.factories.money import add_tariff
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

NBSP = "\u00a0"
AUTUMN, WINTER = date(2026, 9, 1), date(2027, 1, 1)
MEAL = Grid(
    AUTUMN,
    TariffMethod.BRACKETS,
    (Bracket(0, 100, 50), Bracket(801, 200, 120)),
    (Bracket(0, 400, 100),),
    Surcharge(Adjustment.PERCENT, 5_000),
    Surcharge(Adjustment.AMOUNT, 200),
    SiblingDiscount(Adjustment.PERCENT, (1_000,)),
)


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def agent(role: Role = Role.REGIE) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def edit_of(tariff: int, first: date | None = AUTUMN) -> GridEdit:
    """La grille qui commence ce jour-là ; sans jour, une nouvelle."""
    with reading() as db:
        query = select(TariffGrid.id).where(TariffGrid.tariff_id == tariff, TariffGrid.valid_from == first)
        return GridEdit(tariff, db.get_one(Tariff, tariff).stamp, (db.exec(query).first() or 0) if first else 0)


def grids_of(tariff: int) -> tuple[Grid, ...]:
    with reading() as db:
        return tariffs.load(db, [tariff])[tariff]


def copy(actor: Actor, edit: GridEdit, day: str = "2027-01-01", change: str = "2,5 %") -> GridCard:
    return desk.copy(actor=actor, edit=edit, form={"valid_from": day, "change": change}, now=NOW)


def refused(actor: Actor, edit: GridEdit, **typed: Any) -> dict[str, str]:
    with pytest.raises(FormRefusedError) as refusal:
        copy(actor, edit, **typed)
    return refusal.value.fields


def test_a_copy_is_read_then_saved_as_a_new_grid(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    card = copy(regie, edit_of(key))
    assert (card.id, card.standing) == (0, "à enregistrer")
    assert [row.price for row in card.sides[0].rows] == [f"1,54{NBSP}€", f"3,28{NBSP}€"]
    assert grids_of(key) == (MEAL,)
    desk.save(actor=regie, edit=edit_of(key, None), form=card.known, now=NOW)
    assert grids_of(key) == (MEAL, replace(changed(MEAL, 250), valid_from=WINTER))


def test_zero_percent_is_an_identical_copy(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    desk.save(actor=regie, edit=edit_of(key, None), form=copy(regie, edit_of(key), change="0").known, now=NOW)
    assert grids_of(key) == (MEAL, replace(MEAL, valid_from=WINTER))


def test_a_replaced_grid_may_be_copied_too(regie: Actor) -> None:
    past = replace(MEAL, valid_from=date(2025, 9, 1), resident=(Bracket(0, 0, 1_000),))
    key = add_tariff("Repas", past, MEAL)
    (row,) = copy(regie, edit_of(key, past.valid_from), change="-10").sides[0].rows
    assert row.price == f"9,00{NBSP}€"


def test_a_copy_never_covers_another_grid_and_says_it_as_a_typed_grid_would(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL, replace(MEAL, valid_from=WINTER))
    taken = "Une grille commence déjà ce jour-là : choisissez un autre jour."
    assert refused(regie, edit_of(key)) == {"valid_from": taken}
    for day in ("2026-11-20", "2026-09-01"):
        assert "à partir du 21/11/2026" in refused(regie, edit_of(key), day=day)["valid_from"]
    assert copy(regie, edit_of(key), day="2026-11-21").known["valid_from"] == "2026-11-21"


def test_every_fault_is_said_at_once(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    assert set(refused(regie, edit_of(key), day="", change="")) == {"valid_from", "change"}
    assert set(refused(regie, edit_of(key), change="51")) == {"change"}
    assert set(refused(regie, edit_of(key), day="3000-01-01")) == {"valid_from"}
    assert grids_of(key) == (MEAL,)


def test_a_price_that_would_leave_its_bounds_is_refused(regie: Actor) -> None:
    key = add_tariff("Repas", replace(MEAL, resident=(Bracket(0, 90_000_000, 0),)))
    assert "ne peut pas dépasser" in refused(regie, edit_of(key), change="50")["in-0-meal"]


def test_a_grid_of_another_tariff_or_of_none_is_not_copied(regie: Actor) -> None:
    key, other = add_tariff("Repas", MEAL), add_tariff("Garderie", MEAL)
    for tariff, grid in ((key, edit_of(other).grid_id), (key, 0), (key, 2**40), (404, edit_of(key).grid_id), (-1, 1)):
        with pytest.raises(NotOpenError):
            copy(regie, GridEdit(tariff, "", grid))


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REGIE, Role.ADMIN}])
def test_only_the_money_agents_copy(base: Engine, role: Role) -> None:
    key = add_tariff("Repas", MEAL)
    with pytest.raises(NotOpenError):
        copy(agent(role), edit_of(key))


def test_the_same_reads_for_one_grid_or_many(regie: Actor, base: Engine) -> None:
    later = [replace(MEAL, valid_from=WINTER + timedelta(days=rank)) for rank in range(1, 9)]
    few, many = add_tariff("Repas", MEAL), add_tariff("Garderie", MEAL, *later)
    reads = []
    for edit in (edit_of(few), edit_of(many)):
        with counted(base) as queries:
            copy(regie, edit)
        reads.append(len(queries))
    assert reads[0] == reads[1] <= 5
