"""Régler les campagnes : leurs jours, leurs heures d'ouverture, leurs activités, le débit de la salle d'attente."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select, update

from portail.domain import campaigns
from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.campaigns import MOST_A_MINUTE, OverlapError
from portail.domain.custody import WrongFieldError
from portail.domain.dates import PARIS, wall_instant
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import clean_line, row_number
from portail.ids import new_token
from portail.models.activities import Activity
from portail.models.base import is_key
from portail.models.campaigns import Campaign, CampaignActivity, WaitingTicket
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.campaigns.room import in_line
from portail.views import wording
from portail.views.campaigns import CampaignForm, CampaignPage, CampaignRow
from portail.views.requests import Choice


class ChangedCampaignError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cette campagne vient d’être modifiée : rien n’a été enregistré.", "Relisez-la d’abord.")


@dataclass(frozen=True)
class Wanted:
    """Une campagne telle qu'elle a été tapée, vérifiée champ par champ."""

    name: str
    first_day: date
    last_day: date
    residents_at: datetime
    everyone_at: datetime
    closes_at: datetime | None
    admitted_a_minute: int
    activities: frozenset[int]

    @property
    def columns(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "activities"}


def show(*, actor: Actor, now: datetime) -> CampaignPage:
    """La plus récente d'abord."""
    check_audience(Audience.TOWN, actor)
    with reading() as db:
        rows = list(db.exec(select(Campaign).order_by(col(Campaign.residents_at).desc(), col(Campaign.id).desc())))
        known = db.exec(select(Activity).where(col(Activity.closed_at).is_(None)).order_by(Activity.name)).all()
        links = _links(db)
        crowds = _crowds(db, now)
        titles = {one.key: one.title for one in db.exec(select(Activity))}
    choices = [Choice(str(one.key), one.title) for one in known]
    return CampaignPage(True, [_row(one, links, titles, crowds, now) for one in rows], choices)


def _links(db: Session) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for link in db.exec(select(CampaignActivity).order_by(col(CampaignActivity.activity_id))):
        found.setdefault(link.campaign_id, []).append(link.activity_id)
    return found


def _crowds(db: Session, now: datetime) -> dict[int, tuple[int, int]]:
    """Combien attendent, combien sont entrés, par campagne."""
    waiting = (
        select(WaitingTicket.campaign_id, func.count()).where(*in_line(now)).group_by(col(WaitingTicket.campaign_id))
    )
    admitted = (
        select(WaitingTicket.campaign_id, func.count())
        .where(col(WaitingTicket.admitted_at).is_not(None))
        .group_by(col(WaitingTicket.campaign_id))
    )
    first, second = dict(db.exec(waiting).all()), dict(db.exec(admitted).all())
    return {key: (first.get(key, 0), second.get(key, 0)) for key in first.keys() | second.keys()}


def _row(
    campaign: Campaign,
    links: Mapping[int, list[int]],
    titles: Mapping[Any, str],
    crowds: Mapping[int, tuple[int, int]],
    now: datetime,
) -> CampaignRow:
    waiting, admitted = crowds.get(campaign.key, (0, 0))
    is_over = campaigns.is_over(campaign, now)
    running = campaigns.is_running(campaign, now)
    return CampaignRow(
        id=campaign.key,
        name=campaign.name,
        activities=", ".join(titles.get(one, "") for one in links.get(campaign.key, [])),
        days=f"du {wording.long_date(campaign.first_day)} au {wording.long_date(campaign.last_day)}",
        residents=wording.instant(campaign.residents_at),
        everyone=wording.instant(campaign.everyone_at),
        closes=wording.instant(campaign.closes_at) if campaign.closes_at else "",
        room=wording.count(campaign.admitted_a_minute, "entrée par minute", "entrées par minute")
        if campaign.admitted_a_minute
        else "",
        state="Terminée" if is_over else "Ouverte" if running else "À venir",
        tone="" if is_over else "ok" if running else "warn",
        waiting=waiting,
        admitted=admitted,
    )


def show_one(*, actor: Actor, campaign_id: int) -> CampaignForm:
    check_audience(Audience.TOWN, actor)
    with reading() as db:
        campaign = _get(db, campaign_id)
        linked = db.exec(select(CampaignActivity.activity_id).where(CampaignActivity.campaign_id == campaign.key))
        return CampaignForm(
            id=campaign.key,
            stamp=campaign.stamp,
            name=campaign.name,
            first_day=campaign.first_day.isoformat(),
            last_day=campaign.last_day.isoformat(),
            residents_at=_local(campaign.residents_at),
            everyone_at=_local(campaign.everyone_at),
            closes_at=_local(campaign.closes_at) if campaign.closes_at else "",
            admitted_a_minute=str(campaign.admitted_a_minute),
            activities=[str(one) for one in linked],
        )


def _local(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%Y-%m-%dT%H:%M}"


def save(*, actor: Actor, form: CampaignForm, now: datetime) -> int:
    """Une nouvelle, ou celle que le formulaire porte si personne ne l'a changée depuis."""
    check_audience(Audience.TOWN, actor)
    wanted = read_form(form)
    if form.id and not is_key(form.id):
        raise NotOpenError
    with transaction() as db:
        before = _linked(db, form.id) if form.id else frozenset[int]()
        _hold_activities(db, wanted.activities | before)
        campaign = _held(db, form) if form.id else Campaign(**wanted.columns)
        _check_overlap(db, wanted, form.id)
        campaign.sqlmodel_update({**wanted.columns, "stamp": new_token()})
        db.add(campaign)
        db.flush()
        _link(db, campaign.key, before, wanted.activities)
        action = "campaign.changed" if form.id else "campaign.added"
        audit.record(db, action, at=now, actor_id=actor.account_id, detail=campaign.name)
        return campaign.key


def set_rate(*, actor: Actor, campaign_id: int, typed: str, now: datetime) -> None:
    """En direct, le jour de l'ouverture : le nouveau débit vaut dès la prochaine entrée ; 0 ouvre à tous."""
    check_audience(Audience.TOWN, actor)
    rate = _rate(typed)
    with transaction() as db:
        campaign = _get(db, campaign_id, lock=True)
        campaign.admitted_a_minute, campaign.stamp = rate, new_token()
        _renew(db, _linked(db, campaign.key))
        audit.record(db, "campaign.rate", at=now, actor_id=actor.account_id, detail=f"{campaign.name} : {rate}/min")


def remove(*, actor: Actor, campaign_id: int, now: datetime) -> None:
    """Sans campagne, les jours suivent les règles de leur activité."""
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        campaign = _get(db, campaign_id, lock=True)
        _renew(db, _linked(db, campaign.key))
        audit.record(db, "campaign.removed", at=now, actor_id=actor.account_id, detail=campaign.name)
        db.delete(campaign)


def _get(db: Session, campaign_id: int, *, lock: bool = False) -> Campaign:
    campaign = db.get(Campaign, campaign_id, with_for_update=lock) if is_key(campaign_id) else None
    if campaign is None:
        raise NotOpenError
    return campaign


def _held(db: Session, form: CampaignForm) -> Campaign:
    campaign = _get(db, form.id, lock=True)
    if campaign.stamp != form.stamp:
        raise ChangedCampaignError
    return campaign


def _linked(db: Session, campaign_id: int) -> frozenset[int]:
    return frozenset(db.exec(select(CampaignActivity.activity_id).where(CampaignActivity.campaign_id == campaign_id)))


def _hold_activities(db: Session, activity_ids: Collection[int]) -> None:
    """Tenues ensemble : deux campagnes enregistrées au même instant ne peuvent pas se chevaucher."""
    query = select(Activity.id).where(col(Activity.id).in_(activity_ids)).order_by(col(Activity.id))
    if len(db.exec(query.with_for_update()).all()) != len(activity_ids):
        raise WrongFieldError("activities", "Choisissez les activités dans la liste.")


def _check_overlap(db: Session, wanted: Wanted, but: int) -> None:
    query = (
        select(Campaign.name)
        .join(CampaignActivity, col(CampaignActivity.campaign_id) == col(Campaign.id))
        .where(
            col(CampaignActivity.activity_id).in_(wanted.activities),
            Campaign.first_day <= wanted.last_day,
            Campaign.last_day >= wanted.first_day,
            Campaign.id != but,
        )
    )
    if (other := db.exec(query.limit(1)).first()) is not None:
        raise OverlapError(other)


def _link(db: Session, campaign_id: int, before: frozenset[int], after: frozenset[int]) -> None:
    gone = select(CampaignActivity).where(
        CampaignActivity.campaign_id == campaign_id, col(CampaignActivity.activity_id).in_(before - after)
    )
    for link in db.exec(gone).all():
        db.delete(link)
    db.add_all(CampaignActivity(campaign_id=campaign_id, activity_id=one) for one in sorted(after - before))
    _renew(db, before | after)


def _renew(db: Session, activity_ids: Collection[int]) -> None:
    """Le timbre de l'activité change : chaque processus relira sa fiche."""
    for activity_id in sorted(activity_ids):
        db.exec(
            update(Activity)
            .where(col(Activity.id) == activity_id)
            .values(stamp=new_token())
            .execution_options(synchronize_session=False)
        )


def read_form(form: CampaignForm) -> Wanted:
    name = clean_line(form.name, label="Nom", limit=80)
    if not name:
        raise WrongFieldError("name", "Donnez un nom à la campagne.")
    first, last = _day("first_day", form.first_day), _day("last_day", form.last_day)
    if last < first:
        raise WrongFieldError("last_day", "Le dernier jour vient avant le premier.")
    residents, everyone = _moment("residents_at", form.residents_at), _moment("everyone_at", form.everyone_at)
    if everyone < residents:
        raise WrongFieldError("everyone_at", "Les habitants entrent d’abord : cette heure vient avant la leur.")
    closes = _moment("closes_at", form.closes_at) if form.closes_at else None
    if closes is not None and closes <= everyone:
        raise WrongFieldError("closes_at", "La fin vient avant l’ouverture à tous.")
    chosen = frozenset(row_number(one) for one in form.activities)
    if not chosen:
        raise WrongFieldError("activities", "Choisissez au moins une activité.")
    return Wanted(name, first, last, residents, everyone, closes, _rate(form.admitted_a_minute), chosen)


def _day(field: str, typed: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise WrongFieldError(field, "Indiquez une date.") from None
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise WrongFieldError(field, "Cette date n’est pas possible.")
    return day


def _moment(field: str, typed: str) -> datetime:
    """Ce qu'un champ « date et heure » envoie, à l'horloge de Paris."""
    try:
        local = datetime.strptime(typed[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007 — l'horloge murale, sans fuseau
    except ValueError:
        raise WrongFieldError(field, "Indiquez une date et une heure.") from None
    if not (2000 <= local.year <= 2100 and typed[16:] in {"", ":00"}):  # noqa: PLR2004
        raise WrongFieldError(field, "Cette date n’est pas possible.")
    return wall_instant(local.date(), local.time())


def _rate(typed: str) -> int:
    rate = row_number(typed.strip())
    if not 0 <= rate <= MOST_A_MINUTE:
        raise WrongFieldError("admitted_a_minute", f"Un nombre entier de 0 à {MOST_A_MINUTE}.")
    return rate
