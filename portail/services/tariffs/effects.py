"""« Effet sur les familles » : ce qu'une grille pas encore en vigueur changera, tranche par tranche, pour qui vient."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.money import euros, signed_euros
from portail.domain.tariff_effects import UNKNOWN, Customer, LineEffect, customer, effect
from portail.domain.tariff_forms import Side
from portail.domain.tariffs import Grid, NoTariffError, grid_on
from portail.models.database import reading
from portail.models.families import Child, Family, FamilyChild
from portail.models.tariffs import FamilyQuotient, Tariff
from portail.services.tariffs import shown
from portail.services.tariffs.customers import coming
from portail.services.tariffs.desk import GridEdit, read_typed, saved_grid, tariff_of
from portail.services.tariffs.quotients import is_resident
from portail.services.tariffs.reading import load
from portail.views import wording
from portail.views.tariffs import EffectRow, EffectTable, GridEffect

NOBODY = "Aucun enfant ne vient encore à ce tarif : les prix sont comparés, sans famille à compter."
NO_PRICE = "Aucune grille n’est en vigueur aujourd’hui : il n’y a pas de prix à comparer."


def of_typed(*, actor: Actor, edit: GridEdit, form: dict[str, Any], now: datetime) -> GridEffect:
    """La grille que l'agent relit, pas encore enregistrée."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        tariff = tariff_of(db, edit.tariff_id)
        return _shown(db, tariff, read_typed(db, tariff, edit, form, now), paris_day(now))


def of_saved(*, actor: Actor, edit: GridEdit, now: datetime) -> GridEffect:
    """Une grille enregistrée qui n'a pas commencé."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        tariff = tariff_of(db, edit.tariff_id)
        return _shown(db, tariff, saved_grid(db, tariff, edit.grid_id), paris_day(now), edit.grid_id)


def _shown(db: Session, tariff: Tariff, then: Grid, today: date, grid_id: int = 0) -> GridEffect:
    current = _in_force(load(db, [tariff.key])[tariff.key], today)
    lines = effect(current, then, customers_of(db, tariff.key, today))
    notes = [] if current else [NO_PRICE]
    return GridEffect(
        ready=True,
        id=grid_id,
        summary=_summary(lines) if any(one.families for one in lines) else NOBODY,
        tables=[_table(side, lines, then) for side in Side],
        notes=notes,
    )


def _in_force(grids: tuple[Grid, ...], today: date) -> Grid | None:
    try:
        return grid_on(grids, today)
    except NoTariffError:
        return None


def customers_of(db: Session, tariff_id: int, today: date) -> list[Customer]:
    """Trois lectures, quel que soit le nombre de foyers."""
    found = coming(today, tariff_id)
    homes: dict[int, set[int]] = defaultdict(set)
    families: dict[int, Family] = {}
    query: Any = select(Family, found.c.child_id)
    for family, child_id in db.exec(query.join(found, found.c.family_id == col(Family.id))):
        families[family.key] = family
        homes[family.key].add(child_id)
    births, quotients = _births(db, found), _quotients(db, found, today)
    return [
        customer(births[key], children, (quotients.get(key), is_resident(families[key])), today)
        for key, children in homes.items()
    ]


def _births(db: Session, found: Any) -> dict[int, dict[int, date]]:
    """Tous les enfants de ces foyers : ceux qui ne viennent pas comptent dans la fratrie."""
    query: Any = (
        select(FamilyChild.family_id, Child.id, Child.birth_date)  # type: ignore[call-overload]
        .join(Child, col(Child.id) == col(FamilyChild.child_id))
        .where(col(FamilyChild.family_id).in_(select(found.c.family_id)))
    )
    births: dict[int, dict[int, date]] = defaultdict(dict)
    for family_id, child_id, birth in db.exec(query):
        births[family_id][child_id] = birth
    return births


def _quotients(db: Session, found: Any, today: date) -> dict[int, int]:
    """De deux qui valent le même jour, le dernier enregistré compte."""
    query: Any = (
        select(FamilyQuotient.family_id, FamilyQuotient.value)
        .where(col(FamilyQuotient.family_id).in_(select(found.c.family_id)))
        .where(FamilyQuotient.valid_from <= today, FamilyQuotient.valid_to >= today)
        .order_by(col(FamilyQuotient.created_at), col(FamilyQuotient.id))
    )
    return dict(db.exec(query).all())


def _summary(lines: list[LineEffect]) -> str:
    """« 41 familles, 56 enfants : 38 paieront plus, 0 moins, 3 autant. »."""
    families, children = sum(one.families for one in lines), sum(one.children for one in lines)
    more, less = sum(one.more for one in lines), sum(one.less for one in lines)
    who = f"{wording.count(families, 'famille', 'familles')}, {wording.count(children, 'enfant', 'enfants')}"
    will = "paiera" if more == 1 else "paieront"
    return f"{who} : {more} {will} plus, {less} moins, {families - more - less} autant."


def _table(side: Side, lines: list[LineEffect], then: Grid) -> EffectTable:
    mine = [one for one in lines if one.is_resident == (side is Side.INSIDE)]
    labels = [row.label for row in shown.rows_of(then.side(is_resident=side is Side.INSIDE))]
    return EffectTable(
        side.label,
        [
            _row("Quotient inconnu ou expiré : tarif maximum" if one.rank == UNKNOWN else labels[one.rank], one)
            for one in mine
        ],
    )


def _row(label: str, one: LineEffect) -> EffectRow:
    is_compared = bool(one.families and one.before)
    return EffectRow(
        label=label,
        families=wording.count(one.families, "famille", "familles"),
        children=wording.count(one.children, "enfant", "enfants"),
        before=_range(one.before),
        after=_range(one.after),
        average=_said_average(one.average_cents) if is_compared else "",
        more=f"{one.more} plus" if is_compared else "—",
        less=f"{one.less} moins" if is_compared else "",
    )


def _range(cents: tuple[int, ...]) -> str:
    if not cents:
        return "—"
    low, high = shown.said_price(cents[0]), shown.said_price(cents[-1])
    return low if low == high else f"de {low} à {high}"


def _said_average(cents: int) -> str:
    return signed_euros(cents) if cents else euros(0)
