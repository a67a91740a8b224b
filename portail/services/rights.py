"""Ce que chaque adulte d'un dossier peut y faire : le régler, en agent ou en responsable."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight, check_someone_keeps_all
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.services import access, audit


def rights_of(guardian: Guardian) -> frozenset[FamilyRight]:
    return frozenset(right for right in FamilyRight if getattr(guardian, right))


def set_rights(*, actor: Actor, guardian_id: int, rights: frozenset[FamilyRight], now: datetime) -> None:
    """Un agent règle ceux de tous ; un responsable qui modifie le dossier, ceux des autres adultes seulement."""
    with transaction() as db:
        guardian = _reachable(db, actor, guardian_id)
        before = rights_of(guardian)
        for right in FamilyRight:
            setattr(guardian, right, right in rights)
        db.flush()
        everyone = db.exec(select(Guardian).where(Guardian.family_id == guardian.family_id))
        check_someone_keeps_all(rights_of(adult) for adult in everyone)
        if rights != before:
            given = ", ".join(right for right in FamilyRight if right in rights) or "aucun"
            who = {"actor_id": actor.account_id, "subject_id": guardian.key}
            audit.record(db, "guardian.rights_changed", at=now, detail=given, **who)


def _reachable(db: Session, actor: Actor, guardian_id: int) -> Guardian:
    """Le dossier est verrouillé avant la lecture des droits : deux retraits au même instant se suivent."""
    family_id = (
        db.exec(select(Guardian.family_id).where(Guardian.id == guardian_id)).first() if is_key(guardian_id) else None
    )
    if family_id is None:
        raise NotOpenError
    db.exec(select(Family.id).where(col(Family.id) == family_id).with_for_update()).one()
    if actor.is_staff:
        access.any_family(db, actor, family_id)
    else:
        _, own = access.my_family(db, actor, family_id, FamilyRight.EDIT)
        if own.key == guardian_id:
            raise RefusalError("Vos propres droits se règlent avec un autre responsable ou avec la mairie.")
    return db.get_one(Guardian, guardian_id)
