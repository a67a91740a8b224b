"""Les courriels d'une inscription à une activité."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.enrolments import booking_url
from portail.models.accounts import Account
from portail.models.activities import Activity, Enrolment
from portail.models.families import Child
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording


def accepted(db: Session, row: Enrolment, now: datetime) -> None:
    author, activity, child = _author(db, row), db.get_one(Activity, row.activity_id), db.get_one(Child, row.child_id)
    if author is None:
        return
    message = Message(
        subject=f"{child.first_name} : inscription acceptée, {activity.title}",
        paragraphs=(
            f"Bonjour {author.first_name},",
            f"L’inscription {wording.of(child.first_name)} à « {activity.title} » est acceptée.",
            "Elle ne réserve encore aucun jour : choisissez-les dans le calendrier.",
        ),
        action="Réserver",
        url=f"{current().site_url}{booking_url(activity.key, child.key, row.template)}",
    )
    outbox.add(db, author.email, message, now)


def refused(db: Session, row: Enrolment, reason: str, now: datetime) -> None:
    author, activity, child = _author(db, row), db.get_one(Activity, row.activity_id), db.get_one(Child, row.child_id)
    if author is None:
        return
    message = Message(
        subject=f"{child.first_name} : inscription refusée, {activity.title}",
        paragraphs=(
            f"Bonjour {author.first_name},",
            f"L’inscription {wording.of(child.first_name)} à « {activity.title} » n’a pas pu être acceptée.",
            f"Motif : {reason}",
        ),
        action="Voir les activités",
        url=f"{current().site_url}/activites",
    )
    outbox.add(db, author.email, message, now)


def _author(db: Session, row: Enrolment) -> Account | None:
    """Qui a inscrit l'enfant, s'il a encore un compte et veut être prévenu."""
    author = db.get(Account, row.author_id) if row.author_id else None
    return author if author and author.notify_requests else None
