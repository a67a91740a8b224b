"""Rattraper les notifications qui ne viennent pas : chaque minute, redemander ce qui attend, sans jamais s'acharner."""

import logging
from datetime import datetime, timedelta

from sqlmodel import col, select

from portail.domain.payments import UNDECIDED, Provider
from portail.integrations.payments import Answer, AnswerState, ProviderDownError, ProviderRefusedError
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services.payments import gateways, settling
from portail.services.payments.opening import OPEN_FOR

log = logging.getLogger("portail.payments")
QUIET = timedelta(minutes=1)  # la notification a d'abord le temps de venir
YOUNG, SELDOM = timedelta(minutes=15), timedelta(minutes=10)
WAITED_FOR = timedelta(hours=48)  # un « pas encore » de PayFiP n'est plus qu'un oubli ; payé plus tard, cela compte
AT_ONCE = 50


def reconcile(now: datetime) -> int:
    """Rend le nombre de tentatives regardées ; un prestataire en panne attend la tournée suivante.

    Ce qui échoue passe derrière les autres : une seule tentative ne doit jamais arrêter la tournée.
    """
    looked = 0
    down: set[str] = set()
    for attempt in _waiting(now):
        if attempt.provider in down:
            continue
        try:
            _look(attempt, now)
        except ProviderDownError:
            down.add(attempt.provider)
            _put_off(attempt.key, now)
        except Exception:
            log.exception("paiement impossible à regarder", extra={"attempt": attempt.key})
            _put_off(attempt.key, now)
        else:
            looked += 1
    return looked


def _put_off(attempt_id: int, now: datetime) -> None:
    with transaction() as db:
        db.get_one(PaymentAttempt, attempt_id).checked_at = now


def _waiting(now: datetime) -> list[PaymentAttempt]:
    """Jamais regardées d'abord, puis les plus anciens regards ; ce qui est douteux attend un agent, plus le service."""
    is_young = col(PaymentAttempt.created_at) > now - YOUNG
    asked = col(PaymentAttempt.checked_at)
    due = asked.is_(None) | (is_young & (asked <= now - QUIET)) | (asked <= now - SELDOM)
    query = select(PaymentAttempt).where(
        col(PaymentAttempt.state).in_(UNDECIDED),
        col(PaymentAttempt.created_at) <= now - QUIET,
        PaymentAttempt.review == "",
        due,
    )
    with reading() as db:
        return list(db.exec(query.order_by(asked.nulls_first(), col(PaymentAttempt.id)).limit(AT_ONCE)))


def _look(attempt: PaymentAttempt, now: datetime) -> None:
    """Jamais ouverte chez le prestataire : abandonnée, une fois que sa page ne pourrait plus servir."""
    if attempt.provider_ref is None:
        answer = _given_up(attempt) if now >= attempt.created_at + OPEN_FOR else None
    else:
        try:
            answer = gateways.gateway(Provider(attempt.provider)).ask(attempt.provider_ref)
        except ProviderRefusedError:
            log.warning("paiement inconnu du prestataire", extra={"attempt": attempt.key})
            answer = _given_up(attempt)
        if answer.state is AnswerState.WAITING and now >= attempt.created_at + WAITED_FOR:
            answer = _given_up(attempt)
    with transaction() as db:
        if answer is not None:
            settling.settle(db, attempt.key, answer, None, now)
        else:
            db.get_one(PaymentAttempt, attempt.key).checked_at = now


def _given_up(attempt: PaymentAttempt) -> Answer:
    return Answer(AnswerState.EXPIRED, 0, settling.CURRENCY, attempt.is_live, attempt.reference)
