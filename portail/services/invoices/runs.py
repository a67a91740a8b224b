"""Le traitement d'un mois : préparé et émis par tranches, repris là où il s'est arrêté, jamais deux fois."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day
from portail.domain.invoices import (
    OPEN_RUNS,
    InvoiceState,
    OtherRunOpenError,
    RunState,
    WrongStateError,
    is_carried,
)
from portail.domain.refusals import BadInputError, NotOpenError
from portail.integrations.job_queue import wake
from portail.models.base import is_key
from portail.models.database import after_commit, transaction
from portail.models.families import Family
from portail.models.invoices import Invoice, InvoiceRun
from portail.models.regies import Regie
from portail.services import audit
from portail.services.invoices import letters
from portail.services.invoices.issuing import Issue, drafts_of, issue_all
from portail.services.invoices.preparing import Batch, prepare
from portail.views import wording

JOB = "tend_invoice_runs"
FAMILIES, INVOICES = 400, 200  # par transaction : assez pour aller vite, assez peu pour ne gêner personne
OLDEST = 24  # mois en arrière


def start(*, actor: Actor, regie_id: int, month: date, now: datetime) -> int:
    """Deux agents au même instant n'en lancent qu'un ; une régie n'a qu'un mois ouvert, sous son propre verrou."""
    check_audience(Audience.MONEY, actor)
    _check_month(month, paris_day(now))
    with transaction() as db:
        query = select(Regie).where(Regie.id == regie_id).with_for_update(key_share=True)
        regie = db.exec(query).first() if is_key(regie_id) else None
        if regie is None or regie.closed_at is not None:
            raise NotOpenError
        if alive := _alive(db, regie.key, month):
            return alive
        _check_none_open(db, regie.key)
        run = InvoiceRun(
            regie_id=regie.key,
            month=month,
            due_on=paris_day(now) + timedelta(days=regie.due_days),
            total=db.exec(select(func.count()).select_from(Family)).one(),
            author_id=actor.account_id,
            created_at=now,
            changed_at=now,
        )
        db.add(run)
        db.flush()
        _told(db, "invoice_run.started", actor, run.key, now)
        return run.key


def issue(*, actor: Actor, run_id: int, now: datetime) -> None:
    """Relus, les brouillons s'émettent ; l'échéance compte à partir d'aujourd'hui. Demandé deux fois, une seule."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        run = _locked(db, run_id)
        if run.state in {RunState.ISSUING, RunState.ISSUED}:
            return
        _move(run, RunState.READY, RunState.ISSUING, now)
        regie = db.get_one(Regie, run.regie_id)
        run.due_on = paris_day(now) + timedelta(days=regie.due_days)
        run.total, run.done = _count(db, _to_issue(run, regie)), 0
        _told(db, "invoice_run.issued", actor, run.key, now)


def cancel(*, actor: Actor, run_id: int, now: datetime) -> None:
    """Avant l'émission seulement : les brouillons s'effacent, le mois peut être préparé de nouveau."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        run = _locked(db, run_id)
        if run.state == RunState.CANCELLED:
            return
        if run.state not in {RunState.PREPARING, RunState.READY}:
            raise WrongStateError(RunState(run.state))
        run.state, run.changed_at = RunState.CANCELLED, now
        _drop(db, run)
        audit.record(db, "invoice_run.cancelled", at=now, actor_id=actor.account_id, subject_id=run.key)


def advance(now: datetime) -> bool:
    """Une tranche du plus ancien traitement en cours ; faux : il n'y a plus rien à faire."""
    with transaction() as db:
        query = select(InvoiceRun).where(col(InvoiceRun.state).in_((RunState.PREPARING, RunState.ISSUING)))
        run = db.exec(query.order_by(col(InvoiceRun.id)).limit(1).with_for_update()).first()
        if run is None or run.state not in {RunState.PREPARING, RunState.ISSUING}:
            return False
        regie = db.exec(select(Regie).where(Regie.id == run.regie_id).with_for_update(key_share=True)).one()
        step(db, run, regie, now)
        run.changed_at = now
    return True


def step(db: Session, run: InvoiceRun, regie: Regie, now: datetime) -> None:
    """Une tranche, dans la transaction de qui tient le traitement et sa régie."""
    if run.state == RunState.PREPARING:
        _prepare_some(_Step(db, run, regie, now))
    elif run.state == RunState.ISSUING:
        _issue_some(_Step(db, run, regie, now))


@dataclass(frozen=True)
class _Step:
    db: Session
    run: InvoiceRun
    regie: Regie
    now: datetime


def _prepare_some(part: _Step) -> None:
    db, run, regie = part.db, part.run, part.regie
    query = select(Family.id).where(col(Family.id) > run.last_family_id).order_by(col(Family.id)).limit(FAMILIES)
    keys = [key for key in db.exec(query) if key is not None]
    if not keys:
        run.state, run.done = RunState.READY, run.total
        return
    last_day = months_away(run.month, 1, on=1) - timedelta(days=1)
    known = (run.key, regie.key, regie.holds_wallets, run.month, last_day, run.due_on)
    prepare(db, Batch(*known, run.last_family_id, keys[-1]))
    run.last_family_id = keys[-1]
    run.done = run.done + len(keys)
    run.total = max(run.total, run.done)  # un dossier créé pendant la préparation


def _issue_some(part: _Step) -> None:
    """Réunir deux dossiers réunit leurs brouillons : le total se relit ici, et ce qui se compense ne s'émet plus.

    Un total nul n'a ni numéro, ni mouvement : il n'y a rien à payer, rien à rendre, et un numéro légal pris pour rien
    serait un papier de plus. Ses séances ne sont pas perdues : sans ligne, elles restent à facturer, et la facturation
    suivante les reprend avec le reste. Un total négatif s'émet toujours : c'est un avoir, rendu au porte-monnaie.
    """
    db, run, regie = part.db, part.run, part.regie
    query = select(Invoice.id, Invoice.family_id).where(*_to_issue(run, regie)).order_by(col(Invoice.family_id))
    found = db.exec(query.limit(INVOICES).with_for_update())
    drafts = drafts_of(db, [(key, family_id) for key, family_id in found if key and family_id])
    if not drafts:
        run.state = RunState.ISSUED
        _drop(db, run)  # ce qui est sous le minimum : la facturation suivante le reprendra
        return
    carried = [one.id for one in drafts if is_carried(one.cents, regie.minimum_cents)]
    _drop(db, run, col(Invoice.id).in_(carried))
    drafts = [one for one in drafts if one.id not in carried]
    order = Issue(regie, run.due_on, part.now, run.author_id)
    letters.announce(db, order, run.month, issue_all(db, order, drafts))
    run.done += len(drafts)
    run.total = max(run.total, run.done)


def _to_issue(run: InvoiceRun, regie: Regie) -> tuple[Any, ...]:
    """Les brouillons qui s'émettent : ni nuls, ni sous le minimum ; les avoirs toujours."""
    least = max(regie.minimum_cents, 1)
    amount = (col(Invoice.total_cents) < 0) | (col(Invoice.total_cents) >= least)
    return Invoice.run_id == run.key, Invoice.state == InvoiceState.DRAFT, amount


def _drop(db: Session, run: InvoiceRun, *only: Any) -> None:
    drafts = delete(Invoice).where(col(Invoice.run_id) == run.key, col(Invoice.state) == InvoiceState.DRAFT)
    db.exec(drafts.where(*only).execution_options(synchronize_session=False))


def _count(db: Session, conditions: tuple[Any, ...]) -> int:
    return int(db.exec(select(func.count()).select_from(Invoice).where(*conditions)).one())


def _locked(db: Session, run_id: int) -> InvoiceRun:
    query = select(InvoiceRun).where(InvoiceRun.id == run_id).with_for_update()
    run = db.exec(query).first() if is_key(run_id) else None
    if run is None:
        raise NotOpenError
    return run


def _move(run: InvoiceRun, before: RunState, after: RunState, now: datetime) -> None:
    if run.state != before:
        raise WrongStateError(RunState(run.state))
    run.state, run.changed_at = after, now


def _alive(db: Session, regie_id: int, month: date) -> int:
    query = select(InvoiceRun.id).where(InvoiceRun.regie_id == regie_id, InvoiceRun.month == month)
    return int(db.exec(query.where(InvoiceRun.state != RunState.CANCELLED)).first() or 0)


def _check_none_open(db: Session, regie_id: int) -> None:
    """Ses brouillons comptent comme facturés : effacés, un autre mois rendrait ce que personne n'a payé."""
    query = select(InvoiceRun).where(InvoiceRun.regie_id == regie_id, col(InvoiceRun.state).in_(OPEN_RUNS))
    if other := db.exec(query).first():
        raise OtherRunOpenError(wording.of(wording.month(other.month)), RunState(other.state))


def _check_month(month: date, today: date) -> None:
    if month.day != 1 or not months_away(today, -OLDEST, on=1) <= month <= today:
        raise BadInputError("Choisissez un mois déjà commencé, de moins de deux ans.")


def _told(db: Session, action: str, actor: Actor, run_id: int, now: datetime) -> None:
    audit.record(db, action, at=now, actor_id=actor.account_id, subject_id=run_id)
    after_commit(db, _wake)


def _wake() -> None:
    wake(JOB)
