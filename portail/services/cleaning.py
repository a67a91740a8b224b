"""Effacer ce qui ne sert plus."""

from datetime import datetime, timedelta

from sqlmodel import col, delete, or_, select

from portail.domain.accounts import OPENS_ACCOUNT, REMEMBERED, UNUSED_KEPT, AccountStatus
from portail.models.accounts import Account, FailedAttempts, LoginSession, OneUseLink
from portail.models.database import transaction
from portail.services import audit

KEPT_AFTER_END = timedelta(days=30)


def sweep(now: datetime) -> int:
    """Liens et connexions finis depuis un mois, compteurs d'essais refroidis depuis un jour."""
    limit = now - KEPT_AFTER_END
    deletions = (
        delete(OneUseLink).where(col(OneUseLink.expires_at) < limit),
        delete(LoginSession).where(
            or_(col(LoginSession.ended_at) < limit, col(LoginSession.created_at) < limit - REMEMBERED.absolute)
        ),
        delete(FailedAttempts).where(col(FailedAttempts.last_at) < now - timedelta(days=1)),
    )
    with transaction() as db:
        return sum(int(db.exec(deletion).rowcount) for deletion in deletions)


def remove_unused_accounts(now: datetime) -> int:
    """Les comptes jamais activés, un mois après la fin de leur dernier lien ; le responsable reste au dossier."""
    limit = now - UNUSED_KEPT
    recent = select(OneUseLink.id).where(
        col(OneUseLink.account_id) == col(Account.id),
        col(OneUseLink.kind).in_(OPENS_ACCOUNT),
        col(OneUseLink.expires_at) >= limit,
    )
    unused = (
        select(Account)
        .where(Account.status == AccountStatus.INVITED, col(Account.created_at) < limit, ~recent.exists())
        .order_by(col(Account.id))
        .with_for_update()
    )
    with transaction() as db:
        keys = [account.key for account in db.exec(unused)]
        for key in keys:
            audit.record(db, "account.removed_unused", at=now, actor_id=None, subject_id=key)
        db.exec(delete(Account).where(col(Account.id).in_(keys)).execution_options(synchronize_session=False))
        return len(keys)
