"""Une classe qui ne vient pas (grève, sortie) : voir qui est concerné, puis tout annuler et rendre d'un coup."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.bookings import BookingState
from portail.domain.dates import paris_day, said_date, said_day
from portail.domain.families import Level
from portail.domain.forms import FormRefusedError, Reader
from portail.domain.money import euros
from portail.domain.refusals import RefusalError
from portail.domain.requests import RequestKind
from portail.domain.selection import digest
from portail.domain.text import row_number
from portail.models.accounts import Account
from portail.models.activities import Activity, Slot
from portail.models.bookings import Booking
from portail.models.database import after_commit, reading, transaction
from portail.models.families import Child, Guardian
from portail.models.requests import Request
from portail.services import audit
from portail.services.bookings.cancelling import Withdrawal, withdraw
from portail.services.bookings.writing import ChangedMeanwhileError
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.requests.opening import OPEN
from portail.services.schools.lists import class_choices, level_choices, school_choices
from portail.services.waitlist.promoting import promote_now
from portail.settings import current
from portail.views import wording
from portail.views.absences import GroupForm, GroupLine, GroupPreview
from portail.views.requests import Choice

STATES = (BookingState.BOOKED, BookingState.PENDING)
BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
MOST_DAYS = 31


class StaleError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Des réservations ont changé depuis l’aperçu : rien n’a été annulé.", "Relisez l’aperçu, puis confirmez."
        )


class NobodyError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Aucune réservation n’est concernée.", "Vérifiez les jours, la classe et les activités.")


@dataclass(frozen=True)
class Group:
    """Qui, quels jours, quelles activités, et pourquoi."""

    first: date
    last: date
    activity_ids: frozenset[int]
    why: str
    school_id: int = 0
    class_id: int = 0
    level: str = ""

    @property
    def said_days(self) -> str:
        if self.first == self.last:
            return f"le {said_day(self.first)}"
        return f"du {said_date(self.first)} au {wording.long_date(self.last)}"


@dataclass(frozen=True)
class Found:
    booking: Booking
    slot: Slot
    activity: Activity
    child: Child


def show_form(*, actor: Actor, now: datetime) -> GroupForm:
    check_audience(Audience.FILES, actor)
    today = paris_day(now)
    with reading() as db:
        activities = db.exec(select(Activity).where(col(Activity.closed_at).is_(None)).order_by(Activity.name))
        waiting = select(func.count()).select_from(Request)
        return GroupForm(
            ready=True,
            schools=school_choices(db),
            classes=class_choices(db, today),
            levels=level_choices(),
            activities=[Choice(str(one.key), one.title) for one in activities],
            today=today.isoformat(),
            waiting=db.exec(waiting.where(Request.kind == RequestKind.ABSENCE, col(Request.status).in_(OPEN))).one(),
        )


def preview(*, actor: Actor, form: Mapping[str, Any], now: datetime) -> GroupPreview:
    """Combien d'enfants, de familles et d'euros ; rien n'est touché."""
    check_audience(Audience.FILES, actor)
    group = _read(form, paris_day(now))
    with reading() as db:
        found = _find(db, group)
    titles = Counter(one.activity.title for one in found)
    children = len({one.child.key for one in found})
    families = len({one.booking.family_id for one in found})
    cents = sum(one.booking.price_cents for one in found if one.booking.is_paid)
    count = wording.count(len(found), "réservation", "réservations")
    who = f"{wording.count(children, 'enfant', 'enfants')}, {wording.count(families, 'famille', 'familles')}"
    return GroupPreview(
        ready=True,
        stamp=_stamp(found),
        title=group.why,
        days=wording.capitalised(group.said_days),
        summary=f"{count} · {who}",
        refund=f"{euros(cents)} rendus sur les porte-monnaie" if cents else "",
        lines=[
            GroupLine(title, wording.count(number, "réservation", "réservations"))
            for title, number in sorted(titles.items())
        ],
        is_empty=not found,
        button=f"Confirmer : annuler {count}",
    )


def cancel(*, actor: Actor, form: Mapping[str, Any], stamp: str, now: datetime) -> str:
    """Exactement ce que l'aperçu a montré, d'un seul geste ; chaque famille est prévenue. Rend ce qui est fait."""
    check_audience(Audience.FILES, actor)
    group = _read(form, paris_day(now))
    try:
        with transaction() as db:
            found = _find(db, group)
            if not found:
                raise NobodyError
            if _stamp(found) != stamp:
                raise StaleError
            count = wording.count(len(found), "réservation annulée", "réservations annulées")
            audit.record(
                db, "booking.group_cancelled", at=now, actor_id=actor.account_id, detail=f"{group.why} : {count}"
            )
            families = _tell(db, group, found, now)
            label = f"Annulation, {group.why}"
            done = Withdrawal(BookingState.CANCELLED, label, group.why, actor.account_id, now)
            cents = withdraw(db, [one.booking for one in found], done)
            freed = sorted({one.slot.key for one in found})
            after_commit(db, lambda: promote_now(freed, now))
    except ChangedMeanwhileError:
        raise StaleError from None
    refunded = f", {euros(cents)} rendus" if cents else ""
    return f"{count}{refunded} ; {wording.count(families, 'famille prévenue', 'familles prévenues')}."


def _read(form: Mapping[str, Any], today: date) -> Group:
    reader = Reader(dict(form))
    first = reader.day("first", today, missing="Indiquez le premier jour.", check=lambda _: None)
    last = first
    if str(form.get("last") or "").strip():
        last = reader.day("last", first, missing="Le dernier jour n’est pas une date.", check=lambda _: None)
    why = reader.line("why", "Raison", limit=100, missing="Indiquez la raison : les familles la liront.")
    level = str(form.get("level") or "")
    group = Group(
        first,
        last,
        frozenset(_activities(form)),
        why,
        reader.number("school"),
        reader.number("class"),
        level if level in set(Level) else "",
    )
    errors = reader.errors | _faults(group, today)
    if errors:
        raise FormRefusedError(errors)
    return group


def _faults(group: Group, today: date) -> dict[str, str]:
    found = {}
    if group.last < group.first:
        found["last"] = "Le dernier jour vient avant le premier."
    elif (group.last - group.first).days >= MOST_DAYS:
        found["last"] = f"{MOST_DAYS} jours au plus à la fois."
    elif group.first < today - BEHIND or group.last > today + AHEAD:
        found["first"] = "Ces jours sont trop loin : un mois en arrière, un an en avant."
    if not (group.school_id or group.class_id or group.level):
        found["school"] = "Choisissez une école, une classe ou un niveau."
    if not group.activity_ids:
        found["activities"] = "Choisissez au moins une activité."
    return found


def _activities(form: Mapping[str, Any]) -> list[int]:
    """Les cases cochées : « activity-12 »."""
    names = [str(name).partition("-") for name, value in form.items() if value]
    keys = [row_number(key) for kind, _, key in names if kind == "activity"]
    return [key for key in keys if key > 0]


def _find(db: Session, group: Group) -> list[Found]:
    conditions: list[Any] = [
        col(Booking.state).in_(STATES),
        col(Slot.day).between(group.first, group.last),
        col(Slot.activity_id).in_(group.activity_ids),
    ]
    if group.school_id:
        conditions.append(Child.school_id == group.school_id)
    if group.class_id:
        conditions.append(Child.class_id == group.class_id)
    if group.level:
        conditions.append(Child.level == group.level)
    query: Any = (
        select(Booking, Slot, Activity, Child)
        .join(Slot, col(Slot.id) == col(Booking.slot_id))
        .join(Activity, col(Activity.id) == col(Slot.activity_id))
        .join(Child, col(Child.id) == col(Booking.child_id))
        .where(*conditions)
        .order_by(col(Slot.day), col(Booking.id))
    )
    return [Found(*row) for row in db.exec(query)]


def _stamp(found: list[Found]) -> str:
    return digest(*[f"{one.booking.key}:{one.booking.state}" for one in sorted(found, key=lambda one: one.booking.key)])


def _tell(db: Session, group: Group, found: list[Found], now: datetime) -> int:
    """Un courriel par adulte qui peut réserver ; combien de familles."""
    families: dict[int, list[Found]] = defaultdict(list)
    for one in found:
        families[one.booking.family_id].append(one)
    query = (
        select(Guardian.family_id, Account.email)
        .join(Account, col(Account.id) == col(Guardian.account_id))
        .where(col(Guardian.family_id).in_(families), or_(col(Guardian.can_book), col(Guardian.can_edit)))
        .order_by(col(Guardian.id))
    )
    for family_id, email in db.exec(query):
        outbox.add(db, email, _message(group, families[family_id]), now)
    return len(families)


def _message(group: Group, mine: list[Found]) -> Message:
    days = [f"{said_day(one.slot.day)}, {one.child.first_name}, {one.activity.title}" for one in mine]
    cents = sum(one.booking.price_cents for one in mine if one.booking.is_paid)
    money = f"{euros(cents)} reviennent sur votre porte-monnaie." if cents else "Ces jours ne vous seront pas facturés."
    return Message(
        subject=f"Réservations annulées : {group.why}",
        paragraphs=(
            f"La mairie a annulé ces jours ({group.why}).",
            f"{' ; '.join(days)}.",
            money,
        ),
        action="Voir le planning",
        url=f"{current().site_url}/planning",
    )
