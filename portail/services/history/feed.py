"""L'histoire d'une famille, la plus récente d'abord, filtrée et découpée par la base."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select, union_all

from portail.domain.accounts import STAFF, Actor
from portail.domain.bookings import BookingState
from portail.domain.history import FACTS, HistoryKind, Period, since
from portail.domain.requests import RequestKind, RequestStatus
from portail.models.accounts import Account
from portail.models.database import reading
from portail.services.families.chosen import chooser_of
from portail.services.history import bookings
from portail.services.history.sources import SOURCES
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.history import HistoryLine, HistoryView
from portail.views.home import ChildChip


@dataclass(frozen=True)
class Wanted:
    """Ce que l'on veut voir ; une valeur inconnue ne filtre rien. L'enfant, lui, est retenu par la connexion."""

    kind: str = ""
    period: str = ""
    page: int = 1


def show(*, actor: Actor, wanted: Wanted, now: datetime) -> HistoryView:
    """Quatre lectures, quelles que soient la famille et la longueur de son histoire."""
    facts = _facts(actor, wanted.kind)
    with reading() as db:
        chooser = chooser_of(db, actor)
        conditions = _conditions(facts, chooser.chosen, since(wanted.period, now))
        total = db.exec(select(func.count()).select_from(facts).where(*conditions)).one()
        here = slice_of(total, wanted.page)
        query: Any = (
            select(facts, Account)
            .select_from(facts.outerjoin(Account, col(Account.id) == facts.c.actor_id))
            .where(*conditions)
            .order_by(facts.c.at.desc(), facts.c.kind, facts.c.ref.desc())
        )
        found = list(db.exec(query.offset(here.offset).limit(PAGE_SIZE)))
    children = {child.id: child for child in chooser.children}
    return HistoryView(
        ready=True,
        rows=[_line(row, children, actor) for row in found],
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(total, 'événement', 'événements')}, page {here.page} sur {here.pages}",
        kind=wanted.kind if wanted.kind in set(HistoryKind) else "",
        period=wanted.period if wanted.period in set(Period) else "",
    )


def _facts(actor: Actor, kind: str) -> Any:
    kept = [source for source in SOURCES if kind not in set(HistoryKind) or source.kind == kind]
    return union_all(*[source.rows(actor) for source in kept]).subquery()


def _conditions(facts: Any, child_id: int, start: datetime | None) -> list[Any]:
    found = [facts.c.child_id == child_id] if child_id else []
    return [*found, facts.c.at >= start] if start else found


def _line(row: Any, children: dict[int, ChildChip], actor: Actor) -> HistoryLine:
    kind = HistoryKind(row.kind)
    child = children.get(row.child_id)
    common = {
        "icon": kind.icon,
        "kind": kind.label,
        "color": child.color if child else "",
        "when": f"{wording.long_date(row.at.astimezone(wording.PARIS).date())} à {wording.hour(row.at)}",
    }
    if kind is HistoryKind.REQUEST:
        status = RequestStatus(row.detail)
        return HistoryLine(
            **common,
            title=RequestKind(row.what).label,
            about=child.first_name if child else "",
            who=_who(row.Account, actor),
            state=status.label,
            tone=status.tone,
            href=f"/demarches/{row.ref}",
        )
    if kind is HistoryKind.BOOKING:
        return _booking(row, child, common, actor)
    fact = FACTS[row.what]
    named = [child.first_name if child else "", row.detail]
    return HistoryLine(
        **common,
        title=fact.label,
        about=" · ".join(filter(None, named)),
        who=_who(row.Account, actor),
        href="" if "{child}" in fact.href and child is None else fact.href.format(child=row.child_id),
    )


def _booking(row: Any, child: ChildChip | None, common: dict[str, str], actor: Actor) -> HistoryLine:
    change, state = bookings.read(row.detail), BookingState(row.what)
    named = [child.first_name if child else "", change.days]
    return HistoryLine(
        **common,
        title=change.title,
        about=" · ".join(filter(None, named)),
        who=_who(row.Account, actor),
        state=state.label,
        tone=bookings.TONES.get(state, ""),
        href=f"/reservations/{change.activity_id}",
    )


def _who(account: Account | None, actor: Actor) -> str:
    """Une famille lit « Service enfance » plutôt que le nom d'un agent."""
    if account is None:
        return ""
    if account.role in STAFF:
        return "Service enfance"
    return "Vous" if account.key == actor.account_id else account.full_name
