"""Le même enfant dans deux dossiers réunis : une seule réservation par séance, et le compte des places repris."""

from datetime import date
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

from portail.domain.activities import EnrolmentState
from portail.domain.bookings import HOLDING
from portail.domain.refusals import RefusalError
from portail.domain.waitlist import ACTIVE
from portail.services.bookings import seats
from portail.services.merging.moving import Mover, Step
from portail.views import wording

_TABLES = SQLModel.metadata.tables
_BOOKING, _ENTRY, _ENROLMENT, _SLOT = (_TABLES[name] for name in ("booking", "waitlist_entry", "enrolment", "slot"))
_SEATED = frozenset({"booking", "waitlist_entry"})
# ce qui ne se double pas : la colonne qui l'empêche, et les états qui comptent encore
_UNIQUE: tuple[tuple[Table, str, frozenset[str]], ...] = (
    (_BOOKING, "slot_id", frozenset(HOLDING)),
    (_ENTRY, "slot_id", frozenset(ACTIVE)),
    (_ENROLMENT, "activity_id", frozenset({EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED})),
)


class BookedTwiceError(RefusalError):
    """Deux réservations payées pour une seule place : l'agent choisit laquelle rendre."""

    def __init__(self, first_name: str, day: date) -> None:
        super().__init__(
            f"{first_name} a deux réservations le {wording.full_day(day)}, une dans chaque dossier.",
            "Annulez d’abord l’une des deux : elle sera remboursée.",
        )


def unite(mover: Mover, old: int, new: int, today: date) -> None:
    """Avant que l'un s'efface devant l'autre : de deux lignes jumelles, celle qui compte encore reste."""
    for table, column, alive in _UNIQUE:
        kept = {row[column]: row for row in _rows(mover, table, new)}
        for row in _rows(mover, table, old):
            twin = kept.get(row[column])
            if twin is None or row["state"] not in alive:
                continue
            if twin["state"] not in alive:
                mover.absorb(table, twin["id"], row["id"])
            elif table is _BOOKING:
                _check_over(mover, row, today)


def _check_over(mover: Mover, booking: dict[str, Any], today: date) -> None:
    day = mover.connection.scalar(select(_SLOT.c.day).where(_SLOT.c.id == booking["slot_id"]))
    if day is not None and day >= today:
        child = _TABLES["child"]
        name = mover.connection.scalar(select(child.c.first_name).where(child.c.id == booking["child_id"]))
        raise BookedTwiceError(str(name), day)


def recount(db: Session, steps: list[Step]) -> None:
    """Après une fusion, ou sa défaite : le compte des séances où une ligne s'est effacée ou est revenue."""
    gone = (step["row"] for step in steps if step["do"] == "dropped" and step["table"] in _SEATED)
    seats.recount(db, {row["slot_id"] for row in gone})


def _rows(mover: Mover, table: Table, child: int) -> list[dict[str, Any]]:
    query = select(table).where(table.c.child_id == child).order_by(table.c.id)
    return [dict(row) for row in mover.connection.execute(query).mappings()]
