"""La semaine type face à ce qui est réservé : à ajouter, déjà là, à retirer, impossible. Rien n'est écrit ici."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain import why_not
from portail.domain.bookings import BookingState, Intent, holds_place
from portail.domain.forms import FormRefusedError
from portail.domain.selection import MOST, Choice
from portail.domain.town_calendar import why_closed
from portail.domain.weekly import Mode, Wish
from portail.domain.why_not import WhyNot
from portail.models.activities import Offering, Slot
from portail.services.bookings.facts import Desk, Facts, Guest, detached, gather, guests_of
from portail.services.bookings.judging import Judge, Judged
from portail.services.bookings.plan import Plan, make_plan
from portail.services.bookings.sheet import open_sheet
from portail.views import wording

NOT_YET_OPEN = "Les réservations de ces jours ne sont pas encore ouvertes."


@dataclass(frozen=True)
class Fate:
    """Un jour d'une séance pour un enfant, et ce qu'il en advient ; `child` vide : pour tous."""

    day: date
    part: str
    child: str = ""
    why: WhyNot | None = None
    cents: int = 0


@dataclass
class Diff:
    """Ce qui changerait, activité par activité, et ce qui ne changerait pas."""

    wish: Wish
    plans: list[Plan] = field(default_factory=list)
    already: list[Fate] = field(default_factory=list)
    kept: list[Fate] = field(default_factory=list)  # ce qui devrait être retiré et ne peut plus l'être
    skipped: list[Fate] = field(default_factory=list)
    closed: list[Fate] = field(default_factory=list)  # aucune séance ce jour-là

    def judged(self, intent: Intent) -> list[Judged]:
        return [one for plan in self.plans for one in plan.done[intent]]

    @property
    def is_empty(self) -> bool:
        return all(plan.is_empty for plan in self.plans)

    @property
    def cost_cents(self) -> int:
        return sum(plan.cost_cents for plan in self.plans)

    @property
    def debit_cents(self) -> int:
        return sum(plan.debit_cents for plan in self.plans)

    @property
    def refund_cents(self) -> int:
        return sum(plan.refund_cents for plan in self.plans)

    @property
    def size(self) -> tuple[int, int, int]:
        """Ce que la personne accepte en confirmant : autant d'ajouts, autant de retraits, à ce prix."""
        return len(self.judged(Intent.ADD)), len(self.judged(Intent.REMOVE)), self.cost_cents


def compare(db: Session, desk: Desk, wish: Wish, now: datetime, lost: frozenset[int] = frozenset()) -> Diff:
    """Une lecture par activité et par sujet, quel que soit le nombre de jours ; les retraits libèrent leurs heures."""
    diff = Diff(wish)
    every = [_Sorting(facts, diff, now) for facts in _gathered(db, desk, wish, now)]
    _share_hours([one.facts for one in every])
    for one in every:
        one.sort()
    if sum(len(one.choices) for one in every) > MOST:
        raise FormRefusedError({"au": "Cette demande est trop grande : faites-la en plusieurs fois."})
    for one in every:
        plan = make_plan(one.facts, one.choices, now, lost)
        diff.plans.append(plan)
        diff.skipped += [one.fate(refused.choice, refused.why) for refused in plan.refused]
    return diff


def _gathered(db: Session, desk: Desk, wish: Wish, now: datetime) -> list[Facts]:
    query = select(Offering.id, Offering.activity_id).where(col(Offering.id).in_(list(wish.week)))
    offerings: dict[int, list[int]] = defaultdict(list)
    for key, activity_id in db.exec(query):
        offerings[activity_id].append(key or 0)
    if sum(map(len, offerings.values())) != len(wish.week):
        raise FormRefusedError({"jours": "Une de ces séances n’est plus proposée : rechargez la page."})
    return [_facts(db, desk, wish, now, (key, wanted)) for key, wanted in sorted(offerings.items())]


def _facts(db: Session, desk: Desk, wish: Wish, now: datetime, wanted: tuple[int, list[int]]) -> Facts:
    sheet = open_sheet(db, wanted[0])
    guests = guests_of(db, desk, sheet.key)
    shown = {key: guests[key] for key in wish.children if key in guests}
    if len(shown) != len(wish.children):
        raise FormRefusedError({"enfants": "Un de ces enfants n’est pas dans votre dossier : rechargez la page."})
    _check_one_family(list(shown.values()))
    query = select(Slot).where(
        col(Slot.offering_id).in_(wanted[1]), col(Slot.day).between(max(wish.first, _today(now)), wish.last)
    )
    ordered = query.order_by(col(Slot.day), col(Slot.id))
    return gather(db, sheet, shown, detached(db, ordered), now)


def _check_one_family(guests: list[Guest]) -> None:
    """Une validation est celle d'un foyer, de son porte-monnaie et de ses factures."""
    stranger = next((one for one in guests if one.family.key != guests[0].family.key), None)
    if stranger is not None:
        why = why_not.other_family(stranger.child.first_name)
        raise FormRefusedError({"enfants": f"{why.sentence} {why.next_step}"})


def _share_hours(every: list[Facts]) -> None:
    """Les heures prises sont les mêmes pour toutes les activités : ce que l'une prend, l'autre ne l'a plus."""
    shared: dict[Any, list[Any]] = defaultdict(list)
    for facts in every:
        for key, taken in facts.busy.items():
            shared[key] += [one for one in taken if one not in shared[key]]
    for facts in every:
        facts.busy = shared


def _today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()


class _Sorting:
    """Les gestes d'une activité : chaque jour de la période va d'un côté ou de l'autre."""

    def __init__(self, facts: Facts, diff: Diff, now: datetime) -> None:
        self.facts, self.diff, self.wish = facts, diff, diff.wish
        self.judge = Judge(facts, now)
        self.choices: list[Choice] = []
        today = _today(now)
        mine = [key for key in self.wish.week if key in facts.sheet.offerings]
        self.wanted = {key: {day for day in self.wish.days_of(key) if day >= today} for key in mine}

    def sort(self) -> None:
        open_days = defaultdict(set)
        for slot in self.facts.slots.values():
            open_days[slot.offering_id].add(slot.day)
            for child_id in self.facts.guests:
                self._sort_one(slot, child_id)
        for key, days in self.wanted.items():
            self._note_closed(key, days - open_days[key])

    def fate(self, choice: Choice, why: WhyNot | None) -> Fate:
        slot = self.facts.slots[choice.slot_id]
        return self._fate(slot, choice.child_id, why)

    def _sort_one(self, slot: Slot, child_id: int) -> None:
        booking = self.facts.bookings.get((slot.key, child_id))
        is_held = booking is not None and holds_place(BookingState(booking.state))
        if slot.day in self.wanted[slot.offering_id]:
            if is_held:
                self.diff.already.append(self._fate(slot, child_id, None))
            elif not self._goes_elsewhere(slot, child_id):
                self.choices.append(Choice(slot.key, child_id, Intent.ADD))
        elif is_held and self.wish.mode is Mode.REPLACE:
            self._remove(slot, child_id)

    def _remove(self, slot: Slot, child_id: int) -> None:
        judged = self.judge.judged(slot, child_id)
        if judged.gesture is not Intent.REMOVE:
            self.diff.kept.append(self._fate(slot, child_id, judged.why_not(Intent.REMOVE)))
            return
        self.choices.append(Choice(slot.key, child_id, Intent.REMOVE))
        busy = self.facts.busy[child_id, slot.day]
        busy[:] = [one for one in busy if one.slot_id != slot.key]

    def _goes_elsewhere(self, slot: Slot, child_id: int) -> bool:
        """Une autre tranche d'âge, demandée elle aussi, est la sienne : celle-ci n'est pas un refus."""
        if self.judge.suits(slot, child_id):
            return False
        twins = (one for one in self.facts.slots.values() if one.day == slot.day and one.key != slot.key)
        return any(self.judge.suits(one, child_id) and one.day in self.wanted[one.offering_id] for one in twins)

    def _note_closed(self, offering_id: int, days: Iterable[date]) -> None:
        sheet = self.facts.sheet
        weekdays = sheet.offerings[offering_id].weekdays
        for day in sorted(days):
            said = why_closed(sheet.calendar, sheet.kinds, weekdays, day)
            why = why_not.closed(said or NOT_YET_OPEN)
            self.diff.closed.append(Fate(day, self._part(offering_id), why=why))

    def _fate(self, slot: Slot, child_id: int, why: WhyNot | None) -> Fate:
        name = self.facts.guests[child_id].child.first_name
        return Fate(slot.day, self._part(slot.offering_id), name, why)

    def _part(self, offering_id: int) -> str:
        return part_name(self.facts, offering_id)


def part_name(facts: Facts, offering_id: int) -> str:
    """« Cantine · Jean-Macé », et la séance quand la journée en compte plusieurs."""
    sheet = facts.sheet
    offering = sheet.offerings[offering_id]
    return f"{sheet.activity.title} · {offering.name}" if len(sheet.offerings) > 1 else sheet.activity.title
