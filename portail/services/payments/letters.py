"""Les courriels d'un paiement : le reçu, la somme versée par un agent, et le remboursement."""

from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import is_erased
from portail.domain.money import euros
from portail.domain.payments import Provider, Purpose, RefundOrigin, RefundSource
from portail.models.accounts import Account
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation, PaymentAttempt, PaymentRefund
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording

WALLET, RETURN = "/porte-monnaie", "/paiement/retour"


def receipt(db: Session, attempt: PaymentAttempt, payment: Payment, now: datetime) -> None:
    """À qui a payé ; la sélection qui attendait s'y retrouve d'un clic, depuis n'importe quel appareil."""
    paragraphs = [
        f"Nous avons bien reçu {euros(payment.amount_cents)} le {wording.instant(now)}.",
        f"Moyen de paiement : {Provider(attempt.provider).label}. Référence : {attempt.reference}.",
        *_uses(db, attempt, payment),
    ]
    action, url = "Télécharger le reçu", f"{current().site_url}/telechargements/recu-{payment.key}"
    if payment.family_id is None:  # plus de dossier : plus personne à qui ouvrir le papier
        action, url = "", ""
    elif attempt.resume:
        paragraphs.append("Votre sélection vous attend : rien n’est réservé tant qu’elle n’est pas confirmée.")
        paragraphs.append(f"Le reçu à télécharger : {url}")
        action, url = "Revenir à ma sélection", f"{current().site_url}{RETURN}?tentative={attempt.reference}"
    subject = f"Reçu de votre paiement de {euros(payment.amount_cents)}"
    _send(db, attempt.account_id, Message(subject, tuple(paragraphs), action, url), now)


def _uses(db: Session, attempt: PaymentAttempt, payment: Payment) -> list[str]:
    """Les factures soldées, et ce qui est allé au porte-monnaie."""
    query = (
        select(Invoice, PaymentAllocation.cents)
        .join(PaymentAllocation, col(PaymentAllocation.invoice_id) == col(Invoice.id))
        .where(PaymentAllocation.payment_id == payment.key)
        .order_by(col(Invoice.id))
    )
    paid = list(db.exec(query))
    said = []
    if paid:
        parts = [f"{invoice.content.get('number', '')} ({euros(cents)})" for invoice, cents in paid]
        said.append(f"{'Facture payée' if len(parts) == 1 else 'Factures payées'} : {', '.join(parts)}.")
    left = payment.amount_cents - sum(cents for _, cents in paid)
    if attempt.purpose == Purpose.TOP_UP:
        said.append("La somme est sur votre porte-monnaie.")
    elif left:
        said.append(f"Une facture était déjà réglée : {euros(left)} sont sur votre porte-monnaie.")
    return said


def credited(db: Session, attempt: PaymentAttempt, payment: Payment, now: datetime) -> None:
    """La somme reçue n'était pas celle demandée : un agent l'a versée au porte-monnaie."""
    amount = euros(payment.amount_cents)
    message = Message(
        subject=f"{amount} versés à votre porte-monnaie",
        paragraphs=(
            f"Votre paiement {attempt.reference} ne correspondait pas à ce qui était demandé : la mairie l’a vérifié.",
            f"La banque a reçu {amount} : cette somme est sur votre porte-monnaie.",
        ),
        action="Voir mon porte-monnaie",
        url=f"{current().site_url}{WALLET}",
    )
    _send(db, attempt.account_id, message, now)


def refunded(db: Session, payment: Payment, refund: PaymentRefund, now: datetime) -> None:
    """Rendu par la mairie, ou repris par la banque de la famille ; et ce que cela change pour elle."""
    amount, day = euros(refund.cents), wording.instant(payment.at)
    if refund.origin == RefundOrigin.DISPUTE:
        subject = f"Paiement contesté : {amount} repris par votre banque"
        said = [f"À la suite d’une contestation, votre banque a repris {amount} de votre paiement du {day}."]
    else:
        subject = f"Remboursement de {amount}"
        said = [
            f"La mairie vous rembourse {amount} de votre paiement du {day}.",
            "La somme revient sur la carte qui a payé, sous quelques jours selon votre banque.",
        ]
    message = Message(
        subject=subject,
        paragraphs=(*said, _TAKEN_FROM[RefundSource(refund.source)]),
        action="Voir mes factures" if refund.source == RefundSource.INVOICES else "Voir mon porte-monnaie",
        url=f"{current().site_url}{'/factures' if refund.source == RefundSource.INVOICES else WALLET}",
    )
    _send(db, payment.author_id, message, now)


_TAKEN_FROM = {
    RefundSource.WALLET: "Elle est prise sur votre porte-monnaie.",
    RefundSource.INVOICES: "Les factures que ce paiement réglait sont de nouveau à payer.",
    RefundSource.OWED: "Votre porte-monnaie ne la contient plus : la régie de la mairie vous contactera.",
}


def _send(db: Session, account_id: int | None, message: Message, now: datetime) -> None:
    account = db.get(Account, account_id) if account_id else None
    if account is not None and not is_erased(account.email):
        outbox.add(db, account.email, message, now)
