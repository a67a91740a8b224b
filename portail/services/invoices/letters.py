"""Les courriels des factures : la facture du mois à qui l'a demandé, le reçu d'un paiement."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from portail.domain.dates import said_date
from portail.domain.families import FamilyRight
from portail.domain.money import euros
from portail.models.accounts import Account
from portail.models.families import Guardian
from portail.services.invoices.content import debited
from portail.services.invoices.issuing import Issue, Issued
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording


def announce(db: Session, order: Issue, month: date, issued: Sequence[Issued]) -> None:
    """À chaque adulte qui a demandé ses factures par courriel et voit l'argent du dossier (FAC-6)."""
    mine = {one.draft.family_id: one for one in issued}
    covered = debited(db, order.regie, mine)
    query = (
        select(Guardian, Account.email)
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(col(Guardian.family_id).in_(mine), col(Guardian.invoices_by_email))
        .where(getattr(Guardian, FamilyRight.MONEY))
    )
    for guardian, email in db.exec(query):
        address = guardian.invoice_email or guardian.email or email
        if address:
            one = mine[guardian.family_id]
            how = (
                "qui sera prélevée" if guardian.family_id in covered else f"à payer avant le {said_date(order.due_on)}"
            )
            outbox.add(db, address, _announcement(month, one, guardian, how), order.now)


def _announcement(month: date, one: Issued, guardian: Guardian, how: str) -> Message:
    said = wording.month(month)
    if one.draft.cents < 0:
        what = (
            f"Un avoir de {euros(-one.draft.cents)} est établi : il solde la facture qu’il corrige, et ce qui dépasse "
            "rejoint votre porte-monnaie."
        )
    else:
        what = f"Elle s’élève à {euros(one.draft.cents)}, {how}."
    return Message(
        subject=f"{'Avoir' if one.draft.cents < 0 else 'Facture'} {wording.of(said)} : {one.reference}",
        paragraphs=(
            f"Bonjour {guardian.first_name},",
            f"Votre {'avoir' if one.draft.cents < 0 else 'facture'} {wording.of(said)} est prête : {one.reference}.",
            what,
        ),
        action="Voir la facture",
        url=f"{current().site_url}/factures/{one.draft.id}",
    )
