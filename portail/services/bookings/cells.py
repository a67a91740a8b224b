"""Une séance jugée devient une case du calendrier : son mot, son nom accessible, ce que la cocher demande."""

from functools import lru_cache

from portail.domain.bookings import DayStatus, Intent
from portail.domain.money import euros
from portail.domain.why_not import Reason, desk_link
from portail.services.bookings import places
from portail.services.bookings.judging import Judged
from portail.views import wording
from portail.views.bookings import Cell

# Le mot écrit sur un jour où rien ne se peut ; la phrase entière vient quand on demande pourquoi.
CLOSED_WORDS = {
    Reason.PAST: "Passé",
    Reason.LATE_REFUSED: "Trop tard",
    Reason.TOO_EARLY: "Pas encore",
    Reason.NOT_OPEN_CAMPAIGN: "Pas encore",
    Reason.NOT_MY_DAY: "Autre foyer",
    Reason.NOT_ENROLLED: "Non inscrit",
    Reason.HEALTH_INCOMPLETE: "À compléter",
    Reason.DOCUMENT_MISSING: "À compléter",
    Reason.INCOMPATIBLE: "Autre séance",
}
_PRICED = frozenset({DayStatus.OPEN, DayStatus.LATE})


def cell(judged: Judged, *, shows_child: bool, shows_part: bool, overrides: bool = False) -> Cell:
    """`overrides` : devant un agent, ce qui peut se passer outre se coche aussi."""
    verdict, gesture = judged.verdict, (judged.overridden if overrides else None) or judged.gesture
    part = judged.offering.name if shows_part else ""
    child = judged.guest.child.first_name if shows_child else ""
    full = verdict.status is DayStatus.FULL
    return Cell(
        key=judged.key,
        slot=judged.slot.key,
        day=judged.slot.day.isoformat(),
        child=child,
        color=judged.guest.color if shows_child else "",
        part=part,
        name=", ".join(filter(None, [wording.full_day(judged.slot.day), *_state(judged), part, child])),
        status=verdict.status.value,
        word=_word(judged),
        gesture=gesture.value if gesture else "",
        cents=_cents(judged, gesture),
        price=euros(judged.price.cents) if full else "",
        price_cents=judged.price.cents if full else 0,
        places=places_left(judged),
        why=verdict.why.sentence if verdict.why else "",
        next_step=verdict.why.next_step if verdict.why else "",
        link=_link(judged, overrides=overrides),
    )


def _link(judged: Judged, *, overrides: bool) -> str:
    """Où lever ce qui empêche : chez le parent, ou chez l'agent."""
    link = judged.verdict.why.link if judged.verdict.why else ""
    return desk_link(link, judged.guest.family.key) if overrides else link


def places_left(judged: Judged) -> int:
    slot = judged.slot
    return places.places_left(slot.capacity - slot.taken, is_awaited=slot.waiting > 0, is_closed=bool(slot.closed_why))


def _cents(judged: Judged, gesture: Intent | None) -> int:
    if gesture is Intent.ADD:
        return judged.price.cents
    if gesture is Intent.REMOVE and judged.booking is not None and judged.booking.is_paid:
        return -judged.booking.price_cents
    return 0


def _word(judged: Judged) -> str:
    status = judged.verdict.status
    if status in _PRICED:
        return euros(judged.price.cents)
    if status is DayStatus.WAITLISTED:
        return f"Attente n°\u00a0{judged.position}" if judged.position else "Place proposée"
    if status is DayStatus.CLOSED and judged.verdict.why:
        return CLOSED_WORDS.get(judged.verdict.why.reason, status.label)
    return status.label


def _state(judged: Judged) -> list[str]:
    """« réservable », « 3,20 € », « 4 places »."""
    verdict = judged.verdict
    said = [_legend(verdict.status)]
    if verdict.status is DayStatus.WAITLISTED:
        said.append(f"n°\u00a0{judged.position}" if judged.position else "place proposée")
    if verdict.can_add:
        said += [euros(judged.price.cents), wording.count(places_left(judged), "place", "places")]
    if verdict.status is DayStatus.BOOKED and verdict.cancel_until:
        said.append(f"jusqu’au {wording.instant(verdict.cancel_until)}")
    return said


@lru_cache
def _legend(status: DayStatus) -> str:
    return wording.uncapitalised("Non réservable" if status is DayStatus.CLOSED else status.legend)
