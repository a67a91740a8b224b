"""La régie règle les tarifs : des versions datées, jamais de retouche à ce qui a servi, chaque refus nommé."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.tariff_forms import fill_grid
from portail.domain.tariff_grids import TariffChangedError
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.activities import Activity
from portail.models.audit import AuditEntry
from portail.models.bookings import Booking
from portail.models.database import reading
from portail.models.tariffs import Tariff, TariffBracket, TariffGrid
from portail.services import tariffs
from portail.services.tariffs import desk, listing
from portail.services.tariffs.desk import GridEdit
from tests.conftest import NOW
from tests.factories.activities import THURSDAY, make_activity, make_offering, make_slot
from tests.factories.booking import make_home
from tests.factories.money import add_quotient, add_tariff
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

NBSP = "\u00a0"
TODAY = NOW.date()
AUTUMN, WINTER, SPRING = date(2026, 9, 1), date(2027, 1, 1), date(2027, 4, 1)
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
    return agent(Role.REGIE)


def agent(role: Role) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def form_of(grid: Grid = MEAL, **typed: Any) -> dict[str, Any]:
    return fill_grid(grid) | typed


def edit_of(tariff_id: int, grid_id: int = 0) -> GridEdit:
    with reading() as db:
        return GridEdit(tariff_id, db.get_one(Tariff, tariff_id).stamp, grid_id)


def grids_of(tariff_id: int) -> tuple[Grid, ...]:
    with reading() as db:
        return tariffs.load(db, [tariff_id])[tariff_id]


def keys_of(tariff_id: int) -> dict[date, int]:
    with reading() as db:
        rows = db.exec(select(TariffGrid).where(TariffGrid.tariff_id == tariff_id))
        return {row.valid_from: row.key for row in rows}


def save(actor: Actor, tariff: int, grid: Grid, grid_id: int = 0) -> None:
    desk.save(actor=actor, edit=edit_of(tariff, grid_id), form=form_of(grid), now=NOW)


def test_a_tariff_is_added_then_given_its_first_grid_even_of_the_past(regie: Actor) -> None:
    key = desk.add(actor=regie, form={"name": "Repas"}, now=NOW)
    save(regie, key, MEAL)
    assert grids_of(key) == (MEAL,)
    with reading() as db:
        said = db.exec(select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.subject_id == key)).all()
    assert [tuple(line) for line in said if line[0].startswith("tariff.")] == [
        ("tariff.added", "Repas"),
        ("tariff.grid_added", "Repas, à partir du 01/09/2026"),
    ]


def test_a_new_version_starts_tomorrow_at_the_earliest(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    with pytest.raises(FormRefusedError, match="à partir du 21/11/2026"):
        save(regie, key, replace(MEAL, valid_from=TODAY))
    later = replace(MEAL, valid_from=TODAY + timedelta(days=1), resident=(Bracket(0, 900),))
    save(regie, key, later)
    assert grids_of(key) == (MEAL, later)


def test_two_versions_never_start_the_same_day(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL, replace(MEAL, valid_from=WINTER))
    with pytest.raises(FormRefusedError, match="commence déjà ce jour-là"):
        save(regie, key, replace(MEAL, valid_from=WINTER))
    assert len(grids_of(key)) == 2


def test_a_grid_that_has_given_its_price_never_changes(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    home, activity = make_home(), make_activity(is_prepaid=True)
    home.book(activity, make_slot(make_offering(activity, tariff_id=key)))
    (grid_id,) = keys_of(key).values()
    with pytest.raises(RefusalError, match="Des réservations ont déjà ce prix"):
        save(regie, key, replace(MEAL, resident=(Bracket(0, 1),)), grid_id)
    with pytest.raises(RefusalError, match="Des réservations ont déjà ce prix"):
        desk.remove(actor=regie, edit=edit_of(key, grid_id), now=NOW)
    assert grids_of(key) == (MEAL,)


def test_a_grid_already_replaced_never_changes(regie: Actor) -> None:
    past = replace(MEAL, valid_from=date(2025, 9, 1))
    key = add_tariff("Repas", past, MEAL)
    edit = edit_of(key, keys_of(key)[past.valid_from])
    with pytest.raises(RefusalError, match="a remplacé celle-ci"):
        desk.save(actor=regie, edit=edit, form=form_of(past) | {"in-0-meal": "9"}, now=NOW)
    with pytest.raises(RefusalError, match="a remplacé celle-ci"):
        desk.remove(actor=regie, edit=edit, now=NOW)
    assert grids_of(key) == (past, MEAL)


@pytest.mark.parametrize("first", [AUTUMN, date(2024, 9, 1)])
def test_a_typing_mistake_in_a_first_grid_nobody_booked_is_mended(regie: Actor, first: date) -> None:
    wrong = replace(MEAL, valid_from=first)
    key = add_tariff("Repas", wrong)
    right = replace(wrong, resident=(Bracket(0, 0, 150), Bracket(801, 0, 320)))
    save(regie, key, right, keys_of(key)[first])
    assert grids_of(key) == (right,)
    assert listing.show(actor=regie, tariff_id=key, now=NOW).grids[0].locked == ""
    desk.remove(actor=regie, edit=edit_of(key, keys_of(key)[first]), now=NOW)
    assert grids_of(key) == ()


def test_a_begun_grid_nobody_booked_keeps_its_day_or_moves_later_never_earlier(regie: Actor) -> None:
    """D'autres jours ont le prix de la grille d'avant : celle-ci ne les prend pas."""
    past, begun = replace(MEAL, valid_from=date(2025, 9, 1)), replace(MEAL, resident=(Bracket(0, 1),))
    key = add_tariff("Repas", past, begun)
    grid_id = keys_of(key)[AUTUMN]
    with pytest.raises(FormRefusedError, match="à partir du 01/09/2026"):
        save(regie, key, replace(MEAL, valid_from=AUTUMN - timedelta(days=1)), grid_id)
    save(regie, key, MEAL, grid_id)
    assert grids_of(key) == (past, MEAL)
    later = replace(MEAL, valid_from=TODAY + timedelta(days=1))
    save(regie, key, later, grid_id)
    assert grids_of(key) == (past, later)


def test_a_coming_grid_nobody_paid_is_changed_moved_and_removed(regie: Actor) -> None:
    coming = replace(MEAL, valid_from=WINTER)
    key = add_tariff("Repas", MEAL, coming)
    grid_id = keys_of(key)[WINTER]
    moved = replace(coming, valid_from=SPRING, resident=(Bracket(0, 0, 250),))
    save(regie, key, moved, grid_id)
    assert grids_of(key) == (MEAL, moved)
    desk.remove(actor=regie, edit=edit_of(key, grid_id), now=NOW)
    assert grids_of(key) == (MEAL,)
    with reading() as db:
        assert {row.grid_id for row in db.exec(select(TariffBracket))} == set(keys_of(key).values())


def test_a_coming_grid_already_paid_never_changes(regie: Actor) -> None:
    december = replace(MEAL, valid_from=date(2026, 12, 1))
    key = add_tariff("Repas", MEAL, december, replace(MEAL, valid_from=WINTER))
    home, activity = make_home(), make_activity(is_prepaid=True)
    slot = make_slot(make_offering(activity, tariff_id=key))
    home.book(activity, slot)
    grid_ids = keys_of(key)
    with pytest.raises(RefusalError, match="Des réservations ont déjà ce prix"):
        save(regie, key, replace(december, resident=(Bracket(0, 1),)), grid_ids[date(2026, 12, 1)])
    save(regie, key, replace(MEAL, valid_from=SPRING), grid_ids[WINTER])
    assert [grid.valid_from for grid in grids_of(key)] == [AUTUMN, date(2026, 12, 1), SPRING]


def test_a_new_grid_and_a_new_quotient_change_nothing_already_booked(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    home, activity = make_home(), make_activity(is_prepaid=True)
    offering = make_offering(activity, tariff_id=key)
    first, second = (make_slot(offering, THURSDAY + timedelta(days=days)) for days in (0, 1))
    add_quotient(home.family, 850, AUTUMN, SPRING, now=NOW)
    home.book(activity, first)
    save(
        regie,
        key,
        replace(MEAL, valid_from=THURSDAY, resident=(Bracket(0, 0, 1000),), non_resident=(Bracket(0, 0, 1000),)),
    )
    add_quotient(home.family, 0, AUTUMN, SPRING, now=NOW + timedelta(minutes=1))
    home.book(activity, second)
    with reading() as db:
        prices = {one.slot_id: one.price_cents for one in db.exec(select(Booking))}
    assert prices[first] == 500
    assert prices[second] == 1000


def test_a_new_grid_is_seen_at_once_by_the_calendar(regie: Actor) -> None:
    """La fiche gardée en mémoire se relit : son signe a changé."""
    key = add_tariff("Repas", MEAL)
    home, activity = make_home(), make_activity(is_prepaid=True)
    slot = make_slot(make_offering(activity, tariff_id=key))
    assert home.preview(activity, home.choices(slot)).total == f"5,00{NBSP}€"
    with reading() as db:
        before = db.get_one(Activity, activity).stamp
    flat = (Bracket(0, 0, 1000),)
    save(regie, key, replace(MEAL, valid_from=THURSDAY, resident=flat, non_resident=flat))
    with reading() as db:
        assert db.get_one(Activity, activity).stamp != before
    assert home.preview(activity, home.choices(slot)).total == f"10,00{NBSP}€"


def test_a_hole_is_refused_at_saving_and_nothing_is_kept(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    holed = form_of(replace(MEAL, valid_from=WINTER)) | {"in-1-from": "900"}
    for service in (desk.review, desk.save):
        with pytest.raises(FormRefusedError) as refusal:
            service(actor=regie, edit=edit_of(key), form=holed, now=NOW)
        assert "aucun prix de 801 à 899" in refusal.value.fields["in-1-from"]
    assert grids_of(key) == (MEAL,)


def test_two_agents_at_once_the_second_is_told(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    stale = edit_of(key)
    save(regie, key, replace(MEAL, valid_from=WINTER))
    with pytest.raises(TariffChangedError):
        desk.save(actor=regie, edit=stale, form=form_of(replace(MEAL, valid_from=SPRING)), now=NOW)
    with pytest.raises(TariffChangedError):
        desk.remove(actor=regie, edit=replace(stale, grid_id=keys_of(key)[WINTER]), now=NOW)
    assert len(grids_of(key)) == 2


def test_a_review_reads_the_grid_in_full_and_writes_nothing(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    card = desk.review(actor=regie, edit=edit_of(key), form=form_of(replace(MEAL, valid_from=WINTER)), now=NOW)
    assert card.since == "À partir du 1er janvier 2027"
    inside, outside = card.sides
    assert [(row.label, row.price, row.parts) for row in inside.rows] == [
        ("Tranche de 0 à 800", f"1,50{NBSP}€", f"repas 1,00{NBSP}€, garde 0,50{NBSP}€"),
        ("Tranche à partir de 801", f"3,20{NBSP}€", f"repas 2,00{NBSP}€, garde 1,20{NBSP}€"),
    ]
    assert [(row.label, row.price) for row in outside.rows] == [("Prix unique", f"5,00{NBSP}€")]
    assert card.notes == [
        f"Quotient familial inconnu ou périmé : tarif maximum, 3,20{NBSP}€.",
        f"Fratrie : −10{NBSP}% pour le 2e enfant et les suivants (enfants mineurs du dossier, du plus âgé au plus jeune).",
        f"Réservation hors délais : +50{NBSP}%.",
        f"Présence non prévue : +2,00{NBSP}€.",
    ]
    assert len(grids_of(key)) == 1


def test_a_discount_from_the_third_child_is_said_without_the_second(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    third = replace(MEAL, valid_from=WINTER, siblings=SiblingDiscount(Adjustment.PERCENT, (0, 2_000)))
    save(regie, key, third)
    assert grids_of(key)[-1].siblings.values == (0, 2_000)
    card = listing.show(actor=regie, tariff_id=key, now=NOW).grids[0]
    assert f"Fratrie : −20{NBSP}% pour le 3e enfant et les suivants" in card.notes[1]


def test_names_are_unique_and_may_change(regie: Actor) -> None:
    key, _ = add_tariff("Repas", MEAL), add_tariff("Matin", MEAL)
    for name in ("repas", " REPAS "):
        with pytest.raises(FormRefusedError, match="existe déjà"):
            desk.add(actor=regie, form={"name": name}, now=NOW)
    with pytest.raises(FormRefusedError, match="existe déjà"):
        desk.rename(actor=regie, tariff_id=key, form={"name": "matin"}, now=NOW)
    desk.rename(actor=regie, tariff_id=key, form={"name": "Repas du midi"}, now=NOW)
    assert listing.show(actor=regie, tariff_id=key, now=NOW).name == "Repas du midi"


def test_a_tariff_added_by_mistake_goes_with_its_grids(regie: Actor) -> None:
    key, other = add_tariff("Repsa", MEAL), add_tariff("Repas", MEAL)
    assert listing.show(actor=regie, tariff_id=key, now=NOW).can_discard
    desk.discard(actor=regie, tariff_id=key, stamp=edit_of(key).stamp, now=NOW)
    with reading() as db:
        assert [one.key for one in db.exec(select(Tariff))] == [other]
        assert {one.tariff_id for one in db.exec(select(TariffGrid))} == {other}
        assert {one.grid_id for one in db.exec(select(TariffBracket))} == set(keys_of(other).values())
        assert db.exec(select(AuditEntry.detail).where(AuditEntry.action == "tariff.removed")).one() == "Repsa"


@pytest.mark.parametrize("closed_at", [None, NOW])
def test_a_tariff_ever_sold_stays(regie: Actor, closed_at: datetime | None) -> None:
    key = add_tariff("Repas", MEAL)
    make_offering(make_activity(closed_at=closed_at), tariff_id=key)
    assert not listing.show(actor=regie, tariff_id=key, now=NOW).can_discard
    with pytest.raises(RefusalError, match="ne se supprime pas"):
        desk.discard(actor=regie, tariff_id=key, stamp=edit_of(key).stamp, now=NOW)
    assert grids_of(key) == (MEAL,)


def test_a_tariff_changed_meanwhile_is_not_discarded(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL)
    stale = edit_of(key).stamp
    save(regie, key, replace(MEAL, valid_from=WINTER))
    with pytest.raises(TariffChangedError):
        desk.discard(actor=regie, tariff_id=key, stamp=stale, now=NOW)
    assert len(grids_of(key)) == 2


def test_the_list_says_what_is_sold_at_what_price_and_what_comes(regie: Actor) -> None:
    key = add_tariff("Repas", MEAL, replace(MEAL, valid_from=WINTER))
    add_tariff("Sans prix")
    make_offering(make_activity(name="Cantine"), tariff_id=key)
    lines = {row.name: row for row in listing.listing(actor=regie, now=NOW).rows}
    meal, empty = lines["Repas"], lines["Sans prix"]
    assert (meal.prices, meal.used) == (f"de 1,50{NBSP}€ à 3,20{NBSP}€", "Cantine")
    assert meal.coming.startswith("nouvelle grille le ")
    assert (empty.method, empty.prices, empty.used) == ("sans prix", "—", "aucune activité")


def test_the_list_reads_the_same_however_many_tariffs(regie: Actor, base: Engine) -> None:
    add_tariff("Un", MEAL)
    with counted(base) as few:
        listing.listing(actor=regie, now=NOW)
    for rank in range(6):
        add_tariff(f"Tarif {rank}", MEAL, replace(MEAL, valid_from=WINTER))
    with counted(base) as many:
        listing.listing(actor=regie, now=NOW)
    assert len(few) == len(many) == 3


def test_each_version_says_where_it_stands(regie: Actor) -> None:
    key = add_tariff("Repas", replace(MEAL, valid_from=date(2025, 9, 1)), MEAL, replace(MEAL, valid_from=WINTER))
    shown = listing.show(actor=regie, tariff_id=key, now=NOW).grids
    assert [one.standing for one in shown] == ["à venir", "en vigueur", "remplacée"]
    assert [bool(one.locked) for one in shown] == [False, False, True]
    assert shown[0].known["in-1-from"] == "801"


@pytest.mark.parametrize(
    ("typed", "prices"),
    [
        ({"quotient": "850"}, ["3,20", "4,80", "5,20"]),
        ({"quotient": ""}, ["3,20", "4,80", "5,20"]),
        ({"quotient": "0"}, ["1,50", "2,25", "3,50"]),
        ({"quotient": "850", "rank": "2"}, ["2,88", "4,32", "4,88"]),
        ({"quotient": "850", "residence": "out"}, ["5,00", "7,50", "7,00"]),
    ],
)
def test_a_preview_prices_a_family_in_time_late_and_unplanned(
    regie: Actor, typed: dict[str, str], prices: list[str]
) -> None:
    key = add_tariff("Repas", MEAL)
    form = {"day": "2026-12-03", "rank": "1", "residence": "in"} | typed
    shown = listing.preview(actor=regie, tariff_id=key, form=form, now=NOW)
    lines = shown.lines
    known = f"quotient familial {typed['quotient'] or 'inconnu'}"
    where = "hors commune" if "residence" in typed else "habitants de la commune"
    assert shown.title == f"Le 3 décembre 2026, {known}, {where}"
    assert [one.price for one in lines] == [f"{price}{NBSP}€" for price in prices]
    assert all(one.is_maximum == (typed["quotient"] == "") for one in lines)


def test_a_preview_before_any_grid_says_so(regie: Actor) -> None:
    form = {"day": "2026-08-31", "rank": "1", "quotient": "0"}
    shown = listing.preview(actor=regie, tariff_id=add_tariff("Repas", MEAL), form=form, now=NOW)
    assert (shown.title, shown.lines) == ("Aucun tarif n’est encore fixé pour le 31/08/2026.", [])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        *(({"quotient": value}, "quotient") for value in ("-1", "100000", "8,5", "NaN", "1e3", "٨٥٠")),
        *(({"rank": value}, "rank") for value in ("0", "-1", "10", "")),
        *(({"day": value}, "day") for value in ("", "hier", "0001-01-01")),
    ],
)
def test_a_wrong_preview_is_refused_beside_its_field(regie: Actor, typed: dict[str, str], field: str) -> None:
    form = {"day": "2026-12-03", "rank": "1", "quotient": "850"} | typed
    with pytest.raises(FormRefusedError) as refusal:
        listing.preview(actor=regie, tariff_id=add_tariff("Repas", MEAL), form=form, now=NOW)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_and_the_administration_set_tariffs(base: Engine, role: Role) -> None:
    key, other = add_tariff("Repas", MEAL), agent(role)
    preview = {"tariff_id": key, "form": {"day": "2026-12-03", "rank": "1"}, "now": NOW}
    gestures = (
        lambda: desk.add(actor=other, form={"name": "Matin"}, now=NOW),
        lambda: desk.rename(actor=other, tariff_id=key, form={"name": "Matin"}, now=NOW),
        lambda: desk.review(actor=other, edit=edit_of(key), form=form_of(), now=NOW),
        lambda: save(other, key, replace(MEAL, valid_from=WINTER)),
        lambda: desk.remove(actor=other, edit=edit_of(key, keys_of(key)[AUTUMN]), now=NOW),
        lambda: desk.discard(actor=other, tariff_id=key, stamp=edit_of(key).stamp, now=NOW),
        lambda: listing.listing(actor=other, now=NOW),
        lambda: listing.show(actor=other, tariff_id=key, now=NOW),
        lambda: listing.preview(actor=other, **preview),
    )
    for gesture in gestures:
        with pytest.raises(NotOpenError):
            gesture()
    assert grids_of(key) == (MEAL,)


@pytest.mark.parametrize("key", [0, -1, 404, 2**40])
def test_a_missing_tariff_or_grid_answers_as_absent(regie: Actor, key: int) -> None:
    tariff = add_tariff("Repas", MEAL)
    missing = GridEdit(key, "")
    gestures = (
        lambda: desk.rename(actor=regie, tariff_id=key, form={"name": "Matin"}, now=NOW),
        lambda: desk.review(actor=regie, edit=missing, form=form_of(), now=NOW),
        lambda: desk.save(actor=regie, edit=missing, form=form_of(), now=NOW),
        lambda: desk.discard(actor=regie, tariff_id=key, stamp="", now=NOW),
        lambda: desk.remove(actor=regie, edit=missing, now=NOW),
        lambda: desk.remove(actor=regie, edit=edit_of(tariff, key), now=NOW),
        lambda: listing.show(actor=regie, tariff_id=key, now=NOW),
    )
    for gesture in gestures:
        with pytest.raises(NotOpenError):
            gesture()


def test_administration_sets_tariffs_too(base: Engine) -> None:
    key = desk.add(actor=agent(Role.ADMIN), form={"name": "Repas"}, now=NOW)
    assert listing.show(actor=agent(Role.REGIE), tariff_id=key, now=NOW).grids == []
