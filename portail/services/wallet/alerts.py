"""« Il reste peu » : un courriel par passage sous le seuil, dans la transaction de la dépense qui l'a fait passer."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import Notification
from portail.domain.money import euros
from portail.domain.wallet import MovementKind
from portail.models.wallet import LedgerAccount
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.wallet import people
from portail.settings import current

SPENDING = frozenset({MovementKind.BOOKING, MovementKind.PAYMENT})


def tell(db: Session, kind: MovementKind, wallet: LedgerAccount, now: datetime) -> None:
    """Le solde est celui que la base vient d'écrire : deux dépenses au même instant ne passent le seuil qu'une fois."""
    if wallet.family_id is None or wallet.activated_at is None or kind not in SPENDING:
        return
    message = Message(
        subject="Votre porte-monnaie est presque vide",
        paragraphs=(_said(wallet.balance_cents), "Pensez à l’alimenter avant votre prochaine réservation."),
        action="Alimenter mon porte-monnaie",
        url=f"{current().site_url}/porte-monnaie",
        closing="Vous pouvez couper ce courriel dans « Mon compte », préférences.",
    )
    for address in people.addresses(db, wallet.family_id, Notification.WALLET):
        outbox.add(db, address, message, now)


def _said(cents: int) -> str:
    if cents < 0:
        return f"Son solde est de {euros(cents)} : vous utilisez le découvert que la régie vous accorde."
    return f"Il reste {euros(cents)}."
