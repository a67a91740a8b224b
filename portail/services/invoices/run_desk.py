"""La facturation, pour la régie : les traitements, et les brouillons à côté de ce que chacun payait le mois d'avant."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, case, cast
from sqlmodel import Session, col, func, or_, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day
from portail.domain.invoices import STRIKING_CENTS, InvoiceState, RunState, is_carried, is_striking
from portail.domain.money import euros, signed_euros
from portail.domain.refusals import NotOpenError
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.families import Family
from portail.models.invoices import Invoice, InvoiceRun
from portail.models.regies import Regie
from portail.services import regies
from portail.services.searching import PAGE_SIZE, slice_of
from portail.views import wording
from portail.views.invoices import PreviewRow, RunFile, RunList, RunRow
from portail.views.requests import Choice

LAST_RUNS, MONTHS = 24, 6
TONES = {
    RunState.PREPARING: "warn",
    RunState.READY: "warn",
    RunState.ISSUING: "warn",
    RunState.ISSUED: "ok",
    RunState.CANCELLED: "",
}
BUSY = frozenset({RunState.PREPARING, RunState.ISSUING})
STRIKING, NEGATIVE, CARRIED = "striking", "negative", "carried"


def show_all(*, actor: Actor, now: datetime) -> RunList:
    """Trois lectures."""
    check_audience(Audience.MONEY, actor)
    query = (
        select(InvoiceRun, Regie)
        .join(Regie, col(Regie.id) == col(InvoiceRun.regie_id))
        .order_by(col(InvoiceRun.id).desc())
        .limit(LAST_RUNS)
    )
    today = paris_day(now)
    with reading() as db:
        found = list(db.exec(query))
        sums = _sums(db, [run.key for run, _ in found])
        open_ones = [Choice(str(one.key), one.name) for one in regies.open_regies(db)]
    months = [months_away(today, -rank, on=1) for rank in range(MONTHS)]
    rows = [row_of(run, regie, *sums.get(run.key, (0, 0, 0))) for run, regie in found]
    return RunList(
        ready=True,
        rows=rows,
        regies=open_ones,
        months=[Choice(one.isoformat(), wording.capitalised(wording.month(one))) for one in months[1:] + months[:1]],
        is_busy=any(row.is_busy for row in rows),
    )


def row_of(run: InvoiceRun, regie: Regie, count: int, cents: int, printed: int) -> RunRow:
    state = RunState(run.state)
    done, total, what = run.done, run.total, "dossiers examinés"
    if state is RunState.ISSUING:
        what = "factures émises"
    elif state is RunState.ISSUED:
        done, total, what = printed, count, "PDF archivés"
    is_busy = state in BUSY or (state is RunState.ISSUED and printed < count)
    return RunRow(
        id=run.key,
        month=wording.capitalised(wording.month(run.month)),
        regie=regie.name,
        state=state.label,
        tone=TONES[state],
        progress=f"{_spaced(done)} {what} sur {_spaced(total)}" if is_busy else "",
        percent=100 * done // total if total else 0,
        is_busy=is_busy,
        count=wording.count(count, "facture", "factures"),
        total=euros(cents),
    )


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _sums(db: Session, run_ids: list[int]) -> dict[int, tuple[int, int, int]]:
    """Combien de factures, pour combien, et combien ont leur PDF (effacées, elles n'en auront plus)."""
    settled = case((col(Invoice.file_id).is_not(None) | (cast(Invoice.content, String) == "{}"), 1), else_=0)
    query = select(Invoice.run_id, func.count(), func.coalesce(func.sum(Invoice.total_cents), 0), func.sum(settled))
    found = db.exec(query.where(col(Invoice.run_id).in_(run_ids)).group_by(col(Invoice.run_id)))
    return {int(key or 0): (int(count), int(cents), int(printed)) for key, count, cents, printed in found}


def show(*, actor: Actor, run_id: int, only: str, page: int) -> RunFile:
    """Un traitement, et une page de ses factures ; `only` : ce qu'il faut relire d'abord."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        run = db.get(InvoiceRun, run_id) if is_key(run_id) else None
        if run is None:
            raise NotOpenError
        regie = db.get_one(Regie, run.regie_id)
        before = _before(run)
        kept = _kept(only, before, regie)
        count = _joined(run, before).with_only_columns(func.count())
        total = int(db.scalar(count.where(*kept)) or 0)
        here = slice_of(total, page)
        query = _joined(run, before).where(*kept).order_by(col(Family.name), col(Invoice.id))
        rows = [
            _preview(invoice, family, cents, regie)
            for invoice, family, cents in db.exec(query.offset(here.offset).limit(PAGE_SIZE))
        ]
        sums = _sums(db, [run.key]).get(run.key, (0, 0, 0))
        figures = [
            Choice(_spaced(int(db.scalar(count.where(*_kept(name, before, regie))) or 0)), label)
            for name, label in (("", "Factures"), (STRIKING, "Écarts"), (NEGATIVE, "Avoirs"), (CARRIED, "Reportées"))
        ]
    state = RunState(run.state)
    return RunFile(
        ready=True,
        row=row_of(run, regie, *sums),
        can_issue=state is RunState.READY and total > 0,
        can_cancel=state in {RunState.PREPARING, RunState.READY},
        due=wording.long_date(run.due_on),
        issued_on=wording.instant(run.changed_at) if state is RunState.ISSUED else "",
        figures=figures,
        only=only if only in {STRIKING, NEGATIVE, CARRIED} else "",
        rows=rows,
        page=here.page,
        pages=here.pages,
        summary=f"{wording.count(total, 'facture', 'factures')}, page {here.page} sur {here.pages}",
    )


def _before(run: InvoiceRun) -> Any:
    """Ce que chaque foyer a payé à cette régie le mois d'avant."""
    return (
        select(Invoice.family_id, func.sum(Invoice.total_cents).label("cents"))
        .where(
            Invoice.regie_id == run.regie_id,
            Invoice.month == months_away(run.month, -1, on=1),
            Invoice.state == InvoiceState.ISSUED,
        )
        .group_by(col(Invoice.family_id))
        .subquery()
    )


def _joined(run: InvoiceRun, before: Any) -> Any:
    return (
        select(Invoice, Family, before.c.cents)
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
        .join(before, before.c.family_id == col(Invoice.family_id), isouter=True)
        .where(Invoice.run_id == run.key)
    )


def _kept(only: str, before: Any, regie: Regie) -> list[Any]:
    """Les mêmes règles que le domaine, dites à la base."""
    cents = col(Invoice.total_cents)
    moved = func.abs(cents - before.c.cents)
    known: dict[str, list[Any]] = {
        STRIKING: [
            or_(before.c.cents.is_(None), (moved >= STRIKING_CENTS) & (2 * moved >= func.abs(before.c.cents))),
        ],
        NEGATIVE: [cents < 0],
        CARRIED: [cents >= 0, cents < max(regie.minimum_cents, 1), Invoice.state == InvoiceState.DRAFT],
    }
    return known.get(only, [])


def _preview(invoice: Invoice, family: Family | None, before: int | None, regie: Regie) -> PreviewRow:
    cents, is_draft = invoice.total_cents, invoice.state == InvoiceState.DRAFT
    mark, tone = "", ""
    if cents < 0:
        mark, tone = "Avoir", "ok"
    elif is_draft and is_carried(cents, regie.minimum_cents):
        mark, tone = "Reportée", ""
    elif before is None:
        mark, tone = "Nouveau", "warn"
    elif is_striking(int(before), cents):
        mark, tone = "Écart", "warn"
    return PreviewRow(
        id=0 if is_draft else invoice.key,
        family=family.name if family else "dossier effacé",
        number=invoice.content.get("number", "") or (family.number if family else ""),
        cents=euros(cents),
        before="" if before is None else euros(int(before)),
        change="" if before is None else signed_euros(cents - int(before)),
        mark=mark,
        tone=tone,
    )


def month_of(typed: str) -> date:
    """« 2026-10-01 » ; autre chose est un mois impossible, que le service refuse."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min
