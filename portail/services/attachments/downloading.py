"""Rendre une pièce à qui a le droit de lire ce qu'elle accompagne ; celle d'autrui répond comme une absente."""

import logging
from datetime import datetime
from typing import Any

from sqlmodel import col, false, or_, select

from portail.domain.accounts import Actor, Audience, is_allowed
from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations.storage import MissingFileError
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.files import Attachment, StoredFile
from portail.models.requests import Request, RequestEvent
from portail.services import access
from portail.services.files import stored_files
from portail.services.health import readings
from portail.services.requests import mine
from portail.views.downloads import Download

log = logging.getLogger("portail.files")


def download(actor: Actor, attachment_id: int, now: datetime) -> Download:
    """Un document de santé lu par un agent s'inscrit comme la fiche, dans la transaction qui l'ouvre."""
    with transaction() if actor.is_staff else reading() as db:
        query = (
            select(Attachment, StoredFile)
            .join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
            .where(Attachment.id == attachment_id, _readable(actor))
        )
        found = db.exec(query).first() if is_key(attachment_id) else None
        if found is None:
            raise NotOpenError
        attachment, stored = found
        if attachment.child_id and actor.is_staff:
            readings.note(db, actor, attachment.child_id, now)
    try:
        return Download(attachment.name, stored_files.read(stored.name), stored.media_type)
    except MissingFileError:
        log.exception("fichier absent", extra={"attachment": attachment_id})
        raise RefusalError("Ce fichier est introuvable.", "Signalez-le au service enfance.") from None


def _readable(actor: Actor) -> Any:
    if not actor.is_staff:
        followed = select(Request.id).where(mine.belongs_to(actor))
        told = select(RequestEvent.id).where(
            col(RequestEvent.request_id).in_(followed), col(RequestEvent.internal).is_(False)
        )
        of_my_children = col(Attachment.child_id).in_(access.my_children(actor, FamilyRight.HEALTH))
        return or_(col(Attachment.event_id).in_(told), of_my_children)
    places = {Audience.FILES: col(Attachment.request_id), Audience.HEALTH: col(Attachment.child_id)}
    return or_(false(), *[place.is_not(None) for audience, place in places.items() if is_allowed(audience, actor.role)])
