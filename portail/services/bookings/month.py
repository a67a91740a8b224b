"""Un mois (ou une semaine) du calendrier d'une activité, pour un enfant ou pour tous."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from portail.domain.accounts import Actor
from portail.domain.bookings import DayStatus
from portail.domain.refusals import NotOpenError
from portail.domain.town_calendar import why_closed
from portail.domain.why_not import Reason
from portail.models.activities import Slot
from portail.models.database import reading
from portail.services.bookings.cells import CLOSED_WORDS, cell
from portail.services.bookings.facts import Desk, Facts, Guest, gather, guests_of, slots_between
from portail.services.bookings.judging import Judge, Judged
from portail.services.bookings.sheet import open_sheet
from portail.views import wording
from portail.views.bookings import Cell, Day, Month
from portail.views.home import ChildChip

ONE_DAY = timedelta(days=1)
WEEK = 7
AHEAD_MONTHS = 14
WEEKDAYS = ("Lun.", "Mar.", "Mer.", "Jeu.", "Ven.", "Sam.", "Dim.")
# Ce qui bloque tous les jours à la fois se dit une fois, en haut de la page.
GENERAL = frozenset(
    {
        *(Reason.WRONG_AGE, Reason.WRONG_LEVEL, Reason.WRONG_SCHOOL, Reason.NO_RIGHT, Reason.NOT_ENROLLED),
        *(Reason.HEALTH_INCOMPLETE, Reason.DOCUMENT_MISSING, Reason.NOT_OPEN_CAMPAIGN),
    }
)


@dataclass(frozen=True)
class Asked:
    """Ce que l'on veut voir : `child_id` zéro pour tous ; un mois vide ou illisible est celui d'aujourd'hui."""

    child_id: int = 0
    month: str = ""
    span: str = "month"


def show(*, actor: Actor, activity_id: int, asked: Asked, now: datetime, family_id: int = 0) -> Month:
    """Le calendrier de la personne ou, pour un agent, celui d'un dossier."""
    today = now.astimezone(wording.PARIS).date()
    first, last = _period(asked.month, asked.span, today)
    desk = Desk(actor, family_id)
    with reading() as db:
        sheet = open_sheet(db, activity_id)
        guests = guests_of(db, desk, sheet.key)
        if not guests and not desk.is_for_family:
            raise NotOpenError
        shown = {key: guest for key, guest in guests.items() if asked.child_id in (0, key)} or guests
        facts = gather(db, sheet, shown, slots_between(db, sheet.key, first, last), now)
        facts.desk_family_id = desk.family_id
    return replace(_Drawing(facts, guests, now, (first, last), asked.span).month(), family=desk.family_id)


def _period(month: str, span: str, today: date) -> tuple[date, date]:
    day = _read(month) or today
    earliest, latest = today.replace(day=1) - 400 * ONE_DAY, today + 31 * AHEAD_MONTHS * ONE_DAY
    day = min(max(day, earliest), latest)
    if span == "week":
        monday = day - day.weekday() * ONE_DAY
        return monday, monday + 6 * ONE_DAY
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _read(month: str) -> date | None:
    try:
        return date.fromisoformat(month if len(month) > 7 else f"{month}-01")  # noqa: PLR2004 — « 2026-12 »
    except ValueError:
        return None


class _Drawing:
    """La page, d'un seul trait : les faits sont lus, il ne reste qu'à juger et à dire."""

    def __init__(
        self, facts: Facts, family: dict[int, Guest], now: datetime, period: tuple[date, date], span: str
    ) -> None:
        self.facts, self.family, self.now, self.span = facts, family, now, span
        self.first, self.last = period
        self.today = now.astimezone(wording.PARIS).date()
        self.judge = Judge(facts, now)
        self.by_day: dict[date, list[Slot]] = defaultdict(list)
        for slot in facts.slots.values():
            self.by_day[slot.day].append(slot)
        self.judged = {day: self._judged(slots) for day, slots in self.by_day.items()}

    def month(self) -> Month:
        sheet, shown = self.facts.sheet, self.facts.guests
        seven = any(day.weekday() > 4 for day in self.judged)  # noqa: PLR2004 — samedi, dimanche
        notice = self._notice()
        wallet = next((guest.wallet for guest in shown.values() if guest.wallet), None)
        return Month(
            activity=sheet.key,
            title=sheet.activity.title,
            label=self._label(),
            month=f"{self.first:%Y-%m-%d}" if self.span == "week" else f"{self.first:%Y-%m}",
            span="week" if self.span == "week" else "month",
            previous=self._neighbour(-1),
            next=self._neighbour(1),
            weekdays=list(WEEKDAYS[: WEEK if seven else 5]),
            days=self._days(WEEK if seven else 5),
            children=[_chip(guest) for guest in self.family.values()],
            chosen=next(iter(shown)) if len(shown) == 1 else 0,
            notice=notice[0],
            notice_step=notice[1],
            notice_link=notice[2],
            is_prepaid=sheet.activity.is_prepaid,
            balance_cents=wallet.balance_cents if wallet else 0,
            rules=self._rules(),
        )

    def _judged(self, slots: list[Slot]) -> list[Judged]:
        """Par enfant, les formules de son âge ; à défaut la première, qui dira pourquoi."""
        found: list[Judged] = []
        for child_id in self.facts.guests:
            suited = [
                slot
                for slot in slots
                if self.judge.suits(slot, child_id) or (slot.key, child_id) in self.facts.bookings
            ]
            found += [self.judge.judged(slot, child_id) for slot in suited or slots[:1]]
        return found

    def _days(self, columns: int) -> list[Day]:
        """Des semaines entières ; les jours hors du mois restent vides."""
        start = self.first - self.first.weekday() * ONE_DAY
        end = self.last + (6 - self.last.weekday()) * ONE_DAY
        every = [start + rank * ONE_DAY for rank in range((end - start).days + 1)]
        days = [self._day(day) for day in every if day.weekday() < columns]
        weeks = [days[rank : rank + columns] for rank in range(0, len(days), columns)]
        return [day for week in weeks if any(one.number for one in week) for day in week]

    def _day(self, day: date) -> Day:
        if not self.first <= day <= self.last:
            return Day(date=day.isoformat())
        judged = self.judged.get(day, [])
        kept = [one for one in judged if not _is_over(one)]
        word, why = ("", "") if kept else self._nothing_that(day, judged)
        shows_part = len({one.offering.key for one in judged}) > 1
        return Day(
            date=day.isoformat(),
            number=str(day.day),
            label=wording.full_day(day),
            is_today=day == self.today,
            word=word,
            why=why,
            cells=[self._cell(one, shows_part=shows_part) for one in kept],
        )

    def _cell(self, judged: Judged, *, shows_part: bool) -> Cell:
        facts = self.facts
        return cell(judged, shows_child=len(facts.guests) > 1, shows_part=shows_part, overrides=facts.may_override)

    def _nothing_that(self, day: date, judged: list[Judged]) -> tuple[str, str]:
        """Le mot et la raison d'un jour sans case : passé, ou fermé."""
        for one in judged:
            if one.verdict.why:
                return CLOSED_WORDS[Reason.PAST], one.verdict.why.sentence
        return self._closed_word(day), self._why_closed(day)

    def _why_closed(self, day: date) -> str:
        sheet = self.facts.sheet
        why = why_closed(sheet.calendar, sheet.kinds, sheet.weekdays, day)
        return why or "Les réservations de ce jour ne sont pas encore ouvertes."

    def _closed_word(self, day: date) -> str:
        calendar = self.facts.sheet.calendar
        if calendar.public_holiday(day):
            return "Férié"
        return "Vacances" if calendar.school_holiday(day) and day.weekday() < 5 else "Fermé"  # noqa: PLR2004

    def _label(self) -> str:
        if self.span == "week":
            return f"Du {wording.long_date(self.first)} au {wording.long_date(self.last)}"
        return wording.capitalised(wording.month(self.first))

    def _neighbour(self, step: int) -> str:
        if self.span == "week":
            day = self.first + step * WEEK * ONE_DAY
        else:
            day = self.first - ONE_DAY if step < 0 else self.last + ONE_DAY
        if not self.today - 400 * ONE_DAY <= day <= self.today + 31 * AHEAD_MONTHS * ONE_DAY:
            return ""
        return day.isoformat() if self.span == "week" else f"{day:%Y-%m}"

    def _notice(self) -> tuple[str, str, str]:
        """Ce qui bloque tous les jours à venir d'une même raison ; sinon, le tarif maximum quand il s'applique."""
        coming = [one for day, judged in self.judged.items() if day >= self.today for one in judged]
        whys = {one.verdict.why for one in coming}
        if len(whys) == 1 and (why := next(iter(whys))) and why.reason in GENERAL:
            return why.sentence, why.next_step, self.facts.told(why).link
        if any(one.verdict.can_add and one.price.is_maximum for one in coming):
            return (
                "Le tarif maximum s’applique : votre quotient familial est inconnu de la mairie, ou expiré.",
                "Envoyez votre attestation CAF ou votre avis d’imposition ; ce n’est pas obligatoire.",
                "/tarifs",
            )
        return "", "", ""

    def _rules(self) -> list[str]:
        rules = [rule for rule in self.facts.sheet.rules if rule.valid_from <= self.last]
        if not rules:
            return []
        rule = max(rules, key=lambda one: one.valid_from)
        late = [f"Avec majoration : {rule.late_until.sentence}."] if rule.late_until else []
        return [f"Réserver : {rule.add.sentence}.", *late, f"Annuler : {rule.cancel.sentence}."]


def _is_over(judged: Judged) -> bool:
    """Une séance passée où rien n'était réservé n'a plus de case : le jour le dit d'un mot."""
    why = judged.verdict.why
    return judged.verdict.status is DayStatus.CLOSED and why is not None and why.reason is Reason.PAST


def _chip(guest: Guest) -> ChildChip:
    return ChildChip(guest.child.key, guest.child.first_name, guest.child.first_name[:1], guest.color)
