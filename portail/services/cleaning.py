"""Effacer ce qui ne sert plus."""

from datetime import datetime, timedelta

from sqlmodel import col, delete, or_

from portail.domain.accounts import REMEMBERED
from portail.models.accounts import FailedAttempts, LoginSession, OneUseLink
from portail.models.database import transaction

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
