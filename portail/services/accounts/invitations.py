"""Ouvrir un compte à quelqu'un : un responsable d'un dossier, un agent ; lui renvoyer son lien."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from portail.domain.accounts import STAFF, AccountStatus, Actor, Audience, Role, check_audience
from portail.domain.families import FamilyRight, GuardianRole, first_rights
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import clean_line
from portail.domain.throttling import Scope
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.services import access, accounts, audit
from portail.services.accounts import throttling
from portail.services.accounts.account import NewAccount
from portail.views.account_desk import AdultChoice, FamilyChoice

HAS_ONE = "Cette personne a déjà un compte."


@dataclass(frozen=True)
class Adult:
    """Le responsable à qui l'on ouvre un compte : celui-ci, ou, sans numéro, un nouvel adulte du dossier."""

    family_id: int
    guardian_id: int = 0
    relation: str = GuardianRole.GUARDIAN


def find_family(*, actor: Actor, number: str) -> FamilyChoice:
    """Le dossier de ce numéro et ses adultes."""
    check_audience(Audience.FILES, actor)
    wanted = clean_line(number, label="Numéro de dossier", limit=20)
    query = select(Family).where(func.lower(Family.number) == wanted.lower(), col(Family.status).in_(access.OPEN))
    with reading() as db:
        family = db.exec(query).first()
        if family is None:
            raise RefusalError("Aucun dossier ouvert ne porte ce numéro.", "Il est écrit sur la fiche du dossier.")
        adults = db.exec(select(Guardian).where(Guardian.family_id == family.key).order_by(col(Guardian.id)))
        choices = [_choice(guardian) for guardian in adults]
    return FamilyChoice(family.key, family.number, family.name, choices)


def _choice(guardian: Guardian) -> AdultChoice:
    return AdultChoice(
        id=guardian.key,
        full_name=f"{guardian.first_name} {guardian.last_name}",
        role_label=GuardianRole(guardian.role).label,
        email=guardian.email,
        has_account=guardian.account_id is not None,
    )


def invite_guardian(*, actor: Actor, adult: Adult, new: NewAccount, now: datetime) -> int:
    """Le compte, sa place dans le dossier et le courriel, d'un seul geste ; rend le numéro du compte."""
    with transaction() as db:
        family = access.any_family(db, actor, adult.family_id)
        if family.status not in access.OPEN:
            raise NotOpenError
        guardian = _guardian(db, adult) if adult.guardian_id else _new_guardian(db, adult, new)
        if guardian.account_id is not None:
            raise RefusalError(HAS_ONE)
        named = replace(new, role=Role.PARENT, first_name=guardian.first_name, last_name=guardian.last_name)
        account = accounts.create(db, named, now)
        _attach(db, guardian, account)
        accounts.invite(db, account, now)
        audit.record(db, "account.invited", at=now, actor_id=actor.account_id, subject_id=account.key)
        return account.key


def _guardian(db: Session, adult: Adult) -> Guardian:
    guardian = db.get(Guardian, adult.guardian_id) if is_key(adult.guardian_id) else None
    if guardian is None or guardian.family_id != adult.family_id:
        raise NotOpenError
    return guardian


def _new_guardian(db: Session, adult: Adult, new: NewAccount) -> Guardian:
    first = clean_line(new.first_name, label="Prénom", limit=80)
    last = clean_line(new.last_name, label="Nom", limit=80)
    if not (first and last):
        raise BadInputError("Indiquez un prénom et un nom.")
    if adult.relation not in set(GuardianRole):
        raise BadInputError("Indiquez le lien de cet adulte avec les enfants.")
    role = GuardianRole(adult.relation)
    guardian = Guardian(family_id=adult.family_id, first_name=first, last_name=last, role=role)
    for right in FamilyRight:
        setattr(guardian, right, right in first_rights(role))
    db.add(guardian)
    db.flush()
    return guardian


def _attach(db: Session, guardian: Guardian, account: Account) -> None:
    """À deux agents au même instant, un seul compte : c'est la base qui départage."""
    free = (col(Guardian.id) == guardian.key, col(Guardian.account_id).is_(None))
    attached = update(Guardian).where(*free).values(account_id=account.key)
    if db.exec(attached.execution_options(synchronize_session=False)).rowcount != 1:
        raise RefusalError(HAS_ONE)


def invite_staff(*, actor: Actor, new: NewAccount, now: datetime) -> int:
    """Un compte d'agent : seule l'administration en ouvre."""
    check_audience(Audience.ADMIN, actor)
    if new.role not in STAFF:
        raise BadInputError("Choisissez un rôle d’agent.")
    with transaction() as db:
        account = accounts.create(db, new, now)
        accounts.invite(db, account, now)
        who = {"actor_id": actor.account_id, "subject_id": account.key}
        audit.record(db, "account.staff_invited", at=now, detail=new.role, **who)
        return account.key


def resend(*, actor: Actor, account_id: int, email: str, now: datetime) -> None:
    """Un nouveau lien, à l'adresse au besoin corrigée ; l'ancien lien ne vaut plus."""
    wanted = accounts.normalise_email(email)
    with reading() as db:
        _check_invited(access.any_account(db, actor, account_id))
    throttling.reserve((Scope.MAIL, f"invite/{account_id}"), now)
    with transaction() as db:
        account = access.any_account(db, actor, account_id, lock=True)
        _check_invited(account)
        if wanted != account.email:
            accounts.move_to(db, account, wanted)
        accounts.invite(db, account, now)
        audit.record(db, "account.invited_again", at=now, actor_id=actor.account_id, subject_id=account.key)


def _check_invited(account: Account) -> None:
    if account.status != AccountStatus.INVITED:
        raise RefusalError("Ce compte n’attend pas d’activation.", "« Mot de passe oublié ? » suffit pour y entrer.")
