"""La facturation, pour la régie : les traitements et où en est chacun."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, case, cast
from sqlmodel import Session, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away, paris_day
from portail.domain.invoices import RunState
from portail.domain.money import euros
from portail.models.database import reading
from portail.models.invoices import Invoice, InvoiceRun
from portail.models.regies import Regie
from portail.services import regies
from portail.views import wording
from portail.views.invoices import RunList, RunRow
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


@dataclass(frozen=True)
class Sums:
    """Les factures d'un traitement : combien, pour combien, et où en sont leurs PDF."""

    count: int = 0
    cents: int = 0
    printed: int = 0
    failed: int = 0


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
        sums = _all_sums(db, [run.key for run, _ in found])
        open_ones = [Choice(str(one.key), one.name) for one in regies.open_regies(db)]
    months = [months_away(today, -rank, on=1) for rank in range(MONTHS)]
    rows = [row_of(run, regie, sums.get(run.key, Sums())) for run, regie in found]
    return RunList(
        ready=True,
        rows=rows,
        regies=open_ones,
        months=[Choice(one.isoformat(), wording.capitalised(wording.month(one))) for one in months[1:] + months[:1]],
        is_busy=any(row.is_busy for row in rows),
    )


def row_of(run: InvoiceRun, regie: Regie, sums: Sums) -> RunRow:
    state = RunState(run.state)
    done, total, what = run.done, run.total, ("dossier examiné", "dossiers examinés")
    if state is RunState.ISSUING:
        what = ("facture émise", "factures émises")
    elif state is RunState.ISSUED:
        done, total, what = sums.printed, sums.count, ("PDF archivé", "PDF archivés")
    is_busy = state in BUSY or (state is RunState.ISSUED and sums.printed + sums.failed < sums.count)
    return RunRow(
        id=run.key,
        month=wording.capitalised(wording.month(run.month)),
        regie=regie.name,
        state=state.label,
        tone=TONES[state],
        progress=f"{counted(done, *what)} sur {spaced(total)}" if is_busy else "",
        failed=f"{spaced(sums.failed)} PDF en échec" if sums.failed else "",
        percent=100 * done // total if total else 0,
        is_busy=is_busy,
        count=counted(sums.count, "facture", "factures"),
        total=euros(sums.cents),
    )


def counted(number: int, one: str, many: str) -> str:
    """« 1 dossier examiné », « 12 400 dossiers examinés »."""
    return f"{spaced(number)} {one if number <= 1 else many}"


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def sums_of(db: Session, run_id: int) -> Sums:
    return _all_sums(db, [run_id]).get(run_id, Sums())


def _all_sums(db: Session, run_ids: list[int]) -> dict[int, Sums]:
    """Effacée, une facture n'aura plus de PDF : elle compte comme faite."""
    is_settled = col(Invoice.file_id).is_not(None) | (cast(Invoice.content, String) == "{}")
    settled = func.sum(case((is_settled, 1), else_=0))
    failed = func.sum(case((~is_settled & col(Invoice.print_failed_at).is_not(None), 1), else_=0))
    cents = func.coalesce(func.sum(Invoice.total_cents), 0)
    query = select(Invoice.run_id, func.count(), cents, settled, failed)  # type: ignore[call-overload]
    found = db.exec(query.where(col(Invoice.run_id).in_(run_ids)).group_by(col(Invoice.run_id)))
    return {int(key or 0): Sums(*map(int, numbers)) for key, *numbers in found}


def month_of(typed: str) -> date:
    """« 2026-10-01 » ; autre chose est un mois impossible, que le service refuse."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min
