"""Les contacts d'un enfant : dix au plus, chacun à sa place."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.health import MOST_CONTACTS, Part, check_contact_room
from portail.domain.health_forms import clean_contact
from portail.domain.refusals import NotOpenError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.health import HealthContact
from portail.services import access
from portail.services.health.records import Edit, check_fresh, locked, touch


def save(*, actor: Actor, edit: Edit, contact_id: int, form: dict[str, Any], now: datetime) -> None:
    """Change ce contact, ou en ajoute un si `contact_id` est 0 ; un ajout n'écrase rien et passe toujours."""
    cleaned = clean_contact(form)
    with transaction() as db:
        access.my_child(db, actor, edit.child_id, FamilyRight.HEALTH)
        row = locked(db, edit.child_id, now)
        if contact_id:
            contact = _found(db, edit.child_id, contact_id)
            check_fresh(db, row, Part.CONTACTS, edit.version)
            for name, value in vars(cleaned).items():
                setattr(contact, name, value)
        else:
            place = _free_place(db, edit.child_id)
            db.add(HealthContact(child_id=edit.child_id, position=place, **vars(cleaned)))
        touch(db, row, Part.CONTACTS, actor, now)


def remove(*, actor: Actor, edit: Edit, contact_id: int, now: datetime) -> None:
    with transaction() as db:
        access.my_child(db, actor, edit.child_id, FamilyRight.HEALTH)
        row = locked(db, edit.child_id, now)
        db.delete(_found(db, edit.child_id, contact_id))
        touch(db, row, Part.CONTACTS, actor, now)


def _found(db: Session, child_id: int, contact_id: int) -> HealthContact:
    contact = db.get(HealthContact, contact_id) if is_key(contact_id) else None
    if contact is None or contact.child_id != child_id:
        raise NotOpenError
    return contact


def _free_place(db: Session, child_id: int) -> int:
    query = select(HealthContact.position).where(HealthContact.child_id == child_id)
    taken = set(db.exec(query.order_by(col(HealthContact.position))))
    check_contact_room(len(taken))
    return next(place for place in range(MOST_CONTACTS) if place not in taken)
