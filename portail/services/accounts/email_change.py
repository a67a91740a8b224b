"""Changer d'adresse e-mail : un lien part à la nouvelle, l'ancienne est prévenue, un clic confirme."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from portail.domain.accounts import AccountStatus, Actor, LinkKind
from portail.domain.refusals import AddressTakenError, DeadLinkError, RefusalError
from portail.domain.text import fold, mask_email
from portail.domain.throttling import Scope
from portail.ids import fingerprint
from portail.models.accounts import Account, OneUseLink
from portail.models.database import reading, transaction
from portail.services import accounts, audit
from portail.services.accounts import links, throttling
from portail.services.accounts.proof import check_own_password
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views.accounts import EmailLink

EMAIL = frozenset({LinkKind.EMAIL})


def ask(*, actor: Actor, email: str, password: str, browser: str, now: datetime) -> None:
    """Même écran et mêmes écritures que l'adresse soit libre ou prise ; prise, son titulaire seul l'apprend."""
    wanted = accounts.normalise_email(email)
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
    accounts.username_at(account, wanted)
    check_own_password(account, password, now)
    if wanted == account.email:
        raise RefusalError("C’est déjà l’adresse de votre compte.")
    throttling.reserve((Scope.MAIL, f"email/{account.key}"), now)
    throttling.reserve((Scope.MAIL, f"email-to/{wanted}"), now)
    with transaction() as db:
        account = db.get_one(Account, actor.account_id, with_for_update=True)
        links.cancel(db, account.key, EMAIL, now)
        account.pending_email = wanted
        asked_from = links.Attached(fingerprint(browser))
        token = links.issue(db, LinkKind.EMAIL, account.key, now, asked_from)
        holder = _holder(db, wanted, account.key)
        if holder is None:
            outbox.add(db, wanted, _confirm(account, token), now)
        else:
            outbox.add(db, holder.email, _already_yours(holder), now)
        outbox.add(db, account.email, _asked(account), now)
        audit.record(db, "account.email_asked", at=now, actor_id=account.key)


def _holder(db: Session, email: str, account_id: int) -> Account | None:
    """Qui se connecte déjà avec cette adresse, ou avec un identifiant qui ne s'en distingue pas."""
    same = or_(col(Account.email) == email, col(Account.username) == fold(email))
    return db.exec(select(Account).where(same, col(Account.id) != account_id)).first()


def give_up(*, actor: Actor, now: datetime) -> None:
    with transaction() as db:
        _drop(db, db.get_one(Account, actor.account_id), now)
        audit.record(db, "account.email_given_up", at=now, actor_id=actor.account_id)


def _drop(db: Session, account: Account, now: datetime) -> None:
    links.cancel(db, account.key, EMAIL, now)
    account.pending_email = ""


def open_link(*, actor: Actor | None, token: str, browser: str, now: datetime) -> EmailLink:
    """Ouvrir le lien ne le consomme pas : les antivirus de messagerie ouvrent les liens."""
    try:
        with reading() as db:
            account = _asker(db, links.find(db, token, EMAIL, now), actor, browser)
    except DeadLinkError:
        return EmailLink("invalid")
    return EmailLink("valid", account.pending_email, account.first_name)


def _asker(db: Session, link: OneUseLink, actor: Actor | None, browser: str) -> Account:
    """Le lien ne suffit pas, l'adresse a pu être mal tapée : il faut la connexion ou le navigateur du demandeur."""
    account = db.get_one(Account, link.account_id)
    same_browser = bool(browser) and link.browser_hash == fingerprint(browser)
    allowed = same_browser if actor is None else actor.account_id == account.key
    if not allowed or account.status != AccountStatus.ACTIVE:
        raise DeadLinkError
    return account


def confirm(*, actor: Actor | None, token: str, browser: str, now: datetime) -> None:
    """Le premier qui confirme l'emporte ; les liens en attente de l'ancienne adresse ne valent plus."""
    try:
        with transaction() as db:
            account = _asker(db, links.find(db, token, EMAIL, now), actor, browser)
            db.refresh(account, with_for_update=True)  # le compte avant le lien, comme `ask`
            links.consume(db, token, EMAIL, now)
            before = account.email
            accounts.move_to(db, account, account.pending_email)
            account.pending_email = ""
            links.cancel(db, account.key, frozenset(LinkKind), now)
            outbox.add(db, before, _changed(account), now)
            audit.record(db, "account.email_changed", at=now, actor_id=account.key)
    except AddressTakenError:
        with transaction() as db:
            _drop(db, _asker(db, links.find(db, token, EMAIL, now), actor, browser), now)
        raise


def _confirm(account: Account, token: str) -> Message:
    return Message(
        subject="Confirmez votre nouvelle adresse",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "Vous avez demandé que votre compte du Portail Famille utilise désormais cette adresse.",
            "Ouvrez le lien sur l’appareil où vous l’avez demandé, ou après vous être connecté.",
        ),
        action="Confirmer mon adresse",
        url=f"{current().site_url}/confirmation/{token}",
        closing="Ce lien sert une fois, pendant 24 heures. Si vous n’avez rien demandé, ignorez ce message.",
    )


def _already_yours(holder: Account) -> Message:
    return Message(
        subject="Votre adresse a déjà un compte",
        paragraphs=(
            f"Bonjour {holder.first_name},",
            "Quelqu’un a voulu donner votre adresse à un autre compte du Portail Famille. Rien n’a changé.",
            "Si c’est vous, connectez-vous au compte qui utilise déjà cette adresse.",
        ),
        action="Se connecter",
        url=f"{current().site_url}/connexion",
    )


def _asked(account: Account) -> Message:
    return Message(
        subject="Un changement d’adresse est demandé",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Votre compte passera à l’adresse {mask_email(account.pending_email)} dès qu’elle sera confirmée.",
            "Si ce n’est pas vous, changez aussitôt votre mot de passe : la demande tombera.",
        ),
        action="Ouvrir mon compte",
        url=f"{current().site_url}/compte",
    )


def _changed(account: Account) -> Message:
    return Message(
        subject="Votre adresse e-mail a changé",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Connectez-vous désormais avec l’adresse {mask_email(account.email)}.",
            "Si ce n’est pas vous, prévenez la mairie sans attendre.",
        ),
        action="Nous contacter",
        url=f"{current().site_url}/contact",
    )
