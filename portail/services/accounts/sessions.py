"""Les connexions ouvertes : un jeton opaque dans un cookie, son empreinte en base, relue à chaque demande."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from portail.domain import terms
from portail.domain.accounts import (
    SENSITIVE,
    AccountStatus,
    Actor,
    LinkKind,
    Role,
    is_session_alive,
    landing_path,
    session_limits,
)
from portail.domain.refusals import DeadLinkError, NotOpenError
from portail.ids import fingerprint, new_token
from portail.models.accounts import Account, LoginSession
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.services import audit
from portail.services.accounts import links
from portail.settings import current

TOUCH_EVERY = timedelta(minutes=1)
HASHES_PER_QUERY = 500


@dataclass(frozen=True)
class Opened:
    token: str
    max_age: int | None  # None : le cookie meurt avec le navigateur
    landing: str


def cookie_name(kind: str) -> str:
    """`session` ou `navigateur` ; le préfixe __Host- interdit à un sous-domaine de le remplacer."""
    return f"__Host-portail-{kind}" if current().is_https else f"portail-{kind}"


def read_cookie(header: str, kind: str) -> str:
    """Un cookie voisin mal formé ne fait pas perdre le nôtre : SimpleCookie, lui, jette tout."""
    for part in header.split(";"):
        name, _, value = part.partition("=")
        if name.strip() == cookie_name(kind):
            return value.strip()
    return ""


def open_from_ticket(*, ticket: str, browser: str, device: str, now: datetime) -> Opened:
    """Échange le ticket contre une connexion ; il ne vaut que dans le navigateur qui l'a demandé."""
    with transaction() as db:
        link = links.consume(db, ticket, frozenset({LinkKind.TICKET}), now)
        if not browser or link.browser_hash != fingerprint(browser):
            raise DeadLinkError
        account = db.get_one(Account, link.account_id)
        if account.status != AccountStatus.ACTIVE:
            raise DeadLinkError
        token = new_token()
        session = LoginSession(
            token_hash=fingerprint(token),
            account_id=account.key,
            remember=link.remember,
            device=device[:80],
            created_at=now,
            last_seen_at=now,
        )
        db.add(session)
        account.last_sign_in_at = now
        audit.record(db, "session.opened", at=now, actor_id=account.key)
        limits = session_limits(Role(account.role), remember=link.remember)
        lasting = link.remember and account.role == Role.PARENT
        return Opened(
            token, int(limits.absolute.total_seconds()) if lasting else None, landing_path(Role(account.role))
        )


def identify(token: str, now: datetime) -> Actor | None:
    """Qui tient ce jeton, à cet instant ; une requête, et une écriture par minute au plus."""
    if not token:
        return None
    with reading() as db:
        found = db.exec(
            select(LoginSession, Account)
            .join(Account, col(Account.id) == col(LoginSession.account_id))
            .where(LoginSession.token_hash == fingerprint(token))
        ).first()
    if found is None:
        return None
    session, account = found
    usable = session.ended_at is None and account.status == AccountStatus.ACTIVE
    if not usable or not _is_alive(session, Role(account.role), now):
        return None
    if now - session.last_seen_at >= TOUCH_EVERY:
        _touch(session.key, now)
    return Actor(
        account_id=account.key,
        role=Role(account.role),
        session_id=session.key,
        session_hash=session.token_hash,
        must_change_password=account.must_change_password,
        must_set_second_factor=second_factor_due(account),
        must_accept_terms=terms.is_due(account.terms_version),
    )


def second_factor_due(account: Account) -> bool:
    return current().staff_second_factor and account.role in SENSITIVE and account.totp_sealed is None


def _touch(session_id: int, now: datetime) -> None:
    with transaction() as db:
        db.exec(
            update(LoginSession)
            .where(col(LoginSession.id) == session_id, col(LoginSession.last_seen_at) < now)
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )


def sign_out(token: str, now: datetime) -> None:
    with transaction() as db:
        session = db.exec(select(LoginSession).where(LoginSession.token_hash == fingerprint(token))).first()
        if session and session.ended_at is None:
            session.ended_at = now
            audit.record(db, "session.closed", at=now, actor_id=session.account_id)


def end_session(*, actor: Actor, session_id: int, now: datetime) -> None:
    """Déconnecte un de ses propres appareils ; celui d'un autre n'existe pas."""
    with transaction() as db:
        query = select(LoginSession).where(
            LoginSession.id == session_id,
            LoginSession.account_id == actor.account_id,
            col(LoginSession.ended_at).is_(None),
        )
        session = db.exec(query).first() if is_key(session_id) else None
        if session is None:
            raise NotOpenError
        session.ended_at = now
        audit.record(db, "session.revoked", at=now, actor_id=actor.account_id, subject_id=session.key)


def end_others(*, actor: Actor, now: datetime) -> int:
    with transaction() as db:
        count = end_all(db, actor.account_id, now, keep=actor.session_id)
        audit.record(db, "session.revoked_others", at=now, actor_id=actor.account_id, detail=str(count))
        return count


def alive(db: Session, account_id: int, role: Role, now: datetime) -> list[LoginSession]:
    """Les connexions d'un compte qui ouvrent encore, la plus récente d'abord."""
    query = (
        select(LoginSession)
        .where(LoginSession.account_id == account_id, col(LoginSession.ended_at).is_(None))
        .order_by(col(LoginSession.last_seen_at).desc(), col(LoginSession.id).desc())
    )
    return [row for row in db.exec(query) if _is_alive(row, role, now)]


def _is_alive(row: LoginSession, role: Role, now: datetime) -> bool:
    limits = session_limits(role, remember=row.remember)
    return is_session_alive(now=now, last_seen=row.last_seen_at, created=row.created_at, limits=limits)


def end_all(db: Session, account_id: int, now: datetime, *, keep: int | None = None) -> int:
    query = update(LoginSession).where(col(LoginSession.account_id) == account_id, col(LoginSession.ended_at).is_(None))
    if keep is not None:
        query = query.where(col(LoginSession.id) != keep)
    return int(db.exec(query.values(ended_at=now).execution_options(synchronize_session=False)).rowcount)


def ended_among(hashes: list[str]) -> list[str]:
    """Celles de ces connexions qui ont pris fin, ou n'existent plus : leurs onglets restés ouverts se vident."""
    with reading() as db:
        alive: set[str] = set()
        for start in range(0, len(hashes), HASHES_PER_QUERY):
            some = col(LoginSession.token_hash).in_(hashes[start : start + HASHES_PER_QUERY])
            alive.update(db.exec(select(LoginSession.token_hash).where(some, col(LoginSession.ended_at).is_(None))))
    return [one for one in hashes if one not in alive]
