"""Liens et tickets à usage unique : la base n'en garde que l'empreinte."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from portail.domain.accounts import LIFETIMES, LinkKind
from portail.domain.refusals import DeadLinkError
from portail.ids import fingerprint, new_token
from portail.models.accounts import OneUseLink


@dataclass(frozen=True)
class Attached:
    """Ce qu'un ticket transporte d'une étape à l'autre."""

    browser_hash: str = ""
    remember: bool = False


def issue(db: Session, kind: LinkKind, account_id: int, now: datetime, attached: Attached = Attached()) -> str:
    token = new_token()
    db.add(
        OneUseLink(
            token_hash=fingerprint(token),
            kind=kind,
            account_id=account_id,
            browser_hash=attached.browser_hash,
            remember=attached.remember,
            created_at=now,
            expires_at=now + LIFETIMES[kind],
        )
    )
    return token


def find(db: Session, token: str, kinds: frozenset[LinkKind], now: datetime) -> OneUseLink:
    """Le lien encore bon, ou DeadLinkError : forgé, périmé et déjà servi se ressemblent."""
    query = select(OneUseLink).where(OneUseLink.token_hash == fingerprint(token))
    link = db.exec(query).first()
    if link is None or link.kind not in kinds or link.used_at is not None or link.expires_at <= now:
        raise DeadLinkError
    return link


def is_waiting(db: Session, account_id: int, kind: LinkKind, now: datetime) -> bool:
    """Un lien de cette sorte peut encore servir."""
    query = select(OneUseLink.id).where(
        OneUseLink.account_id == account_id,
        OneUseLink.kind == kind,
        col(OneUseLink.used_at).is_(None),
        col(OneUseLink.expires_at) > now,
    )
    return db.exec(query).first() is not None


def consume(db: Session, token: str, kinds: frozenset[LinkKind], now: datetime) -> OneUseLink:
    """Une seule fois, même à deux au même instant : c'est la base qui départage."""
    link = find(db, token, kinds, now)
    spent = db.exec(
        update(OneUseLink)
        .where(col(OneUseLink.id) == link.key, col(OneUseLink.used_at).is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if spent.rowcount != 1:
        raise DeadLinkError
    return link


def cancel(db: Session, account_id: int, kinds: frozenset[LinkKind], now: datetime) -> None:
    """Un nouveau lien, un nouveau mot de passe : les anciens liens ne valent plus."""
    db.exec(
        update(OneUseLink)
        .where(
            col(OneUseLink.account_id) == account_id,
            col(OneUseLink.kind).in_(kinds),
            col(OneUseLink.used_at).is_(None),
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
