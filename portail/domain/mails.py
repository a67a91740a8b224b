"""La vie d'un courriel : en attente, parti, à renvoyer, abandonné — ou simplement gardé."""

from datetime import timedelta
from enum import StrEnum


class MailStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"

    @property
    def label(self) -> str:
        return MAIL_LABELS[self]


MAIL_LABELS = {
    MailStatus.WAITING: "en attente",
    MailStatus.SENT: "parti",
    MailStatus.FAILED: "échec",
    MailStatus.KEPT: "conservé",
}
TRANSITIONS: dict[MailStatus, frozenset[MailStatus]] = {
    MailStatus.WAITING: frozenset({MailStatus.SENT, MailStatus.FAILED, MailStatus.KEPT}),
    MailStatus.FAILED: frozenset({MailStatus.WAITING}),
    MailStatus.SENT: frozenset(),
    MailStatus.KEPT: frozenset({MailStatus.WAITING}),
}
MAX_ATTEMPTS = 8


def retry_delay(attempts: int) -> timedelta | None:
    """30 s, 1 min, 2 min… puis None : on abandonne et l'administrateur le voit."""
    if attempts >= MAX_ATTEMPTS:
        return None
    delay: timedelta = timedelta(seconds=30) * 2 ** (attempts - 1)
    return min(delay, timedelta(hours=2))
