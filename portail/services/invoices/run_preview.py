"""Relire un mois avant de l'émettre : chaque brouillon à côté du mois d'avant, et qui n'a plus rien cette fois."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, func, or_, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import months_away
from portail.domain.invoices import STRIKING_CENTS, InvoiceState, RunState, is_carried, is_striking
from portail.domain.money import euros, signed_euros
from portail.domain.refusals import NotOpenError
from portail.domain.text import clean_line
from portail.models.base import is_key
from portail.models.database import reading
from portail.models.families import Family
from portail.models.invoices import Invoice, InvoiceRun
from portail.models.regies import Regie
from portail.services.invoices.run_desk import counted, row_of, spaced, sums_of
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.views import wording
from portail.views.invoices import PreviewRow, RunFile
from portail.views.requests import Choice

STRIKING, NEGATIVE, CARRIED, VANISHED = "striking", "negative", "carried", "vanished"
FILTERS = frozenset({STRIKING, NEGATIVE, CARRIED, VANISHED})


@dataclass(frozen=True)
class _Asked:
    """Un traitement, et ce que l'on veut en voir."""

    run: InvoiceRun
    regie: Regie
    only: str
    words: str
    page: int


@dataclass(frozen=True)
class _Figures:
    count: int = 0
    striking: int = 0
    negative: int = 0
    carried: int = 0
    bills: int = 0
    billed_cents: int = 0
    credited_cents: int = 0
    vanished: int = 0


def show(*, actor: Actor, run_id: int, only: str, words: str, page: int) -> RunFile:
    """Sept lectures ; `only` : ce qu'il faut relire d'abord ; `words` : le nom ou le numéro d'un dossier."""
    check_audience(Audience.MONEY, actor)
    wanted = clean_line(words, label="Recherche", limit=80)
    with reading() as db:
        run = db.get(InvoiceRun, run_id) if is_key(run_id) else None
        if run is None:
            raise NotOpenError
        regie = db.get_one(Regie, run.regie_id)
        asked = _Asked(run, regie, only if only in FILTERS else "", wanted, page)
        figures = _figures(db, asked)
        rows, total, here = _page(db, asked)
        sums = sums_of(db, run.key)
    state = RunState(run.state)
    to_issue = figures.bills + figures.negative
    return RunFile(
        ready=True,
        row=row_of(run, regie, sums),
        can_issue=state is RunState.READY and to_issue > 0,
        has_nothing=state is RunState.READY and to_issue == 0,
        can_cancel=state in {RunState.PREPARING, RunState.READY},
        to_issue=_to_issue(figures),
        drafts=counted(figures.count, "brouillon", "brouillons"),
        due=wording.long_date(run.due_on),
        issued_on=wording.instant(run.changed_at) if state is RunState.ISSUED else "",
        figures=_said(figures),
        only=asked.only,
        words=wanted,
        rows=rows,
        page=here.page,
        pages=here.pages,
        summary=f"{_found(asked, total)}, page {here.page} sur {here.pages}",
    )


def _figures(db: Session, asked: _Asked) -> _Figures:
    """Tout le traitement, quels que soient le filtre et la recherche."""
    before, cents = _before(asked.run), col(Invoice.total_cents)
    kinds = [func.sum(case((_kept(one, before, asked.regie), 1), else_=0)) for one in (STRIKING, NEGATIVE, CARRIED)]
    is_bill = (cents >= 0) & ~_kept(CARRIED, before, asked.regie)
    bills = func.sum(case((is_bill, 1), else_=0)), func.sum(case((is_bill, cents), else_=0))
    query = _joined(asked.run, before).with_only_columns(
        func.count(), *kinds, *bills, func.sum(case((cents < 0, -cents), else_=0))
    )
    vanished = int(db.scalar(_vanished(asked.run, before).with_only_columns(func.count())) or 0)
    return _Figures(*[int(one or 0) for one in (*db.exec(query).one(), vanished)])


def _said(figures: _Figures) -> list[Choice]:
    named = (
        ("Factures", figures.count),
        ("Écarts", figures.striking),
        ("Avoirs", figures.negative),
        ("Reportées", figures.carried),
        ("Disparues", figures.vanished),
    )
    return [Choice(spaced(number), label) for label, number in named]


def _to_issue(figures: _Figures) -> str:
    """« 58 factures pour 1 234,50 € et 2 avoirs pour 12,00 € »."""
    said = []
    if figures.bills:
        said.append(f"{counted(figures.bills, 'facture', 'factures')} pour {euros(figures.billed_cents)}")
    if figures.negative:
        said.append(f"{counted(figures.negative, 'avoir', 'avoirs')} pour {euros(figures.credited_cents)}")
    return " et ".join(said)


def _found(asked: _Asked, total: int) -> str:
    one = "famille" if asked.only == VANISHED else "facture"
    return counted(total, one, f"{one}s")


def _page(db: Session, asked: _Asked) -> tuple[list[PreviewRow], int, Any]:
    before = _before(asked.run)
    query = _vanished(asked.run, before) if asked.only == VANISHED else _joined(asked.run, before)
    if asked.only and asked.only != VANISHED:
        query = query.where(_kept(asked.only, before, asked.regie))
    if asked.words:
        query = query.where(or_(containing(Family.name, asked.words), containing(Family.number, asked.words)))
    total = int(db.scalar(query.with_only_columns(func.count())) or 0)
    here = slice_of(total, asked.page)
    found = db.exec(query.order_by(col(Family.name), col(Family.id)).offset(here.offset).limit(PAGE_SIZE))
    if asked.only == VANISHED:
        return [_gone(family, cents) for family, cents in found], total, here
    return [_preview(invoice, family, cents, asked.regie) for invoice, family, cents in found], total, here


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


def _vanished(run: InvoiceRun, before: Any) -> Any:
    """Facturés le mois d'avant, rien cette fois ; pendant la préparation, seulement qui a déjà été examiné."""
    here = select(Invoice.id).where(Invoice.run_id == run.key, col(Invoice.family_id) == col(Family.id))
    query = select(Family, before.c.cents).join(before, before.c.family_id == col(Family.id))
    query = query.where(before.c.cents > 0, ~here.correlate(Family).exists())
    if run.state == RunState.CANCELLED:
        return query.where(col(Family.id) < 0)
    return query.where(col(Family.id) <= run.last_family_id)


def _kept(only: str, before: Any, regie: Regie) -> Any:
    """Les mêmes règles que le domaine, dites à la base."""
    cents = col(Invoice.total_cents)
    moved = func.abs(cents - before.c.cents)
    known: dict[str, Any] = {
        STRIKING: or_(before.c.cents.is_(None), (moved >= STRIKING_CENTS) & (2 * moved >= func.abs(before.c.cents))),
        NEGATIVE: cents < 0,
        CARRIED: (cents >= 0) & (cents < max(regie.minimum_cents, 1)) & (col(Invoice.state) == InvoiceState.DRAFT),
    }
    return known[only]


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
    name = family.name if family else "dossier effacé"
    number = invoice.content.get("number", "") or (family.number if family else "")
    return PreviewRow(
        href=f"/admin/factures/{invoice.key}",
        about=f"Ouvrir le brouillon de {name}, {number}" if is_draft else f"Ouvrir la facture {number}",
        family=name,
        number=number,
        cents=euros(cents),
        before="" if before is None else euros(int(before)),
        change="" if before is None else _change(cents - int(before)),
        mark=mark,
        tone=tone,
    )


def _change(cents: int) -> str:
    return signed_euros(cents) if cents else "Aucune"


def _gone(family: Family, before: int) -> PreviewRow:
    return PreviewRow(
        href=f"/admin/encaissements/{family.key}",
        about=f"Ouvrir le compte de {family.name}, {family.number}",
        family=family.name,
        number=family.number,
        cents="",
        before=euros(int(before)),
        change=signed_euros(-int(before)),
        mark="Disparue",
        tone="warn",
    )
