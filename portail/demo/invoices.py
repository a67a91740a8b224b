"""Deux mois de factures à Valbourg-sur-Loire : payées, payées en partie, à payer, en retard, chacune au grand livre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from portail.demo.guests import CAMILLE
from portail.domain.accounts import Role
from portail.domain.dates import months_away, paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState, RunState
from portail.domain.payments import Means
from portail.domain.wallet import LedgerAccountKind, MovementKind
from portail.models.accounts import Account
from portail.models.direct_debits import Mandate
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.invoices import Invoice, InvoiceLine, InvoiceRun
from portail.models.payments import Payment
from portail.models.regies import Regie
from portail.services import regies
from portail.services.invoices import allocating, runs
from portail.services.wallet.accounts import common
from portail.services.wallet.posting import Line, Movement, post

ISSUED_ON, PAID_AFTER = timedelta(days=2), timedelta(days=6)
LATE = timedelta(days=4)  # une facture en retard l'est depuis quelques jours
HALF_EVERY, UNPAID_EVERY = 5, 4
OUTING_CENTS, OUTING_DAY = 18_50, timedelta(days=13)


@dataclass(frozen=True)
class Month:
    """Un mois facturé, et ce qui n'en est pas soldé : une facture sur tant, celles de Camille et des prélevés."""

    month: date
    issued_at: datetime
    due_on: date
    is_settled: bool
    unpaid_every: int


def load(db: Session, now: datetime) -> None:
    regie = regies.default(db)
    agent = db.exec(select(Account.id).where(Account.role == Role.REGIE)).one()
    for month in _months(now):
        run = _bill(db, regie, month, agent)
        issued = select(Invoice).where(Invoice.run_id == run.key, Invoice.state == InvoiceState.ISSUED)
        invoices = db.exec(issued.order_by(col(Invoice.id)).execution_options(populate_existing=True))
        _pay(db, regie, month, list(invoices), agent)


def _months(now: datetime) -> tuple[Month, Month]:
    """Le mois d'avant se paie encore ; celui d'avant encore est en retard pour quelques-uns."""
    today = paris_day(now)
    last, older = months_away(today, -1, on=1), months_away(today, -2, on=1)
    first_day = datetime(today.year, today.month, 1, 9, tzinfo=now.tzinfo)
    recent = min(first_day + ISSUED_ON, now - timedelta(hours=1))
    before = recent - timedelta(days=30)
    return (
        Month(older, before, today - LATE, is_settled=True, unpaid_every=7),
        Month(last, recent, today + timedelta(days=20), is_settled=False, unpaid_every=UNPAID_EVERY),
    )


def _bill(db: Session, regie: Regie, month: Month, agent: int | None) -> InvoiceRun:
    at = month.issued_at
    known = {"regie_id": regie.key, "month": month.month, "due_on": month.due_on, "author_id": agent}
    run = InvoiceRun(**known, created_at=at, changed_at=at)
    db.add(run)
    db.flush()
    while run.state == RunState.PREPARING:
        runs.step(db, run, regie, at)
    for family_id in (_family_of(db, CAMILLE), *_debited_without(db, run)):
        _add_an_outing(db, run, family_id)
    run.state, run.total, run.done = RunState.ISSUING, 0, 0
    while run.state == RunState.ISSUING:
        runs.step(db, run, regie, at)
    db.flush()
    return run


def _debited_without(db: Session, run: InvoiceRun) -> list[int]:
    """Au retour des vacances, rien ne s'est mangé : sans cela, la régie n'aurait rien à prélever."""
    billed = select(Invoice.family_id).where(Invoice.run_id == run.key)
    query = select(Mandate.family_id).where(col(Mandate.family_id).not_in(billed)).order_by(col(Mandate.id))
    return [family_id for family_id in db.exec(query) if family_id]


def _add_an_outing(db: Session, run: InvoiceRun, family: int) -> None:
    """L'aîné est allé au parc animalier avec le centre : sa famille a toujours quelque chose à payer."""
    query = (
        select(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(FamilyChild.family_id == family)
        .order_by(col(FamilyChild.position))
    )
    child = db.exec(query).first()
    if child is None:
        return
    draft = db.exec(select(Invoice).where(Invoice.run_id == run.key, Invoice.family_id == family)).first()
    if draft is None:
        draft = Invoice(regie_id=run.regie_id, run_id=run.key, family_id=family, month=run.month, due_on=run.due_on)
        db.add(draft)
        db.flush()
    named = {"child_id": child.key, "child_name": child.first_name, "day": run.month + OUTING_DAY}
    line = InvoiceLine(
        invoice_id=draft.key,
        activity="Centre de loisirs",
        label="Sortie au parc animalier",
        care_cents=OUTING_CENTS,
        amount_cents=OUTING_CENTS,
        **named,
    )
    db.add(line)
    draft.total_cents += OUTING_CENTS
    db.flush()


def _pay(db: Session, regie: Regie, month: Month, invoices: Sequence[Invoice], agent: int | None) -> None:
    """Camille paie elle-même le dernier mois ; qui a signé un mandat attend d'être prélevé."""
    camille, debited = _family_of(db, CAMILLE), set(db.exec(select(Mandate.family_id)))
    for rank, invoice in enumerate(invoices):
        cents = invoice.total_cents
        if invoice.kind != InvoiceKind.INVOICE:
            continue
        if invoice.family_id == camille or invoice.family_id in debited:
            cents = cents if month.is_settled else 0
        elif rank % month.unpaid_every == 0:
            cents = 0
        elif rank % HALF_EVERY == 0:
            cents //= 2
        if cents:
            _receive(db, regie, invoice, cents, (Means.CHEQUE if rank % 3 else Means.CASH, month.issued_at, agent))


def _receive(db: Session, regie: Regie, invoice: Invoice, cents: int, how: tuple[Means, datetime, int | None]) -> None:
    means, issued_at, agent = how
    at = issued_at + PAID_AFTER if means is Means.CHEQUE else issued_at + timedelta(minutes=30)
    desk, receivable = (common(db, kind, at) for kind in (LedgerAccountKind.DESK, LedgerAccountKind.RECEIVABLE))
    payment = Payment(
        regie_id=regie.key,
        family_id=invoice.family_id,
        means=means,
        amount_cents=cents,
        received_on=paris_day(at),
        at=at,
        token=f"demo-invoice-{invoice.key}",
        author_id=agent,
    )
    db.add(payment)
    db.flush()
    label = f"{means.label}, facture {invoice.content['number']}"
    lines = (Line(desk, -cents), Line(receivable, cents))
    payment.movement_id = post(db, Movement(MovementKind.PAYMENT, label, lines, at, agent))
    allocating.allocate(db, payment, [(invoice.key, cents)], at)


def _family_of(db: Session, username: str) -> int:
    query = (
        select(Family.id)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .join(Account, col(Account.id) == col(Guardian.account_id))
        .where(Account.username == username)
    )
    return int(db.exec(query).first() or 0)
