"""Rendre le PDF archivé : à un adulte du dossier qui en voit l'argent, ou à la régie."""

from datetime import datetime

from portail.domain.accounts import Actor, Audience
from portail.domain.families import FamilyRight
from portail.domain.invoices import InvoiceState
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.files import StoredFile
from portail.models.invoices import Invoice
from portail.services import access
from portail.services.files import stored_files
from portail.services.invoices.detail import printed_lines
from portail.services.invoices.printing import begin_these
from portail.views.downloads import Download


def download(actor: Actor, invoice_id: int, now: datetime) -> Download:
    """Pas encore composé, il l'est sur-le-champ, puis archivé comme les autres."""
    with reading() as db:
        invoice = db.get(Invoice, invoice_id) if is_key(invoice_id) else None
        if invoice is None or invoice.state != InvoiceState.ISSUED or not invoice.content:
            raise NotOpenError
        if actor.is_staff:
            access.any_family(db, actor, invoice.family_id or 0, Audience.MONEY)
        else:
            access.my_family(db, actor, invoice.family_id or 0, FamilyRight.MONEY)
        lines = printed_lines(db, [invoice.key])
    if invoice.file_id is None:
        begin_these([invoice], lines, now)()
    with reading() as db:
        archived = db.get_one(Invoice, invoice_id).file_id
        if archived is None:
            raise RefusalError("Ce PDF n’a pas pu être composé.", "La facture se lit en ligne ; la régie est prévenue.")
        stored = db.get_one(StoredFile, archived)
    return Download(f"{invoice.content['number']}.pdf", stored_files.read(stored.name))
