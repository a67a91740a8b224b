"""L'écran de la régie : les remises, ce qui est à regarder, les mandats ; puis une remise ligne à ligne."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.direct_debits import BatchState, MandateState, RejectReason, batch_state
from portail.domain.refusals import NotOpenError
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.regies import Regie
from portail.services.direct_debits import mandates, preparing, rows
from portail.views import wording
from portail.views.direct_debits import BatchFile, DebitDesk
from portail.views.requests import Choice

LATEST, MOST = 24, 100
_UNREVIEWED: tuple[Any, ...] = (Debit.review != "", col(Debit.reviewed_at).is_(None))


def show(*, actor: Actor, now: datetime) -> DebitDesk:
    """Cinq lectures."""
    check_audience(Audience.MONEY, actor)
    active = Mandate.state == MandateState.ACTIVE
    with reading() as db:
        regies = mandates.collecting(db)
        batches = [rows.batch_row(*one) for one in db.exec(_batches().limit(LATEST))]
        waiting = rows.debits().where(*_UNREVIEWED).order_by(col(Debit.id))
        reviews = [rows.debit_row(one) for one in db.exec(waiting.limit(MOST))]
        signed = rows.mandates().where(active).order_by(col(Mandate.id).desc()).limit(MOST)
        listed = [rows.mandate_row(one) for one in db.exec(signed)]
        count = db.exec(select(func.count()).select_from(Mandate).where(active)).one()
    return DebitDesk(
        ready=True,
        regies=[Choice(str(one.key), one.name) for one in regies],
        earliest=preparing.earliest(now),
        batches=batches,
        reviews=reviews,
        mandates=listed,
        mandates_count=wording.count(count, "mandat en cours", "mandats en cours"),
    )


def to_review() -> Any:
    """Combien demandent un regard : une question à glisser dans « À faire »."""
    return select(func.count()).select_from(Debit).where(*_UNREVIEWED)


def _batches() -> Any:
    """Les plus récentes d'abord, sans leur fichier."""
    total = func.coalesce(func.sum(Debit.cents), 0)
    return (
        select(DebitBatch, Regie.name, func.count(col(Debit.id)), total)
        .join(Regie, col(Regie.id) == col(DebitBatch.regie_id))
        .join(Debit, col(Debit.batch_id) == col(DebitBatch.id), isouter=True)
        .options(defer(DebitBatch.sealed_file))  # type: ignore[arg-type]
        .group_by(*[column for column in DebitBatch.__table__.c if column.name != "sealed_file"], Regie.name)  # type: ignore[attr-defined]
        .order_by(col(DebitBatch.id).desc())
    )


def show_one(*, actor: Actor, batch_id: int, now: datetime) -> BatchFile:
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        found = db.exec(_batches().where(DebitBatch.id == batch_id)).first() if is_key(batch_id) else None
        if found is None:
            raise NotOpenError
        batch = found[0]
        lines = rows.debits().where(Debit.batch_id == batch_id).order_by(col(Debit.id))
        listed = [rows.debit_row(one) for one in db.exec(lines)]
        has_file = _has_file(db, batch_id)
    state, is_due = batch_state(batch.sent_at, batch.collected_at), paris_day(now) >= batch.collected_on
    return BatchFile(
        ready=True,
        batch=rows.batch_row(*found),
        can_send=state is BatchState.ANNOUNCED and not is_due,
        can_cancel=state is BatchState.ANNOUNCED,
        can_collect=state is BatchState.SENT and is_due,
        has_file=has_file,
        note=_note(batch, state, is_due=is_due),
        reasons=[Choice(reason.value, f"{reason.value} : {reason.label}") for reason in RejectReason],
        rows=listed,
    )


def _has_file(db: Session, batch_id: int) -> bool:
    kept = (DebitBatch.id == batch_id, col(DebitBatch.sealed_file).is_not(None))
    return db.exec(select(DebitBatch.id).where(*kept)).first() is not None


def _note(batch: DebitBatch, state: BatchState, *, is_due: bool) -> str:
    """Ce qui reste à faire, en une phrase."""
    if state is BatchState.COLLECTED:
        return "Les rejets que la banque annonce ensuite s’enregistrent ligne à ligne."
    if state is BatchState.SENT:
        day = wording.full_day(batch.collected_on)
        return "La banque a prélevé : encaissez la remise." if is_due else f"Déposez le fichier avant le {day}."
    return "La date est passée : annulez cette remise." if is_due else "Les familles sont prévenues ; créez le fichier."
