"""Mot de passe oublié, première connexion : un lien par courriel, à usage unique, jamais un mot de passe en clair."""

from datetime import datetime

from portail.domain import terms as versions
from portail.domain.accounts import OPENS_ACCOUNT, AccountStatus, LinkKind
from portail.domain.passwords import check_password
from portail.domain.refusals import DeadLinkError, RefusalError
from portail.domain.text import clean_line, fold
from portail.domain.throttling import Scope
from portail.ids import new_token
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.services import accounts, audit
from portail.services.accounts import links, passwords, sessions, throttling
from portail.services.accounts.sign_in import find_account
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.registration.activation import is_confirmable, join_known_family
from portail.settings import current
from portail.views.accounts import LinkView

RESETS = frozenset({LinkKind.RESET})


def ask_link(*, identifier: str, address: str, now: datetime) -> None:
    """Envoie un lien si le compte existe ; l'écran dit la même chose dans tous les cas."""
    wanted = clean_line(identifier, label="Identifiant ou e-mail", limit=254)
    if not wanted:
        raise RefusalError("Indiquez votre identifiant ou votre adresse e-mail.")
    keys = [(Scope.MAIL, fold(wanted)), (Scope.ADDRESS, f"mail/{address}")]
    throttling.check_may_try(keys, now)
    throttling.count_failure(keys, now)
    account = find_account(wanted)
    if account is None or account.status == AccountStatus.CLOSED:
        _spend_the_same_time(now)
        return
    with transaction() as db:
        opens = account.status == AccountStatus.INVITED
        kind = LinkKind.ACTIVATION if opens else LinkKind.RESET
        links.cancel(db, account.key, frozenset({kind}), now)
        token = links.issue(db, kind, account.key, now)
        outbox.add(db, account.email, _activation(account, token) if opens else _reset(account, token), now)
        audit.record(db, f"account.{kind}_asked", at=now, actor_id=None, subject_id=account.key)


def _spend_the_same_time(now: datetime) -> None:
    """Ce que coûte un compte connu : un courriel composé et scellé, une écriture. Rien n'en part."""
    nobody = Account(username="personne", email="personne@mairie.example", first_name="Personne", last_name="")
    outbox.compose(_reset(nobody, new_token()))
    with transaction() as db:
        audit.record(db, "account.link_asked_in_vain", at=now, actor_id=None)


def _account_behind(token: str, kinds: frozenset[LinkKind], now: datetime) -> Account | None:
    try:
        with reading() as db:
            return db.get_one(Account, links.find(db, token, kinds, now).account_id)
    except DeadLinkError:
        return None


def open_link(*, token: str, activation: bool, now: datetime) -> LinkView:
    """Un lien mort et le lien d'un compte fermé se montrent pareil."""
    kinds, kind = (OPENS_ACCOUNT, "activation") if activation else (RESETS, "reset")
    account = _account_behind(token, kinds, now)
    if account is None or account.status == AccountStatus.CLOSED:
        return LinkView(status="invalid", kind=kind)
    return LinkView(
        status="valid",
        kind=kind,
        first_name=account.first_name,
        username=account.username,
        must_accept_terms=activation and versions.is_due(account.terms_version),
        password_chosen=activation and is_confirmable(account),
    )


def choose_password(*, token: str, activation: bool, password: str, terms: bool, now: datetime) -> None:
    """Pose le mot de passe et consomme le lien d'un seul geste ; toutes les connexions ouvertes tombent."""
    kinds = OPENS_ACCOUNT if activation else RESETS
    with reading() as db:
        account = db.get_one(Account, links.find(db, token, kinds, now).account_id)
    if activation and not terms and versions.is_due(account.terms_version):
        raise RefusalError("Acceptez les conditions d’utilisation pour activer votre compte.")
    check_password(password, about=(account.email, account.first_name, account.last_name))
    password_hash = passwords.hash_password(password)
    with transaction() as db:
        link = links.consume(db, token, kinds, now)
        account = db.get_one(Account, link.account_id)
        if account.status == AccountStatus.CLOSED:
            raise DeadLinkError
        accounts.set_password(account, password_hash)
        if activation:
            account.status, account.activated_at = AccountStatus.ACTIVE, account.activated_at or now
            if terms:
                account.terms_version, account.terms_accepted_at = versions.latest(), now
            join_known_family(db, account, now)
        links.cancel(db, account.key, frozenset(LinkKind), now)
        sessions.end_all(db, account.key, now)
        throttling.forget(db, (Scope.ACCOUNT, fold(account.email)))
        throttling.forget(db, (Scope.ACCOUNT, fold(account.username)))
        audit.record(db, "account.activated" if activation else "account.reset", at=now, actor_id=account.key)
        if not activation:
            outbox.add(db, account.email, accounts.password_changed_message(account), now)


def _activation(account: Account, token: str) -> Message:
    return Message(
        subject="Activez votre compte",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Voici le lien qui active votre compte sur le Portail Famille. Votre identifiant : {account.username}",
        ),
        action="Activer mon compte",
        url=f"{current().site_url}/activation/{token}",
        closing="Ce lien ne sert qu’une fois et reste valable 72 heures.",
    )


def _reset(account: Account, token: str) -> Message:
    return Message(
        subject="Choisissez un nouveau mot de passe",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "Vous avez demandé un nouveau mot de passe pour le Portail Famille.",
        ),
        action="Choisir mon mot de passe",
        url=f"{current().site_url}/reinitialisation/{token}",
        closing="Ce lien sert une fois, pendant 2 heures. Si vous n’avez rien demandé, ignorez ce message.",
    )
