"""Le courrier parti pendant un test : à qui, à quel sujet, avec quel lien."""

from sqlmodel import select

from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.services.mails import outbox


def subjects_to(recipient: str) -> list[str]:
    return [mail.subject for mail in _mails() if mail.recipient == recipient]


def recipients() -> list[str]:
    return [mail.recipient for mail in _mails()]


def last_text(recipient: str) -> str:
    return outbox.letter([mail for mail in _mails() if mail.recipient == recipient][-1]).text


def last_token(recipient: str) -> str:
    """Le dernier morceau de l'adresse écrite dans le dernier courriel."""
    return last_text(recipient).split("http", 1)[1].split()[0].rpartition("/")[2]


def _mails() -> list[OutboxMail]:
    with reading() as db:
        return list(db.exec(select(OutboxMail).order_by(OutboxMail.id)))
