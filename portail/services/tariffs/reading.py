"""Les grilles datées, telles que la base les garde et telles que le calcul les lit."""

from collections.abc import Iterable

from sqlmodel import Session, col, delete, select

from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.tariffs import TariffBracket, TariffGrid


def load(db: Session, tariff_ids: Iterable[int]) -> dict[int, tuple[Grid, ...]]:
    """Les grilles datées de chaque tarif, en une lecture ; un tarif sans grille n'en a aucune."""
    wanted = set(tariff_ids)
    query = (
        select(TariffGrid, TariffBracket)
        .join(TariffBracket, col(TariffBracket.grid_id) == col(TariffGrid.id))
        .where(col(TariffGrid.tariff_id).in_(wanted))
        .order_by(col(TariffGrid.valid_from), col(TariffBracket.from_quotient))
    )
    rows: dict[int, TariffGrid] = {}
    brackets: dict[tuple[int, bool], list[Bracket]] = {}
    for grid, one in db.exec(query):
        rows[grid.key] = grid
        side = brackets.setdefault((grid.key, one.is_resident), [])
        side.append(_bracket(one))
    found: dict[int, list[Grid]] = {tariff_id: [] for tariff_id in wanted}
    for key, grid in rows.items():
        found[grid.tariff_id].append(as_grid(grid, *(tuple(brackets.get((key, side), ())) for side in (True, False))))
    return {tariff_id: tuple(grids) for tariff_id, grids in found.items()}


def as_grid(row: TariffGrid, resident: tuple[Bracket, ...], non_resident: tuple[Bracket, ...]) -> Grid:
    return Grid(
        row.valid_from,
        TariffMethod(row.method),
        resident,
        non_resident,
        Surcharge(Adjustment(row.late_method), row.late_value),
        Surcharge(Adjustment(row.unplanned_method), row.unplanned_value),
        SiblingDiscount(Adjustment(row.sibling_method), tuple(row.sibling_values)),
    )


def _bracket(row: TariffBracket) -> Bracket:
    return Bracket(row.from_quotient, row.meal_cents, row.care_cents, row.rate, row.floor_cents)


def write_grid(db: Session, tariff_id: int, grid: Grid, row: TariffGrid | None = None) -> TariffGrid:
    """Une grille nouvelle, ou cette ligne réécrite ; le prix s'en lit aussitôt."""
    row = row or TariffGrid(tariff_id=tariff_id, valid_from=grid.valid_from, method=grid.method)
    row.valid_from, row.method = grid.valid_from, grid.method
    row.late_method, row.late_value = grid.late.method, grid.late.value
    row.unplanned_method, row.unplanned_value = grid.unplanned.method, grid.unplanned.value
    row.sibling_method, row.sibling_values = grid.siblings.method, list(grid.siblings.values)
    db.add(row)
    db.flush()
    db.exec(delete(TariffBracket).where(col(TariffBracket.grid_id) == row.key))
    for is_resident in (True, False):
        for one in grid.side(is_resident=is_resident):
            db.add(
                TariffBracket(
                    grid_id=row.key,
                    is_resident=is_resident,
                    from_quotient=one.from_quotient,
                    meal_cents=one.meal_cents,
                    care_cents=one.care_cents,
                    rate=one.rate,
                    floor_cents=one.floor_cents,
                )
            )
    return row
