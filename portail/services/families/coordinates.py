"""« Mes coordonnées » : ce qu'un responsable corrige lui-même, foyer par foyer."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.coordinates import Address, moves_elsewhere, read_address, read_contact
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.requests import RequestKind
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.requests import Request
from portail.services import access, audit
from portail.services.accounts.account import normalise_email
from portail.services.requests import NewRequest, open_request
from portail.services.requests.opening import OPEN
from portail.views.families import Coordinates

SAVED = "Vos coordonnées sont enregistrées."
SENT = (
    "Vos coordonnées sont enregistrées. Le changement de commune part en démarche n° {number} : la mairie le vérifie."
)


def show(*, actor: Actor) -> list[Coordinates]:
    with reading() as db:
        query = (
            select(Family, Guardian)
            .join(Guardian, col(Guardian.family_id) == col(Family.id))
            .where(Guardian.account_id == actor.account_id, col(Family.status).in_(access.OPEN))
            .order_by(col(Family.name))
        )
        held = list(db.exec(query))
        waiting = _moves_waiting(db, [family.key for family, _ in held])
    return [_view(family, place, waiting.get(family.key, "")) for family, place in held]


def _moves_waiting(db: Session, family_ids: list[int]) -> dict[int | None, str]:
    query = select(Request).where(
        col(Request.family_id).in_(family_ids),
        Request.kind == RequestKind.FAMILY_CHANGE,
        col(Request.status).in_(OPEN),
    )
    return {request.family_id: request.number for request in db.exec(query)}


def _view(family: Family, place: Guardian, waiting: str) -> Coordinates:
    return Coordinates(
        family_id=family.key,
        family=family.name,
        address=family.address,
        postcode=family.postcode,
        city=family.city,
        phone=place.phone,
        home_phone=place.home_phone,
        work_phone=place.work_phone,
        other_phone=place.other_phone,
        email=place.email,
        caf_number=place.caf_number,
        invoices_by_email=place.invoices_by_email,
        invoice_email=place.invoice_email,
        can_edit=place.can_edit,
        waiting=waiting,
    )


def save(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> str:
    """La phrase qui dit ce qui est fait, et ce qui attend un agent."""
    reader = Reader(form)
    contact, after = read_contact(reader, normalise_email), read_address(reader)
    reader.check()
    with transaction() as db:
        family, place = access.my_family(db, actor, family_id, FamilyRight.EDIT)
        for name, value in asdict(contact).items():
            setattr(place, name, value)
        audit.record(db, "coordinates.saved", at=now, actor_id=actor.account_id, subject_id=family.key)
        before = Address(family.address, family.postcode, family.city)
        if not moves_elsewhere(before, after):
            family.address, family.postcode, family.city = after.address, after.postcode, after.city
            return SAVED
        content = {"before": before.as_content(), "after": after.as_content()}
        new = NewRequest(RequestKind.FAMILY_CHANGE, actor, family_id=family.key, content=content)
        return SENT.format(number=open_request(db, new, now).number)
