"""Les tarifs que la régie lit : la liste, un tarif avec ses versions, et ce que paierait une famille."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import whole
from portail.domain.adjustments import Adjustment, Timing
from portail.domain.dates import said_list
from portail.domain.forms import Reader
from portail.domain.quotients import typed_quotient
from portail.domain.refusals import BadInputError
from portail.domain.tariff_forms import Side, fill_grid
from portail.domain.tariffs import Bracket, Grid, NoTariffError, Payer, TariffMethod, grid_on, price
from portail.models.activities import Activity, Offering
from portail.models.database import reading
from portail.models.tariffs import Tariff, TariffGrid
from portail.services.tariffs import shown
from portail.services.tariffs.desk import is_sold, tariff_of, why_locked
from portail.services.tariffs.homes import said_payer
from portail.services.tariffs.reading import load
from portail.views import wording
from portail.views.requests import Choice
from portail.views.tariffs import GridCard, TariffFile, TariffLine, TariffList, TariffPreview

MOST_CHILDREN = 9
EMPTY = Grid(date.min, TariffMethod.FIXED, (Bracket(),), (Bracket(),))


def listing(*, actor: Actor, now: datetime) -> TariffList:
    """Trois lectures, quel que soit le nombre de tarifs."""
    check_audience(Audience.MONEY, actor)
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        tariffs = db.exec(select(Tariff).order_by(col(Tariff.position), col(Tariff.name))).all()
        grids = load(db, [one.key for one in tariffs])
        used = users_of(db)
    return TariffList(True, [_line(one, grids[one.key], used.get(one.key, []), today) for one in tariffs])


def users_of(db: Session, tariff_id: int = 0) -> dict[int, list[str]]:
    """Les activités ouvertes qui vendent chaque tarif."""
    query = (
        select(Offering.tariff_id, Activity.name)
        .join(Activity, col(Activity.id) == col(Offering.activity_id))
        .where(col(Offering.closed_at).is_(None), col(Activity.closed_at).is_(None))
        .order_by(col(Activity.position), col(Activity.id))
    )
    if tariff_id:
        query = query.where(Offering.tariff_id == tariff_id)
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for key, name in db.exec(query):
        found[key][name] = None
    return {key: list(names) for key, names in found.items()}


def _line(tariff: Tariff, grids: tuple[Grid, ...], used: list[str], today: date) -> TariffLine:
    started = [grid for grid in grids if grid.valid_from <= today]
    coming = [grid for grid in grids if grid.valid_from > today]
    shown_grid = started[-1] if started else next(iter(coming), None)
    return TariffLine(
        id=tariff.key,
        name=tariff.name,
        method=shown_grid.method.label if shown_grid else "sans prix",
        prices=said_range(shown_grid) if shown_grid else "—",
        since=wording.short_date(shown_grid.valid_from) if shown_grid else "—",
        coming=f"nouvelle grille le {wording.short_date(coming[0].valid_from)}" if started and coming else "",
        used=said_list(used) if used else "aucune activité",
    )


def said_range(grid: Grid) -> str:
    """« de 0,60 € à 2,20 € », pour les habitants."""
    low = min(one.floor_cents if one.rate else one.cents for one in grid.resident)
    high = max(one.cents for one in grid.resident)
    said = shown.said_price(high)
    return said if low == high else f"de {shown.said_price(low)} à {said}"


def show(*, actor: Actor, tariff_id: int, now: datetime) -> TariffFile:
    """Un tarif et ses grilles, la plus récente d'abord."""
    check_audience(Audience.MONEY, actor)
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        tariff = tariff_of(db, tariff_id)
        grids = load(db, [tariff.key])[tariff.key]
        query = select(TariffGrid).where(TariffGrid.tariff_id == tariff.key).order_by(col(TariffGrid.valid_from))
        rows = list(db.exec(query))
        used = users_of(db, tariff.key).get(tariff.key, [])
        can_discard = not is_sold(db, tariff)
        cards = [_card(db, rows, rank, grids, today) for rank in range(len(rows))]
    blank = fill_grid(grids[-1] if grids else EMPTY) | {"valid_from": ""}
    return TariffFile(
        ready=True,
        id=tariff.key,
        stamp=tariff.stamp,
        name=tariff.name,
        used=used,
        can_discard=can_discard,
        grids=cards[::-1],
        blank=blank,
        today=today.isoformat(),
        adjustments=[Choice(one.value, wording.capitalised(one.label)) for one in Adjustment],
    )


def _card(db: Session, rows: list[TariffGrid], rank: int, grids: tuple[Grid, ...], today: date) -> GridCard:
    following = rows[rank + 1].valid_from if rank + 1 < len(rows) else None
    locked = why_locked(db, rows[rank], following, today)
    return shown.card_of(grids[rank], rows[rank].key, shown.standing_of(grids[rank], grids, today), locked)


def preview(*, actor: Actor, tariff_id: int, form: dict[str, Any], now: datetime) -> TariffPreview:
    """Ce que paiera une famille de ce quotient, ce jour-là : dans les délais, hors délais, sans prévenir."""
    check_audience(Audience.MONEY, actor)
    today = now.astimezone(wording.PARIS).date()
    reader = Reader(form)
    day = reader.day("day", today, missing="Indiquez le jour de la séance.", check=_check_day)
    quotient = reader.take("quotient", None, read_quotient)
    rank = whole(reader, "rank", "Rang de l’enfant", (1, MOST_CHILDREN))
    is_resident = str(form.get("residence")) != Side.OUTSIDE
    reader.check()
    with reading() as db:
        grids = load(db, [tariff_of(db, tariff_id).key])[tariff_id]
    payer = Payer(quotient, is_resident, rank)
    try:
        grid = grid_on(grids, day)
    except NoTariffError as refusal:
        return TariffPreview(title=refusal.sentence)
    timings = [one for one in Timing if one is Timing.IN_TIME or grid.surcharge(one).value]
    lines = [shown.explained(wording.capitalised(one.label), price(grids, day, payer, one)) for one in timings]
    return TariffPreview(f"Le {wording.long_date(day)}, {said_payer(quotient, is_resident=is_resident)}", lines)


def read_quotient(typed: str) -> int | None:
    """Vide : inconnu."""
    return typed_quotient(typed) if typed.strip() else None


def _check_day(day: date) -> None:
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise BadInputError("Cette date n’est pas possible.")
