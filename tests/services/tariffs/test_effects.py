"""« Effet sur les familles » : celles qui viennent aujourd'hui, à leur quotient du jour, en peu de lectures."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.activities import EnrolmentMode, EnrolmentState
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.domain.tariff_copies import changed
from portail.domain.tariff_forms import fill_grid
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.activities import Offering
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.families import Family, FamilyChild
from portail.models.tariffs import TariffGrid
from portail.services.tariffs import effects
from portail.services.tariffs.desk import GridEdit
from portail.settings import current
from portail.views.tariffs import EffectRow, GridEffect
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_enrolment, make_offering, make_slot
from tests.factories.families import make_child, make_family
from tests.factories.money import add_quotient, add_tariff
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

NBSP = "\u00a0"
AUTUMN, WINTER, LAST = date(2026, 9, 1), date(2027, 1, 1), date(2027, 8, 31)
MEAL = Grid(AUTUMN, TariffMethod.BRACKETS, (Bracket(0, 100, 50), Bracket(801, 200, 120)), (Bracket(0, 400, 100),))
DEARER = replace(changed(MEAL, 1_000), valid_from=WINTER)
NOBODY = "Aucun enfant ne vient encore à ce tarif : les prix sont comparés, sans famille à compter."


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def agent(role: Role = Role.REGIE) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def served(tariff: int, **options: Any) -> int:
    """Une activité où l'on s'inscrit, à ce tarif."""
    activity = make_activity(**({"enrolment_mode": EnrolmentMode.DIRECT} | options))
    make_offering(activity, tariff_id=tariff)
    return activity


def resident(name: str, quotient: int | None = None) -> int:
    family = make_family(name)
    with transaction() as db:
        db.get_one(Family, family).city = current().town_name
    if quotient is not None:
        add_quotient(family, quotient, AUTUMN, LAST)
    return family


def enrolled(activity: int, *families: int, **options: Any) -> list[int]:
    children = [make_child(f"Enfant {family}", family) for family in families]
    for child, family in zip(children, families, strict=True):
        make_enrolment(child, family, activity, **options)
    return children


def show(actor: Actor, tariff: int, grid: Grid = DEARER) -> GridEffect:
    return effects.of_typed(actor=actor, edit=GridEdit(tariff, ""), form=fill_grid(grid), now=NOW)


def rows(found: GridEffect, side: int = 0) -> dict[str, EffectRow]:
    return {row.label: row for row in found.tables[side].rows}


def counts(actor: Actor, tariff: int) -> list[list[str]]:
    return [[row.families.split()[0] for row in table.rows] for table in show(actor, tariff).tables]


def test_families_are_counted_by_bracket_with_what_they_pay_now_and_then(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL)
    activity = served(tariff)
    enrolled(activity, resident("Alba", 300), resident("Bela", 850), resident("Cora", 1_200), resident("Dora"))
    enrolled(activity, make_family("Hors", now=NOW))
    found = show(regie, tariff)
    assert [table.title for table in found.tables] == ["Habitants de la commune", "Hors commune"]
    assert [row.label for row in found.tables[0].rows] == [
        "Tranche de 0 à 800",
        "Tranche à partir de 801",
        "Quotient inconnu ou expiré : tarif maximum",
    ]
    assert rows(found)["Tranche à partir de 801"] == EffectRow(
        label="Tranche à partir de 801",
        families="2 familles",
        children="2 enfants",
        before=f"3,20{NBSP}€",
        after=f"3,52{NBSP}€",
        average=f"+{NBSP}0,32{NBSP}€",
        more="2 plus",
        less="0 moins",
    )
    unknown = rows(found)["Quotient inconnu ou expiré : tarif maximum"]
    assert (unknown.families, unknown.before, unknown.after) == ("1 famille", f"3,20{NBSP}€", f"3,52{NBSP}€")
    assert rows(found, 1)["Prix unique"].families == "1 famille"
    assert found.summary == "5 familles, 5 enfants : 5 paieront plus, 0 moins, 0 autant."
    assert found.notes == []


def test_only_those_who_come_today_count(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL)
    here, elsewhere, closed = served(tariff), served(add_tariff("Autre", MEAL)), served(tariff, closed_at=NOW)
    ended = served(tariff)
    with transaction() as db:
        for row in db.exec(select(Offering).where(Offering.activity_id == ended)):
            row.closed_at = NOW
    for rank, activity in enumerate((elsewhere, closed, ended)):
        enrolled(activity, resident(f"Absente {rank}", 300))
    for state in set(EnrolmentState) - {EnrolmentState.ACCEPTED}:
        enrolled(here, resident(f"Pas {state}", 300), state=state)
    gone = resident("Partie", 300)
    enrolled(here, gone)
    moved = resident("Déménagée", 300)
    (child,) = enrolled(here, moved)
    with transaction() as db:
        db.get_one(Family, gone).status = FamilyStatus.ARCHIVED
        db.delete(db.exec(select(FamilyChild).where(FamilyChild.child_id == child)).one())
    assert (counts(regie, tariff), show(regie, tariff).summary) == ([["0", "0", "0"], ["0"]], NOBODY)
    enrolled(here, resident("Là", 300))
    assert counts(regie, tariff) == [["1", "0", "0"], ["0"]]


def test_where_no_enrolment_is_asked_the_year_bookings_count(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL)
    offering = make_offering(make_activity(), tariff_id=tariff)
    days = {"Alba": (AUTUMN, "present"), "Bela": (WINTER, "booked"), "Cora": (WINTER, "cancelled")}
    days |= {"Dora": (AUTUMN - timedelta(days=1), "present"), "Elsa": (WINTER + timedelta(days=1), "pending")}
    slots = {day: make_slot(offering, day) for day in {day for day, _ in days.values()}}
    for name, (day, state) in days.items():
        family = resident(name, 300)
        child = make_child(name, family)
        with transaction() as db:
            known = {"slot_id": slots[day], "child_id": child, "family_id": family, "changed_at": NOW}
            db.add(Booking(state=state, **known))
    assert counts(regie, tariff) == [["3", "0", "0"], ["0"]]


def test_where_enrolment_is_asked_a_booking_alone_does_not_count(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL)
    activity = served(tariff)
    family = resident("Alba", 300)
    child = make_child("Léa", family)
    with reading() as db:
        offering = db.exec(select(Offering).where(Offering.activity_id == activity)).one().key
    slot = make_slot(offering, WINTER)
    with transaction() as db:
        db.add(Booking(state="booked", slot_id=slot, child_id=child, family_id=family, changed_at=NOW))
    assert counts(regie, tariff) == [["0", "0", "0"], ["0"]]


def test_a_child_who_comes_twice_counts_once_and_a_family_too(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL)
    first, second = served(tariff), served(tariff)
    make_offering(first, tariff_id=tariff)
    family = resident("Alba", 300)
    (child,) = enrolled(first, family)
    make_enrolment(child, family, second)
    enrolled(second, family)
    row = rows(show(regie, tariff))["Tranche de 0 à 800"]
    assert (row.families, row.children, row.more) == ("1 famille", "2 enfants", "1 plus")


def test_the_last_recorded_of_the_quotients_valid_today_counts(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL)
    activity = served(tariff)
    changed_since, expired, later = resident("Alba", 300), resident("Bela"), resident("Cora")
    add_quotient(changed_since, 900, AUTUMN, LAST, now=NOW + timedelta(minutes=1))
    add_quotient(expired, 300, date(2025, 9, 1), date(2026, 8, 31))
    add_quotient(later, 300, WINTER, LAST)
    enrolled(activity, changed_since, expired, later)
    assert counts(regie, tariff) == [["0", "1", "2"], ["0"]]


def test_a_saved_grid_says_its_effect_too(regie: Actor) -> None:
    tariff = add_tariff("Repas", MEAL, DEARER)
    enrolled(served(tariff), resident("Alba", 300))
    with reading() as db:
        grid_id = db.exec(select(TariffGrid.id).where(TariffGrid.valid_from == WINTER)).one() or 0
    found = effects.of_saved(actor=regie, edit=GridEdit(tariff, "", grid_id), now=NOW)
    assert (found.id, rows(found)["Tranche de 0 à 800"].more) == (grid_id, "1 plus")
    for edit in (GridEdit(tariff, "", 0), GridEdit(tariff, "", 2**40), GridEdit(404, "", grid_id)):
        with pytest.raises(NotOpenError):
            effects.of_saved(actor=regie, edit=edit, now=NOW)


def test_a_first_grid_has_nothing_to_be_compared_with(regie: Actor) -> None:
    tariff = add_tariff("Repas")
    enrolled(served(tariff), resident("Alba", 300))
    found = show(regie, tariff)
    row = rows(found)["Tranche de 0 à 800"]
    assert (row.families, row.before, row.after, row.average, row.more) == ("1 famille", "—", f"1,65{NBSP}€", "", "—")
    assert "Aucune grille n’est en vigueur" in found.notes[0]


def test_a_grid_that_would_be_refused_has_no_effect(regie: Actor) -> None:
    with pytest.raises(FormRefusedError):
        show(regie, add_tariff("Repas", MEAL), replace(MEAL, valid_from=AUTUMN))


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.REGIE, Role.ADMIN}])
def test_only_the_money_agents_read_it(base: Engine, role: Role) -> None:
    tariff = add_tariff("Repas", MEAL)
    actor = agent(role)
    with pytest.raises(NotOpenError):
        show(actor, tariff)
    with pytest.raises(NotOpenError):
        effects.of_saved(actor=actor, edit=GridEdit(tariff, "", 1), now=NOW)


def test_the_reads_never_grow_with_the_families(regie: Actor, base: Engine) -> None:
    tariff = add_tariff("Repas", MEAL)
    activity = served(tariff)
    reads = []
    for size in (1, 12):
        enrolled(activity, *(resident(f"{size} {rank}", 100 * rank) for rank in range(size)))
        with counted(base) as queries:
            show(regie, tariff)
        reads.append(len(queries))
    assert reads[0] == reads[1] <= 10
