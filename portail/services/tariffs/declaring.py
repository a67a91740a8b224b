"""Envoyer son attestation de quotient : une démarche, avec la pièce et ce que la famille y a lu."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.quotients import typed_quotient
from portail.domain.requests import AlreadySentError, RequestKind
from portail.domain.uploads import NoFileError, Upload
from portail.models.database import reading, transaction
from portail.models.requests import Request
from portail.services import access
from portail.services.files import stored_files
from portail.services.requests.opening import OPEN, NewRequest, Said, open_request


def check_may_declare(actor: Actor, family_id: int) -> None:
    """Avant de lire un seul octet de ce qui est envoyé."""
    with reading() as db:
        access.my_family(db, actor, family_id, FamilyRight.MONEY)


def declare(
    *, actor: Actor, family_id: int, form: Mapping[str, str], now: datetime, files: Sequence[Upload] = ()
) -> str:
    """La pièce est exigée, la valeur non : d'un avis d'imposition, l'agent la calcule. Rend le numéro."""
    check_may_declare(actor, family_id)
    reader = Reader(dict(form))
    value = reader.take("value", None, lambda typed: typed_quotient(typed) if typed.strip() else None)
    note = reader.note("text", "Un mot au service")
    reader.check()
    if not files:
        raise NoFileError
    with stored_files.received(files, now) as kept, transaction() as db:
        family, _ = access.my_family(db, actor, family_id, FamilyRight.MONEY)
        said = Said(note, files=tuple(kept))
        new = NewRequest(RequestKind.QUOTIENT, actor, family.key, None, {"value": value}, said)
        request = open_request(db, new, now)  # les envois du même instant s'y suivent
        other = waiting(db, family.key, but=request.key)
        if other is not None:
            raise AlreadySentError(other.number)
        return request.number


def waiting(db: Session, family_id: int, *, but: int = 0) -> Request | None:
    """Celle de ce foyer qui attend encore une réponse."""
    query = select(Request).where(
        Request.kind == RequestKind.QUOTIENT,
        Request.family_id == family_id,
        col(Request.status).in_(OPEN),
        col(Request.id) != but,
    )
    return db.exec(query.order_by(col(Request.id))).first()
