"""Les courriels d'un paiement : le reçu, et le remboursement."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import is_erased
from portail.domain.money import euros
from portail.domain.payments import Provider, Purpose
from portail.models.accounts import Account
from portail.models.payments import Payment, PaymentAttempt
from portail.services import outbox
from portail.services.letters import Message
from portail.settings import current
from portail.views import wording

WALLET, RETURN = "/porte-monnaie", "/paiement/retour"


def receipt(db: Session, attempt: PaymentAttempt, allocated: int, now: datetime) -> None:
    """À qui a payé ; la sélection qui attendait s'y retrouve d'un clic, depuis n'importe quel appareil."""
    left = attempt.amount_cents - allocated
    is_top_up = attempt.purpose == Purpose.TOP_UP
    paragraphs = [
        f"Nous avons bien reçu {euros(attempt.amount_cents)} le {wording.instant(now)}.",
        f"Moyen de paiement : {Provider(attempt.provider).label}. Référence : {attempt.reference}.",
    ]
    if is_top_up:
        paragraphs.append("La somme est sur votre porte-monnaie.")
    elif left:
        paragraphs.append(f"Une facture était déjà réglée : {euros(left)} sont sur votre porte-monnaie.")
    resumes = bool(attempt.resume)
    if resumes:
        paragraphs.append("Votre sélection vous attend : rien n’est réservé tant qu’elle n’est pas confirmée.")
    message = Message(
        subject=f"Reçu de votre paiement de {euros(attempt.amount_cents)}",
        paragraphs=tuple(paragraphs),
        action="Revenir à ma sélection" if resumes else "Voir mon porte-monnaie" if is_top_up else "Voir mes factures",
        url=f"{current().site_url}{page_after(attempt)}",
    )
    _send(db, attempt.account_id, message, now)


def page_after(attempt: PaymentAttempt) -> str:
    if attempt.resume:
        return f"{RETURN}?tentative={attempt.reference}"
    return WALLET if attempt.purpose == Purpose.TOP_UP else "/factures"


def refunded(db: Session, payment: Payment, cents: int, now: datetime) -> None:
    message = Message(
        subject=f"Remboursement de {euros(cents)}",
        paragraphs=(
            f"La mairie vous rembourse {euros(cents)} de votre paiement du {wording.instant(payment.at)}.",
            "La somme revient sur la carte qui a payé, sous quelques jours selon votre banque.",
        ),
        action="Voir mon porte-monnaie",
        url=f"{current().site_url}{WALLET}",
    )
    _send(db, payment.author_id, message, now)


def _send(db: Session, account_id: int | None, message: Message, now: datetime) -> None:
    account = db.get(Account, account_id) if account_id else None
    if account is not None and not is_erased(account.email):
        outbox.add(db, account.email, message, now)
