"""Les démarches telles qu'on les lit : une ligne de liste, une page entière."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from portail.domain.refusals import NotOpenError
from portail.domain.requests import RequestKind, RequestStatus, Step, can_take_back, is_late
from portail.models.accounts import Account
from portail.models.base import is_key
from portail.models.families import Child, Family
from portail.models.requests import Request, RequestEvent
from portail.services.attachments import listing
from portail.services.requests.kinds import HANDLING
from portail.views import wording
from portail.views.requests import RequestRow, RequestView, StepLine

Assignee = aliased(Account)
ROWS = (
    select(Request, Family, Child, Assignee)
    .join(Family, col(Family.id) == col(Request.family_id), isouter=True)
    .join(Child, col(Child.id) == col(Request.child_id), isouter=True)
    .join(Assignee, col(Assignee.id) == col(Request.assignee_id), isouter=True)
)


@dataclass(frozen=True)
class Reader:
    """Qui lit : un agent voit les notes internes et les noms, une famille non."""

    account_id: int
    staff: bool = False


def row(found: tuple[Request, Family, Child, Account], now: datetime, *, staff: bool = False) -> RequestRow:
    request, family, child, assignee = found
    status, days = RequestStatus(request.status), (now - request.updated_at).days
    return RequestRow(
        id=request.key,
        number=request.number,
        kind=RequestKind(request.kind).label,
        about=child.first_name if child else "",
        family=family.name if family else "",
        status_label=status.desk_label if staff else status.label,
        tone=status.tone,
        when=wording.instant(request.created_at),
        waiting=wording.count(days, "jour", "jours") if status.is_open and days else "",
        late=is_late(status, days),
        assignee=assignee.full_name if assignee else "",
    )


def whole(db: Session, request_id: int, reader: Reader) -> RequestView:
    """La page d'une démarche, déjà accordée à qui la lit."""
    found = db.exec(ROWS.where(Request.id == request_id)).first() if is_key(request_id) else None
    if found is None:
        raise NotOpenError
    request, family, child, assignee = found
    author = db.get(Account, request.author_id) if request.author_id else None
    status, kind = RequestStatus(request.status), RequestKind(request.kind)
    handling = HANDLING.get(kind)
    history = _history(db, request, reader)
    steps = [_step(event, account, reader) for event, account in history]
    removable = not reader.staff and can_take_back(status, [event.step for event, _ in history])
    questions = [step.text for step in steps if step.label == Step.ASKED.label]
    return RequestView(
        ready=True,
        id=request.key,
        number=request.number,
        version=request.version,
        kind=kind.label,
        about=child.first_name if child else "",
        family=family.name if family else "",
        family_id=family.key if family else 0,
        author=author.full_name if author else "compte supprimé",
        sent=wording.instant(request.created_at),
        status=status,
        status_label=status.desk_label if reader.staff else status.label,
        tone=status.tone,
        is_open=status.is_open,
        can_answer=status is RequestStatus.ASKED,
        question=questions[-1] if questions else "",
        assignee=assignee.full_name if assignee else "",
        is_mine=request.assignee_id == reader.account_id,
        lines=handling.describe(db, request) if handling else [],
        steps=steps,
        files=listing.of_request(db, request.key, reader.account_id, staff=reader.staff, removable=removable),
        accept=listing.accepted(),
        href=f"{handling.page}/{request.key}" if handling and handling.page and reader.staff else "",
    )


def history(db: Session, request: Request, reader: Reader) -> list[StepLine]:
    return [_step(event, account, reader) for event, account in _history(db, request, reader)]


def _history(db: Session, request: Request, reader: Reader) -> list[tuple[RequestEvent, Account | None]]:
    query = (
        select(RequestEvent, Account)
        .join(Account, col(Account.id) == col(RequestEvent.actor_id), isouter=True)
        .where(RequestEvent.request_id == request.key)
        .order_by(col(RequestEvent.id))
    )
    if not reader.staff:
        query = query.where(col(RequestEvent.internal).is_(False))
    return list(db.exec(query))


def _step(event: RequestEvent, account: Account | None, reader: Reader) -> StepLine:
    return StepLine(
        label=Step(event.step).label,
        who=_who(account, reader),
        when=wording.instant(event.at),
        text=event.text,
        internal=event.internal,
    )


def _who(account: Account | None, reader: Reader) -> str:
    """Une famille lit « Service enfance » plutôt que le nom d'un agent."""
    if account is None:
        return "compte supprimé"
    if account.is_staff and not reader.staff:
        return "Service enfance"
    return "Vous" if account.key == reader.account_id else account.full_name
