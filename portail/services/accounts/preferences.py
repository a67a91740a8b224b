"""Les préférences d'un compte : la présentation des pages, les courriels dont on peut se passer."""

from portail.domain.accounts import Actor, Display, Notification
from portail.domain.refusals import BadInputError
from portail.models.accounts import Account
from portail.models.database import transaction


def save(*, actor: Actor, display: str, wanted: frozenset[Notification]) -> None:
    if display not in set(Display):
        raise BadInputError("Choisissez une présentation.")
    with transaction() as db:
        account = db.get_one(Account, actor.account_id)
        account.display = display
        for notification in Notification:
            setattr(account, notification, notification in wanted)
