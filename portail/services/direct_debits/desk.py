"""L'écran de la régie : ce qui est à faire, à regarder ; puis une remise ligne à ligne."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.direct_debits import FILE_DAYS, BatchState, DebitState, RejectReason, batch_state
from portail.domain.refusals import NotOpenError
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.direct_debits import Debit, DebitBatch
from portail.services.direct_debits import listing, mandates, preparing, rows
from portail.views import wording
from portail.views.direct_debits import BatchFile, DebitDesk
from portail.views.requests import Choice

MOST = 100
_UNREVIEWED: tuple[Any, ...] = (Debit.review != "", col(Debit.reviewed_at).is_(None))


def show(*, actor: Actor, now: datetime) -> DebitDesk:
    """Deux lectures ; les listes ont les leurs."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        regies = mandates.collecting(db)
        waiting = rows.debits().where(*_UNREVIEWED).order_by(col(Debit.id))
        reviews = [rows.debit_row(one) for one in db.exec(waiting.limit(MOST))]
    return DebitDesk(
        ready=True,
        regies=[Choice(str(one.key), one.name) for one in regies],
        earliest=preparing.earliest(now),
        reviews=reviews,
    )


def awaited(today: date) -> tuple[Any, Any, Any]:
    """Ce qui est à regarder, les fichiers à créer, les remises à encaisser : trois questions pour « À faire »."""
    batches = select(func.count()).select_from(DebitBatch)
    near = col(DebitBatch.collected_on) <= today + timedelta(days=FILE_DAYS)  # passé, la remise est à annuler
    sent = col(DebitBatch.sent_at).is_not(None) & col(DebitBatch.collected_at).is_(None)
    return (
        select(func.count()).select_from(Debit).where(*_UNREVIEWED),
        batches.where(col(DebitBatch.sent_at).is_(None), near),
        batches.where(sent, col(DebitBatch.collected_on) <= today),
    )


def show_one(*, actor: Actor, batch_id: int, now: datetime) -> BatchFile:
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        found = db.exec(listing.batches().where(DebitBatch.id == batch_id)).first() if is_key(batch_id) else None
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
        can_take_back=state is BatchState.SENT and all(one.state == DebitState.SENT.label for one in listed),
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
