"""Les vœux : des jours choisis avant l'ouverture, réservés d'un geste le moment venu."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portail.domain import campaigns
from portail.domain.accounts import Actor
from portail.domain.bookings import Intent
from portail.domain.families import FamilyRight
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.selection import Choice, read_choices, write_choices
from portail.models.base import is_key
from portail.models.campaigns import Campaign, CampaignActivity, WishList
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import tariffs
from portail.services.access import OPEN
from portail.services.bookings import selection
from portail.services.bookings.facts import Desk, Facts
from portail.services.bookings.judging import Judge
from portail.services.bookings.selection import facts_for
from portail.services.campaigns.room import is_admitted
from portail.services.rows import insert_once
from portail.views import wording
from portail.views.bookings import Recap
from portail.views.campaigns import OpeningView

SHOWN_AHEAD = timedelta(days=60)


def opening(*, actor: Actor, activity_id: int, now: datetime) -> OpeningView:
    """La campagne de cette activité qui concerne la famille : à venir ou en cours ; vide s'il n'y en a pas."""
    with reading() as db:
        campaign = _next(db, activity_id, now)
        if campaign is None:
            return OpeningView()
        families = _families(db, actor)
        is_resident = any(tariffs.is_resident(one) for one in families)
        opens = campaigns.opening(campaign, is_resident=is_resident)
        is_before = now < opens
        kept = _kept(db, campaign.key, activity_id, [one.key for one in families])
        choices = kept.choices if kept else ""
        count = len(read_choices(choices)) if choices else 0
        return OpeningView(
            campaign=campaign.key,
            activity=activity_id,
            name=campaign.name,
            opens=wording.instant(opens) if is_before else "",
            opens_at=opens.isoformat() if is_before else "",
            has_room=bool(campaign.admitted_a_minute),
            is_admitted=not campaign.admitted_a_minute or is_admitted(db, actor, campaign.key, now),
            wishes=choices,
            wished=wording.count(count, "vœu préparé", "vœux préparés") if count else "",
            can_wish=is_before,
        )


def _next(db: Session, activity_id: int, now: datetime) -> Campaign | None:
    if not is_key(activity_id):
        raise NotOpenError
    query = (
        select(Campaign)
        .join(CampaignActivity, col(CampaignActivity.campaign_id) == col(Campaign.id))
        .where(CampaignActivity.activity_id == activity_id, Campaign.residents_at <= now + SHOWN_AHEAD)
        .order_by(col(Campaign.everyone_at))
    )
    return next((one for one in db.exec(query) if not campaigns.is_over(one, now)), None)


def _families(db: Session, actor: Actor) -> list[Family]:
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(
            Guardian.account_id == actor.account_id,
            getattr(Guardian, FamilyRight.BOOK),
            col(Family.status).in_(OPEN),
        )
        .order_by(col(Family.id))
    )
    return list(db.exec(query))


def _kept(db: Session, campaign_id: int, activity_id: int, family_ids: list[int]) -> WishList | None:
    query = select(WishList).where(
        WishList.campaign_id == campaign_id,
        WishList.activity_id == activity_id,
        col(WishList.family_id).in_(family_ids),
    )
    return db.exec(query.order_by(col(WishList.family_id)).limit(1)).first()


@dataclass(frozen=True)
class Wishes:
    """Ce qui est gardé : les jours d'une activité, pour une campagne."""

    campaign_id: int
    activity_id: int
    choices: str  # vide : plus de vœux


def save(*, actor: Actor, wishes: Wishes, now: datetime) -> int:
    """Remplace les vœux du foyer ; rend leur nombre. Rien n'est réservé, rien n'est promis."""
    chosen = read_choices(wishes.choices) if wishes.choices else ()
    if any(choice.intent is not Intent.ADD for choice in chosen):
        raise BadInputError
    with transaction() as db:
        campaign = _running_or_coming(db, wishes, now)
        families = _families(db, actor)
        if not families:
            raise NotOpenError
        family_id = families[0].key
        if chosen:
            family_id = _check(facts_for(db, Desk(actor), wishes.activity_id, chosen, now), chosen, campaign, now)
        _write(db, wishes, family_id, write_choices(chosen) if chosen else "", now)
    return len(chosen)


def _running_or_coming(db: Session, wishes: Wishes, now: datetime) -> Campaign:
    campaign = _next(db, wishes.activity_id, now)
    if campaign is None or campaign.key != wishes.campaign_id:
        raise NotOpenError
    return campaign


def _check(facts: Facts, chosen: tuple[Choice, ...], campaign: Campaign, now: datetime) -> int:
    """Les miens, dans les jours de la campagne, d'un seul foyer, à l'âge voulu ; rend le foyer."""
    judge, homes = Judge(facts, now), set()
    for choice in chosen:
        slot, guest = facts.slots.get(choice.slot_id), facts.guests.get(choice.child_id)
        if slot is None or guest is None or not guest.may_book or not campaigns.covers(campaign, slot.day):
            raise NotOpenError
        if not judge.suits(slot, choice.child_id):
            raise BadInputError(f"{guest.child.first_name} n’a pas l’âge de l’une de ces séances.")
        homes.add(guest.family.key)
    if len(homes) > 1:
        raise BadInputError("Ces enfants sont de deux dossiers.", "Préparez les vœux de chacun à part.")
    return int(homes.pop())


def _write(db: Session, wishes: Wishes, family_id: int, choices: str, now: datetime) -> None:
    whose = {"campaign_id": wishes.campaign_id, "activity_id": wishes.activity_id, "family_id": family_id}
    insert_once(db, WishList.__tablename__, {**whose, "choices": choices, "changed_at": now})
    row = db.exec(select(WishList).filter_by(**whose)).one()
    row.choices, row.changed_at, row.submitted_at = choices, now, None


def submit(*, actor: Actor, activity_id: int, now: datetime) -> Recap:
    """Le récapitulatif de ses vœux, jugés maintenant : il ne reste qu'à confirmer."""
    with transaction() as db:
        campaign = _next(db, activity_id, now)
        kept = _kept(db, campaign.key, activity_id, [one.key for one in _families(db, actor)]) if campaign else None
        if kept is None or not kept.choices:
            raise BadInputError("Vous n’avez pas préparé de vœux.", "Choisissez vos jours au calendrier.")
        kept.submitted_at = now
        choices = kept.choices
    return selection.preview(actor=actor, activity_id=activity_id, choices=choices, now=now)
