"""La salle d'attente d'une campagne : un billet par personne, un débit réglable, une place visible.

Le débit avance quand quelqu'un demande sa place : une seule écriture conditionnelle gagne.

"""

import secrets
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain import campaigns
from portail.domain.accounts import Actor
from portail.domain.campaigns import ADMITTED_FOR, DRAWS, UNSEEN_FOR, NotAdmittedError
from portail.domain.refusals import NotOpenError
from portail.models.activities import Activity
from portail.models.base import is_key
from portail.models.campaigns import Campaign, CampaignActivity, WaitingTicket
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import tariffs
from portail.services.access import OPEN
from portail.services.rows import insert_once
from portail.views import wording
from portail.views.campaigns import RoomView
from portail.views.requests import Choice

SEEN_EVERY = timedelta(seconds=30)  # la présence ne s'écrit pas à chaque regard


def enter(*, actor: Actor, campaign_id: int, now: datetime) -> RoomView:
    """Prend un billet, ou retrouve le sien : un autre onglet, un rechargement n'y changent rien."""
    with transaction() as db:
        campaign = _campaign(db, campaign_id)
        ticket = _ticket(db, campaign.key, actor)
        if ticket is None or not _is_valid(ticket, now):
            ticket = _take(db, campaign, actor, now)
        _advance(db, campaign, now)
        db.refresh(ticket)
        return _view(db, campaign, ticket, now)


def look(*, actor: Actor, campaign_id: int, now: datetime) -> RoomView:
    """Sa place maintenant ; le plus souvent une lecture."""
    with reading() as db:
        campaign = _campaign(db, campaign_id)
        ticket = _ticket(db, campaign.key, actor)
        if ticket is not None and _is_valid(ticket, now) and not _must_write(campaign, ticket, now):
            return _view(db, campaign, ticket, now)
    if ticket is None or not _is_valid(ticket, now):
        return enter(actor=actor, campaign_id=campaign_id, now=now)
    with transaction() as db:
        campaign, seen = _campaign(db, campaign_id), db.get_one(WaitingTicket, ticket.key)
        seen.seen_at = max(seen.seen_at, now)
        db.flush()
        _advance(db, campaign, now)
        db.refresh(seen)
        return _view(db, campaign, seen, now)


def check_admitted(db: Session, actor: Actor, known: Iterable[Campaign], days: Collection[date], now: datetime) -> None:
    """Avant d'écrire : si la campagne de ces jours a une salle, il faut y être entré. Une lecture, et là seulement."""
    for campaign in known:
        is_filtered = campaign.admitted_a_minute and campaigns.is_running(campaign, now)
        concerns = is_filtered and any(campaigns.covers(campaign, day) for day in days)
        if concerns and not is_admitted(db, actor, campaign.key, now):
            raise NotAdmittedError(campaign.key)


def is_admitted(db: Session, actor: Actor, campaign_id: int, now: datetime) -> bool:
    ticket = _ticket(db, campaign_id, actor)
    return ticket is not None and _is_admitted(ticket, now)


def _campaign(db: Session, campaign_id: int) -> Campaign:
    campaign = db.get(Campaign, campaign_id) if is_key(campaign_id) else None
    if campaign is None:
        raise NotOpenError
    return campaign


def _ticket(db: Session, campaign_id: int, actor: Actor) -> WaitingTicket | None:
    query = select(WaitingTicket).where(
        WaitingTicket.campaign_id == campaign_id, WaitingTicket.account_id == actor.account_id
    )
    return db.exec(query).first()


def _is_admitted(ticket: WaitingTicket, now: datetime) -> bool:
    return ticket.admitted_at is not None and now < ticket.admitted_at + ADMITTED_FOR


def _is_valid(ticket: WaitingTicket, now: datetime) -> bool:
    """Entré il y a peu, ou vu il y a peu."""
    return _is_admitted(ticket, now) if ticket.admitted_at else now - ticket.seen_at < UNSEEN_FOR


def _must_write(campaign: Campaign, ticket: WaitingTicket, now: datetime) -> bool:
    if ticket.admitted_at is None and now - ticket.seen_at >= SEEN_EVERY:
        return True
    return (
        ticket.admitted_at is None and _due(campaign, now)[0] > 0 and ticket.rank < campaigns.open_waves(campaign, now)
    )


def _take(db: Session, campaign: Campaign, actor: Actor, now: datetime) -> WaitingTicket:
    """Un billet neuf, ou celui d'un absent remis à la fin ; la ligne de la campagne donne l'ordre d'arrivée."""
    arrival = db.exec(
        update(Campaign)
        .where(col(Campaign.id) == campaign.key)
        .values(arrivals=col(Campaign.arrivals) + 1)
        .returning(col(Campaign.arrivals))
        .execution_options(synchronize_session=False)
    ).one()[0]
    wave = campaigns.wave_of(campaign, now, is_resident=_is_resident(db, actor))
    rank = campaigns.ticket_rank(wave, draw=secrets.randbelow(DRAWS), arrival=arrival)
    values: dict[str, Any] = {"rank": rank, "joined_at": now, "seen_at": now, "admitted_at": None}
    whose = {"campaign_id": campaign.key, "account_id": actor.account_id}
    insert_once(db, WaitingTicket.__tablename__, {**whose, **values})
    ticket = _ticket(db, campaign.key, actor)
    if ticket is None:
        raise NotOpenError
    if not _is_valid(ticket, now):
        ticket.sqlmodel_update(values)
        db.flush()
    return ticket


def _is_resident(db: Session, actor: Actor) -> bool:
    """Habitant par l'un de ses foyers."""
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(Guardian.account_id == actor.account_id, col(Family.status).in_(OPEN))
    )
    return any(tariffs.is_resident(family) for family in db.exec(query))


def _due(campaign: Campaign, now: datetime) -> tuple[int, datetime]:
    """Combien entrent ; sans débit, la salle est ouverte à tous."""
    if not campaigns.is_running(campaign, now):
        return 0, now
    if not campaign.admitted_a_minute or campaigns.is_over(campaign, now):
        return DRAWS, now
    return campaigns.admissions(campaign.admitted_to, campaign.residents_at, now, campaign.admitted_a_minute)


def _advance(db: Session, campaign: Campaign, now: datetime) -> None:
    """Fait entrer ceux dont c'est le tour ; si un autre vient de le faire, rien."""
    count, counted_to = _due(campaign, now)
    if not count:
        return
    same = (
        col(Campaign.admitted_to).is_(None)
        if campaign.admitted_to is None
        else (col(Campaign.admitted_to) == campaign.admitted_to)
    )
    won = db.exec(
        update(Campaign)
        .where(col(Campaign.id) == campaign.key, same)
        .values(admitted_to=counted_to)
        .execution_options(synchronize_session=False)
    )
    if won.rowcount != 1:
        return
    next_ones = (
        select(WaitingTicket.id)
        .where(
            WaitingTicket.campaign_id == campaign.key,
            *in_line(now),
            WaitingTicket.rank < campaigns.open_waves(campaign, now),
        )
        .order_by(col(WaitingTicket.rank), col(WaitingTicket.id))
        .limit(count)
    )
    db.exec(
        update(WaitingTicket)
        .where(col(WaitingTicket.id).in_(next_ones))
        .values(admitted_at=now)
        .execution_options(synchronize_session=False)
    )


def in_line(now: datetime) -> tuple[Any, ...]:
    """Ceux qui attendent encore, et que l'on a vus il y a peu."""
    return (col(WaitingTicket.admitted_at).is_(None), col(WaitingTicket.seen_at) > now - UNSEEN_FOR)


def _view(db: Session, campaign: Campaign, ticket: WaitingTicket, now: datetime) -> RoomView:
    before = now < campaign.residents_at
    is_in = ticket.admitted_at is not None
    ahead = 0
    if not is_in and not before:
        ahead = db.exec(
            select(func.count())
            .select_from(WaitingTicket)
            .where(
                WaitingTicket.campaign_id == campaign.key,
                *in_line(now),
                (col(WaitingTicket.rank) < ticket.rank)
                | ((col(WaitingTicket.rank) == ticket.rank) & (col(WaitingTicket.id) < ticket.key)),
            )
        ).one()
    is_blocked = not is_in and ticket.rank >= campaigns.open_waves(campaign, now)
    opens = campaign.residents_at if ticket.rank < campaigns.Wave.EARLY_OTHERS * DRAWS else campaign.everyone_at
    return RoomView(
        ready=True,
        campaign=campaign.key,
        name=campaign.name,
        is_admitted=is_in,
        is_open=not is_blocked,
        opens=wording.instant(opens) if is_blocked else "",
        opens_at=opens.isoformat() if is_blocked else "",
        position=ahead + 1 if not is_in and not is_blocked else 0,
        place=campaigns.spoken_place(ahead + 1, campaign.admitted_a_minute) if not is_in and not is_blocked else "",
        until=wording.hour(ticket.admitted_at + ADMITTED_FOR) if ticket.admitted_at else "",
        doors=_doors(db, campaign.key) if is_in else [],
    )


def _doors(db: Session, campaign_id: int) -> list[Choice]:
    """Les calendriers où mener qui est entré."""
    query = (
        select(Activity)
        .join(CampaignActivity, col(CampaignActivity.activity_id) == col(Activity.id))
        .where(CampaignActivity.campaign_id == campaign_id, col(Activity.closed_at).is_(None))
        .order_by(Activity.name)
    )
    return [Choice(str(one.key), one.title) for one in db.exec(query)]
