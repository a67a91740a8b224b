"""L'agenda d'une famille : ses vues, leurs bornes, ce qu'un jour y dit, et l'heure juste d'une séance."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portail.domain.bookings import BookingState, DayStatus
from portail.domain.dates import monday_of, months_away, wall_instant

LIST_MONTHS = 2
FARTHEST = timedelta(days=800)  # au-delà, plus rien n'est ouvert ni gardé à l'écran


class Span(StrEnum):
    """Comment l'agenda se montre."""

    MONTH = "month"
    WEEK = "week"
    LIST = "list"

    @property
    def label(self) -> str:
        return SPAN_LABELS[self]


SPAN_LABELS = {Span.MONTH: "Mois", Span.WEEK: "Semaine", Span.LIST: "Liste"}


@dataclass(frozen=True)
class Window:
    """Les jours montrés ; `first` et `last` sont ceux de la grille, qui commence un lundi."""

    span: Span
    anchor: date
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=rank) for rank in range((self.last - self.first).days + 1)]

    @property
    def previous(self) -> date:
        return _moved(self, -1)

    @property
    def next(self) -> date:
        return _moved(self, 1)


def window(span: str, day: str, today: date) -> Window:
    """La vue demandée ; une vue inconnue est celle du mois, un jour illisible ou trop lointain est aujourd'hui."""
    known = Span(span) if span in set(Span) else Span.MONTH
    asked = _read(day, today)
    if known is Span.WEEK:
        anchor = monday_of(asked)
        return Window(known, anchor, anchor, anchor + timedelta(days=6))
    if known is Span.LIST:
        return Window(known, asked, asked, months_away(asked, LIST_MONTHS) - timedelta(days=1))
    anchor = asked.replace(day=1)
    last = months_away(anchor, 1) - timedelta(days=1)
    return Window(known, anchor, monday_of(anchor), monday_of(last) + timedelta(days=6))


def _read(day: str, today: date) -> date:
    try:
        asked = date.fromisoformat(day)
    except ValueError:
        return today
    return asked if abs(asked - today) <= FARTHEST else today


def _moved(shown: Window, way: int) -> date:
    if shown.span is Span.WEEK:
        return shown.anchor + way * timedelta(days=7)
    return months_away(shown.anchor, way * (LIST_MONTHS if shown.span is Span.LIST else 1))


class Mark(StrEnum):
    """Ce qu'une ligne de l'agenda dit d'un jour."""

    BOOKED = "booked"
    PENDING = "pending"
    PRESENT = "present"
    ABSENT = "absent"
    DECLARED = "declared"
    EXCUSED = "excused"
    CLOSED = "closed"
    WAITING = "waiting"
    OFFERED = "offered"

    @property
    def label(self) -> str:
        return MARK_LABELS[self]

    @property
    def status(self) -> DayStatus:
        """La couleur et l'icône du calendrier qui lui ressemblent."""
        return MARK_STATUSES[self]


MARK_LABELS = {
    Mark.BOOKED: "Inscrit",
    Mark.PENDING: "À valider",
    Mark.PRESENT: "Présent",
    Mark.ABSENT: "Absent",
    Mark.DECLARED: "Absence déclarée",
    Mark.EXCUSED: "Absence acceptée",
    Mark.CLOSED: "N’a pas lieu",
    Mark.WAITING: "En attente",
    Mark.OFFERED: "Place proposée",
}
MARK_STATUSES = {
    Mark.BOOKED: DayStatus.BOOKED,
    Mark.PENDING: DayStatus.PENDING,
    Mark.PRESENT: DayStatus.BOOKED_LOCKED,
    Mark.ABSENT: DayStatus.CANCELLED,
    Mark.DECLARED: DayStatus.PENDING,
    Mark.EXCUSED: DayStatus.CANCELLED,
    Mark.CLOSED: DayStatus.CLOSED,
    Mark.WAITING: DayStatus.WAITLISTED,
    Mark.OFFERED: DayStatus.OPEN,
}
SHOWN: dict[BookingState, Mark] = {
    BookingState.BOOKED: Mark.BOOKED,
    BookingState.PENDING: Mark.PENDING,
    BookingState.PRESENT: Mark.PRESENT,
    BookingState.ABSENT: Mark.ABSENT,
    BookingState.EXCUSED: Mark.EXCUSED,
}


def mark_of(state: BookingState, *, is_closed: bool, is_declared: bool) -> Mark:
    """`is_declared` : une absence attend sa réponse ; `is_closed` : la séance n'a pas lieu."""
    if is_closed:
        return Mark.CLOSED
    if is_declared and state in {BookingState.BOOKED, BookingState.ABSENT}:
        return Mark.DECLARED
    return SHOWN[state]


def hours_of(day: date, starts: time, ends: time) -> tuple[datetime, datetime]:
    """Le début et la fin en instants ; la nuit du changement d'heure, une fin n'y précède jamais son début."""
    begins, over = wall_instant(day, starts), wall_instant(day, ends)
    if over <= begins:
        over = begins + (datetime.combine(day, ends) - datetime.combine(day, starts))
    return begins, over
