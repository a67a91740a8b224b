"""« Mes listes d'attente » : voir sa place, répondre à une proposition, se retirer."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain import waitlist
from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight, child_color
from portail.domain.refusals import NotOpenError
from portail.domain.waitlist import ACTIVE, WaitState, spoken_position
from portail.models.activities import Activity, Offering, Slot
from portail.models.base import is_key
from portail.models.bookings import WaitlistEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, FamilyChild, Guardian
from portail.services import access, audit
from portail.services.waitlist import desk, granting, letters, promoting, queue
from portail.services.waitlist.queue import Place
from portail.views import wording
from portail.views.waitlist import WaitLine, WaitPage

SHOWN_AFTER = timedelta(days=30)
MOST_ENDED = 20
TONES = {WaitState.OFFERED: "warn", WaitState.PROMOTED: "ok", WaitState.SKIPPED: "err", WaitState.CLOSED: "err"}


def show(*, actor: Actor, now: datetime) -> WaitPage:
    """Celles des foyers où l'on peut réserver ; ce qui est fini reste un mois."""
    with reading() as db:
        found = list(db.exec(_rows(actor, now)))
        active = [entry for entry, *_ in found if entry.state in ACTIVE]
        slots, children = {one.slot_id for one in active}, {one.child_id for one in active}
        places = queue.positions(db, slots, children) if active else {}
    lines: dict[WaitState, list[WaitLine]] = {state: [] for state in WaitState}
    for entry, *rest in found:
        state = WaitState(entry.state)
        lines[state].append(_line(entry, rest, places.get((entry.slot_id, entry.child_id)), now))
    ended = [line for state in WaitState if state not in ACTIVE for line in lines[state]]
    return WaitPage(True, lines[WaitState.OFFERED], lines[WaitState.WAITING], ended[:MOST_ENDED])


def _rows(actor: Actor, now: datetime) -> Any:
    mine = select(Guardian.family_id).where(Guardian.account_id == actor.account_id, col(Guardian.can_book))
    kept = (col(WaitlistEntry.state).in_(ACTIVE)) | (col(WaitlistEntry.until) > now - SHOWN_AFTER)
    return (
        select(WaitlistEntry, Slot.day, Activity, Offering.name, Child.first_name, FamilyChild.position)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(WaitlistEntry.slot_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .join(Child, col(Child.id) == col(WaitlistEntry.child_id))
        .join(
            FamilyChild,
            (col(FamilyChild.child_id) == col(Child.id)) & (col(FamilyChild.family_id) == col(WaitlistEntry.family_id)),
        )
        .where(col(WaitlistEntry.family_id).in_(mine), WaitlistEntry.state != WaitState.LEFT, kept)
        .order_by(col(Slot.day), col(WaitlistEntry.id))
    )


def _line(entry: WaitlistEntry, rest: list[Any], place: Place | None, now: datetime) -> WaitLine:
    day, activity, part, first_name, position = rest
    state = WaitState(entry.state)
    return WaitLine(
        id=entry.key,
        child=first_name,
        color=child_color(position),
        activity=f"{activity.title}, {part}",
        day=wording.full_day(day),
        word=f"{spoken_position(place.position)} sur la liste"
        if place and place.position
        else wording.capitalised(state.label),
        tone=TONES.get(state, ""),
        detail=_detail(entry, state),
        href=f"/reservations/{activity.key}",
        can_answer=state is WaitState.OFFERED and (entry.offered_until or now) >= now,
        can_leave=state is WaitState.WAITING,
    )


def _detail(entry: WaitlistEntry, state: WaitState) -> str:
    if state is WaitState.OFFERED and entry.offered_until:
        return f"La place vous est gardée jusqu’au {wording.instant(entry.offered_until)}."
    if state is WaitState.WAITING:
        return f"La liste ferme le {wording.instant(entry.until)}."
    return entry.why


def offers_to(actor: Actor, now: datetime) -> Any:
    """Compter les places proposées qui attendent une réponse."""
    mine = select(Guardian.family_id).where(Guardian.account_id == actor.account_id, col(Guardian.can_book))
    return select(func.count()).where(
        col(WaitlistEntry.family_id).in_(mine),
        WaitlistEntry.state == WaitState.OFFERED,
        col(WaitlistEntry.offered_until) >= now,
    )


def accept(*, actor: Actor, entry_id: int, now: datetime) -> None:
    """Réserve et débite aux conditions du moment ; un refus laisse la proposition, jusqu'à son terme."""
    with transaction() as db:
        entry = _held(db, actor, entry_id)
        if entry.state != WaitState.OFFERED or now > (entry.offered_until or now):
            raise waitlist.OfferOverError
        booking = granting.grant(db, entry, now)
        queue.close(db, entry, WaitState.PROMOTED)
        letters.tell_promoted(db, desk.read(db, entry.slot_id), entry, booking, now)
        audit.record(db, "waitlist.accepted", at=now, actor_id=actor.account_id, subject_id=entry.key)


def withdraw(*, actor: Actor, entry_id: int, now: datetime) -> None:
    """Quitte la liste, ou refuse la place proposée : elle va aussitôt au suivant."""
    with transaction() as db:
        entry = _held(db, actor, entry_id)
        if entry.state not in ACTIVE:
            raise waitlist.OfferOverError
        if queue.close(db, entry, WaitState.LEFT):
            promoting.promote(db, [entry.slot_id], now)  # la place proposée va au suivant
        audit.record(db, "waitlist.left", at=now, actor_id=actor.account_id, subject_id=entry.key)


def _held(db: Session, actor: Actor, entry_id: int) -> WaitlistEntry:
    """La demande d'un foyer où cette personne réserve, sa séance tenue ; celle d'un autre n'existe pas."""
    entry = db.get(WaitlistEntry, entry_id) if is_key(entry_id) else None
    if entry is None:
        raise NotOpenError
    access.my_family(db, actor, entry.family_id, FamilyRight.BOOK)
    promoting.lock_wallets(db, [entry.family_id])
    desk.hold(db, entry.slot_id)
    db.refresh(entry)
    return entry
