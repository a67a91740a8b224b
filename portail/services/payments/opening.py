"""Ouvrir un paiement : la tentative est acquise, puis le prestataire est appelé, puis sa page est notée.

Une coupure entre deux ne perd rien : recommencer retrouve la même tentative, et la clé d'idempotence la même page.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from portail.domain.accounts import Actor
from portail.domain.payments import UNDECIDED, AttemptState, Provider, Purpose
from portail.domain.refusals import BadInputError, RefusalError
from portail.ids import readable_code
from portail.integrations.payments import OpenOrder, ProviderDownError, ProviderRefusedError
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.payments import AttemptInvoice, PaymentAttempt
from portail.models.regies import Regie
from portail.services.payments import gateways
from portail.services.payments.letters import RETURN
from portail.settings import current

OPEN_FOR = timedelta(hours=2)  # la page de paiement se ferme ensuite d'elle-même
# un second onglet retrouve la page du premier, s'il y reste de quoi payer : Stripe n'en fait pas qui se ferme en moins
# de trente minutes, celle de PayFiP se ferme en quinze
REUSED_FOR = {Provider.STRIPE: timedelta(minutes=80), Provider.PAYFIP: timedelta(minutes=10)}
TOKEN = range(16, 65)


class RefusedOpeningError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Le service de paiement n’a pas accepté cette demande. Rien n’a été débité.",
            "Réessayez ; si cela se répète, prévenez la mairie.",
        )


@dataclass(frozen=True)
class Wanted:
    """Ce qu'il faut payer, déjà vérifié ; `shares` : les factures et la part de chacune."""

    family_id: int
    purpose: Purpose
    provider: Provider
    amount_cents: int
    token: str
    shares: tuple[tuple[int, int], ...] = ()
    resume: dict[str, Any] = field(default_factory=dict)


def prepare(db: Session, actor: Actor, regie: Regie, wanted: Wanted, now: datetime) -> int:
    """Dans la transaction de qui a vérifié les droits et les montants ; deux clics, deux onglets : une tentative."""
    if len(wanted.token) not in TOKEN:
        raise BadInputError
    gateways.check_offered(regie, wanted.provider, wanted.amount_cents)
    db.get_one(Account, actor.account_id, with_for_update={"key_share": True})  # un onglet à la fois
    known = _same_token(db, actor, wanted, now) or _same_content(db, actor, regie, wanted, now)
    if known is not None:
        if known.state in UNDECIDED:
            known.resume = wanted.resume or known.resume
            db.flush()
        return known.key
    attempt = PaymentAttempt(
        reference=f"PF{readable_code(12)}",
        token=wanted.token,
        regie_id=regie.key,
        family_id=wanted.family_id,
        account_id=actor.account_id,
        provider=wanted.provider,
        purpose=wanted.purpose,
        amount_cents=wanted.amount_cents,
        is_live=gateways.gateway(wanted.provider).is_live,
        resume=wanted.resume,
        created_at=now,
    )
    db.add(attempt)
    db.flush()
    db.add_all(AttemptInvoice(attempt_id=attempt.key, invoice_id=key, cents=cents) for key, cents in wanted.shares)
    db.flush()
    return attempt.key


def _same_token(db: Session, actor: Actor, wanted: Wanted, now: datetime) -> PaymentAttempt | None:
    """Le même formulaire, déjà envoyé ; s'il dit autre chose, c'est une erreur."""
    query = select(PaymentAttempt).where(
        PaymentAttempt.account_id == actor.account_id, PaymentAttempt.token == wanted.token
    )
    found = db.exec(query).first()
    if found is not None and (found.amount_cents != wanted.amount_cents or found.family_id != wanted.family_id):
        raise RefusalError("Ce formulaire a déjà servi pour un autre montant.", "Rechargez la page.")
    if found is not None and found.state in (AttemptState.FAILED, AttemptState.EXPIRED):
        raise RefusalError("Cette page de paiement est fermée. Rien n’a été débité.", "Rechargez la page.")
    if found is not None and _has_waited(found, now):
        raise RefusalError("Cette demande de paiement a trop attendu.", "Rechargez la page, puis recommencez.")
    return found


def _has_waited(attempt: PaymentAttempt, now: datetime) -> bool:
    """La page de Stripe ne peut plus être faite ; celle de PayFiP est fermée."""
    provider = Provider(attempt.provider)
    late = AttemptState.CREATED if provider is Provider.STRIPE else AttemptState.PENDING
    return attempt.state == late and attempt.created_at <= now - REUSED_FOR[provider]


def _same_content(db: Session, actor: Actor, regie: Regie, wanted: Wanted, now: datetime) -> PaymentAttempt | None:
    """La même demande d'un autre onglet, encore ouverte."""
    query = select(PaymentAttempt).where(
        PaymentAttempt.account_id == actor.account_id,
        PaymentAttempt.family_id == wanted.family_id,
        PaymentAttempt.regie_id == regie.key,
        PaymentAttempt.provider == wanted.provider,
        PaymentAttempt.purpose == wanted.purpose,
        PaymentAttempt.amount_cents == wanted.amount_cents,
        col(PaymentAttempt.state).in_(UNDECIDED),
        PaymentAttempt.created_at > now - REUSED_FOR[wanted.provider],
    )
    for found in db.exec(query.order_by(col(PaymentAttempt.id).desc())):
        shares = select(AttemptInvoice.invoice_id, AttemptInvoice.cents).where(AttemptInvoice.attempt_id == found.key)
        if set(db.exec(shares)) == set(wanted.shares):
            return found
    return None


@dataclass(frozen=True)
class Way:
    """Où aller payer ; `is_done` : c'était déjà payé."""

    url: str
    is_done: bool = False


def open_page(attempt_id: int, label: str, now: datetime) -> Way:
    """Hors transaction pour l'appel ; à n'appeler qu'une fois la tentative acquise."""
    with transaction() as db:
        attempt = db.get_one(PaymentAttempt, attempt_id)
        order = _order(db, attempt, label)
    if attempt.state == AttemptState.SUCCEEDED:
        return Way(order.return_url, is_done=True)
    try:
        gateway = gateways.gateway(Provider(attempt.provider))
        opened = gateway.open(order)
    except ProviderDownError:
        raise gateways.ProviderDownRefusalError from None
    except ProviderRefusedError:
        _note(attempt_id, {"state": AttemptState.FAILED, "checked_at": now})
        raise RefusedOpeningError from None
    noted = _note(attempt_id, {"state": AttemptState.PENDING, "provider_ref": opened.provider_ref})
    if noted and noted != opened.provider_ref:  # un autre onglet a ouvert la sienne d'abord : on suit celle-là
        opened = gateway.open(replace(order, provider_ref=noted))
    return Way(opened.url)


def _order(db: Session, attempt: PaymentAttempt, label: str) -> OpenOrder:
    """La même tentative donne toujours la même demande : c'est ce qui rend la clé d'idempotence utile."""
    page = f"{current().site_url}{RETURN}?tentative={attempt.reference}"
    account = db.get_one(Account, attempt.account_id)
    return OpenOrder(
        reference=attempt.reference,
        amount_cents=attempt.amount_cents,
        label=label,
        email=account.email,
        return_url=page,
        cancel_url=f"{page}&abandon=1",
        expires_at=attempt.created_at + OPEN_FOR,
        payfip_client=db.get_one(Regie, attempt.regie_id).payfip_client,
        provider_ref=attempt.provider_ref or "",
    )


def _note(attempt_id: int, values: dict[str, Any]) -> str | None:
    """Seulement si rien n'est déjà décidé : la notification peut arriver avant. Rend la page que l'on suit."""
    with transaction() as db:
        undecided = update(PaymentAttempt).where(
            col(PaymentAttempt.id) == attempt_id, col(PaymentAttempt.state) == AttemptState.CREATED
        )
        db.exec(undecided.values(**values).execution_options(synchronize_session=False))
        return db.exec(select(PaymentAttempt.provider_ref).where(PaymentAttempt.id == attempt_id)).one()
