"""Écrire au journal, dans la transaction de ce qui se passe."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.audit import check_worded
from portail.models.audit import AuditEntry


def record(  # noqa: PLR0913 — une ligne de journal a autant de colonnes
    db: Session, action: str, *, at: datetime, actor_id: int | None, subject_id: int | None = None, detail: str = ""
) -> None:
    check_worded(action)
    db.add(AuditEntry(at=at, actor_id=actor_id, action=action, subject_id=subject_id, detail=detail))
