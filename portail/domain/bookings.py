"""Une réservation : ses états et leurs passages."""

from enum import StrEnum


class BookingState(StrEnum):
    BOOKED = "booked"
    PENDING = "pending"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


HOLDING = (BookingState.BOOKED, BookingState.PENDING, BookingState.PRESENT, BookingState.ABSENT)
