"""Ce que la banque dit ensuite : prélevé, ou rejeté. L'argent s'écrit là, et se défait là."""

from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.direct_debits import DebitState, MandateEnd, MandateState, RejectReason, WrongStepError, check_step
from portail.domain.forms import Reader
from portail.domain.invoices import invoice_number
from portail.domain.money import euros
from portail.domain.payments import Means
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.direct_debits import Debit, DebitBatch, Mandate
from portail.models.invoices import Invoice
from portail.models.payments import Payment, PaymentAllocation
from portail.models.regies import Regie
from portail.services import audit, wallet
from portail.services.direct_debits import letters, mandates
from portail.services.direct_debits.preparing import locked
from portail.services.invoices import allocating
from portail.views import wording

AT_ONCE = 100


class SpentMoneyError(RefusalError):
    """Le rejet attend, et « À regarder » le rappelle."""

    def __init__(self) -> None:
        super().__init__(
            "La somme était allée au porte-monnaie, et la famille l’a déjà dépensée : le rejet attend.",
            "Encaissez d’abord ce qui manque au guichet, puis enregistrez-le. « À regarder » le rappelle.",
        )


def collect(*, actor: Actor, batch_id: int, now: datetime) -> str:
    """Par morceaux, chacun acquis : interrompu, un second appel reprend sans rien compter deux fois."""
    check_audience(Audience.MONEY, actor)
    total = 0
    while done := _collect_some(actor, batch_id, now):
        total += done
    return f"{wording.count(total, 'prélèvement encaissé', 'prélèvements encaissés')}."


def _collect_some(actor: Actor, batch_id: int, now: datetime) -> int:
    with transaction() as db:
        batch = locked(db, batch_id)
        if batch.collected_at is not None:
            return 0
        if batch.sent_at is None:
            raise WrongStepError("Créez d’abord le fichier de cette remise.")
        if paris_day(now) < batch.collected_on:
            raise RefusalError(
                "La banque n’a pas encore prélevé.", f"Revenez le {wording.full_day(batch.collected_on)}."
            )
        query = (
            select(Debit, Invoice)
            .join(Invoice, col(Invoice.id) == col(Debit.invoice_id))
            .where(Debit.batch_id == batch_id, Debit.state == DebitState.SENT)
            .order_by(col(Debit.id))
            .limit(AT_ONCE)
            .with_for_update(of=Debit)  # un rejet dit au même instant passe avant, ou après
        )
        found = list(db.exec(query))
        for debit, invoice in found:
            _receive(db, actor, (batch, debit, invoice), now)
        if len(found) < AT_ONCE:
            batch.collected_at = now
            _thank(db, batch, now)
            name = batch.message_id
            audit.record(db, "debit.collected", at=now, actor_id=actor.account_id, subject_id=batch_id, detail=name)
        return len(found)


def _receive(db: Session, actor: Actor, found: tuple[DebitBatch, Debit, Invoice], now: datetime) -> None:
    """L'encaissement, ce qu'il solde, son mouvement ; une facture payée entre-temps : la somme va au porte-monnaie."""
    batch, debit, invoice = found
    payment = Payment(
        regie_id=batch.regie_id,
        family_id=invoice.family_id,
        means=Means.DEBIT,
        amount_cents=debit.cents,
        received_on=batch.collected_on,
        at=now,
        note=batch.message_id,
        token=f"debit-{debit.key}",
        author_id=actor.account_id,
    )
    db.add(payment)
    db.flush()
    left = allocating.allocate_due(db, payment, [(invoice.key, debit.cents)], now)
    if left and invoice.family_id is not None:
        given = wording.agreed(left, "versé", "versés")
        debit.review = f"La facture était déjà payée : {euros(left)} {given} au porte-monnaie de la famille."
    lines = _lines(db, payment, debit.cents - left, now)
    movement = wallet.Movement(
        MovementKind.PAYMENT, f"Prélèvement {batch.message_id}", lines, now, actor.account_id, reference=_paid(debit)
    )
    payment.movement_id = wallet.post(db, movement)
    debit.state, debit.payment_id = DebitState.PAID, payment.key
    db.flush()


def _thank(db: Session, batch: DebitBatch, now: datetime) -> None:
    """Un reçu par mandat, à la fin : la remise est encaissée une fois, le courriel part une fois."""
    kept = col(Payment.amount_cents) - func.coalesce(func.sum(PaymentAllocation.cents), 0)
    query: Any = (
        select(Mandate, Debit.cents, Regie.code, Invoice.year, Invoice.number, kept)  # type: ignore[call-overload]
        .join(Debit, col(Debit.mandate_id) == col(Mandate.id))
        .join(Payment, col(Payment.id) == col(Debit.payment_id))
        .join(PaymentAllocation, col(PaymentAllocation.payment_id) == col(Payment.id), isouter=True)
        .join(Invoice, col(Invoice.id) == col(Debit.invoice_id))
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(Debit.batch_id == batch.key, Debit.state == DebitState.PAID)
        .group_by(*Mandate.__table__.c, Debit.id, Debit.cents, Regie.code, Invoice.id, Payment.id)  # type: ignore[attr-defined]
        .order_by(col(Mandate.id), col(Debit.id))
    )
    for _, group in groupby(db.exec(query), key=lambda one: one[0].key):
        found = list(group)
        bills = [letters.Announced(invoice_number(*named), cents) for _, cents, *named, _ in found]
        letters.collected(
            db, letters.Collected(found[0][0], batch.collected_on, bills, sum(int(one[-1]) for one in found)), now
        )


def _lines(db: Session, payment: Payment, allocated: int, now: datetime, *, back: bool = False) -> tuple[Any, ...]:
    """De la banque aux factures, et au porte-monnaie pour le reste ; `back` : à l'envers."""
    sign, cents = -1 if back else 1, payment.amount_cents
    owed = cents if payment.family_id is None else allocated
    lines = [wallet.Line(wallet.common(db, LedgerAccountKind.DEBIT, now), -sign * cents)]
    if owed:
        lines.append(wallet.Line(wallet.common(db, LedgerAccountKind.RECEIVABLE, now), sign * owed))
    if payment.family_id is not None and owed < cents:
        lines.append(wallet.Line(wallet.wallet_of(db, payment.family_id, now), sign * (cents - owed)))
    return tuple(lines)


def reject(*, actor: Actor, debit_id: int, form: dict[str, Any], now: datetime) -> str:
    """Un rejet se dit une fois : la facture est de nouveau due, la famille prévenue, un agent a la suite à faire."""
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    missing = "Choisissez le motif donné par la banque."
    reason = RejectReason(reader.choice("reason", lambda typed: typed in set(RejectReason), missing) or "MS03")
    reader.check()
    with transaction() as db:
        debit = _locked(db, debit_id)
        check_step(DebitState(debit.state), DebitState.REJECTED)
        invoice = db.get_one(Invoice, debit.invoice_id)
        regie = db.get_one(Regie, invoice.regie_id)
        reference = invoice_number(regie.code, invoice.year or 0, invoice.number or 0)
        subject, detail = invoice.family_id, f"{reference}, {reason} : {euros(debit.cents)}"
        done = debit.payment_id is None or _gave_back(db, actor, debit, now)
        if done:
            _write_rejection(db, debit, letters.Announced(reference, debit.cents), reason, now)
        else:
            debit.review, debit.reviewed_at = _waits(reason), None
        action = "mandate.debit_rejected" if done else "mandate.rejection_waits"
        audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=subject, detail=detail)
    if not done:
        raise SpentMoneyError
    return f"Le rejet est enregistré : la facture {reference} est de nouveau due. La famille en est prévenue."


def _write_rejection(db: Session, debit: Debit, bill: letters.Announced, reason: RejectReason, now: datetime) -> None:
    mandate = db.get_one(Mandate, debit.mandate_id, with_for_update=True)
    debit.state, debit.reason, debit.rejected_at = DebitState.REJECTED, reason, now
    debit.review, debit.reviewed_at = _review(reason), None
    if reason.ends_mandate and mandate.state == MandateState.ACTIVE:
        mandates.end(db, mandate, MandateEnd.REJECTED, now)
    letters.rejected(db, mandate, bill, reason, now)


def _review(reason: RejectReason) -> str:
    then = "le mandat a pris fin, demandez un autre moyen" if reason.ends_mandate else "convenez d’un autre paiement"
    return f"Rejeté ({reason}, {reason.label}) : {then}."


def _waits(reason: RejectReason) -> str:
    return (
        f"Rejet à enregistrer ({reason}, {reason.label}) : la somme était au porte-monnaie, et elle est dépensée. "
        "Encaissez-la au guichet, puis enregistrez le rejet."
    )


def _gave_back(db: Session, actor: Actor, debit: Debit, now: datetime) -> bool:
    """L'encaissement est annulé et le mouvement inverse écrit, ou rien : la famille a dépensé la somme."""
    payment = db.get_one(Payment, debit.payment_id)
    label, reference = f"Prélèvement rejeté, {payment.note}", f"debit_rejected:{debit.key}"
    try:
        with db.begin_nested():
            shares = allocating.release(db, payment.key, now)
            lines = _lines(db, payment, sum(cents for _, cents in shares), now, back=True)
            who = actor.account_id
            wallet.post(db, wallet.Movement(MovementKind.REJECTION, label, lines, now, who, reference=reference))
    except wallet.NotEnoughMoneyError:
        return False
    return True


def see(*, actor: Actor, debit_id: int, now: datetime) -> str:
    """« C'est vu » : la ligne quitte ce qui est à regarder."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        debit = _locked(db, debit_id)
        debit.reviewed_at = debit.reviewed_at or now
    return "C’est noté."


def _locked(db: Session, debit_id: int) -> Debit:
    query = select(Debit).where(Debit.id == debit_id).with_for_update()
    found = db.exec(query.execution_options(populate_existing=True)).first() if is_key(debit_id) else None
    if found is None:
        raise NotOpenError
    return found


def _paid(debit: Debit) -> str:
    return f"debit:{debit.key}"
