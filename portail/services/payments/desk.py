"""Les paiements en ligne, pour la régie : les retrouver, voir ceux qui demandent un regard, dire qu'on l'a fait."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.money import euros
from portail.domain.payments import AttemptState, Means, Provider, Purpose
from portail.domain.refusals import NotOpenError
from portail.ids import new_token
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.payments import Payment, PaymentAttempt
from portail.services import audit
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.payments import OnlinePayment, OnlinePayments

TO_REVIEW = "review"
TONES = {
    AttemptState.SUCCEEDED: "ok",
    AttemptState.FAILED: "err",
    AttemptState.EXPIRED: "",
    AttemptState.PENDING: "warn",
}
LONGEST_WORDS = 40


def find(*, actor: Actor, words: str, only: str, page: int) -> OnlinePayments:
    """Les plus récents d'abord ; par référence, ou par nom ou numéro de dossier."""
    check_audience(Audience.MONEY, actor)
    sought = words.strip()[:LONGEST_WORDS]
    with reading() as db:
        rows = (
            select(PaymentAttempt, Payment, Family)
            .join(Payment, col(Payment.attempt_id) == col(PaymentAttempt.id), isouter=True)
            .join(Family, col(Family.id) == col(PaymentAttempt.family_id), isouter=True)
            .where(*_wanted(sought, only))
        )
        total = db.exec(select(func.count()).select_from(rows.with_only_columns(col(PaymentAttempt.id)).subquery()))
        count = total.one()
        here = slice_of(count, page)
        found = list(db.exec(rows.order_by(col(PaymentAttempt.id).desc()).offset(here.offset).limit(PAGE_SIZE)))
    return OnlinePayments(
        ready=True,
        rows=[_row(*row) for row in found],
        total=count,
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(count, 'paiement', 'paiements')}, page {here.page} sur {here.pages}",
        words=sought,
        only=only if only == TO_REVIEW else "",
        token=new_token(),
    )


def _wanted(sought: str, only: str) -> list[Any]:
    like = f"%{sought.replace('%', '').replace('_', '')}%"
    said = [col(column).ilike(like) for column in (PaymentAttempt.reference, Family.name, Family.number)]
    return [*([or_(*said)] if sought else []), *(_unreviewed() if only == TO_REVIEW else ())]


def _unreviewed() -> tuple[Any, ...]:
    return PaymentAttempt.review != "", col(PaymentAttempt.reviewed_at).is_(None)


def to_review() -> Any:
    """Combien demandent un regard : une question à glisser dans « À faire »."""
    return select(func.count()).select_from(PaymentAttempt).where(*_unreviewed())


def _row(attempt: PaymentAttempt, payment: Payment | None, family: Family | None) -> OnlinePayment:
    left = payment.amount_cents - payment.refunded_cents if payment and payment.cancelled_at is None else 0
    state = AttemptState(attempt.state)
    return OnlinePayment(
        id=attempt.key,
        payment_id=payment.key if payment else 0,
        at=wording.instant(attempt.created_at),
        family=f"{family.name} ({family.number})" if family else "Dossier effacé",
        purpose=Purpose(attempt.purpose).label,
        provider=Provider(attempt.provider).label,
        reference=attempt.reference,
        amount=euros(attempt.amount_cents),
        refunded=euros(payment.refunded_cents) if payment and payment.refunded_cents else "",
        state=state.label,
        tone=TONES.get(state, ""),
        review=attempt.review if attempt.reviewed_at is None else "",
        left=f"{left // 100},{left % 100:02d}",
        can_refund=left > 0 and payment is not None and payment.means == Means.CARD,
    )


def reviewed(*, actor: Actor, attempt_id: int, now: datetime) -> None:
    """Un agent a regardé ; la note reste, l'affaire est close."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        family_id = _close(db, attempt_id, now)
        audit.record(db, "payment.reviewed", at=now, actor_id=actor.account_id, subject_id=family_id)


def _close(db: Session, attempt_id: int, now: datetime) -> int | None:
    attempt = db.get(PaymentAttempt, attempt_id) if is_key(attempt_id) else None
    if attempt is None or not attempt.review:
        raise NotOpenError
    mine = update(PaymentAttempt).where(col(PaymentAttempt.id) == attempt_id)
    db.exec(mine.values(reviewed_at=now).execution_options(synchronize_session=False))
    return attempt.family_id
