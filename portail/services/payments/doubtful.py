"""Un paiement douteux : la régie verse au porte-monnaie la somme que le prestataire dit avoir reçue, une seule fois."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.money import euros
from portail.domain.payments import AttemptState, Provider, Purpose
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations.payments import Answer, AnswerState, ProviderDownError, ProviderRefusedError
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services import audit
from portail.services.payments import gateways, letters, reviews, settling
from portail.services.payments.desk import is_to_review


class NothingReceivedError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Le prestataire ne confirme aucune somme reçue en euros : rien n’est versé.",
            "Vérifiez sur son tableau de bord, puis « C’est vu ».",
        )


class NoLongerDoubtfulError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Ce paiement ne demande plus rien : rien n’est versé de plus.")


class SilentProviderError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Le service de paiement ne répond pas : rien n’est versé.", "Réessayez dans quelques minutes.")


def credit(*, actor: Actor, attempt_id: int, now: datetime) -> str:
    """Le montant n'est jamais saisi : il est redemandé au prestataire, hors transaction."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        attempt = _doubtful(db, attempt_id)
    answer = _asked(attempt)
    with transaction() as db:
        reviews.hold(db, attempt_id)
        attempt = _doubtful(db, attempt_id)
        attempt.purpose = Purpose.TOP_UP  # les factures qu'il voulait payer restent dues
        payment = settling.receive(db, attempt, answer.amount_cents, [], now)
        letters.credited(db, attempt, payment, now)
        subject, amount = attempt.family_id, euros(payment.amount_cents)
        detail = f"{amount}, référence {attempt.reference}"
        audit.record(db, "payment.credited", at=now, actor_id=actor.account_id, subject_id=subject, detail=detail)
    return f"{amount} versés au porte-monnaie. La famille en est prévenue."


def _doubtful(db: Session, attempt_id: int) -> PaymentAttempt:
    """À regarder, sans argent encaissé, d'un dossier qui existe encore ; « C'est vu » clôt l'affaire."""
    attempt = db.get(PaymentAttempt, attempt_id) if is_key(attempt_id) else None
    if attempt is None or attempt.family_id is None:
        raise NotOpenError
    if attempt.state == AttemptState.SUCCEEDED or not is_to_review(attempt):
        raise NoLongerDoubtfulError
    return attempt


def _asked(attempt: PaymentAttempt) -> Answer:
    try:
        answer = gateways.gateway(Provider(attempt.provider)).ask(attempt.provider_ref or "")
    except ProviderDownError:
        raise SilentProviderError from None
    except ProviderRefusedError:
        raise NothingReceivedError from None
    is_money = answer.state is AnswerState.PAID and answer.currency == settling.CURRENCY and answer.amount_cents > 0
    if not is_money or answer.is_live is not attempt.is_live:
        raise NothingReceivedError
    return answer
