"""« Confirmer » une modification avancée : une transaction, une validation, toutes les activités, tout ou rien."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portail.domain import selection as selections
from portail.domain.accounts import Actor
from portail.domain.bookings import Intent
from portail.domain.refusals import BadInputError
from portail.domain.weekly import Wish, read_text
from portail.models.bookings import BookingBatch
from portail.models.database import transaction
from portail.services.bookings import letters
from portail.services.bookings.advanced.comparing import Diff, compare
from portail.services.bookings.advanced.preview import preview_of, seen_of, sessions
from portail.services.bookings.confirming import (
    TOKEN,
    UNDO,
    ReusedTokenError,
    agreed,
    call_the_queue,
    check_not_just_done,
    check_room,
)
from portail.services.bookings.facts import Desk
from portail.services.bookings.recap import blocked_by
from portail.services.bookings.retrying import settle
from portail.services.bookings.undoing import ADVANCED
from portail.services.bookings.writing import Writing, batch_of, record, take_seats
from portail.services.validations import following
from portail.views import wording
from portail.views.weekly import WeeklyOutcome

LONGEST = 9  # chiffres
CHANGED = "Des places ou des jours ont changé depuis l’aperçu : voici ce qui est possible maintenant."


@dataclass(frozen=True)
class WeeklyOrder:
    """Ce que « Confirmer » envoie ; `seen` : ce que l'aperçu annonçait ; `partial` : accepter d'en faire moins."""

    wish: str
    seen: str
    token: str
    partial: bool = False

    @property
    def digest(self) -> str:
        return selections.digest(read_text(self.wish).text)

    def accepts(self, diff: Diff) -> bool:
        """Ni plus de jours ni plus cher que ce qui a été montré."""
        if self.seen == seen_of(diff):
            return True
        numbers = [
            int(part) if part.isascii() and part.isdigit() and len(part) <= LONGEST else -1
            for part in self.seen.split(".", 3)
        ]
        if not self.partial or len(numbers) != len(diff.size):
            return False
        return all(now <= then for now, then in zip(diff.size, numbers, strict=True))


class NothingDoneError(Exception):
    """Rien n'est écrit : le nouvel aperçu dit pourquoi."""

    def __init__(self, diff: Diff) -> None:
        super().__init__("rien n'est écrit")
        self.diff = diff


def confirm(*, actor: Actor, order: WeeklyOrder, now: datetime) -> WeeklyOutcome:
    """La même commande envoyée deux fois rend deux fois la même réponse."""
    if len(order.token) not in TOKEN:
        raise BadInputError
    wish = read_text(order.wish)
    try:
        return settle(lambda lost: _attempt(actor, order, wish, now, lost))
    except NothingDoneError as refusal:
        return WeeklyOutcome(message="Rien n’a été changé.", retry=preview_of(refusal.diff, CHANGED))


def _attempt(actor: Actor, order: WeeklyOrder, wish: Wish, now: datetime, lost: frozenset[int]) -> WeeklyOutcome:
    with transaction() as db:
        known = batch_of(db, actor.account_id, order.token)
        if known is not None:
            return _again(known, order, now)
        diff = compare(db, Desk(actor), wish, now, lost)
        if diff.is_empty or blocked_by(*diff.plans) or not order.accepts(diff):
            check_not_just_done(db, actor, order.token)
            raise NothingDoneError(diff)
        batch = _open(db, actor, order, diff, now)
        _write(db, actor, batch, diff, now)
    return _outcome(batch, can_undo=True)


def _write(db: Session, actor: Actor, batch: BookingBatch, diff: Diff, now: datetime) -> None:
    plans = [plan for plan in diff.plans if not plan.is_empty]
    for plan in plans:
        check_room(db, actor, plan, now)
    writings = [Writing(plan, batch, actor.account_id, now) for plan in plans]
    record(db, *writings)
    if any(plan.facts.sheet.activity.needs_validation for plan in plans):
        following.follow(db, actor, batch, now)
    letters.send_several(db, plans, now)
    take_seats(db, *writings)
    for plan in plans:
        call_the_queue(db, plan, now)


def _open(db: Session, actor: Actor, order: WeeklyOrder, diff: Diff, now: datetime) -> BookingBatch:
    family = next(plan.family for plan in diff.plans if not plan.is_empty)
    batch = BookingBatch(
        token=order.token,
        digest=order.digest,
        source=ADVANCED,
        author_id=actor.account_id,
        family_id=family.key,
        at=now,
        content={"message": _message(diff), "refused": [], "waits": []},
    )
    db.add(batch)
    db.flush()
    return batch


def _again(known: BookingBatch, order: WeeklyOrder, now: datetime) -> WeeklyOutcome:
    if known.digest != order.digest:
        raise ReusedTokenError
    return _outcome(known, can_undo=known.undone_at is None and now <= known.at + UNDO)


def _outcome(batch: BookingBatch, *, can_undo: bool) -> WeeklyOutcome:
    detail = "Un courriel vous le confirme, mois par mois."
    return WeeklyOutcome(batch.content["message"], detail, batch.key, can_undo)


def _message(diff: Diff) -> str:
    """« 412 séances réservées, 3 séances annulées. » ; ce que la mairie doit valider est dit demandé."""
    asked = sum(len(plan.done[Intent.ADD]) for plan in diff.plans if plan.facts.sheet.activity.needs_validation)
    added, removed, _ = diff.size
    counts = {"réservée": added - asked, "demandée": asked, "annulée": removed}
    said = [f"{sessions(number)} {agreed(word, number)}" for word, number in counts.items() if number]
    return wording.capitalised(", ".join(said)) + "."
