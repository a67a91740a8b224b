"""Les pièces de la personne : celles de ses démarches, et les documents de santé qu'elle a le droit de voir."""

import logging
from typing import Any

from sqlmodel import Session, col, or_, select

from portail.integrations.storage import MissingFileError
from portail.models.files import Attachment, StoredFile
from portail.models.requests import RequestEvent
from portail.services.files import stored_files
from portail.services.privacy.export.requests import told_to_me
from portail.services.privacy.export.shapes import CHILD, TECHNICAL, Exported, Kept, Person, by_whom, named

log = logging.getLogger("portail.files")
HEAVIEST = 100_000_000  # au-delà, les pièces suivantes se téléchargent une à une


def _mine(person: Person) -> Any:
    told = select(RequestEvent.id).where(told_to_me(person))
    return or_(col(Attachment.event_id).in_(told), col(Attachment.child_id).in_(person.health))


def place(attachment: Attachment) -> str:
    """Où est cette pièce dans l'archive."""
    return f"fichiers/pieces/{attachment.key}-{attachment.name}"


def to_read(db: Session, person: Person) -> dict[str, str]:
    """La place de chaque pièce dans l'archive, et son nom au stockage."""
    query = select(Attachment, StoredFile).join(StoredFile, col(StoredFile.id) == col(Attachment.file_id))
    weight, found = 0, {}
    for attachment, stored in db.exec(query.where(_mine(person)).order_by(col(Attachment.id).desc())):
        weight += stored.size
        if weight > HEAVIEST:
            break
        found[place(attachment)] = stored.name
    return found


def read(wanted: dict[str, str]) -> dict[str, bytes]:
    """Les octets de ces pièces ; une pièce perdue n'empêche pas d'avoir les autres."""
    bodies = {}
    for path, name in wanted.items():
        try:
            bodies[path] = stored_files.read(name)
        except MissingFileError:
            log.exception("fichier absent", extra={"attachment": path})
    return bodies


TABLES = {
    "attachment": Exported(
        Attachment,
        "pieces_jointes",
        "les pièces de vos démarches et des fiches sanitaires que vous avez le droit de voir, cent mégaoctets au plus",
        {
            "name": "nom",
            "file_id": Kept("fichier", lambda row, _: place(row)),
            "request_id": Kept("demarche", named("request_id", "requests")),
            "child_id": CHILD,
            "owner_id": Kept("envoyee_par", by_whom("owner_id")),
            "created_at": "envoyee_le",
        },
        {"id": TECHNICAL, "event_id": "dit par la date"},
        _mine,
    ),
}
