"""Donner à la file les places qui se libèrent : personne ne passe devant.

Une place rendue n'est prenable que par la file tant que quelqu'un attend (`seats.move`) : la donner peut donc suivre la
transaction qui la libère. Chaque séance a la sienne, et les verrous le même ordre que partout : les porte-monnaie par
numéro croissant, puis la séance. Un arrêt entre les deux se répare à la tournée de la minute.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from portail.domain.activities import WaitlistMode
from portail.domain.refusals import RefusalError
from portail.domain.waitlist import WaitState, check_transition, offer_until
from portail.models.bookings import WaitlistEntry
from portail.models.database import after_commit, reading, transaction
from portail.models.wallet import LedgerAccount
from portail.services.bookings import seats
from portail.services.waitlist import desk, granting, letters, queue
from portail.services.waitlist.desk import Desk

log = logging.getLogger("portail.waitlist")
TRIES = 3
TOO_LATE = "La date limite de réservation est passée."
NOT_HELD = "Cette séance n’a pas lieu."
NO_ANSWER = "Vous n’avez pas répondu à temps : la place va à la famille suivante."


def promote(db: Session, slot_ids: Iterable[int], now: datetime) -> None:
    """À appeler dans la transaction qui libère des places : la file est servie dès qu'elle est acquise."""
    freed = sorted(set(slot_ids))
    after_commit(db, lambda: promote_now(freed, now))


def promote_now(slot_ids: Iterable[int], now: datetime) -> int:
    """Sert les files de ces séances tant qu'il reste des places ; rend le nombre de places données ou proposées."""
    with reading() as db:
        awaited = desk.awaited(db, slot_ids)
    return sum(_serve_slot(slot_id, now) for slot_id in awaited)


def _serve_slot(slot_id: int, now: datetime) -> int:
    for _ in range(TRIES):
        try:
            with transaction() as db:
                lock_wallets(db, _families(db, slot_id))
                return _serve(db, desk.hold(db, slot_id), now)
        except OperationalError:  # deux transactions croisées : la base en a défait une
            continue
    log.warning("waiting list put off", extra={"slot": slot_id})
    return 0


def lock_wallets(db: Session, family_ids: Iterable[int]) -> None:
    """Tient d'un coup, dans l'ordre, les porte-monnaie de ces foyers."""
    query = select(LedgerAccount.id).where(col(LedgerAccount.family_id).in_(set(family_ids)))
    db.exec(query.order_by(col(LedgerAccount.id)).with_for_update(key_share=True)).all()


def _families(db: Session, slot_id: int) -> list[int]:
    return [entry.family_id for entry in _waiting(db, slot_id)]


def _serve(db: Session, held: Desk, now: datetime) -> int:
    """Du premier au dernier : une place, une réponse. Une séance fermée ou trop proche clôt les demandes."""
    given = 0
    for entry in _waiting(db, held.slot_id):
        if held.is_closed or now > entry.until:
            _end(db, held, entry, NOT_HELD if held.is_closed else TOO_LATE, now)
        elif not seats.take(db, held.slot_id):
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
        _end(db, held, entry, refusal.full_sentence, now)
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


def _end(db: Session, held: Desk, entry: WaitlistEntry, why: str, now: datetime) -> None:
    """Close pour tous, ou passée pour cette famille seulement."""
    after = WaitState.CLOSED if why in {TOO_LATE, NOT_HELD} else WaitState.SKIPPED
    queue.close(db, entry, after, why[:300])
    letters.tell_ended(db, held, entry, now)


def end_overdue(db: Session, slot_id: int, now: datetime) -> None:
    """Les propositions restées sans réponse et les demandes trop tardives finissent ; chacun l'apprend une fois."""
    held = desk.hold(db, slot_id)
    unanswered = select(WaitlistEntry).where(
        WaitlistEntry.slot_id == slot_id,
        WaitlistEntry.state == WaitState.OFFERED,
        col(WaitlistEntry.offered_until) < now,
    )
    for entry in db.exec(unanswered.execution_options(populate_existing=True)).all():
        _end(db, held, entry, NO_ANSWER, now)
    for entry in _waiting(db, slot_id):
        if held.is_closed or now > entry.until:
            _end(db, held, entry, NOT_HELD if held.is_closed else TOO_LATE, now)
