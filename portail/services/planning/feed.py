"""Le lien privé vers l'agenda : le créer, le renouveler, le retirer, et ce qu'il donne à lire."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlmodel import Session, col, delete, select

from portail.domain.accounts import AccountStatus, Actor
from portail.domain.bookings import BookingState
from portail.domain.dates import paris_day
from portail.domain.planning import Mark, hours_of
from portail.domain.refusals import NotOpenError
from portail.domain.throttling import Scope
from portail.ids import fingerprint, new_token
from portail.integrations.agenda import AgendaEvent, EventStatus, render
from portail.models.accounts import Account
from portail.models.bookings import CalendarFeed
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.accounts import throttling
from portail.services.planning.entries import Booked, Wanted, bookings
from portail.settings import current
from portail.views import wording
from portail.views.planning import FeedView

PAST, AHEAD = timedelta(days=60), timedelta(days=400)
_SEEN_EVERY = timedelta(hours=1)  # une lecture toutes les dix minutes n'écrit pas à chaque fois
_OFF = frozenset({Mark.CLOSED, Mark.EXCUSED})


def show(*, actor: Actor) -> FeedView:
    with reading() as db:
        return _view(_of(db, actor.account_id))


def subscribe(*, actor: Actor, now: datetime) -> FeedView:
    """Un lien neuf, montré une fois ; s'il en remplace un, l'ancien ne mène plus nulle part."""
    token = new_token()
    with transaction() as db:
        db.get_one(Account, actor.account_id, with_for_update=True)  # deux onglets : le dernier lien est le bon
        known = _of(db, actor.account_id)
        feed = known or CalendarFeed(account_id=actor.account_id, token_hash="", created_at=now)
        feed.token_hash, feed.created_at, feed.last_read_at = fingerprint(token), now, None
        db.add(feed)
        audit.record(db, "feed.renewed" if known else "feed.created", at=now, actor_id=actor.account_id)
        db.flush()
        return _view(feed, token)


def revoke(*, actor: Actor, now: datetime) -> FeedView:
    with transaction() as db:
        gone = db.exec(delete(CalendarFeed).where(col(CalendarFeed.account_id) == actor.account_id))
        if gone.rowcount:
            audit.record(db, "feed.revoked", at=now, actor_id=actor.account_id)
    return FeedView()


def read(token: str, now: datetime) -> bytes:
    """L'agenda que ce lien ouvre ; retiré, faux ou d'un compte fermé, il n'existe pas."""
    key = fingerprint(token)
    with reading() as db:
        found = _readable(db, key)
    if found is None:
        raise NotOpenError
    throttling.reserve((Scope.FEED, key), now)
    account_id, last_read_at = found
    if last_read_at is None or now - last_read_at >= _SEEN_EVERY:
        with transaction() as db:
            feed = _of(db, account_id)
            if feed is not None and feed.token_hash == key:
                feed.last_read_at = now
    today = paris_day(now)
    with reading() as db:
        rows = bookings(db, account_id, Wanted(today - PAST, today + AHEAD, states=tuple(BookingState)))
        events = [_event(row) for row in rows]
    return render(f"Portail Famille de {current().town_name}", events)


def _readable(db: Session, key: str) -> tuple[int, datetime | None] | None:
    query = (
        select(CalendarFeed.account_id, CalendarFeed.last_read_at)
        .join(Account, col(Account.id) == col(CalendarFeed.account_id))
        .where(CalendarFeed.token_hash == key, Account.status == AccountStatus.ACTIVE)
    )
    return db.exec(query).first()


def _event(row: Booked) -> AgendaEvent:
    """Ni santé, ni argent : un prénom, une activité, une heure, un lieu."""
    begins, ends = hours_of(row.slot.day, row.offering.starts_at, row.offering.ends_at)
    return AgendaEvent(
        uid=f"reservation-{row.booking.key}@{urlsplit(current().site_url).hostname}",
        begins=begins,
        ends=ends,
        title=f"{row.child.first_name} · {row.activity.name} ({row.offering.name})",
        place=row.activity.place,
        status=_status(row),
        changed=row.booking.changed_at,
        url=f"{current().site_url}/reservations/{row.activity.key}",
    )


def _status(row: Booked) -> EventStatus:
    state = BookingState(row.booking.state)
    if state in {BookingState.CANCELLED, BookingState.REFUSED} or row.mark in _OFF:
        return EventStatus.CANCELLED
    return EventStatus.TENTATIVE if state is BookingState.PENDING else EventStatus.CONFIRMED


def _of(db: Session, account_id: int) -> CalendarFeed | None:
    return db.exec(select(CalendarFeed).where(CalendarFeed.account_id == account_id)).first()


def _view(feed: CalendarFeed | None, token: str = "") -> FeedView:
    if feed is None:
        return FeedView()
    address = f"{current().site_url}/ical/{token}.ics" if token else ""
    return FeedView(
        exists=True,
        since=wording.instant(feed.created_at),
        last_read=wording.instant(feed.last_read_at) if feed.last_read_at else "",
        address=address,
        webcal=f"webcal://{address.partition('://')[2]}" if address else "",
    )
