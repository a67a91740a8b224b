"""Les tarifs, réglés par la régie : leur liste, leurs grilles datées, une nouvelle version, ce que chacun paiera."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.schools import same_name
from portail.domain.tariff_copies import changed, typed_change
from portail.domain.tariff_forms import fill_grid, read_grid, read_name
from portail.domain.tariff_grids import TariffChangedError
from portail.domain.tariffs import Grid
from portail.ids import new_token
from portail.models.activities import Activity, Offering, Slot
from portail.models.base import is_key
from portail.models.bookings import Booking
from portail.models.database import reading, transaction
from portail.models.tariffs import Tariff, TariffGrid
from portail.services import audit
from portail.services.tariffs.reading import load, write_grid
from portail.services.tariffs.shown import card_of
from portail.views import wording
from portail.views.tariffs import GridCard

REPLACED = "Une autre grille a remplacé celle-ci : elle ne change plus."
USED = "Des réservations ont déjà ce prix : cette grille ne change plus. Ajoutez-en une à partir d’une autre date."
ONE_DAY = timedelta(days=1)
TO_SAVE = ("à enregistrer", "warn")
SOLD = "Une activité vend ce tarif, ou l’a vendu : il ne se supprime pas."
BACK = timedelta(days=366)  # la première grille d'un tarif peut dater de la rentrée


@dataclass(frozen=True)
class GridEdit:
    """La grille que l'agent règle (zéro : une nouvelle), et le signe du tarif qu'il avait sous les yeux."""

    tariff_id: int
    stamp: str
    grid_id: int = 0


def add(*, actor: Actor, form: dict[str, Any], now: datetime) -> int:
    """Un tarif nouveau, encore sans prix ; rend son numéro."""
    check_audience(Audience.MONEY, actor)
    name = read_name(form)
    with transaction() as db:
        _check_name(db, name, 0)
        position = db.exec(select(func.coalesce(func.max(Tariff.position), 0))).one() + 1
        tariff = Tariff(name=name, position=position)
        db.add(tariff)
        db.flush()
        audit.record(db, "tariff.added", at=now, actor_id=actor.account_id, subject_id=tariff.key, detail=tariff.name)
        return tariff.key


def rename(*, actor: Actor, tariff_id: int, form: dict[str, Any], now: datetime) -> None:
    check_audience(Audience.MONEY, actor)
    name = read_name(form)
    with transaction() as db:
        tariff = _held(db, tariff_id)
        _check_name(db, name, tariff.key)
        tariff.name = name
        audit.record(db, "tariff.renamed", at=now, actor_id=actor.account_id, subject_id=tariff.key, detail=tariff.name)


def review(*, actor: Actor, edit: GridEdit, form: dict[str, Any], now: datetime) -> GridCard:
    """Ce que la grille dira, relue avant d'être enregistrée."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        grid = read_typed(db, tariff_of(db, edit.tariff_id), edit, form, now)
    return card_of(grid, edit.grid_id, TO_SAVE)


def copy(*, actor: Actor, edit: GridEdit, form: dict[str, Any], now: datetime) -> GridCard:
    """La grille désignée, à partir d'un autre jour et à d'autres prix, relue comme une grille tapée."""
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    change = reader.take("change", 0, typed_change)
    with reading() as db:
        tariff = tariff_of(db, edit.tariff_id)
        source = saved_grid(db, tariff, edit.grid_id)
        typed = fill_grid(changed(source, change)) | {"valid_from": str(form.get("valid_from") or "")}
        try:
            grid = read_typed(db, tariff, GridEdit(edit.tariff_id, edit.stamp), typed, now)
        except FormRefusedError as refusal:
            raise FormRefusedError(refusal.fields | reader.errors) from None
    reader.check()
    return card_of(grid, 0, TO_SAVE)


def save(*, actor: Actor, edit: GridEdit, form: dict[str, Any], now: datetime) -> None:
    """Une version de plus ; ce qui est déjà réservé garde son prix."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        tariff = _edited(db, edit)
        grid = read_typed(db, tariff, edit, form, now)
        row = _changeable(db, tariff, edit.grid_id, now) if edit.grid_id else None
        write_grid(db, tariff.key, grid, row)
        _renew(db, tariff)
        what = "tariff.grid_changed" if edit.grid_id else "tariff.grid_added"
        detail = _dated(tariff, grid.valid_from)
        audit.record(db, what, at=now, actor_id=actor.account_id, subject_id=tariff.key, detail=detail)


def remove(*, actor: Actor, edit: GridEdit, now: datetime) -> None:
    """Une grille qui n'a encore donné son prix à personne."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        tariff = _edited(db, edit)
        row = _changeable(db, tariff, edit.grid_id, now)
        db.delete(row)
        _renew(db, tariff)
        detail = _dated(tariff, row.valid_from)
        audit.record(db, "tariff.grid_removed", at=now, actor_id=actor.account_id, subject_id=tariff.key, detail=detail)


def discard(*, actor: Actor, tariff_id: int, stamp: str, now: datetime) -> None:
    """Un tarif ajouté par erreur : aucune activité, même fermée, ne l'a jamais vendu."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        tariff = _edited(db, GridEdit(tariff_id, stamp))
        if is_sold(db, tariff):
            raise RefusalError(SOLD)
        audit.record(db, "tariff.removed", at=now, actor_id=actor.account_id, subject_id=tariff.key, detail=tariff.name)
        db.delete(tariff)


def is_sold(db: Session, tariff: Tariff) -> bool:
    return db.exec(select(Offering.id).where(Offering.tariff_id == tariff.key).limit(1)).first() is not None


def why_locked(db: Session, row: TariffGrid, following: date | None, today: date) -> str:
    """La phrase qui dit pourquoi cette grille ne se change plus ; vide : elle se change."""
    if following and following <= today:
        return REPLACED
    return USED if _is_used(db, row, following) else ""


def _is_used(db: Session, row: TariffGrid, following: date | None) -> bool:
    """Une réservation, même annulée, a un prix lu dans cette grille ; une facture ne dit que des réservations."""
    query = (
        select(Booking.id)
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(Offering.tariff_id == row.tariff_id, Slot.day >= row.valid_from)
    )
    if following:
        query = query.where(Slot.day < following)
    return db.exec(query.limit(1)).first() is not None


def read_typed(db: Session, tariff: Tariff, edit: GridEdit, form: dict[str, Any], now: datetime) -> Grid:
    """La première grille d'un tarif peut avoir commencé, et celle qu'on corrige le rester ; les autres, dès demain."""
    today = now.astimezone(wording.PARIS).date()
    rows = _rows(db, tariff)
    others = [row for row in rows if row.id != edit.grid_id]
    edited = next((row.valid_from for row in rows if row.id == edit.grid_id), date.max)
    grid = read_grid(form, min(today + ONE_DAY if others else today - BACK, edited))
    if any(row.valid_from == grid.valid_from for row in others):
        raise FormRefusedError({"valid_from": "Une grille commence déjà ce jour-là : choisissez un autre jour."})
    return grid


def tariff_of(db: Session, tariff_id: int) -> Tariff:
    """Le tarif, pour le lire ; `_held` le retient, pour le changer."""
    tariff = db.get(Tariff, tariff_id) if is_key(tariff_id) else None
    if tariff is None:
        raise NotOpenError
    return tariff


def saved_grid(db: Session, tariff: Tariff, grid_id: int) -> Grid:
    """Deux grilles d'un tarif ne commencent jamais le même jour : sa date la désigne."""
    first = next((row.valid_from for row in _rows(db, tariff) if row.id == grid_id), None)
    found = next((grid for grid in load(db, [tariff.key])[tariff.key] if grid.valid_from == first), None)
    if found is None:
        raise NotOpenError
    return found


def _rows(db: Session, tariff: Tariff) -> list[TariffGrid]:
    query = select(TariffGrid).where(TariffGrid.tariff_id == tariff.key)
    return list(db.exec(query.order_by(col(TariffGrid.valid_from), col(TariffGrid.id))))


def _changeable(db: Session, tariff: Tariff, grid_id: int, now: datetime) -> TariffGrid:
    rows = _rows(db, tariff)
    rank = next((rank for rank, row in enumerate(rows) if row.id == grid_id), None)
    if rank is None:
        raise NotOpenError
    following = rows[rank + 1].valid_from if rank + 1 < len(rows) else None
    if why := why_locked(db, rows[rank], following, now.astimezone(wording.PARIS).date()):
        raise RefusalError(why)
    return rows[rank]


def _held(db: Session, tariff_id: int) -> Tariff:
    """Deux réglages du même tarif passent l'un après l'autre."""
    tariff = db.get(Tariff, tariff_id, with_for_update=True) if is_key(tariff_id) else None
    if tariff is None:
        raise NotOpenError
    return tariff


def _edited(db: Session, edit: GridEdit) -> Tariff:
    tariff = _held(db, edit.tariff_id)
    if tariff.stamp != edit.stamp:
        raise TariffChangedError
    return tariff


def _renew(db: Session, tariff: Tariff) -> None:
    """Chaque processus garde en mémoire les fiches des activités : un nouveau signe les fait relire."""
    tariff.stamp = new_token()
    sold = select(Offering.activity_id).where(Offering.tariff_id == tariff.key)
    for activity in db.exec(select(Activity).where(col(Activity.id).in_(sold)).with_for_update()):
        activity.stamp = new_token()


def _check_name(db: Session, name: str, tariff_id: int) -> None:
    for other in db.exec(select(Tariff).where(Tariff.id != tariff_id)):
        if same_name(other.name, name):
            raise FormRefusedError({"name": f"Le tarif « {other.name} » existe déjà. Donnez un autre nom."})


def _dated(tariff: Tariff, first: date) -> str:
    return f"{tariff.name}, à partir du {first:%d/%m/%Y}"
