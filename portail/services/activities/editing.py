"""Tenir une activité le temps d'un réglage : verrouillée, relue, et marquée d'un nouveau signe."""

from dataclasses import dataclass

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.activity_settings import ChangedMeanwhileError
from portail.domain.refusals import NotOpenError
from portail.ids import new_token
from portail.models.activities import Activity
from portail.models.base import is_key


@dataclass(frozen=True)
class Edit:
    """Ce que l'agent règle, et le signe de ce qu'il avait sous les yeux."""

    activity_id: int
    stamp: str


def held(db: Session, actor: Actor, activity_id: int) -> Activity:
    """Deux réglages de la même activité passent l'un après l'autre."""
    check_audience(Audience.TOWN, actor)
    activity = db.get(Activity, activity_id, with_for_update=True) if is_key(activity_id) else None
    if activity is None:
        raise NotOpenError
    return activity


def edited(db: Session, actor: Actor, edit: Edit) -> Activity:
    """Si le signe a changé, quelqu'un d'autre est passé."""
    activity = held(db, actor, edit.activity_id)
    if activity.stamp != edit.stamp:
        raise ChangedMeanwhileError
    renew(activity)
    return activity


def renew(activity: Activity) -> None:
    """Chaque processus garde en mémoire les réglages sous ce signe : le changer les fait relire."""
    activity.stamp = new_token()
