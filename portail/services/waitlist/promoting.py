"""Donner à la file les places qui se libèrent, dans la transaction qui les libère : personne ne passe devant.

L'ordre des verrous : les séances par numéro croissant, puis les porte-monnaie par numéro croissant. Qui rend de l'argent
dans la même transaction appelle donc `lock_wallets` après avoir rendu les places, avant d'écrire au grand livre.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from portail.domain.activities import WaitlistMode
from portail.domain.refusals import RefusalError
from portail.domain.waitlist import WaitState, check_transition, offer_until
from portail.models.bookings import WaitlistEntry
from portail.models.database import transaction
from portail.models.wallet import LedgerAccount
from portail.services.bookings import seats
from portail.services.waitlist import desk, granting, letters, queue
from portail.services.waitlist.desk import Desk

TRIES = 3
TOO_LATE = "La date limite de réservation est passée."
NOT_HELD = "Cette séance n’a pas lieu."


def promote(db: Session, slot_ids: Iterable[int], now: datetime) -> int:
    """Sert les files de ces séances tant qu'il reste des places ; rend le nombre de places données ou proposées."""
    awaited = desk.awaited(db, slot_ids)
    if not awaited:
        return 0
    held = [desk.hold(db, slot_id) for slot_id in awaited]
    lock_wallets(db, awaited)
    return sum(_serve(db, one, now) for one in held)


def promote_now(slot_ids: Iterable[int], now: datetime) -> int:
    """Juste après la transaction qui a rendu les places. Deux files croisées : la base défait l'une, on la refait ; si
    cela ne suffit pas, le travail de la minute s'en charge, et personne d'autre n'a pu prendre ces places."""
    wanted = sorted(set(slot_ids))
    for _ in range(TRIES):
        try:
            with transaction() as db:
                return promote(db, wanted, now)
        except OperationalError:
            continue
    return 0


def lock_wallets(db: Session, slot_ids: Iterable[int], family_ids: Iterable[int] = ()) -> None:
    """Tient d'un coup, dans l'ordre, les porte-monnaie de ceux qui attendent et de ces foyers."""
    waiting = select(WaitlistEntry.family_id).where(
        col(WaitlistEntry.slot_id).in_(set(slot_ids)), WaitlistEntry.state == WaitState.WAITING
    )
    concerned = col(LedgerAccount.family_id).in_(waiting) | col(LedgerAccount.family_id).in_(set(family_ids))
    db.exec(select(LedgerAccount.id).where(concerned).order_by(col(LedgerAccount.id)).with_for_update()).all()


def _serve(db: Session, held: Desk, now: datetime) -> int:
    """Du premier au dernier : une place, une réponse. Une séance fermée ou trop proche clôt les demandes."""
    given = 0
    for entry in _waiting(db, held.slot_id):
        if held.is_closed or now > entry.until:
            _end(db, held, entry, WaitState.CLOSED, NOT_HELD if held.is_closed else TOO_LATE, now)
        elif not seats.take(db, held.slot_id, from_queue=True):
            return given
        elif _give(db, held, entry, now):
            given += 1
        else:
            seats.release(db, held.slot_id)
    return given


def _waiting(db: Session, slot_id: int) -> list[WaitlistEntry]:
    query = (
        select(WaitlistEntry)
        .where(WaitlistEntry.slot_id == slot_id, WaitlistEntry.state == WaitState.WAITING)
        .order_by(col(WaitlistEntry.rank), col(WaitlistEntry.place))
    )
    return list(db.exec(query.execution_options(populate_existing=True)))


def _give(db: Session, held: Desk, entry: WaitlistEntry, now: datetime) -> bool:
    """La place est prise : la donner ou la proposer ; faux si la famille ne remplit plus les conditions."""
    try:
        if held.mode is WaitlistMode.OFFER:
            _offer(db, held, entry, now)
        else:
            _book(db, held, entry, now)
    except RefusalError as refusal:
        _end(db, held, entry, WaitState.SKIPPED, refusal.full_sentence, now)
        return False
    return True


def _book(db: Session, held: Desk, entry: WaitlistEntry, now: datetime) -> None:
    """Réservée et débitée, ou rien : un refus à mi-chemin ne laisse pas de trace."""
    with db.begin_nested():
        booking = granting.grant(db, entry, now)
    queue.close(db, entry, WaitState.PROMOTED)
    letters.tell_promoted(db, held, entry, booking, now)


def _offer(db: Session, held: Desk, entry: WaitlistEntry, now: datetime) -> None:
    """Ce que la famille peut réparer avant d'accepter ne lui fait pas perdre son tour : le courriel le lui dit."""
    obstacle = granting.why_not(db, entry, now)
    if obstacle and not granting.can_be_mended(obstacle):
        raise obstacle
    check_transition(WaitState(entry.state), WaitState.OFFERED)
    entry.state, entry.offered_until = WaitState.OFFERED, offer_until(now, held.offer_hours, entry.until)
    db.flush()
    desk.count_waiting(db, held.slot_id, -1)
    letters.tell_offered(db, held, entry, obstacle, now)


def _end(  # noqa: PLR0913 — une demande qui finit dit où, comment, pourquoi et quand
    db: Session, held: Desk, entry: WaitlistEntry, after: WaitState, why: str, now: datetime
) -> None:
    queue.close(db, entry, after, why[:300])
    letters.tell_ended(db, held, entry, now)


def expire_offer(db: Session, entry: WaitlistEntry, now: datetime) -> None:
    """Le délai est passé sans réponse : la place va au suivant, dans la même transaction."""
    held = desk.read(db, entry.slot_id)
    why = "Vous n’avez pas répondu à temps : la place a été proposée à la famille suivante."
    queue.close(db, entry, WaitState.SKIPPED, why)
    letters.tell_ended(db, held, entry, now)
    promote(db, [entry.slot_id], now)


def close_late(db: Session, slot_id: int, now: datetime) -> None:
    """La date limite est passée : chacun l'apprend une fois, et la liste se vide."""
    held = desk.hold(db, slot_id)
    for entry in _waiting(db, slot_id):
        if held.is_closed or now > entry.until:
            _end(db, held, entry, WaitState.CLOSED, NOT_HELD if held.is_closed else TOO_LATE, now)
