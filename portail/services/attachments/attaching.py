"""Attacher des fichiers reçus à un message ou à une fiche ; reconnaître un envoi refait ; détacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from portail.models.files import Attachment, StoredFile
from portail.models.requests import RequestEvent
from portail.services.files import stored_files
from portail.services.files.stored_files import Received


@dataclass(frozen=True)
class Place:
    """Où vont les pièces : un message d'une démarche, ou la fiche d'un enfant."""

    request_id: int | None = None
    event_id: int | None = None
    child_id: int | None = None


def attach(db: Session, place: Place, kept: Sequence[Received], owner_id: int | None, now: datetime) -> None:
    for one in kept:
        db.add(one.stored)
        db.flush()
        db.add(
            Attachment(file_id=one.stored.key, owner_id=owner_id, name=one.name, created_at=now, **vars(place)),
        )


def detach(db: Session, attachment: Attachment) -> None:
    """La pièce et son fichier s'en vont ensemble."""
    stored = db.get_one(StoredFile, attachment.file_id)
    db.delete(attachment)
    db.flush()
    stored_files.forget(db, stored)


def digests_of_event(db: Session, event_id: int) -> list[str]:
    return _digests(db, col(Attachment.event_id) == event_id)


def digests_of_child(db: Session, child_id: int) -> list[str]:
    return _digests(db, col(Attachment.child_id) == child_id)


def _digests(db: Session, where: ColumnElement[bool]) -> list[str]:
    query = select(StoredFile.digest).join(Attachment, col(Attachment.file_id) == col(StoredFile.id))
    return sorted(db.exec(query.where(where)))


def is_sent_again(db: Session, request_id: int, author_id: int, said: str, kept: Sequence[Received]) -> bool:
    """Le même message que le dernier de cette personne, avec les mêmes fichiers : un double clic, un réseau coupé."""
    query = select(RequestEvent).where(RequestEvent.request_id == request_id, RequestEvent.actor_id == author_id)
    last = db.exec(query.order_by(col(RequestEvent.id).desc()).limit(1)).first()
    if last is None or not kept or last.text != said:
        return False
    return digests_of_event(db, last.key) == sorted(one.stored.digest for one in kept)
