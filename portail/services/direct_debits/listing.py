"""Retrouver un mandat ou une remise : par nom, numéro de dossier, titulaire ou RUM ; le dernier d'abord."""

from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.direct_debits import MandateState
from portail.domain.text import clean_line
from portail.models.database import reading
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.families import Family
from portail.models.regies import Regie
from portail.services.direct_debits import rows
from portail.services.searching import PAGE_SIZE, Slice, containing, slice_of
from portail.views import wording
from portail.views.direct_debits import BatchList, MandateList

LONGEST_WORDS = 80


def find_mandates(*, actor: Actor, words: str, page: int) -> MandateList:
    """Sans mot, ceux qui sont en cours ; cherchés, les terminés aussi."""
    check_audience(Audience.MONEY, actor)
    sought = clean_line(words, label="Recherche", limit=LONGEST_WORDS)
    query = rows.mandates().where(_names(sought) if sought else Mandate.state == MandateState.ACTIVE)
    with reading() as db:
        total, here = _count(db, query.with_only_columns(col(Mandate.id)), page)
        found = db.execute(query.order_by(col(Mandate.id).desc()).offset(here.offset).limit(PAGE_SIZE))
        listed = [rows.mandate_row(one) for one in found]
    kind = ("mandat", "mandats") if sought else ("mandat en cours", "mandats en cours")
    return MandateList(True, listed, here.page, here.pages, _summary(total, kind, here), sought)


def find_batches(*, actor: Actor, words: str, page: int) -> BatchList:
    """Cherchées, celles où cette famille ou ce mandat a un prélèvement, et celle qui porte ce nom."""
    check_audience(Audience.MONEY, actor)
    sought = clean_line(words, label="Recherche", limit=LONGEST_WORDS)
    mine = col(DebitBatch.id).in_(_holding(sought)) | containing(DebitBatch.message_id, sought)
    query = batches().where(mine) if sought else batches()
    with reading() as db:
        total, here = _count(db, query.with_only_columns(col(DebitBatch.id)), page)
        found = db.execute(query.order_by(col(DebitBatch.id).desc()).offset(here.offset).limit(PAGE_SIZE))
        listed = [rows.batch_row(*one) for one in found]
    return BatchList(True, listed, here.page, here.pages, _summary(total, ("remise", "remises"), here))


def batches() -> Any:
    """Chaque remise sans son fichier, sa régie, le nombre et le total de ses prélèvements."""
    total = func.coalesce(func.sum(Debit.cents), 0)
    return (
        select(DebitBatch, Regie.name, func.count(col(Debit.id)), total)
        .join(Regie, col(Regie.id) == col(DebitBatch.regie_id))
        .join(Debit, col(Debit.batch_id) == col(DebitBatch.id), isouter=True)
        .options(defer(DebitBatch.sealed_file))  # type: ignore[arg-type]
        .group_by(*[column for column in DebitBatch.__table__.c if column.name != "sealed_file"], Regie.name)  # type: ignore[attr-defined]
    )


def _holding(words: str) -> Any:
    """Les remises qui ont un prélèvement de ces mandats."""
    query = select(Debit.batch_id).join(Mandate, col(Mandate.id) == col(Debit.mandate_id))
    return query.join(Family, col(Family.id) == col(Mandate.family_id), isouter=True).where(_names(words))


def _names(words: str) -> Any:
    columns = (Family.name, Family.number, Mandate.holder, Mandate.rum)
    return or_(*[containing(column, words) for column in columns])


def _count(db: Session, keys: Any, page: int) -> tuple[int, Slice]:
    total = db.exec(select(func.count()).select_from(keys.subquery())).one()
    return total, slice_of(total, page)


def _summary(total: int, kind: tuple[str, str], here: Slice) -> str:
    return f"{wording.count(total, *kind)}, page {here.page} sur {here.pages}"
