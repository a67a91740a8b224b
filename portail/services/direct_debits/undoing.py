"""Défaire une remise : l'annuler avant son fichier ; la reprendre après, quand la banque n'en a rien fait."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.direct_debits import DebitState, WrongStepError
from portail.domain.forms import Reader
from portail.domain.money import euros
from portail.domain.refusals import RefusalError
from portail.models.database import transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.services import audit
from portail.services.direct_debits import letters
from portail.services.direct_debits.preparing import locked

LONGEST_REASON = 120


class HandledByBankError(RefusalError):
    """Un prélèvement déjà encaissé ou rejeté dit que la banque a pris le fichier."""

    def __init__(self) -> None:
        super().__init__(
            "La banque a déjà traité une partie de cette remise : elle ne se reprend plus.",
            "Encaissez-la, puis enregistrez les rejets ligne à ligne.",
        )


def cancel(*, actor: Actor, batch_id: int, now: datetime) -> str:
    """Tant que le fichier n'est pas créé ; les familles prévenues le sont de nouveau."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        batch = locked(db, batch_id)
        if batch.sent_at is not None:
            raise WrongStepError("Le fichier de cette remise est déjà créé : elle ne s’annule plus.")
        name = batch.message_id
        _drop(db, batch, now)
        audit.record(db, "debit.cancelled", at=now, actor_id=actor.account_id, subject_id=batch_id, detail=name)
    return "La remise est annulée. Les familles en sont prévenues."


def take_back(*, actor: Actor, batch_id: int, form: dict[str, Any], now: datetime) -> str:
    """Le fichier n'a pas été déposé, ou la banque l'a refusé entier : rien n'est prélevé, tout est de nouveau à payer.

    Les prélèvements s'en vont avec la remise : le premier d'un mandat le redeviendra.
    """
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    missing = "Dites pourquoi : la banque a refusé le fichier, il n’a pas été déposé…"
    why = reader.line("why", "Motif", limit=LONGEST_REASON, missing=missing)
    reader.check()
    with transaction() as db:
        batch = locked(db, batch_id)
        if batch.sent_at is None:
            raise WrongStepError("Le fichier de cette remise n’est pas créé : elle s’annule.")
        if batch.collected_at is not None:
            raise WrongStepError("Cette remise est déjà encaissée : elle ne se reprend plus.")
        lines = db.exec(select(Debit.state).where(Debit.batch_id == batch_id).with_for_update())
        if any(state != DebitState.SENT for state in lines):
            raise HandledByBankError
        detail = f"{batch.message_id}, {euros(_total(db, batch_id))} : {why}"
        _drop(db, batch, now)
        audit.record(db, "debit.taken_back", at=now, actor_id=actor.account_id, subject_id=batch_id, detail=detail)
    return "La remise est reprise : ses factures sont de nouveau à payer. Les familles en sont prévenues."


def _total(db: Session, batch_id: int) -> int:
    return int(db.exec(select(func.sum(Debit.cents)).where(Debit.batch_id == batch_id)).one())


def _drop(db: Session, batch: DebitBatch, now: datetime) -> None:
    """Une famille est prévenue une fois, quel que soit le nombre de ses factures."""
    query = select(Mandate).where(col(Mandate.id).in_(select(Debit.mandate_id).where(Debit.batch_id == batch.key)))
    for mandate in db.exec(query.order_by(col(Mandate.id))).all():
        letters.given_up(db, mandate, batch.collected_on, now)
    db.delete(batch)
