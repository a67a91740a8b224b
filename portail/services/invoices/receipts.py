"""Le reçu d'un paiement fait depuis le porte-monnaie."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import Actor
from portail.domain.money import euros
from portail.domain.payments import Means
from portail.models.accounts import Account
from portail.models.payments import Payment
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording


def send(db: Session, actor: Actor, payment: Payment, numbers: str, now: datetime) -> None:
    account = db.get_one(Account, actor.account_id)
    message = Message(
        subject=f"Reçu de votre paiement de {euros(payment.amount_cents)}",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Nous avons bien reçu {euros(payment.amount_cents)} le {wording.instant(now)}.",
            f"Moyen de paiement : {Means(payment.means).label}. Factures : {numbers}.",
        ),
        action="Télécharger le reçu",
        url=f"{current().site_url}/telechargements/recu-{payment.key}",
    )
    outbox.add(db, account.email, message, now)
