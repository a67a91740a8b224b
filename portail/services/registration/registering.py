"""S'inscrire soi-même : vérifier chaque étape, créer le compte à activer, ne rien apprendre à un inconnu."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from portail.domain import terms as versions
from portail.domain.accounts import AccountStatus, LinkKind
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.passwords import check_password
from portail.domain.refusals import BadInputError, RefusalError, WeakPasswordError
from portail.domain.registration import Identity, UnknownFileError, clean_number, is_named, read_identity
from portail.domain.text import fold
from portail.domain.throttling import Scope
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.registrations import Registration
from portail.services import accounts, audit
from portail.services.accounts import links, passwords, throttling
from portail.services.mails import outbox
from portail.services.registration import letters

_TRIES = 5
DIFFERENT = "Les deux mots de passe ne sont pas les mêmes."
_LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Checked:
    """La première étape, faite : qui, et l'empreinte du mot de passe, qui lui n'est gardé nulle part."""

    identity: Identity
    password_hash: str


@dataclass(frozen=True)
class NewRegistration:
    checked: Checked
    number: str = ""
    name: str = ""


def check_identity(*, form: dict[str, Any], kept: str, address: str, now: datetime) -> Checked:
    """`kept` : l'empreinte d'un passage précédent, gardée si le mot de passe n'est pas retapé."""
    reader = Reader(form)
    identity = read_identity(reader, accounts.normalise_email)
    password, again = str(form.get("password") or ""), str(form.get("password_again") or "")
    if kept and not password and not again:
        reader.check()
        return Checked(identity, kept)
    if password != again:
        reader.errors |= {"password_again": DIFFERENT}
    try:
        check_password(password, about=identity.about)
    except WeakPasswordError as weak:
        reader.errors["password"] = weak.full_sentence if password else "Choisissez un mot de passe."
    reader.check()
    throttling.reserve((Scope.ADDRESS, f"inscription/{address}"), now)  # hacher coûte cher : un robot attend
    return Checked(identity, passwords.hash_password(password))


def check_reference(*, form: dict[str, Any], address: str, now: datetime) -> tuple[str, str]:
    """Le numéro et le nom d'un dossier connu, ensemble ou pas du tout."""
    reader = Reader(form)
    number = clean_number(reader.line("number", "Numéro de dossier", limit=30, missing="Indiquez le numéro."))
    name = reader.line("name", "Nom du dossier", limit=160, missing="Indiquez le nom du dossier.")
    reader.check()
    mine = (Scope.ACCOUNT, f"dossier/{number}")
    others = [(Scope.ADDRESS, f"dossier/{address}"), (Scope.EVERYONE, "dossier")]
    throttling.check_may_try(others, now)
    throttling.reserve(mine, now)
    with reading() as db:
        found = matching_family(db, number, name)
    if found is None:
        throttling.count_failure(others, now)
        raise FormRefusedError({"number": UnknownFileError().full_sentence})
    with transaction() as db:
        throttling.forget(db, mine)
    return number, name


def matching_family(db: Session, number: str, name: str) -> Family | None:
    """Le dossier de ce numéro et de ce nom ; l'ancien numéro d'un dossier fusionné mène au dossier conservé."""
    named = db.exec(select(Family).where(Family.number == number)).first()
    kept = kept_family(db, named)
    if named is None or kept is None or not is_named(name, named.name, kept.name):
        return None
    return kept


def kept_family(db: Session, family: Family | None) -> Family | None:
    """Ce dossier s'il est ouvert, ou celui où il a été fusionné."""
    for _ in range(_LONGEST_CHAIN):
        if family is None or family.status != FamilyStatus.MERGED:
            break
        family = db.get(Family, family.merged_into_id)
    return family if family is not None and family.is_open else None


def register(*, new: NewRegistration, now: datetime) -> None:
    """Le même écran que l'adresse ait déjà un compte ou non ; seul son propriétaire en sait plus, par courriel."""
    email = new.checked.identity.email
    key = (Scope.MAIL, fold(email))
    throttling.check_may_try([key], now)
    throttling.count_failure([key], now)
    for _ in range(_TRIES):
        with transaction() as db:
            account = db.exec(select(Account).where(Account.email == email)).first()
            if account is not None:
                _tell_owner(db, account, now)
                return
        try:
            with transaction() as db:
                _create(db, new, now)
        except BadInputError:
            raise
        except RefusalError:  # au même instant, quelqu'un a pris l'adresse ou l'identifiant : on regarde de nouveau
            continue
        return
    raise RefusalError("Votre inscription n’a pas pu aboutir.", "Réessayez dans un instant.")


def _create(db: Session, new: NewRegistration, now: datetime) -> None:
    identity = new.checked.identity
    family = matching_family(db, new.number, new.name) if new.number else None
    if new.number and family is None:
        raise BadInputError(UnknownFileError().full_sentence)
    username = _free_username(db, identity.username)
    fresh = accounts.NewAccount(identity.email, identity.first_name, identity.last_name, username=username)
    account = accounts.create(db, fresh, now)
    accounts.set_password(account, new.checked.password_hash)
    account.terms_version, account.terms_accepted_at = versions.latest(), now
    db.add(Registration(account_id=account.key, family_id=family.key if family else None, created_at=now))
    token = links.issue(db, LinkKind.ACTIVATION, account.key, now)
    outbox.add(db, account.email, letters.activate(account, token, asked_username=identity.username), now)
    audit.record(db, "account.registered", at=now, actor_id=None, subject_id=account.key)


def _free_username(db: Session, wanted: str) -> str:
    """Le nom choisi, ou le même suivi d'un chiffre : l'écran ne dit pas qu'il était pris."""
    taken = set(
        db.exec(
            select(Account.username).where(
                or_(Account.username == wanted, col(Account.username).startswith(wanted, autoescape=True))
            )
        )
    )
    return (
        wanted
        if wanted not in taken
        else next(name for rank in range(2, len(taken) + 3) if (name := f"{wanted}{rank}") not in taken)
    )


def _tell_owner(db: Session, account: Account, now: datetime) -> None:
    """Un compte fermé ne reçoit rien ; un compte à activer reçoit de quoi le faire."""
    audit.record(db, "account.registered_again", at=now, actor_id=None, subject_id=account.key)
    if account.status == AccountStatus.ACTIVE:
        outbox.add(db, account.email, letters.someone_tried(account), now)
    elif account.status == AccountStatus.INVITED:
        links.cancel(db, account.key, frozenset({LinkKind.ACTIVATION}), now)
        token = links.issue(db, LinkKind.ACTIVATION, account.key, now)
        outbox.add(db, account.email, letters.tried_before_activation(account, token), now)
