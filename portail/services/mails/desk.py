"""Les courriels, pour l'administrateur : lire, chercher, renvoyer."""

from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlmodel import col, func, or_, select

from portail.domain.accounts import Actor, Role
from portail.domain.mails import MailStatus
from portail.domain.refusals import NotOpenError
from portail.domain.text import clean_line
from portail.integrations.job_queue import wake
from portail.integrations.mail import Letter, mailer
from portail.models.base import is_key
from portail.models.database import after_commit, reading, transaction
from portail.models.mails import OutboxMail
from portail.services import audit
from portail.services.mails import outbox
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.views import wording
from portail.views.mails import MailPage, MailRow, MailView


def show_page(*, actor: Actor, page: int, words: str) -> MailPage:
    _require_admin(actor)
    wanted = clean_line(words, label="Recherche", limit=100)
    query = select(OutboxMail)
    if wanted:
        query = query.where(or_(containing(OutboxMail.recipient, wanted), containing(OutboxMail.subject, wanted)))
    with reading() as db:
        total = db.exec(select(func.count()).select_from(query.subquery())).one()
        here = slice_of(total, page)
        rows = db.exec(query.order_by(col(OutboxMail.id).desc()).offset(here.offset).limit(PAGE_SIZE))
        lines = [_row(mail) for mail in rows]
    summary = f"{wording.count(total, 'courriel', 'courriels')}, page {here.page} sur {here.pages}"
    return MailPage(True, lines, total, here.page, here.pages, summary, kept_only=not mailer().delivers)


def show_one(*, actor: Actor, mail_id: int, now: datetime) -> MailView:
    """Lire le courriel d'autrui laisse une trace."""
    _require_admin(actor)
    with transaction() as db:
        mail = db.get(OutboxMail, mail_id) if is_key(mail_id) else None
        if mail is None:
            raise NotOpenError
        audit.record(db, "mail.read", at=now, actor_id=actor.account_id, subject_id=mail.key)
    letter = _letter(mail)
    status = MailStatus(mail.status)
    return MailView(
        id=mail.key,
        recipient=mail.recipient,
        subject=mail.subject,
        state_label=status.label,
        at=wording.instant(mail.created_at),
        text=letter.text or "Le corps de ce courriel a été effacé après l’envoi.",
        html=letter.html,
        error=mail.error,
        can_resend=_can_resend(status),
    )


def resend(*, actor: Actor, mail_id: int, now: datetime) -> None:
    _require_admin(actor)
    with transaction() as db:
        mail = db.get(OutboxMail, mail_id, with_for_update=True) if is_key(mail_id) else None
        if mail is None or not _can_resend(MailStatus(mail.status)):
            raise NotOpenError
        mail.status, mail.attempts, mail.next_attempt_at, mail.error = MailStatus.WAITING, 0, now, ""
        audit.record(db, "mail.resent", at=now, actor_id=actor.account_id, subject_id=mail.key)
        after_commit(db, lambda: wake("deliver_mails"))


def _can_resend(status: MailStatus) -> bool:
    """Un échec ; ou un courriel gardé faute de serveur, s'il y en a un désormais."""
    return status is MailStatus.FAILED or (status is MailStatus.KEPT and mailer().delivers)


def _letter(mail: OutboxMail) -> Letter:
    try:
        return outbox.letter(mail)
    except InvalidTag:
        return Letter(mail.recipient, mail.subject, "La clé du portail a changé : ce courriel ne se lit plus.", "")


def _row(mail: OutboxMail) -> MailRow:
    status = MailStatus(mail.status)
    return MailRow(mail.key, mail.recipient, mail.subject, status, status.label, wording.instant(mail.created_at))


def _require_admin(actor: Actor) -> None:
    if actor.role is not Role.ADMIN:
        raise NotOpenError
