"""Les pièces, mises en lignes pour qui les lit."""

from sqlmodel import Session, col, select

from portail.domain.uploads import FileKind
from portail.integrations.inspection.inspector import reads_heic
from portail.models.accounts import Account
from portail.models.files import Attachment, StoredFile
from portail.models.requests import RequestEvent
from portail.views import wording
from portail.views.attachments import AttachmentLine

ACCEPTED = "application/pdf,image/jpeg,image/png"


def accepted() -> str:
    """Ce que le choix de fichiers propose : un iPhone à qui l'on ne dit pas HEIC envoie un JPEG de lui-même."""
    return f"{ACCEPTED},.heic,.heif" if reads_heic() else ACCEPTED


def of_request(db: Session, request_id: int, reader_id: int, *, staff: bool, removable: bool) -> list[AttachmentLine]:
    query = (
        select(Attachment, StoredFile, Account, RequestEvent.internal)
        .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
        .join(RequestEvent, col(RequestEvent.id) == col(Attachment.event_id))
        .join(Account, col(Account.id) == col(Attachment.owner_id), isouter=True)
        .where(Attachment.request_id == request_id)
        .order_by(col(Attachment.id))
    )
    if not staff:
        query = query.where(col(RequestEvent.internal).is_(False))
    return [
        _line(
            (attachment, stored),
            _who(owner, reader_id, staff=staff),
            internal=internal,
            can_remove=removable and attachment.owner_id == reader_id,
        )
        for attachment, stored, owner, internal in db.exec(query)
    ]


def of_child(db: Session, child_id: int, *, removable: bool) -> list[AttachmentLine]:
    query = (
        select(Attachment, StoredFile, Account)
        .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
        .join(Account, col(Account.id) == col(Attachment.owner_id), isouter=True)
        .where(Attachment.child_id == child_id)
        .order_by(col(Attachment.id))
    )
    return [
        _line((attachment, stored), owner.full_name if owner else "compte supprimé", can_remove=removable)
        for attachment, stored, owner in db.exec(query)
    ]


def _line(
    found: tuple[Attachment, StoredFile], who: str, *, internal: bool = False, can_remove: bool = False
) -> AttachmentLine:
    attachment, stored = found
    kind = FileKind(stored.media_type).label
    return AttachmentLine(
        id=attachment.key,
        name=attachment.name,
        detail=f"{kind}, {wording.weight(stored.size)} · {who}, {wording.instant(attachment.created_at)}",
        href=f"/telechargements/piece-{attachment.key}",
        internal=internal,
        can_remove=can_remove,
    )


def _who(owner: Account | None, reader_id: int, *, staff: bool) -> str:
    """Une famille lit « Service enfance » plutôt que le nom d'un agent."""
    if owner is None:
        return "compte supprimé"
    if owner.is_staff and not staff:
        return "Service enfance"
    return "Vous" if owner.key == reader_id else owner.full_name
