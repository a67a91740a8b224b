"""Les réservations que la mairie doit valider ont chacune leur démarche."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.models.bookings import Booking, BookingBatch
from portail.services.validations import following


def load(db: Session, now: datetime) -> None:
    waiting = select(Booking.batch_id).where(Booking.state == BookingState.PENDING)
    query = select(BookingBatch).where(col(BookingBatch.id).in_(waiting), col(BookingBatch.author_id).is_not(None))
    for batch in db.exec(query.order_by(col(BookingBatch.id))).all():
        following.follow(db, Actor(batch.author_id or 0, Role.PARENT, 0, ""), batch, now)
