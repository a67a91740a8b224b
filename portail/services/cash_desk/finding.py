"""Retrouver un encaissement : montant, personne (même mal écrite), dossier, facture, reçu, bordereau ou référence."""

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import named_invoice, named_receipt, named_slip
from portail.domain.money import euros, typed_cents
from portail.domain.payments import Means, undone
from portail.domain.refusals import BadInputError
from portail.domain.text import clean_line
from portail.models.database import reading
from portail.models.families import Family
from portail.models.invoices import Invoice
from portail.models.payments import DepositSlip, Payment, PaymentAllocation, PaymentAttempt
from portail.models.regies import Regie
from portail.services.cash_desk import undoing
from portail.services.cash_desk.due import number_of
from portail.services.merging.duplicates import search_people
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.views import wording
from portail.views.cash_desk import PaymentLine, PaymentList
from portail.views.requests import Choice

LAST_OF_FAMILY = 30
MOST_FAMILIES = 50
Use = tuple[int, str, int]  # la facture, son numéro, ce qui lui revient


def find(*, actor: Actor, words: str, page: int, now: datetime, regie_id: int = 0) -> PaymentList:
    """Le plus récent d'abord, en peu de lectures ; dans une régie, ou dans toutes."""
    check_audience(Audience.MONEY, actor)
    wanted = clean_line(words, label="Recherche", limit=80)
    with reading() as db:
        conditions = [_matches(db, wanted)] if wanted else []
        if regie_id:
            conditions.append(Payment.regie_id == regie_id)
        total = db.exec(_counted(conditions)).one()
        here = slice_of(total, page)
        rows = lines(db, conditions, paris_day(now), (here.offset, PAGE_SIZE)) if total else []
    summary = f"{wording.count(total, 'encaissement', 'encaissements')}, page {here.page} sur {here.pages}"
    return PaymentList(True, rows, here.page, here.pages, summary, wanted)


def _counted(conditions: list[Any]) -> Any:
    query = select(func.count()).select_from(Payment)
    return query.join(Family, col(Family.id) == col(Payment.family_id), isouter=True).where(*conditions)


def _matches(db: Session, words: str) -> Any:
    if number := named_receipt(words):
        return col(Payment.id) == number
    if slip := named_slip(words):
        of_slip = col(Payment.slip_id).in_(_slip(*slip))
        return of_slip if slip[0] else of_slip | containing(Payment.note, words)  # « B12 » : ou un numéro de chèque
    tests = [containing(Family.name, words), containing(Family.number, words), containing(Payment.note, words)]
    attempts = select(PaymentAttempt.id).where(
        containing(PaymentAttempt.reference, re.sub(r"[\s-]", "", words) or words)
        | containing(PaymentAttempt.provider_ref, words)
    )
    tests.append(col(Payment.attempt_id).in_(attempts))
    if named := named_invoice(words):
        tests.append(col(Payment.id).in_(_paying(*named)))
    tests.append(col(Payment.family_id).in_([one.family_id for one in search_people(db, words, MOST_FAMILIES)]))
    with suppress(BadInputError):
        tests.append(col(Payment.amount_cents) == typed_cents(words))
    return or_(*tests)


def _slip(code: str, number: int) -> Any:
    query = select(DepositSlip.id).join(Regie, col(Regie.id) == col(DepositSlip.regie_id))
    return query.where(DepositSlip.number == number, *([Regie.code == code] if code else []))


def _paying(code: str, year: int, number: int) -> Any:
    return (
        select(PaymentAllocation.payment_id)
        .join(Invoice, col(Invoice.id) == col(PaymentAllocation.invoice_id))
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(Regie.code == code, Invoice.year == year, Invoice.number == number)
    )


def of_family(db: Session, family_id: int, today: date) -> list[PaymentLine]:
    return lines(db, [Payment.family_id == family_id], today, (0, LAST_OF_FAMILY))


def lines(db: Session, conditions: list[Any], today: date, part: tuple[int, int]) -> list[PaymentLine]:
    """Trois lectures : les encaissements, ce qu'ils paient, ceux que l'on peut encore annuler."""
    offset, limit = part
    query = (
        select(Payment, Family)
        .join(Family, col(Family.id) == col(Payment.family_id), isouter=True)
        .where(*conditions)
        .order_by(col(Payment.id).desc())
    )
    found = list(db.exec(query.offset(offset).limit(limit)))
    keys = [payment.key for payment, _ in found]
    if not keys:
        return []
    uses = _uses(db, keys)
    undoable = set(db.exec(select(Payment.id).where(col(Payment.id).in_(keys), *undoing.undoable(today))))
    return [
        replace(
            _line(payment, family, uses[payment.key]),
            can_undo=payment.key in undoable,
            can_correct=undoing.is_correctable(payment, today),
        )
        for payment, family in found
    ]


def _uses(db: Session, payment_ids: list[int]) -> dict[int, list[Use]]:
    query = (
        select(PaymentAllocation, Invoice, Regie)
        .join(Invoice, col(Invoice.id) == col(PaymentAllocation.invoice_id))
        .join(Regie, col(Regie.id) == col(Invoice.regie_id))
        .where(col(PaymentAllocation.payment_id).in_(payment_ids))
        .order_by(col(PaymentAllocation.invoice_id))
    )
    found: dict[int, list[Use]] = defaultdict(list)
    for one, invoice, regie in db.exec(query):
        found[one.payment_id].append((invoice.key, number_of(invoice, regie), one.cents))
    return found


def _line(payment: Payment, family: Family | None, uses: list[Use]) -> PaymentLine:
    rest = payment.amount_cents - sum(cents for *_, cents in uses)
    said = [f"{number} ({euros(cents)})" for _, number, cents in uses]
    if rest:
        said.append(f"Porte-monnaie ({euros(rest)})")
    state, tone = _state(payment)
    return PaymentLine(
        id=payment.key,
        day=wording.short_date(payment.received_on),
        family_id=payment.family_id or 0,
        family=family.name if family else "Dossier effacé",
        means=Means(payment.means).label,
        note=payment.note,
        uses=", ".join(said),
        invoices=[Choice(str(key), f"Facture {number}") for key, number, _ in uses],
        amount=euros(payment.amount_cents),
        state=state,
        tone=tone,
        why=payment.cancelled_why,
        receipt="" if payment.cancelled_at or not family else f"/telechargements/recu-{payment.key}",
        can_bounce=undoing.is_bounceable(payment),
    )


def _state(payment: Payment) -> tuple[str, str]:
    if payment.cancelled_on is not None:
        how = undone(Means(payment.means), is_banked=payment.slip_id is not None)
        if payment.cancelled_on == payment.received_on and how == undone(Means.CASH, is_banked=False):
            return wording.capitalised(how), "err"
        done = "Corrigé" if payment.cancelled_why else "Rejeté"
        return f"{done} le {wording.short_date(payment.cancelled_on)}", "err"
    if payment.refunded_cents:
        return f"Remboursé de {euros(payment.refunded_cents)}", "warn"
    return ("Remis en banque", "ok") if payment.slip_id else ("Reçu", "ok")
