"""Ce qu'il faut savoir pour juger : les enfants de qui réserve, les séances, ce qui est déjà pris. Peu de lectures."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from portail.domain.accounts import Actor, Audience
from portail.domain.bookings import BookingState, holds_place
from portail.domain.custody import Custody
from portail.domain.families import FamilyRight, child_color
from portail.domain.selection import Choice
from portail.domain.siblings import elders_of
from portail.domain.tariffs import Quotient
from portail.domain.why_not import WhyNot, desk_link
from portail.models.accounts import Account
from portail.models.activities import Enrolment, Offering, Slot
from portail.models.bookings import Booking
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.tariffs import FamilyQuotient
from portail.models.wallet import LedgerAccount
from portail.services import access
from portail.services.bookings.sheet import Sheet
from portail.services.custody.homes import shared_of
from portail.services.enrolments.documents import Held, held_by
from portail.services.health.files import missing_for
from portail.services.tariffs import as_quotient
from portail.services.waitlist.queue import positions

Key = tuple[int, int]  # la séance, l'enfant


@dataclass(frozen=True)
class Desk:
    """Qui réserve : un parent pour les siens, un agent au nom d'un dossier, ou personne (la file d'attente)."""

    actor: Actor | None
    family_id: int = 0

    @property
    def is_for_family(self) -> bool:
        return self.family_id != 0


@dataclass
class Guest:
    """Un enfant pour qui l'on réserve, et le foyer qui réserve et qui paie."""

    child: Child
    family: Family
    position: int
    homes: int  # combien de foyers le tiennent
    may_book: bool
    wallet: LedgerAccount | None
    email: str = ""  # de la personne qui réserve
    enrolment: str = ""
    quotients: list[Quotient] = field(default_factory=list)
    elders: tuple[date, ...] = ()  # les naissances de ses aînés dans ce foyer
    sees_money: bool = True  # le quotient se lit dans « pourquoi ce montant »

    @property
    def color(self) -> str:
        return child_color(self.position)


@dataclass(frozen=True)
class Busy:
    """Une place tenue : de quand à quand, et son nom."""

    slot_id: int
    starts: time
    ends: time
    title: str


@dataclass
class Facts:
    sheet: Sheet
    guests: dict[int, Guest]
    slots: dict[int, Slot]
    bookings: dict[Key, Booking] = field(default_factory=dict)
    busy: dict[tuple[int, date], list[Busy]] = field(default_factory=lambda: defaultdict(list))
    waits: dict[Key, int] = field(default_factory=dict)
    health: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    papers: Held = field(default_factory=Held)
    custodies: Mapping[int, Custody] = field(default_factory=dict)
    desk_family_id: int = 0  # un agent, au nom de ce dossier
    has_siblings: bool = False  # la personne tient d'autres enfants que ceux dont il s'agit ici

    @property
    def may_override(self) -> bool:
        return self.desk_family_id != 0

    def told(self, why: WhyNot) -> WhyNot:
        """La même phrase au parent et à l'agent ; le lien mène chacun chez soi."""
        return replace(why, link=desk_link(why.link, self.desk_family_id)) if self.may_override else why

    def offering(self, slot: Slot) -> Offering:
        return self.sheet.offerings[slot.offering_id]


def guests_of(db: Session, desk: Desk, activity_id: int) -> dict[int, Guest]:
    """Les enfants, leur foyer, son porte-monnaie et ses quotients, l'inscription : une lecture."""
    if desk.actor and desk.is_for_family:
        access.any_family(db, desk.actor, desk.family_id, Audience.FILES)
    account_id = desk.actor.account_id if desk.actor else None
    asked = {"account_id": account_id, "activity_id": activity_id, "family_id": desk.family_id}
    rows = db.exec(_guests_query(is_for_family=desk.is_for_family), params=asked)
    found: dict[int, Guest] = {}
    births: dict[int, dict[int, date]] = defaultdict(dict)
    for child, family, guardian, email, position, homes, wallet, enrolment, quotient in rows:
        births[family.key][child.key] = child.birth_date
        may_book = desk.is_for_family or bool(getattr(guardian, FamilyRight.BOOK))
        known = found.get(child.key)
        if known is None or (may_book and not known.may_book):
            known = found[child.key] = Guest(
                child, family, position, homes, may_book, wallet, email or "", enrolment or ""
            )
            known.sees_money = desk.is_for_family or bool(getattr(guardian, FamilyRight.MONEY))
        if quotient is not None and family.key == known.family.key:
            known.quotients.append(as_quotient(quotient))
    for child_id, guest in found.items():
        guest.elders = elders_of(births[guest.family.key], child_id)
    return found


@lru_cache
def _guests_query(*, is_for_family: bool) -> Any:
    """Bâtie une fois, comme les autres de ce module : les bâtir à chaque page coûtait autant que de les lire."""
    mine = (col(Guardian.family_id) == col(Family.id)) & (col(Guardian.account_id) == bindparam("account_id"))
    asked = (col(Enrolment.child_id) == col(Child.id)) & (col(Enrolment.activity_id) == bindparam("activity_id"))
    query: Any = (
        select(
            Child,
            Family,
            Guardian,
            Account.email,
            FamilyChild.position,
            _homes(),
            LedgerAccount,
            Enrolment.state,
            FamilyQuotient,
        )  # type: ignore[call-overload]
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .join(Guardian, mine, isouter=is_for_family)
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .join(LedgerAccount, col(LedgerAccount.family_id) == col(Family.id), isouter=True)
        .join(Enrolment, asked, isouter=True)
        .join(FamilyQuotient, col(FamilyQuotient.family_id) == col(Family.id), isouter=True)
        .where(col(Family.status).in_(access.OPEN))
        .order_by(col(Family.id), col(FamilyChild.position), col(Child.birth_date), col(FamilyQuotient.id))
    )
    return query.where(Family.id == bindparam("family_id")) if is_for_family else query


def slots_between(db: Session, activity_id: int, first: date, last: date) -> dict[int, Slot]:
    return detached(db, _slots_between(), {"activity_id": activity_id, "first": first, "last": last})


def slots_chosen(db: Session, activity_id: int, choices: Collection[Choice]) -> dict[int, Slot]:
    """Seulement celles de cette activité : une séance d'ailleurs n'existe pas ici."""
    wanted = sorted({choice.slot_id for choice in choices})
    return detached(db, _slots_chosen(), {"activity_id": activity_id, "wanted": wanted})


@lru_cache
def _slots_between() -> SelectOfScalar[Slot]:
    return _slots().where(col(Slot.day).between(bindparam("first"), bindparam("last")))


@lru_cache
def _slots_chosen() -> SelectOfScalar[Slot]:
    return _slots().where(col(Slot.id).in_(bindparam("wanted", expanding=True)))


def _slots() -> SelectOfScalar[Slot]:
    return select(Slot).where(Slot.activity_id == bindparam("activity_id")).order_by(col(Slot.day), col(Slot.id))


def detached(db: Session, query: SelectOfScalar[Slot], asked: dict[str, Any] | None = None) -> dict[int, Slot]:
    """Hors de la session : y faire avancer un compte ne doit jamais s'écrire en base."""
    found = {slot.key: slot for slot in db.exec(query, params=asked)}
    for slot in found.values():
        db.expunge(slot)
    return found


def gather(db: Session, sheet: Sheet, guests: dict[int, Guest], slots: dict[int, Slot], now: datetime) -> Facts:
    """Le reste, pour ces enfants et ces séances."""
    facts = Facts(sheet, guests, slots)
    if not guests or not slots:
        return facts
    days = [slot.day for slot in slots.values()]
    first, last = min(days), max(days)
    _read_bookings(db, facts, first, last)
    if any(slot.waiting or slot.taken >= slot.capacity for slot in slots.values()):  # attendre, ou s'être vu proposer
        places = positions(db, slots.keys(), guests.keys())
        facts.waits = {key: place.position for key, place in places.items()}
    if sheet.activity.needs_health:
        lacking = missing_for(db, guests.keys(), now.date())
        facts.health = {child_id: tuple(one.sentence for one in lines) for child_id, lines in lacking.items() if lines}
    if sheet.documents:
        homes = {child_id: guest.family.key for child_id, guest in guests.items()}
        facts.papers = held_by(db, sheet.documents, homes)
    if shared := [child_id for child_id, guest in guests.items() if guest.homes > 1]:
        facts.custodies = {key: one.custody for key, one in shared_of(db, shared, first, last).items()}
    return facts


def _read_bookings(db: Session, facts: Facts, first: date, last: date) -> None:
    """Les réservations de ces enfants, toutes activités : ailleurs, elles occupent leurs heures."""
    asked = {"children": list(facts.guests), "first": first, "last": last}
    for booking, day, activity_id, starts, ends, title in db.exec(_bookings_query(), params=asked):
        if activity_id == facts.sheet.key:
            facts.bookings[booking.slot_id, booking.child_id] = booking
        if holds_place(BookingState(booking.state)):
            facts.busy[booking.child_id, day].append(Busy(booking.slot_id, starts, ends, title))


@lru_cache
def _bookings_query() -> Any:
    return (
        select(Booking, Slot.day, Slot.activity_id, Offering.starts_at, Offering.ends_at, Offering.name)  # type: ignore[call-overload]
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Offering, col(Offering.id) == col(Slot.offering_id))
        .where(
            col(Booking.child_id).in_(bindparam("children", expanding=True)),
            col(Slot.day).between(bindparam("first"), bindparam("last")),
        )
    )


def _homes() -> Any:
    """Combien de foyers ouverts tiennent l'enfant."""
    link, home = aliased(FamilyChild), aliased(Family)
    return (
        select(func.count())
        .select_from(link)
        .join(home, col(home.id) == col(link.family_id))
        .where(col(link.child_id) == col(Child.id), col(home.status).in_(access.OPEN))
        .correlate(Child)
        .scalar_subquery()
    )
