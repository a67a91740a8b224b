"""Les paiements en ligne, pour la régie : les retrouver, voir ceux qui demandent un regard, dire qu'on l'a fait."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.money import euros
from portail.domain.payments import AttemptState, Means, Provider, Purpose, RefundOrigin, RefundSource, RefundState
from portail.domain.refusals import NotOpenError
from portail.ids import new_token
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.payments import Payment, PaymentAttempt, PaymentRefund
from portail.services import audit
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.payments import OnlinePayment, OnlinePayments, RefundOfPayment

TO_REVIEW = "review"
TONES = {
    AttemptState.SUCCEEDED: "ok",
    AttemptState.FAILED: "err",
    AttemptState.EXPIRED: "",
    AttemptState.PENDING: "warn",
}
REFUND_TONES = {RefundState.ASKED: "warn", RefundState.DONE: "ok", RefundState.FAILED: "err"}
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
        given_back = _refunds(db, [payment.key for _, payment, _ in found if payment])
    return OnlinePayments(
        ready=True,
        rows=[_row(*row, given_back) for row in found],
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


def is_to_review(attempt: PaymentAttempt) -> bool:
    return bool(attempt.review) and attempt.reviewed_at is None


def to_review() -> Any:
    """Combien demandent un regard : une question à glisser dans « À faire »."""
    return select(func.count()).select_from(PaymentAttempt).where(*_unreviewed())


def _refunds(db: Session, payment_ids: list[int]) -> dict[int, list[RefundOfPayment]]:
    """Le dernier d'abord."""
    query = select(PaymentRefund).where(col(PaymentRefund.payment_id).in_(payment_ids))
    found: dict[int, list[RefundOfPayment]] = {}
    for one in db.exec(query.order_by(col(PaymentRefund.id).desc())):
        found.setdefault(one.payment_id, []).append(_refund(one))
    return found


def _refund(one: PaymentRefund) -> RefundOfPayment:
    state, origin, source = RefundState(one.state), RefundOrigin(one.origin), RefundSource(one.source)
    is_owed = source is RefundSource.OWED and state is not RefundState.FAILED
    known = origin.label if origin is not RefundOrigin.PORTAL else ""
    taken = source.label if source is not RefundSource.WALLET and state is not RefundState.FAILED else ""
    return RefundOfPayment(
        id=one.key,
        at=wording.instant(one.at),
        amount=euros(one.cents),
        state=state.label,
        tone=REFUND_TONES[state],
        said=" · ".join(part for part in (known, one.reason, one.failure, taken) if part),
        can_recover=is_owed,
    )


def _row(
    attempt: PaymentAttempt,
    payment: Payment | None,
    family: Family | None,
    given_back: dict[int, list[RefundOfPayment]],
) -> OnlinePayment:
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
        amount=euros(payment.amount_cents if payment else attempt.amount_cents),
        refunded=euros(payment.refunded_cents) if payment and payment.refunded_cents else "",
        state=state.label,
        tone=TONES.get(state, ""),
        review=attempt.review if is_to_review(attempt) else "",
        refunds=given_back.get(payment.key, []) if payment else [],
        left=f"{left // 100},{left % 100:02d}",
        can_credit=payment is None and family is not None and is_to_review(attempt),
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
