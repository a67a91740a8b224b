"""La boîte d'envoi : écrite avec ce qu'elle raconte, vidée par le travail `deliver_mails`."""

import json
import logging
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from sqlmodel import Session, col, select, update

from portail.domain.mails import MailStatus, retry_delay
from portail.integrations.job_queue import wake
from portail.integrations.mail import Letter, Mailer
from portail.models.database import after_commit, reading, transaction
from portail.models.mails import OutboxMail
from portail.services.mails.letters import Message, render
from portail.services.sealing import seal, unseal

log = logging.getLogger("portail.outbox")
PURPOSE = "mail"
CLAIM = timedelta(minutes=5)


def add(db: Session, recipient: str, message: Message, now: datetime) -> None:
    db.add(
        OutboxMail(
            recipient=recipient,
            subject=message.subject,
            body_sealed=compose(message),
            created_at=now,
            next_attempt_at=now,
        )
    )
    after_commit(db, _wake)


def compose(message: Message) -> bytes:
    """Les deux corps, scellés."""
    text, html = render(message)
    return seal(PURPOSE, json.dumps({"text": text, "html": html}))


def _wake() -> None:
    wake("deliver_mails")


def letter(mail: OutboxMail) -> Letter:
    body = json.loads(unseal(PURPOSE, mail.body_sealed)) if mail.body_sealed else {"text": "", "html": ""}
    return Letter(mail.recipient, mail.subject, body["text"], body["html"])


def deliver(mailer: Mailer, now: datetime) -> int:
    """Envoie un courriel dû, ou garde d'un coup tous ceux qui attendent ; zéro quand il n'en reste plus."""
    if not mailer.delivers:
        _keep_all(now)
        return 0
    mail = _claim(now)
    if mail is None:
        return 0
    _deliver_one(mailer, mail, now)
    return 1


def _keep_all(now: datetime) -> None:
    with transaction() as db:
        query = update(OutboxMail).where(col(OutboxMail.status) == MailStatus.WAITING)
        db.exec(query.values(status=MailStatus.KEPT, sent_at=now).execution_options(synchronize_session=False))


def _claim(now: datetime) -> OutboxMail | None:
    """Réserve le prochain, un seul : une réserve prise pour tout un lot expirerait avant sa fin."""
    with transaction() as db:
        query = (
            select(OutboxMail)
            .where(OutboxMail.status == MailStatus.WAITING, col(OutboxMail.next_attempt_at) <= now)
            .order_by(col(OutboxMail.next_attempt_at), col(OutboxMail.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        mail = db.exec(query).first()
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + CLAIM
        return mail


def _deliver_one(mailer: Mailer, mail: OutboxMail, now: datetime) -> None:
    try:
        mailer.send(letter(mail))
    except (OSError, ValueError, InvalidTag) as error:  # smtplib.SMTPException est une OSError ; la clé a pu changer
        _postpone(mail.key, mail.attempts, type(error).__name__, now)
        return
    with transaction() as db:
        sent = db.get_one(OutboxMail, mail.key)
        sent.status, sent.sent_at, sent.error = MailStatus.SENT, now, ""
        sent.body_sealed = None  # parti : il ne reste ici que l'en-tête


def _postpone(mail_id: int, attempts: int, reason: str, now: datetime) -> None:
    delay = retry_delay(attempts)
    log.warning("courriel non parti", extra={"mail": mail_id, "attempts": attempts, "reason": reason})
    with transaction() as db:
        mail = db.get_one(OutboxMail, mail_id)
        mail.error = reason
        if delay is None:
            mail.status = MailStatus.FAILED
        else:
            mail.next_attempt_at = now + delay


def has_waiting(now: datetime) -> bool:
    query = select(OutboxMail.id).where(OutboxMail.status == MailStatus.WAITING, col(OutboxMail.next_attempt_at) <= now)
    with reading() as db:
        return db.exec(query.limit(1)).first() is not None
