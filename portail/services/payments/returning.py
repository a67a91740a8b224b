"""Au retour de la page de paiement : ce que l'on sait, et rien de plus. Cette page ne crédite jamais rien."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.money import euros
from portail.domain.payments import UNDECIDED, AttemptState, Purpose
from portail.domain.wallet import LedgerAccountKind
from portail.models.database import reading
from portail.models.payments import Payment, PaymentAttempt
from portail.models.wallet import LedgerAccount, LedgerEntry
from portail.services.payments import keeping, resuming
from portail.services.wallet.accounts import balance_of
from portail.views.payments import PaymentReturn

TOP_UP, BILLS = ("/porte-monnaie", "Voir mon porte-monnaie"), ("/factures", "Voir mes factures")
AGAIN = {Purpose.TOP_UP: ("/porte-monnaie", "Recommencer"), Purpose.INVOICES: ("/paiement", "Recommencer le paiement")}

WAITING = (
    "Nous attendons la confirmation de votre banque : quelques secondes le plus souvent. "
    "Vous pouvez fermer cette page, un courriel vous le dira."
)


def show(*, actor: Actor, reference: str, is_given_up: bool, now: datetime) -> PaymentReturn:
    """`is_given_up` : la personne dit revenir sans avoir payé ; le prestataire peut dire le contraire."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        attempt = resuming.mine(db, actor, reference)
        title, detail, tone = _said(db, attempt, is_given_up=is_given_up)
        where, label = _next(attempt, tone, now)
        if tone in {"warn", "err"} and attempt.resume and not attempt.review:
            where = keeping.way_to_pay(db, actor, keeping.chosen_in(attempt.resume), now)
    return PaymentReturn(
        ready=True,
        reference=attempt.reference,
        title=title,
        detail=detail,
        tone=tone,
        amount=euros(attempt.amount_cents),
        is_waiting=tone == "wait",
        href=where,
        label=label,
        resumes=attempt.state == AttemptState.SUCCEEDED and "reprise=" in where,
    )


def _said(db: Session, attempt: PaymentAttempt, *, is_given_up: bool) -> tuple[str, str, str]:
    if attempt.state == AttemptState.SUCCEEDED:
        return "Paiement reçu", _received(db, attempt), "ok"
    if attempt.review:
        return "Paiement à vérifier", "La mairie vérifie ce paiement. Rien n’est perdu : elle vous écrira.", "warn"
    if attempt.state == AttemptState.FAILED:
        return "Paiement refusé", f"{attempt.failure or 'Il n’a pas abouti.'} Rien n’a été débité.", "err"
    if attempt.state == AttemptState.EXPIRED or (is_given_up and attempt.state in UNDECIDED):
        return "Paiement abandonné", "Rien n’a été débité. Vous pouvez recommencer quand vous voulez.", "warn"
    return "Paiement en attente", WAITING, "wait"


def _received(db: Session, attempt: PaymentAttempt) -> str:
    if attempt.purpose == Purpose.INVOICES:
        return f"Vos factures sont réglées. Un reçu vous est envoyé.{_put_aside(db, attempt)}"
    balance = balance_of(db, attempt.family_id).cents if attempt.family_id else 0
    return f"Votre porte-monnaie contient maintenant {euros(balance)}. Un reçu vous est envoyé."


def _put_aside(db: Session, attempt: PaymentAttempt) -> str:
    """Ce que le paiement a laissé au porte-monnaie ; la note des agents, elle, n'est pas pour la famille."""
    query = (
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .join(Payment, col(Payment.movement_id) == col(LedgerEntry.transaction_id))
        .where(Payment.attempt_id == attempt.key, LedgerAccount.kind == LedgerAccountKind.WALLET)
    )
    cents = int(db.exec(query).one())
    return f" Une facture était déjà réglée\u00a0: {euros(cents)} versés au porte-monnaie." if cents else ""


def _next(attempt: PaymentAttempt, tone: str, now: datetime) -> tuple[str, str]:
    """La sélection d'abord ; sans paiement, on y revient pour choisir autrement, ou l'on recommence."""
    if resuming.is_alive(attempt, now):
        return resuming.page_of(attempt), "Revenir à ma sélection"
    if tone in {"warn", "err"} and not attempt.review:
        return AGAIN[Purpose(attempt.purpose)]
    return BILLS if attempt.purpose == Purpose.INVOICES else TOP_UP
