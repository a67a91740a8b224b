"""Les règles datées d'une activité : relues avant d'être enregistrées, jamais réécrites en silence."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.booking_rules import BookingRule
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.domain.rule_forms import read_rule, rule_sentences
from portail.models.activities import Activity, ActivityRule
from portail.models.base import is_key
from portail.models.database import transaction
from portail.services import audit
from portail.services.activities import editing
from portail.services.activities.editing import Edit
from portail.views import wording


def rows(db: Session, activity_id: int) -> list[ActivityRule]:
    """De la plus récente à la plus ancienne."""
    query = select(ActivityRule).where(ActivityRule.activity_id == activity_id)
    return list(db.exec(query.order_by(col(ActivityRule.valid_from).desc())))


def review(*, actor: Actor, form: dict[str, Any]) -> list[str]:
    """La règle en toutes lettres, avant de l'enregistrer."""
    check_audience(Audience.TOWN, actor)
    return rule_sentences(read_rule(form))


def save(*, actor: Actor, edit: Edit, rule_id: int, form: dict[str, Any], now: datetime) -> None:
    """Ajoute une règle (numéro 0) ou la corrige."""
    check_audience(Audience.TOWN, actor)
    rule = read_rule(form)
    with transaction() as db:
        activity = editing.edited(db, actor, edit)
        row = _rule(db, activity, rule_id) if rule_id else None
        _check_date(db, activity, rule, rule_id)
        if row is None:
            row = ActivityRule(activity_id=activity.key, valid_from=rule.valid_from)
        row.valid_from, row.content = rule.valid_from, rule.dump()
        db.add(row)
        _record(db, actor, activity, ("activity.rule_changed" if rule_id else "activity.rule_added", rule), now)


def remove(*, actor: Actor, edit: Edit, rule_id: int, now: datetime) -> None:
    """Les jours qu'elle réglait reprennent la règle d'avant ; sans aucune, ils ne se réservent plus."""
    check_audience(Audience.TOWN, actor)
    with transaction() as db:
        activity = editing.edited(db, actor, edit)
        row = _rule(db, activity, rule_id)
        db.delete(row)
        _record(db, actor, activity, ("activity.rule_removed", BookingRule.load(row.content)), now)


def _rule(db: Session, activity: Activity, rule_id: int) -> ActivityRule:
    row = db.get(ActivityRule, rule_id) if is_key(rule_id) else None
    if row is None or row.activity_id != activity.key:
        raise NotOpenError
    return row


def _check_date(db: Session, activity: Activity, rule: BookingRule, rule_id: int) -> None:
    for other in rows(db, activity.key):
        if other.valid_from == rule.valid_from and other.id != rule_id:
            raise FormRefusedError(
                {"valid_from": "Une autre règle commence déjà ce jour-là : corrigez-la, ou choisissez une autre date."}
            )


def _record(db: Session, actor: Actor, activity: Activity, what: tuple[str, BookingRule], now: datetime) -> None:
    action, rule = what
    detail = f"{activity.title}, à partir du {wording.long_date(rule.valid_from)}"
    audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=activity.key, detail=detail)
