"""« Mes prélèvements » : les mandats du dossier, et ce qui a été ou sera prélevé."""

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.direct_debits import MandateState
from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.families import Family, Guardian
from portail.models.invoices import Invoice
from portail.services import access
from portail.services.direct_debits import mandates, rows
from portail.views.direct_debits import MyDebits
from portail.views.requests import Choice

LATEST = 24


def show(*, actor: Actor, family_id: int) -> MyDebits:
    """Cinq lectures ; `family_id` zéro : le premier de mes dossiers."""
    with reading() as db:
        homes = _homes(db, actor)
        family = next((one for one in homes if family_id in (0, one.key)), None)
        if family is None:
            if family_id:
                raise NotOpenError
            return MyDebits(ready=True)
        account = db.get_one(Account, actor.account_id)
        query = rows.mandates().where(Mandate.family_id == family.key)
        found = list(db.exec(query.order_by(col(Mandate.id).desc())))
        taken = {mandate.regie_id for mandate, *_ in found if mandate.state == MandateState.ACTIVE}
        free = [Choice(str(one.key), one.name) for one in mandates.collecting(db) if one.key not in taken]
        latest = rows.debits().where(Invoice.family_id == family.key)
        latest = latest.order_by(col(DebitBatch.collected_on).desc(), col(Debit.id).desc()).limit(LATEST)
        debits = [rows.debit_row(one, to_family=True) for one in db.exec(latest)]
    return MyDebits(
        ready=True,
        family_id=family.key,
        family=family.name,
        homes=[Choice(str(one.key), one.name) for one in homes],
        holder=f"{account.first_name} {account.last_name}",
        regies=free,
        mandates=[rows.mandate_row(one) for one in found],
        debits=debits,
    )


def _homes(db: Session, actor: Actor) -> list[Family]:
    """Mes dossiers ouverts dont je vois l'argent."""
    query = (
        select(Family)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(
            Guardian.account_id == actor.account_id,
            col(getattr(Guardian, FamilyRight.MONEY)),
            col(Family.status).in_(access.OPEN),
        )
    )
    return list(db.exec(query.order_by(col(Family.name), col(Family.id))))
