"""Le reçu d'un encaissement : le courriel du moment, le PDF qui se retélécharge."""

from datetime import datetime

from sqlmodel import Session, select

from portail.domain.accounts import Actor, Audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.money import euros
from portail.domain.papers import file_name
from portail.domain.payments import Means
from portail.domain.refusals import NotOpenError, RefusalError
from portail.integrations.pdf import compile_pdf
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation
from portail.models.regies import Regie
from portail.services import access
from portail.services.cash_desk.due import number_of
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.papers import FOLDER, content
from portail.services.wallet import people
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

TEMPLATE = FOLDER / "receipt.typ"


class CancelledReceiptError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cet encaissement a été annulé : il n’a plus de reçu.")


def send(db: Session, payment: Payment, now: datetime) -> None:
    """Aux adultes du foyer qui voient l'argent."""
    lines = [f"{what} : {cents}" for what, cents in _uses(db, payment)]
    amount, means = euros(payment.amount_cents), Means(payment.means).said
    message = Message(
        subject=f"Votre paiement de {amount} est bien reçu",
        paragraphs=(f"La régie a reçu {amount} ({means}) le {wording.long_date(payment.received_on)}.", *lines),
        action="Télécharger le reçu",
        url=f"{current().site_url}/telechargements/recu-{payment.key}",
        closing="Merci. Gardez ce courriel : il vaut reçu.",
    )
    for address in people.addresses(db, payment.family_id):
        outbox.add(db, address, message, now)


def tell_bounced(db: Session, payment: Payment, now: datetime) -> None:
    means, number = Means(payment.means), f" n° {payment.note}" if payment.note else ""
    amount, day = euros(payment.amount_cents), wording.long_date(payment.received_on)
    if means is Means.CHEQUE:
        subject, by = "Votre chèque a été rejeté par la banque", "n’a pas été payé par votre banque"
    else:
        subject, by = f"Votre paiement en {means.said} a été refusé", "a été refusé par son émetteur"
    paragraphs = (
        f"Votre paiement de {amount} ({means.said}{number}), reçu le {day}, {by}.",
        "Ce qu’il réglait est de nouveau à payer. Si c’est une erreur, appelez le service enfance : on en parle.",
    )
    _tell(db, payment, subject, paragraphs, now)


def tell_corrected(db: Session, payment: Payment, now: datetime) -> None:
    """La famille avait un reçu : il ne vaut plus, et elle sait pourquoi."""
    amount, day = euros(payment.amount_cents), wording.long_date(payment.received_on)
    paragraphs = (
        f"Le paiement de {amount} enregistré le {day} a été corrigé par la régie. Son reçu ne vaut plus.",
        f"Motif : {payment.cancelled_why}",
        "Ce qu’il réglait est de nouveau à payer. Si c’est une erreur, appelez le service enfance : on en parle.",
    )
    _tell(db, payment, "Un de vos paiements a été corrigé", paragraphs, now)


def _tell(db: Session, payment: Payment, subject: str, paragraphs: tuple[str, ...], now: datetime) -> None:
    message = Message(subject, paragraphs, "Voir mon porte-monnaie", f"{current().site_url}/porte-monnaie")
    for address in people.addresses(db, payment.family_id):
        outbox.add(db, address, message, now)


def _uses(db: Session, payment: Payment) -> list[tuple[str, str]]:
    """Chaque facture, puis ce qui est allé au porte-monnaie."""
    query = (
        select(Invoice, Regie, PaymentAllocation)
        .join(Regie, Regie.id == Invoice.regie_id)  # type: ignore[arg-type]
        .join(PaymentAllocation, PaymentAllocation.invoice_id == Invoice.id)  # type: ignore[arg-type]
        .where(PaymentAllocation.payment_id == payment.key)
        .order_by(PaymentAllocation.invoice_id)  # type: ignore[arg-type]
    )
    found = [(f"Facture {number_of(invoice, regie)}", one.cents) for invoice, regie, one in db.exec(query)]
    rest = payment.amount_cents - sum(cents for _, cents in found)
    if rest:
        found.append(("Porte-monnaie", rest))
    return [(what, euros(cents)) for what, cents in found]


def make_pdf(actor: Actor, payment_id: int, now: datetime) -> Download:
    """Pour un adulte du foyer qui voit l'argent, ou la régie."""
    with reading() as db:
        payment = db.get(Payment, payment_id) if is_key(payment_id) else None
        if payment is None or payment.family_id is None:
            raise NotOpenError
        family = _family(db, actor, payment.family_id)
        if payment.cancelled_at is not None:
            raise CancelledReceiptError
        uses, regie = _uses(db, payment), db.get_one(Regie, payment.regie_id)
    given = {
        "town": content.town_content(),
        "title": f"Reçu n° {payment.key}",
        "description": f"Reçu d’un paiement du dossier {family.number}.",
        "sentence": f"{regie.name} : reçu de la famille {family.name} la somme de {euros(payment.amount_cents)}.",
        "lines": [
            ["Reçu le", wording.long_date(payment.received_on)],
            ["Montant", euros(payment.amount_cents)],
            ["Moyen", Means(payment.means).label],
            *([["Numéro", payment.note]] if payment.note else []),
            ["Dossier", family.number],
        ],
        "rows": [list(one) for one in uses],
        "made": f"Fait à {current().town_name}, le {wording.long_date(paris_day(now))}.",
    }
    return Download(file_name("recu", str(payment.key)), compile_pdf(TEMPLATE, given, now, content.emblem()))


def _family(db: Session, actor: Actor, family_id: int) -> Family:
    if actor.is_staff:
        return access.any_family(db, actor, family_id, Audience.MONEY)
    return access.my_family(db, actor, family_id, FamilyRight.MONEY)[0]
