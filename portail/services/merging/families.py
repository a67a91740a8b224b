"""Fusionner deux dossiers : tout passe de l'un à l'autre, et peut revenir pendant trente jours."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy import cast as converted
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.families import FamilyStatus
from portail.domain.merging import CAN_UNDO_FOR, MOST_HOMES, SameFileError, check_mergeable, check_undoable
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Family, FamilyChild
from portail.models.merging import FamilyMerge
from portail.services import audit
from portail.services.access import OPEN
from portail.services.bookings import uniting as bookings
from portail.services.custody.uniting import unite_homes
from portail.services.direct_debits import forgetting as mandates
from portail.services.merging import person_keys
from portail.services.merging.moving import CannotUndoError, Mover, put_back
from portail.services.merging.uniting import keep_address, unite_people
from portail.services.wallet import uniting as wallets
from portail.views import wording


def merge_families(*, actor: Actor, source_id: int, target_id: int, now: datetime) -> int:
    """Le premier dossier disparaît dans le second ; rend le numéro de la fusion, pour la défaire."""
    with transaction() as db:
        return merge(db, actor=actor, source_id=source_id, target_id=target_id, now=now).key


def merge(db: Session, *, actor: Actor, source_id: int, target_id: int, now: datetime) -> FamilyMerge:
    """Dans la transaction de qui appelle : la même que la décision qu'elle applique."""
    check_audience(Audience.FILES, actor)
    if source_id == target_id:
        raise SameFileError
    source, target = _locked(db, source_id, target_id)
    before = FamilyStatus(source.status)
    check_mergeable(before, FamilyStatus(target.status))
    db.flush()
    mover = Mover(db)
    try:
        _gather(mover, source_id, target_id, now)
        wallets.keep_active(mover, db, source_id, target_id, now)
        wallets.follow_refund(mover, source_id, target_id)
    except IntegrityError:
        raise RefusalError(
            "Ces deux dossiers se contredisent : ils ne peuvent pas être fusionnés.", "Corrigez d’abord l’un des deux."
        ) from None
    bookings.recount(db, mover.steps)
    _check_homes(db, target_id)
    db.expire_all()  # les lignes ont bougé sous les objets déjà lus
    source.status, source.merged_into_id, source.closed_at = FamilyStatus.MERGED, target_id, now
    done = FamilyMerge(
        source_id=source_id,
        target_id=target_id,
        source_status=before,
        merged_by=actor.account_id,
        merged_at=now,
        steps=mover.steps,
    )
    db.add(done)
    db.flush()
    wallets.unite(db, done)
    person_keys.index_families(db, (source_id, target_id))
    audit.record(db, "family.merged", at=now, actor_id=actor.account_id, subject_id=target_id, detail=source.number)
    return done


def _gather(mover: Mover, source_id: int, target_id: int, now: datetime) -> None:
    today = now.astimezone(wording.PARIS).date()
    unite_homes(mover, source_id, target_id, today)
    unite_people(mover, source_id, target_id, today)
    keep_address(mover, source_id, target_id)
    mandates.unite(mover, source_id, target_id, now)
    mover.redirect("family", source_id, target_id)


def undo_merge(*, actor: Actor, merge_id: int, now: datetime) -> None:
    """Chaque ligne retrouve sa place, ou rien ne change et l'on dit pourquoi."""
    check_audience(Audience.FILES, actor)
    with transaction() as db:
        done = db.get(FamilyMerge, merge_id, with_for_update=True) if is_key(merge_id) else None
        if done is None:
            raise NotOpenError
        check_undoable(done.merged_at, done.undone_at, now)
        source, target = _locked(db, done.source_id, done.target_id)
        if target.status not in OPEN:
            raise CannotUndoError(f"le dossier {target.number} est lui-même {FamilyStatus(target.status).label}")
        wallets.separate(db, done, actor.account_id, now)
        put_back(db, done.steps)
        _take_the_places_back(db, done)
        db.expire_all()
        source.status, source.merged_into_id, source.closed_at = done.source_status, None, None
        done.undone_at, done.steps = now, []
        db.flush()
        for family_id in (source.key, target.key):
            _check_homes(db, family_id)
        person_keys.index_families(db, (source.key, target.key))
        audit.record(
            db, "family.unmerged", at=now, actor_id=actor.account_id, subject_id=target.key, detail=source.number
        )


def _take_the_places_back(db: Session, done: FamilyMerge) -> None:
    try:
        bookings.recount(db, done.steps)
    except IntegrityError:
        raise CannotUndoError("une place rendue par la fusion a été prise depuis") from None


def forget_old_steps(now: datetime) -> int:
    """Passé le délai pour revenir, ce qu'une fusion gardait de côté s'efface ; elle reste à l'histoire."""
    kept = converted(col(FamilyMerge.steps), String) != "[]"
    too_late = update(FamilyMerge).where(kept, col(FamilyMerge.merged_at) <= now - CAN_UNDO_FOR).values(steps=[])
    with transaction() as db:
        return int(db.exec(too_late).rowcount)


def latest_merge(db: Session, source_id: int) -> FamilyMerge | None:
    """La fusion qui a fait disparaître ce dossier, si elle tient encore."""
    query = select(FamilyMerge).where(FamilyMerge.source_id == source_id, col(FamilyMerge.undone_at).is_(None))
    return db.exec(query.order_by(col(FamilyMerge.id).desc())).first()


def _locked(db: Session, source_id: int, target_id: int) -> tuple[Family, Family]:
    """Toujours dans le même ordre : deux fusions croisées s'attendent au lieu de se bloquer."""
    if not (is_key(source_id) and is_key(target_id)):
        raise NotOpenError
    query = select(Family).where(col(Family.id).in_((source_id, target_id))).order_by(col(Family.id))
    found = {one.key: one for one in db.exec(query.with_for_update().execution_options(populate_existing=True))}
    if len(found) != 2:  # noqa: PLR2004 — les deux, ou aucun
        raise NotOpenError
    return found[source_id], found[target_id]


def _check_homes(db: Session, target_id: int) -> None:
    """Un enfant a deux foyers au plus."""
    here = select(FamilyChild.child_id).where(FamilyChild.family_id == target_id)
    query = (
        select(FamilyChild.child_id)
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(col(FamilyChild.child_id).in_(here), col(Family.status).in_(OPEN))
        .group_by(col(FamilyChild.child_id))
        .having(func.count() > MOST_HOMES)
    )
    if db.exec(query).first() is not None:
        raise RefusalError(
            "Un enfant se retrouverait dans trois foyers.", "Retirez-le d’abord d’un des foyers où il ne vit plus."
        )
