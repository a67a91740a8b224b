"""Ce que deviennent les mandats quand un dossier se ferme, se fusionne ou s'efface ; l'argent, lui, reste écrit."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, SQLModel, col, func, select, update

from portail.domain.dates import paris_day
from portail.domain.direct_debits import MandateEnd, MandateState, is_lapsed
from portail.models.database import reading, transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.services import audit
from portail.services.direct_debits import letters, mandates
from portail.services.merging.moving import Mover


def end_of(db: Session, family_ids: Collection[int], now: datetime) -> None:
    """Le dossier se ferme : plus rien n'y sera prélevé."""
    query = select(Mandate).where(col(Mandate.family_id).in_(family_ids), Mandate.state == MandateState.ACTIVE)
    for mandate in db.exec(query.order_by(col(Mandate.id))).all():
        mandates.end(db, mandate, MandateEnd.CLOSED, now)


def forget(db: Session, family_ids: Collection[int]) -> None:
    """Les noms et les comptes s'en vont, les montants et les références restent dix ans."""
    _erase(db, col(Mandate.family_id).in_(family_ids))


def forget_ended(db: Session, mandate_ids: Collection[int]) -> None:
    _erase(db, col(Mandate.id).in_(mandate_ids))


def _erase(db: Session, which: object) -> None:
    gone = {"holder": "", "sealed_iban": None, "iban_end": "", "bic": "", "key_id": ""}
    db.exec(update(Mandate).where(which).values(**gone).execution_options(synchronize_session="fetch"))  # type: ignore[arg-type]


def forget_files(db: Session, batch_ids: Collection[int]) -> None:
    """Le fichier remis à la banque a des IBAN ; la remise et ses montants restent."""
    gone = update(DebitBatch).where(col(DebitBatch.id).in_(batch_ids)).values(sealed_file=None, key_id="")
    db.exec(gone.execution_options(synchronize_session="fetch"))


def unite(mover: Mover, source_id: int, target_id: int, now: datetime) -> None:
    """Deux dossiers réunis n'ont qu'un mandat en cours par régie : celui du dossier gardé."""
    table = SQLModel.metadata.tables["mandate"]
    active = (table.c.state == MandateState.ACTIVE.value,)
    kept = set(
        mover.connection.scalars(
            table.select().with_only_columns(table.c.regie_id).where(table.c.family_id == target_id, *active)
        )
    )
    query = (
        table.select()
        .with_only_columns(table.c.id)
        .where(table.c.family_id == source_id, table.c.regie_id.in_(kept), *active)
    )
    for key in list(mover.connection.scalars(query.order_by(table.c.id))):
        over = {"state": MandateState.ENDED.value, "ended_at": now, "end_reason": MandateEnd.MERGED.value}
        mover.change(table, key, over)


def end_unused(now: datetime) -> int:
    """Un mandat qui n'a pas servi depuis trois ans ne vaut plus : la famille en est prévenue."""
    today = paris_day(now)
    with reading() as db:
        lapsed = [mandate.key for mandate, used in _last_uses(db) if is_lapsed(used, today)]
    for key in lapsed:
        with transaction() as db:
            mandate = db.get_one(Mandate, key, with_for_update=True)
            if mandate.state == MandateState.ACTIVE:
                mandates.end(db, mandate, MandateEnd.UNUSED, now)
                letters.ended(db, mandate, now)
                subject, detail = mandate.family_id, f"{mandate.rum}, {MandateEnd.UNUSED.label}"
                audit.record(db, "mandate.ended", at=now, actor_id=None, subject_id=subject, detail=detail)
    return len(lapsed)


def _last_uses(db: Session) -> list[tuple[Mandate, date]]:
    used = (
        select(Debit.mandate_id, func.max(DebitBatch.collected_on).label("last"))
        .join(DebitBatch, col(DebitBatch.id) == col(Debit.batch_id))
        .group_by(col(Debit.mandate_id))
        .subquery()
    )
    query = select(Mandate, used.c.last).join(used, used.c.mandate_id == col(Mandate.id), isouter=True)
    found = db.exec(query.where(Mandate.state == MandateState.ACTIVE).order_by(col(Mandate.id)))
    return [(mandate, last or paris_day(mandate.signed_at)) for mandate, last in found]
