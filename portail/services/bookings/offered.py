"""Les activités dont un agent peut ouvrir le calendrier pour une famille."""

from collections.abc import Collection

from sqlmodel import Session, col, or_, select

from portail.domain.activities import EnrolmentMode, EnrolmentState
from portail.models.activities import Activity, Enrolment
from portail.views.requests import Choice


def activity_choices(db: Session, child_ids: Collection[int]) -> list[Choice]:
    """Sans inscription, ou avec celle d'un de ces enfants ; une lecture."""
    joined = select(Enrolment.activity_id).where(
        col(Enrolment.child_id).in_(child_ids), Enrolment.state == EnrolmentState.ACCEPTED
    )
    query = (
        select(Activity)
        .where(
            col(Activity.closed_at).is_(None),
            or_(col(Activity.enrolment_mode) == EnrolmentMode.NONE, col(Activity.id).in_(joined)),
        )
        .order_by(col(Activity.position), col(Activity.id))
    )
    return [Choice(str(one.key), one.title) for one in db.exec(query)] if child_ids else []
