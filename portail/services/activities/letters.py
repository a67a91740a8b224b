"""Le courriel aux familles dont la mairie annule des séances : lesquelles, pourquoi, et ce qui leur est rendu."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session

from portail.domain.dates import full_stop
from portail.domain.money import euros
from portail.models.activities import Activity, Slot
from portail.models.bookings import Booking
from portail.models.families import Child
from portail.services.mails import outbox, readers
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording

Lost = tuple[Booking, Slot, Child]


def tell_cancelled(db: Session, activity: Activity, lost: Collection[Lost], why: str, now: datetime) -> None:
    """Un courriel par adulte qui peut réserver, avec les séances de son dossier."""
    for family_id in sorted({booking.family_id for booking, _, _ in lost}):
        message = _message(activity, [one for one in lost if one[0].family_id == family_id], why)
        for adult in readers.adults(db, family_id):
            outbox.add(db, adult.email, message, now)


def _message(activity: Activity, lost: list[Lost], why: str) -> Message:
    days = [f"{child.first_name}, {wording.day_without_year(slot.day)}" for _, slot, child in lost]
    refund = sum(booking.price_cents for booking, _, _ in lost if booking.is_paid)
    paragraphs = [
        f"La mairie annule ces séances de {activity.title} : {' ; '.join(days)}.",
        full_stop(f"Raison : {why}"),
        f"{euros(refund)} reviennent sur votre porte-monnaie." if refund else "Elles ne vous seront pas facturées.",
    ]
    return Message(
        subject=f"Séances annulées : {activity.title}",
        paragraphs=tuple(paragraphs),
        action="Voir le calendrier",
        url=f"{current().site_url}/reservations/{activity.key}",
    )
