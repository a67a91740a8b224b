"""Une réservation : ses états, ce qu'un jour montre au calendrier, et ce qu'un parent peut vouloir."""

from enum import StrEnum

from portail.domain.refusals import RefusalError


class BookingState(StrEnum):
    BOOKED = "booked"
    PENDING = "pending"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    BookingState.BOOKED: "Réservé",
    BookingState.PENDING: "À valider",
    BookingState.CANCELLED: "Annulé",
    BookingState.REFUSED: "Refusé",
    BookingState.PRESENT: "Présent",
    BookingState.ABSENT: "Absent",
    BookingState.EXCUSED: "Absence excusée",
}

ATTENDANCE = frozenset({BookingState.PRESENT, BookingState.ABSENT, BookingState.EXCUSED})
# Un pointage se corrige ; un jour annulé ou refusé se réserve de nouveau.
TRANSITIONS: dict[BookingState, frozenset[BookingState]] = {
    BookingState.BOOKED: frozenset({BookingState.CANCELLED}) | ATTENDANCE,
    BookingState.PENDING: frozenset({BookingState.BOOKED, BookingState.REFUSED, BookingState.CANCELLED}),
    BookingState.CANCELLED: frozenset({BookingState.BOOKED, BookingState.PENDING}),
    BookingState.REFUSED: frozenset({BookingState.BOOKED, BookingState.PENDING}),
    BookingState.PRESENT: frozenset({BookingState.BOOKED, BookingState.ABSENT, BookingState.EXCUSED}),
    BookingState.ABSENT: frozenset({BookingState.BOOKED, BookingState.PRESENT, BookingState.EXCUSED}),
    BookingState.EXCUSED: frozenset({BookingState.BOOKED, BookingState.PRESENT, BookingState.ABSENT}),
}


HOLDING = tuple(state for state in BookingState if state not in {BookingState.CANCELLED, BookingState.REFUSED})


def holds_place(state: BookingState) -> bool:
    """Une réservation à valider tient déjà sa place ; un pointage ne la rend pas."""
    return state in HOLDING


def check_transition(before: BookingState, after: BookingState) -> None:
    if after not in TRANSITIONS[before]:
        raise RefusalError(f"Une réservation « {before.label} » ne peut pas devenir « {after.label} ».")


class DayStatus(StrEnum):
    """Ce que montre un jour : la valeur est celle de `data-status`."""

    BOOKED = "booked"
    BOOKED_LOCKED = "booked_locked"
    OPEN = "open"
    LATE = "late"
    CANCELLED = "cancelled"
    FULL = "full"
    WAITLISTED = "waitlisted"
    PENDING = "pending"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """Le mot écrit sur le jour."""
        return DAY_LABELS[self]

    @property
    def icon(self) -> str:
        return DAY_ICONS[self]

    @property
    def legend(self) -> str:
        return DAY_LEGENDS[self]


DAY_LABELS = {
    DayStatus.BOOKED: "Inscrit",
    DayStatus.BOOKED_LOCKED: "Inscrit",
    DayStatus.OPEN: "Libre",
    DayStatus.LATE: "Majoré",
    DayStatus.CANCELLED: "Annulé",
    DayStatus.FULL: "Complet",
    DayStatus.WAITLISTED: "Attente",
    DayStatus.PENDING: "À valider",
    DayStatus.CLOSED: "Fermé",
}
DAY_ICONS = {
    DayStatus.BOOKED: "check",
    DayStatus.BOOKED_LOCKED: "lock",
    DayStatus.OPEN: "plus-circle",
    DayStatus.LATE: "clock-alert",
    DayStatus.CANCELLED: "rotate-ccw",
    DayStatus.FULL: "users",
    DayStatus.WAITLISTED: "list-ordered",
    DayStatus.PENDING: "hourglass",
    DayStatus.CLOSED: "help",
}
DAY_LEGENDS = {
    DayStatus.BOOKED: "Inscrit, annulation possible",
    DayStatus.BOOKED_LOCKED: "Inscrit, annulation impossible",
    DayStatus.OPEN: "Réservable",
    DayStatus.LATE: "Hors délais, inscription majorée",
    DayStatus.CANCELLED: "Annulé, sans majoration",
    DayStatus.FULL: "Complet",
    DayStatus.WAITLISTED: "Liste d’attente",
    DayStatus.PENDING: "Soumis à validation",
    DayStatus.CLOSED: "Non réservable : le jour dit pourquoi",
}


class Intent(StrEnum):
    """Ce qu'un parent demande pour un jour."""

    ADD = "add"
    REMOVE = "remove"
    WAIT = "wait"
    LEAVE = "leave"

    @property
    def label(self) -> str:
        return INTENT_LABELS[self]


INTENT_LABELS = {
    Intent.ADD: "Réserver",
    Intent.REMOVE: "Annuler",
    Intent.WAIT: "Rejoindre la liste d’attente",
    Intent.LEAVE: "Quitter la liste d’attente",
}
