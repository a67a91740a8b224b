"""Ce que chaque adulte d'un dossier peut y faire : le montrer, le régler, en agent ou en responsable."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import AccountStatus, Actor
from portail.domain.families import (
    FamilyRight,
    GuardianRole,
    RightsChangedError,
    check_may_set,
    check_someone_keeps_all,
)
from portail.domain.refusals import NotOpenError
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import access, audit
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording
from portail.views.rights import AdultLine, FamilyRights, RightTick


def rights_of(guardian: Guardian) -> frozenset[FamilyRight]:
    return frozenset(right for right in FamilyRight if getattr(guardian, right))


def show(*, actor: Actor) -> list[FamilyRights]:
    """Les dossiers de cette personne et les adultes qui y ont un compte ; une lecture."""
    held = select(Guardian.family_id).where(Guardian.account_id == actor.account_id)
    query = (
        select(Family, Guardian)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(col(Family.id).in_(held), col(Family.status).in_(access.OPEN), col(Guardian.account_id).is_not(None))
        .order_by(col(Family.name), col(Family.id), col(Guardian.id))
    )
    families: dict[int, Family] = {}
    adults: dict[int, list[Guardian]] = defaultdict(list)
    with reading() as db:
        for family, guardian in db.exec(query):
            families[family.key] = family
            adults[family.key].append(guardian)
    return [_family(family, adults[key], actor) for key, family in families.items()]


def _family(family: Family, adults: list[Guardian], actor: Actor) -> FamilyRights:
    own = next(one for one in adults if one.account_id == actor.account_id)
    return FamilyRights(
        name=family.name,
        number=family.number,
        can_change=own.can_edit,
        adults=[_adult(one, own) for one in adults],
    )


def _adult(guardian: Guardian, own: Guardian) -> AdultLine:
    held, is_me = rights_of(guardian), guardian.key == own.key
    return AdultLine(
        guardian_id=guardian.key,
        full_name=guardian.full_name,
        role=GuardianRole(guardian.role).label,
        is_me=is_me,
        seen=",".join(right for right in FamilyRight if right in held),
        rights=[
            RightTick(right, right.label, right.detail, right in held, own.can_edit and right in rights_of(own))
            for right in FamilyRight
        ],
    )


def set_rights(
    *,
    actor: Actor,
    guardian_id: int,
    rights: frozenset[FamilyRight],
    now: datetime,
    seen: frozenset[FamilyRight] | None = None,
) -> None:
    """Un agent règle ceux de tous ; un responsable, dans les bornes des siens. `seen` : ce que l'écran montrait."""
    with transaction() as db:
        guardian, own = _reachable(db, actor, guardian_id)
        before = rights_of(guardian)
        if seen is not None and seen != before:
            raise RightsChangedError(guardian.full_name)
        if rights == before:
            return
        everyone = list(db.exec(select(Guardian).where(Guardian.family_id == guardian.family_id)))
        check_someone_keeps_all(rights if one.key == guardian.key else rights_of(one) for one in everyone)
        if own is not None:
            check_may_set(rights_of(own), before, rights, is_self=own.key == guardian.key)
        for right in FamilyRight:
            setattr(guardian, right, right in rights)
        given = ", ".join(right for right in FamilyRight if right in rights) or "aucun"
        who = {"actor_id": actor.account_id, "subject_id": guardian.key}
        audit.record(db, "guardian.rights_changed", at=now, detail=given, **who)
        _tell(db, actor, guardian, now)


def _reachable(db: Session, actor: Actor, guardian_id: int) -> tuple[Guardian, Guardian | None]:
    """L'adulte, et la place de qui agit (aucune pour un agent).

    Le dossier est verrouillé avant la lecture des droits : deux retraits au même instant se suivent.
    """
    family_id = (
        db.exec(select(Guardian.family_id).where(Guardian.id == guardian_id)).first() if is_key(guardian_id) else None
    )
    if family_id is None:
        raise NotOpenError
    db.exec(select(Family.id).where(col(Family.id) == family_id).with_for_update()).one()
    own = None
    if actor.is_staff:
        access.any_family(db, actor, family_id)
    else:
        _, own = access.my_family(db, actor, family_id, FamilyRight.EDIT)
    return db.get_one(Guardian, guardian_id), own


def _tell(db: Session, actor: Actor, guardian: Guardian, now: datetime) -> None:
    """Le courriel à l'adulte concerné, sauf s'il vient de le faire lui-même ; il ne se refuse pas."""
    account = db.get(Account, guardian.account_id) if guardian.account_id else None
    if account is None or account.status != AccountStatus.ACTIVE or account.key == actor.account_id:
        return
    family = db.get_one(Family, guardian.family_id)
    who = "Le service enfance" if actor.is_staff else db.get_one(Account, actor.account_id).full_name
    held = [wording.uncapitalised(right.label) for right in FamilyRight if right in rights_of(guardian)]
    message = Message(
        subject="Vos droits dans un dossier ont changé",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"{who} a changé ce que vous pouvez faire dans le dossier {family.number} (famille {family.name}).",
            f"Vous pouvez maintenant : {', '.join(held)}." if held else "Vous n’y avez plus aucun droit particulier.",
        ),
        action="Voir mes droits",
        url=f"{current().site_url}/dossier/droits",
    )
    outbox.add(db, account.email, message, now)
