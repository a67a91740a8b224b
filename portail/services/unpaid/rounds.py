"""Les tournées de relances par courriel : demandées ou du calendrier, foyer après foyer, reprises sans double."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, false, or_
from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import ReminderLevel, ReminderWay
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations.job_queue import wake
from portail.models.base import is_key
from portail.models.database import after_commit, transaction
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.models.reminders import ReminderPlan, ReminderRound
from portail.services import audit
from portail.services.rows import insert_once
from portail.services.unpaid import due, reminding
from portail.views import wording

JOB = "send_reminders"
FAMILIES = 100  # par transaction


class NothingToRemindError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Il n’y a rien à relancer.", "Ce qui est déjà parti ces dix derniers jours attend son tour.")


class RoundUnderWayError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Une tournée de relances est déjà en cours.", "Attendez qu’elle finisse.")


def check_regie(db: Session, regie_id: int) -> int | None:
    """Zéro : toutes les régies."""
    if not regie_id:
        return None
    if not is_key(regie_id) or db.get(Regie, regie_id) is None:
        raise NotOpenError
    return regie_id


def ask(*, actor: Actor, regie_id: int, with_last: bool, now: datetime) -> str:
    """Tout ce qui est dû ; la dernière relance, seulement si on le dit. Une tournée à la fois."""
    check_audience(Audience.MONEY, actor)
    last = ReminderLevel.LAST if with_last else ReminderLevel.SECOND
    with transaction() as db:
        regie = check_regie(db, regie_id)
        counted = due.counts(db, paris_day(now), regie_id)
        letters = sum(
            homes for (level, reached), (homes, _) in counted.items() if reached and level.number <= last.number
        )
        if not letters:
            raise NothingToRemindError
        asked = ReminderRound(
            way=ReminderWay.EMAIL,
            regie_id=regie,
            first_level=ReminderLevel.FIRST.number,
            last_level=last.number,
            day=paris_day(now),
            author_id=actor.account_id,
            asked_at=now,
        )
        started = insert_once(db, ReminderRound.__tablename__, asked.model_dump(exclude={"id"}))
        if started is None:
            raise RoundUnderWayError
        said = wording.count(letters, "lettre", "lettres")
        audit.record(db, "reminders.asked", at=now, actor_id=actor.account_id, subject_id=started, detail=said)
        after_commit(db, _wake)
    return f"Les relances partent : {said}."


def start_scheduled(now: datetime) -> bool:
    """La tournée du jour, s'il y a de quoi : une seule, même demandée dix fois."""
    today = paris_day(now)
    with transaction() as db:
        planned = ReminderRound(
            way=ReminderWay.EMAIL,
            first_level=ReminderLevel.FIRST.number,
            last_level=ReminderLevel.SECOND.number,
            is_scheduled=True,
            day=today,
            asked_at=now,
        )
        if not due.families(db, today, *_wanted(db, planned, today), limit=1):
            return False
        started = insert_once(db, ReminderRound.__tablename__, planned.model_dump(exclude={"id"}))
        after_commit(db, _wake)
    return started is not None


def advance(now: datetime) -> bool:
    """Une tranche de la plus ancienne tournée en cours ; faux : il n'y a plus rien à faire."""
    today = paris_day(now)
    with transaction() as db:
        query = select(ReminderRound).where(col(ReminderRound.done_at).is_(None))
        found = db.exec(query.order_by(col(ReminderRound.id)).limit(1).with_for_update()).first()
        if found is None or found.done_at is not None:
            return False
        wanted = _wanted(db, found, today)
        after = col(Invoice.family_id) > found.last_family_id
        families = due.families(db, today, *wanted, after, limit=FAMILIES)
        if not families:
            found.done_at = now
            return True
        letters = due.letters(db, today, *wanted, col(Invoice.family_id).in_(families))
        sent = reminding.send(db, letters, reminding.Sender(found.author_id, found.key), now)
        found.last_family_id = families[-1]
        found.letters += sent.letters
        found.invoices += sent.invoices
        found.silent += sent.silent
    return True


def _wanted(db: Session, asked: ReminderRound, today: date) -> list[Any]:
    wanted = [due.LEVEL.between(asked.first_level, asked.last_level)]
    if asked.regie_id:
        wanted.append(col(Invoice.regie_id) == asked.regie_id)
    if asked.is_scheduled:
        wanted.append(_planned(db, today))
    return wanted


def _planned(db: Session, today: date) -> Any:
    """Ce que le calendrier de chaque régie demande ; un niveau sans délai ne part pas de lui-même."""
    parts = [
        and_(
            col(Invoice.regie_id) == plan.regie_id,
            level.number == due.LEVEL,
            col(Invoice.due_on) <= today - timedelta(days=days),
        )
        for plan in db.exec(select(ReminderPlan))
        for level, days in ((ReminderLevel.FIRST, plan.first_days), (ReminderLevel.SECOND, plan.second_days))
        if days
    ]
    return or_(false(), *parts)


def _wake() -> None:
    wake(JOB)
