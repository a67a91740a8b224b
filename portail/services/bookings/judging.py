"""Juger chaque séance pour chaque enfant, avec son prix : la même réponse au parent et à l'agent."""

from dataclasses import dataclass
from datetime import date, datetime

from portail.domain import campaigns, why_not
from portail.domain.activities import EnrolmentMode, EnrolmentState
from portail.domain.adjustments import Timing
from portail.domain.bookability import ChildFacts, Offer, Standing, Verdict, judge
from portail.domain.bookings import BookingState, DayStatus, Intent, holds_place
from portail.domain.custody import whose_day
from portail.domain.families import age_on
from portail.domain.siblings import rank_on
from portail.domain.tariffs import NoTariffError, Payer, Price, price
from portail.domain.why_not import WhyNot
from portail.models.activities import Offering, Slot
from portail.models.bookings import Booking
from portail.services.bookings.facts import Busy, Facts, Guest
from portail.services.bookings.sheet import Sheet
from portail.services.tariffs import is_resident, quotient_on


@dataclass(frozen=True)
class Judged:
    """Une séance pour un enfant : ce qu'on peut en faire, et à quel prix."""

    slot: Slot
    offering: Offering
    guest: Guest
    verdict: Verdict
    price: Price
    booking: Booking | None
    position: int | None

    @property
    def key(self) -> str:
        return f"{self.slot.key}.{self.guest.child.key}"

    @property
    def gesture(self) -> Intent | None:
        """Ce que cocher cette case demande."""
        if self.verdict.can_add:
            return Intent.ADD
        if self.verdict.can_remove:
            return Intent.LEAVE if self.position is not None else Intent.REMOVE
        return Intent.WAIT if self.verdict.can_wait else None

    @property
    def overridden(self) -> Intent | None:
        """Ce qu'un agent peut demander là où un parent ne peut rien, ou seulement attendre."""
        why = self.verdict.why
        if self.gesture not in {None, Intent.WAIT} or why is None or not why.is_overridable:
            return None
        is_held = self.booking is not None and holds_place(BookingState(self.booking.state))
        return Intent.REMOVE if is_held else Intent.ADD

    def why_not(self, intent: Intent) -> WhyNot | None:
        """Pourquoi ce geste n'est pas possible maintenant ; rien s'il l'est."""
        if self.gesture is intent:
            return None
        first_name, is_held = self.guest.child.first_name, self.booking is not None and self.verdict.can_remove
        if intent is Intent.ADD and (is_held or self.gesture is Intent.REMOVE):
            return why_not.already_booked(first_name)
        if intent is Intent.REMOVE and (self.booking is None or self.position is not None or self.verdict.can_add):
            return why_not.not_booked(first_name)
        if intent is Intent.LEAVE:
            return why_not.not_waiting(first_name)
        if intent is Intent.WAIT and self.verdict.can_add:
            return why_not.no_waitlist(places_left=True)
        return self.verdict.why or why_not.unknown_slot()


class Judge:
    """Juge les séances d'une fiche ; ce qui ne dépend que de l'enfant ou de la formule n'est préparé qu'une fois."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.facts, self.now = facts, now
        self._children: dict[tuple[int, tuple[str, ...]], ChildFacts] = {}

    def judged(self, slot: Slot, child_id: int) -> Judged:
        facts, guest = self.facts, self.facts.guests[child_id]
        offering = facts.offering(slot)
        booking = facts.bookings.get((slot.key, child_id))
        position = facts.waits.get((slot.key, child_id))
        opens_at = campaigns.opens_for(facts.sheet.campaigns, slot.day, is_resident=is_resident(guest.family))
        verdict = judge(
            offer_of(facts.sheet, offering, slot),
            self._child(guest, slot.day),
            self._standing(slot, offering, guest, booking),
            self.now,
            facts.sheet.calendar,
            campaign_opens_at=opens_at,
        )
        try:
            cost = price_of(facts.sheet, offering, guest, slot.day, is_late=verdict.is_late)
        except NoTariffError:  # sans prix, rien ne se réserve
            cost, verdict = Price(), unpriced(verdict)
        return Judged(slot, offering, guest, verdict, cost, booking, position)

    def suits(self, slot: Slot, child_id: int) -> bool:
        """La tranche d'âge de cette formule convient-elle à l'enfant ce jour-là ?"""
        offering, child = self.facts.offering(slot), self.facts.guests[child_id].child
        return offering.min_age <= age_on(child.birth_date, slot.day) <= offering.max_age

    def _child(self, guest: Guest, day: date) -> ChildFacts:
        """Les documents dépendent du jour : l'un peut finir de valoir au milieu du mois."""
        child = guest.child
        missing = tuple(self.facts.papers.missing(child.key, guest.family.key, day))
        if (child.key, missing) not in self._children:
            self._children[child.key, missing] = ChildFacts(
                first_name=child.first_name,
                birth_date=child.birth_date,
                level=child.level,
                school_id=child.school_id,
                is_enrolled=guest.enrolment == EnrolmentState.ACCEPTED,
                is_enrolment_waiting=guest.enrolment == EnrolmentState.SUBMITTED,
                missing_health=self.facts.health.get(child.key, ()),
                missing_documents=missing,
                child_url=f"/dossier/enfants/{child.key}",
            )
        return self._children[child.key, missing]

    def _standing(self, slot: Slot, offering: Offering, guest: Guest, booking: Booking | None) -> Standing:
        child_id = guest.child.key
        custody = self.facts.custodies.get(child_id)
        home = whose_day(custody, slot.day) if custody else None
        elsewhere = booking is not None and booking.family_id != guest.family.key
        return Standing(
            booking_state=BookingState(booking.state) if booking else None,
            waitlist_position=self.facts.waits.get((slot.key, child_id)),
            is_mine_that_day=None if home is None else home == guest.family.key,
            overlapping=overlapping(self.facts.busy.get((child_id, slot.day), []), slot, offering),
            may_book=guest.may_book and not elsewhere,
        )


def unpriced(verdict: Verdict) -> Verdict:
    if not (verdict.can_add or verdict.can_wait):
        return verdict
    return Verdict(DayStatus.CLOSED, why_not.no_rule())


def overlapping(busy: list[Busy], slot: Slot, offering: Offering) -> str:
    """Le nom de ce que l'enfant a déjà à ces heures-là."""
    taken = (
        one.title
        for one in busy
        if one.slot_id != slot.key and one.starts < offering.ends_at and offering.starts_at < one.ends
    )
    return next(taken, "")


def offer_of(sheet: Sheet, offering: Offering, slot: Slot) -> Offer:
    activity = sheet.activity
    return Offer(
        slot_id=slot.key,
        day=slot.day,
        starts=offering.starts_at,
        ends=offering.ends_at,
        capacity=slot.capacity,
        taken=slot.capacity if slot.waiting else slot.taken,  # qui attend passe avant qui arrive
        waiting=slot.waiting,
        is_closed=bool(slot.closed_why or activity.closed_at or offering.closed_at),
        closed_why=slot.closed_why,
        rules=sheet.rules,
        min_age=offering.min_age,
        max_age=offering.max_age,
        levels=frozenset(activity.levels),
        schools=frozenset(activity.school_ids),
        school_names=sheet.school_names,
        needs_enrolment=activity.enrolment_mode != EnrolmentMode.NONE,
        needs_health=activity.needs_health,
        has_waitlist=sheet.has_waitlist,
    )


def price_of(sheet: Sheet, offering: Offering, guest: Guest, day: date, *, is_late: bool) -> Price:
    payer = Payer(quotient_on(guest.quotients, day), is_resident(guest.family), rank_on(guest.elders, day))
    return price(sheet.grids[offering.tariff_id], day, payer, Timing.LATE if is_late else Timing.IN_TIME)
