"""Prévenir les parents des deux foyers que la garde a changé."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import AccountStatus
from portail.models.accounts import Account
from portail.models.families import Child, Guardian
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current


def tell_parents(db: Session, child: Child, family_ids: Collection[int], but: int | None, now: datetime) -> None:
    """Un courriel à chaque compte actif des foyers, sauf à qui le sait déjà ; il ne dit rien de l'autre foyer."""
    query = (
        select(Account)
        .join(Guardian, col(Guardian.account_id) == col(Account.id))
        .where(col(Guardian.family_id).in_(family_ids), Account.status == AccountStatus.ACTIVE)
        .distinct()
        .order_by(col(Account.id))
    )
    for account in db.exec(query):
        if account.notify_requests and account.key != but:
            outbox.add(db, account.email, _changed(account, child), now)


def _changed(account: Account, child: Child) -> Message:
    return Message(
        subject=f"La garde de {child.first_name} a changé",
        paragraphs=(
            f"Bonjour {account.first_name},",
            f"Le service enfance vient de mettre à jour le calendrier de garde de {child.first_name}.",
        ),
        action="Voir le calendrier",
        url=f"{current().site_url}/dossier/enfants/{child.key}/garde",
        closing="Si ces dates ne sont pas les bonnes, proposez un changement depuis cette page ou appelez le service.",
    )
