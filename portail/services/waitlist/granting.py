"""La place donnée à qui attendait : réservée comme n'importe quelle autre, aux conditions du moment."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.refusals import RefusalError
from portail.domain.why_not import NotBookableError, Reason
from portail.models.bookings import Booking, WaitlistEntry
from portail.services.bookings import booking
from portail.services.bookings.booking import Placing
from portail.services.wallet import InactiveWalletError, NotEnoughMoneyError

MENDABLE = frozenset({Reason.HEALTH_INCOMPLETE, Reason.DOCUMENT_MISSING, Reason.WALLET_INACTIVE, Reason.WALLET_SHORT})


def grant(db: Session, entry: WaitlistEntry, now: datetime) -> Booking:
    """La place est déjà tenue : juger, fixer le prix, débiter ; un refus est une exception."""
    return booking.place(db, Placing(entry.slot_id, entry.child_id, entry.family_id, entry.author_id), now)


def why_not(db: Session, entry: WaitlistEntry, now: datetime) -> RefusalError | None:
    """Ce qui empêcherait de donner cette place maintenant ; essayé pour de vrai, puis défait."""
    attempt = db.begin_nested()
    try:
        grant(db, entry, now)
    except RefusalError as refusal:
        return refusal
    finally:
        attempt.rollback()
    return None


def can_be_mended(refusal: RefusalError) -> bool:
    """La famille peut-elle y remédier avant d'accepter la place ?"""
    if isinstance(refusal, NotBookableError):
        return refusal.why.reason in MENDABLE
    return isinstance(refusal, InactiveWalletError | NotEnoughMoneyError)
