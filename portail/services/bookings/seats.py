"""Les places d'une séance : prises par une écriture conditionnelle, la base départage.

L'ordre des verrous : les séances par numéro croissant, en dernier, juste avant la fin de la transaction. Une séance
très demandée n'est ainsi tenue que le temps d'un enregistrement.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col, func, select, update

from portail.domain.bookings import HOLDING
from portail.domain.waitlist import WaitState
from portail.models.activities import Slot
from portail.models.bookings import Booking, WaitlistEntry

# Bâtis une fois : chaque validation passe par là.
_MOVE = (
    update(Slot)
    .where(col(Slot.id).in_(bindparam("slots", expanding=True)))
    .values(taken=col(Slot.taken) + bindparam("number"))
    .returning(col(Slot.id))
    .execution_options(synchronize_session=False)
)
_TAKE = _MOVE.where(col(Slot.closed_why) == "", col(Slot.taken) + bindparam("number") <= col(Slot.capacity))
_BOOK = _TAKE.where(col(Slot.waiting) == 0)  # une place libérée revient d'abord à qui attend


def move(db: Session, given_back: Iterable[int], wanted: Iterable[int]) -> frozenset[int]:
    """Rend des places puis en prend, séance par séance ; les séances où il n'y en avait plus assez."""
    back, asked = Counter(given_back), Counter(wanted)
    hold(db, back.keys() | asked.keys())
    for number, slots in _grouped(back):
        _shift(db, _MOVE, slots, -number)
    lost: set[int] = set()
    for number, slots in _grouped(asked):
        lost |= set(slots) - _shift(db, _BOOK, slots, number)
    return frozenset(lost)


def take(db: Session, slot_id: int) -> bool:
    """Une place pour le premier de la file, s'il en reste."""
    return bool(_shift(db, _TAKE, [slot_id], 1))


def release(db: Session, slot_id: int) -> None:
    _shift(db, _MOVE, [slot_id], -1)


def enlarge(db: Session, slot_id: int) -> None:
    """Une place de plus que prévu, qu'un agent accorde en disant pourquoi."""
    db.exec(
        update(Slot)
        .where(col(Slot.id) == slot_id)
        .values(capacity=col(Slot.capacity) + 1, taken=col(Slot.taken) + 1)
        .execution_options(synchronize_session=False)
    )


def hold(db: Session, slot_ids: Iterable[int]) -> None:
    """Tient ces séances, toujours dans le même ordre : deux validations qui se croisent s'attendent."""
    wanted = sorted(slot_ids)
    if len(wanted) > 1 and db.connection().dialect.name == "postgresql":
        db.exec(
            select(Slot.id).where(col(Slot.id).in_(wanted)).order_by(col(Slot.id)).with_for_update(key_share=True)
        ).all()


def recount(db: Session, slot_ids: Iterable[int]) -> None:
    """Les comptes repris des lignes elles-mêmes, places proposées comprises : après une réunion, un effacement."""
    held = (
        select(func.count())
        .select_from(Booking)
        .where(col(Booking.slot_id) == col(Slot.id), col(Booking.state).in_(HOLDING))
        .scalar_subquery()
    )
    db.exec(
        update(Slot)
        .where(col(Slot.id).in_(list(slot_ids)))
        .values(taken=held + _queued(WaitState.OFFERED), waiting=_queued(WaitState.WAITING))
        .execution_options(synchronize_session=False)
    )


def _queued(state: WaitState) -> ColumnElement[int]:
    """Combien sont dans cet état sur la liste d'attente de la séance."""
    return (
        select(func.count())
        .select_from(WaitlistEntry)
        .where(col(WaitlistEntry.slot_id) == col(Slot.id), col(WaitlistEntry.state) == state)
        .scalar_subquery()
    )


def _grouped(counts: Mapping[int, int]) -> list[tuple[int, list[int]]]:
    """Les séances qui bougent d'autant de places, ensemble : presque toujours un seul groupe."""
    numbers = sorted(set(counts.values()))
    return [(number, sorted(slot for slot, count in counts.items() if count == number)) for number in numbers]


def _shift(db: Session, move: ReturningUpdate[tuple[int | None]], slot_ids: list[int], number: int) -> set[int]:
    """Celles où le compte a bougé."""
    moved = db.connection().execute(move, {"slots": slot_ids, "number": number}).scalars()
    return {key for key in moved if key is not None}
