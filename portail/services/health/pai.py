"""Le document du PAI : le parent le joint à la fiche, ceux qui lisent la fiche le lisent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError
from portail.domain.uploads import FileKind, NoFileError, Upload, check_room, clean_name
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.files import Attachment
from portail.services import access, audit
from portail.services.attachments.attaching import Place, attach, detach, digests_of_child
from portail.services.files import stored_files
from portail.services.health import records

NAME = "PAI"  # le nom donné par la famille pourrait dire la maladie : il n'est pas gardé


def check_may_add(actor: Actor, child_id: int) -> None:
    """Avant de lire un seul octet de ce qui est envoyé."""
    with reading() as db:
        access.my_child(db, actor, child_id, FamilyRight.HEALTH)


def add(*, actor: Actor, child_id: int, files: Sequence[Upload], now: datetime) -> None:
    """Le même document envoyé deux fois n'est gardé qu'une."""
    if not files:
        raise NoFileError
    with stored_files.received(files, now) as kept, transaction() as db:
        access.my_child(db, actor, child_id, FamilyRight.HEALTH)
        records.locked(db, child_id, now)
        known = digests_of_child(db, child_id)
        again = [one for one in kept if one.stored.digest in known]
        new = [replace(one, name=_named(one)) for one in kept if one not in again]
        check_room(len(known) + len(new))
        attach(db, Place(child_id=child_id), new, actor.account_id, now)
        audit.record(db, "health.document_added", at=now, actor_id=actor.account_id, subject_id=child_id)
    stored_files.release(again)


def _named(one: stored_files.Received) -> str:
    return clean_name(NAME, FileKind(one.stored.media_type))


def remove(*, actor: Actor, attachment_id: int, now: datetime) -> None:
    with transaction() as db:
        query = select(Attachment).where(
            Attachment.id == attachment_id,
            col(Attachment.child_id).in_(access.my_children(actor, FamilyRight.HEALTH)),
        )
        attachment = db.exec(query).first() if is_key(attachment_id) else None
        if attachment is None:
            raise NotOpenError
        audit.record(db, "health.document_removed", at=now, actor_id=actor.account_id, subject_id=attachment.child_id)
        detach(db, attachment)
