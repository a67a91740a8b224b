"""Accepter les conditions d'utilisation : quelle version, et quand."""

from datetime import datetime

from portail.domain import terms
from portail.domain.accounts import Actor
from portail.domain.refusals import RefusalError
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.services import audit


def accept(*, actor: Actor, version: int, now: datetime) -> None:
    """La version acceptée est celle qui a été lue ; déjà acceptée, rien ne change."""
    if version != terms.latest():
        raise RefusalError("Les conditions viennent de changer.", "Rechargez la page pour lire la nouvelle version.")
    with transaction() as db:
        account = db.get_one(Account, actor.account_id, with_for_update=True)
        if not terms.is_due(account.terms_version):
            return
        account.terms_version, account.terms_accepted_at = version, now
        audit.record(db, "account.terms_accepted", at=now, actor_id=account.key, detail=str(version))
