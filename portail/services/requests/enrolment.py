"""L'inscription d'un enfant à une activité, dans la file : la dire à l'agent, l'accepter, la refuser."""

from datetime import datetime

from sqlmodel import Session, select

from portail.domain.accounts import Actor
from portail.domain.activities import EnrolmentKind, EnrolmentState
from portail.domain.enrolments import check_transition
from portail.domain.refusals import RefusalError
from portail.models.activities import Enrolment
from portail.models.requests import Request
from portail.services.enrolments import documents, letters
from portail.views import wording
from portail.views.requests import ChangeLine


def describe(db: Session, request: Request) -> list[ChangeLine]:
    """L'activité, la formule, et où en est chaque document qu'elle demande."""
    content = request.content
    lines = [
        ChangeLine("Activité", "", str(content.get("title", ""))),
        ChangeLine("Inscription", "", EnrolmentKind(content.get("kind", EnrolmentKind.OCCASIONAL)).label),
    ]
    if content.get("days"):
        lines.append(ChangeLine("Jours souhaités", "", str(content["days"])))
    needed = documents.needed_for(db, int(content.get("activity", 0)))
    if request.child_id and request.family_id:
        held = documents.held_by(db, needed, {request.child_id: request.family_id})
        day = request.updated_at.astimezone(wording.PARIS).date()
        for one, standing, _ in held.standings(request.child_id, request.family_id, day):
            lines.append(ChangeLine(one.name, "", standing.label))
    return lines


def accept(db: Session, request: Request, actor: Actor, now: datetime) -> None:  # noqa: ARG001
    row = _row(db, request)
    if row is None or row.state != EnrolmentState.SUBMITTED:
        raise RefusalError("Cette inscription a été retirée entre-temps.", "Refusez la démarche pour la ranger.")
    row.state, row.decided_at = EnrolmentState.ACCEPTED, now
    letters.accepted(db, row, now)


def close(db: Session, request: Request, reason: str, now: datetime) -> None:
    """Refusée par un agent (avec un motif), ou retirée par le parent."""
    row = _row(db, request)
    if row is None or row.state != EnrolmentState.SUBMITTED:
        return
    after = EnrolmentState.REFUSED if reason else EnrolmentState.ENDED
    check_transition(EnrolmentState(row.state), after)
    row.state, row.decided_at = after, now
    if reason:
        letters.refused(db, row, reason, now)


def _row(db: Session, request: Request) -> Enrolment | None:
    return db.exec(select(Enrolment).where(Enrolment.request_id == request.key).with_for_update()).first()
