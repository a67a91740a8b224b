"""Le mois d'un enfant, jour par jour : pour un parent de l'un des foyers, ou pour un agent."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience
from portail.domain.custody import Reason, decide, every_day, whose_day
from portail.domain.refusals import BadInputError
from portail.domain.requests import RequestKind, RequestStatus
from portail.domain.school_calendar import Zone, holidays_between, is_published
from portail.models.custody import CustodyException
from portail.models.database import reading
from portail.models.families import Child
from portail.models.requests import Request
from portail.services import access
from portail.services.custody import words
from portail.services.custody.forms import from_content
from portail.services.custody.homes import Shared, shared_of
from portail.services.custody.words import Homes
from portail.settings import current
from portail.views import wording
from portail.views.custody import (
    CustodyDay,
    CustodyView,
    CustodyWeek,
    ExceptionLine,
    Home,
    ProposalLine,
)

MONTHS_BACK, MONTHS_AHEAD = 12, 24
MOST_PROPOSALS = 20


@dataclass(frozen=True)
class Reading:
    """Ce qui a été lu d'un enfant, avec les mots de qui regarde."""

    child: Child
    shared: Shared
    homes: Homes
    slots: tuple[int, ...]
    today: date
    month: date


def show(*, actor: Actor, child_id: int, month: str, now: datetime) -> CustodyView:
    """Pour un parent : « vous », « l'autre parent », et rien d'autre de ce foyer."""
    today = _today(now)
    wanted = _month(month, today)
    with reading() as db:
        mine = access.my_child(db, actor, child_id)
        shared = _read(db, mine.child.key, wanted, today)
        asked = _requests(db, mine.child.key) if shared.is_shared else []
    slots = (mine.family.key, *(key for key in shared.keys if key != mine.family.key))
    homes = words.homes_for_parent(mine.family.key, shared.keys)
    seen = Reading(mine.child, shared, homes, slots, today, wanted)
    return _view(seen, asked, mine_only=mine.family.key, can_propose=mine.guardian.can_edit)


def show_to_agent(*, actor: Actor, child_id: int, month: str, now: datetime) -> CustodyView:
    """Pour un agent qui tient les dossiers : les deux foyers par leur nom."""
    today = _today(now)
    wanted = _month(month, today)
    with reading() as db:
        child = access.any_child(db, actor, child_id, Audience.FILES)
        shared = _read(db, child.key, wanted, today)
        asked = _requests(db, child.key) if shared.is_shared else []
    seen = Reading(child, shared, words.homes_for_agent(shared.families), shared.keys, today, wanted)
    return _view(seen, asked)


def _today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()


def _month(value: str, today: date) -> date:
    """Le premier jour du mois demandé ; vide : ce mois-ci."""
    if not value:
        return today.replace(day=1)
    try:
        wanted = date.fromisoformat(f"{value}-01")
    except ValueError:
        raise BadInputError("Ce mois n’existe pas.") from None
    if not -MONTHS_BACK <= _months_between(today, wanted) <= MONTHS_AHEAD:
        raise BadInputError("Le calendrier ne va pas jusqu’à ce mois.")
    return wanted


def _months_between(today: date, month: date) -> int:
    return (month.year - today.year) * 12 + month.month - today.month


def _last_of(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _read(db: Session, child_id: int, month: date, today: date) -> Shared:
    return shared_of(db, [child_id], min(month, today), _last_of(month))[child_id]


def _requests(db: Session, child_id: int) -> list[Request]:
    query = select(Request).where(Request.kind == RequestKind.CUSTODY, Request.child_id == child_id)
    return list(db.exec(query.order_by(col(Request.id).desc()).limit(MOST_PROPOSALS)))


def _view(seen: Reading, asked: list[Request], *, mine_only: int = 0, can_propose: bool = False) -> CustodyView:
    if not seen.shared.is_shared:
        return CustodyView(ready=True, child_id=seen.child.key, first_name=seen.child.first_name)
    first, last = seen.month, _last_of(seen.month)
    rows = seen.shared.patterns
    if mine_only:  # un foyer que l'enfant a quitté ne regarde plus personne
        rows = [row for row in rows if {row.first_family_id, row.second_family_id} == set(seen.slots)]
    decisions = [decide(seen.shared.custody, day) for day in every_day(first, last)]
    reasons = {decision.reason if decision else None for decision in decisions}
    return CustodyView(
        ready=True,
        child_id=seen.child.key,
        first_name=seen.child.first_name,
        shared=True,
        can_propose=can_propose,
        month=f"{first:%Y-%m}",
        month_label=wording.month(first),
        previous=_neighbour(first - timedelta(days=1), seen.today),
        following=_neighbour(last + timedelta(days=1), seen.today),
        today=seen.today.isoformat(),
        home_a=seen.homes[seen.slots[0]],
        home_b=seen.homes[seen.slots[1]],
        weeks=_weeks(seen),
        has_unset=None in reasons,
        has_exception=Reason.EXCEPTION in reasons,
        counts=_counts(seen),
        holidays=_holidays(first, last),
        unpublished=not is_published(last),
        patterns=[words.pattern_line(row, seen.homes, seen.today) for row in rows],
        exceptions=_coming(seen, drop_gone=bool(mine_only)),
        proposals=[_proposal(request, seen, mine_only) for request in asked],
    )


def _neighbour(day: date, today: date) -> str:
    return f"{day:%Y-%m}" if -MONTHS_BACK <= _months_between(today, day) <= MONTHS_AHEAD else ""


def _weeks(seen: Reading) -> list[CustodyWeek]:
    every = calendar.Calendar().monthdatescalendar(seen.month.year, seen.month.month)
    return [CustodyWeek(str(days[0].isocalendar().week), [_day(day, seen) for day in days]) for days in every]


def _day(day: date, seen: Reading) -> CustodyDay:
    if day.month != seen.month.month:
        return CustodyDay(date=day.isoformat())
    spoken, decision = wording.day_without_year(day), decide(seen.shared.custody, day)
    today = day == seen.today
    if decision is None:
        return CustodyDay(day.isoformat(), str(day.day), "", "", f"{spoken} : rien n’est réglé", "", today)
    home: Home = seen.homes[decision.family_id]
    reason = "" if decision.reason is Reason.PATTERN else decision.reason.label
    sentence = f"{spoken} : {home.at}" + (f" ({reason})" if reason else "")
    slot = "ab"[seen.slots.index(decision.family_id)]
    return CustodyDay(day.isoformat(), str(day.day), slot, home.mark, sentence, reason, today)


def _counts(seen: Reading) -> str:
    """« 16 jours chez vous, 14 jours chez l’autre parent »."""
    owners = [whose_day(seen.shared.custody, day) for day in every_day(seen.month, _last_of(seen.month))]
    said = [
        f"{wording.count(owners.count(key), 'jour', 'jours')} {seen.homes[key].at}"
        for key in seen.slots
        if key in owners
    ]
    return ", ".join(said)


def _holidays(first: date, last: date) -> list[str]:
    found = holidays_between(Zone(current().school_zone), first, last)
    return [f"{one.name} : {wording.uncapitalised(words.span(one.first, one.last))}" for one in found]


def _coming(seen: Reading, *, drop_gone: bool) -> list[ExceptionLine]:
    rows = [row for row in seen.shared.exceptions if row.last_day >= seen.today]
    kept = [row for row in rows if not drop_gone or row.family_id in seen.slots]
    return [_exception(row, seen.homes) for row in sorted(kept, key=lambda row: (row.first_day, row.key))]


def _exception(row: CustodyException, homes: Homes) -> ExceptionLine:
    return ExceptionLine(row.key, words.span(row.first_day, row.last_day), homes.get(row.family_id, words.GONE).at)


def _proposal(request: Request, seen: Reading, mine: int) -> ProposalLine:
    """Le numéro ne sert qu'à qui peut ouvrir la démarche."""
    status = RequestStatus(request.status)
    return ProposalLine(
        number=request.number if not mine or request.family_id == mine else "",
        who=seen.homes.get(request.family_id or 0, words.GONE).label,
        words=words.proposal(from_content(request.content), seen.homes, seen.today),
        at=wording.instant(request.created_at),
        status_label=status.label,
        tone=status.tone,
    )
