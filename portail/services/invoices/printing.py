"""Le PDF d'une facture : composé une fois après l'émission, archivé tel qu'émis, rendu tel quel ensuite."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import String, bindparam, cast, or_
from sqlmodel import Session, col, select, update

from portail.domain.dates import paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.money import euros
from portail.domain.uploads import FileKind
from portail.integrations import pdf_pool
from portail.integrations.qr import as_svg
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice
from portail.services.files import stored_files
from portail.services.invoices.detail import Printed, parts_of, printed_lines
from portail.settings import current
from portail.views import wording

log = logging.getLogger("portail.invoices")
TEMPLATE = Path(__file__).parent / "invoice.typ"
AT_ONCE, ROUND = 40, 240  # factures par lot ; par tour, les lots se suivent sans attendre
RETRIED = timedelta(days=1)  # un PDF en échec : une correction du portail le débloque d'elle-même


def print_some(now: datetime) -> bool:
    """Un tour de factures émises qui n'ont pas encore leur PDF ; faux : toutes l'ont.

    Pendant que les autres processus composent un lot, celui-ci archive le précédent.
    """
    with reading() as db:
        failed = col(Invoice.print_failed_at)
        query = select(Invoice.id).where(*_unprinted(), or_(failed.is_(None), failed <= now - RETRIED))
        waiting = [key or 0 for key in db.exec(query.order_by(col(Invoice.id)).limit(ROUND))]
    if not waiting:
        pdf_pool.close()
        return False
    begun: Callable[[], None] | None = None
    for start in range(0, len(waiting), AT_ONCE):
        ahead = _begin(waiting[start : start + AT_ONCE], now)
        if begun:
            begun()
        begun = ahead
    if begun:
        begun()
    return True


def _begin(keys: Sequence[int], now: datetime) -> Callable[[], None]:
    with reading() as db:
        invoices = list(
            db.exec(select(Invoice).where(col(Invoice.id).in_(keys), *_unprinted()).order_by(col(Invoice.id)))
        )
        lines = printed_lines(db, [one.key for one in invoices])
    return begin_these(invoices, lines, now)


def begin_these(
    invoices: Sequence[Invoice], lines: Mapping[int, Sequence[Printed]], now: datetime
) -> Callable[[], None]:
    """Les PDF se composent dès maintenant ; appeler ce qui est rendu les archive."""
    drawing = pdf_pool.begin(TEMPLATE, [paper_of(one, lines[one.key]) for one in invoices], now)
    return lambda: _archive(invoices, drawing(), now)


def _archive(invoices: Sequence[Invoice], papers: Sequence[pdf_pool.Drawn], now: datetime) -> None:
    """Hors transaction : composer prend du temps. Un autre a pu passer : son PDF reste, le nôtre s'efface.

    Un PDF qui ne se compose pas se note au journal et sur la facture ; les autres du lot n'attendent pas.
    """
    drawn = dict(zip([one.key for one in invoices], papers, strict=True))
    failed = [key for key, one in drawn.items() if one.fault]
    whole = [one for one in invoices if one.key not in failed]
    files = [(f"{one.content['number']}.pdf", FileKind.PDF, drawn[one.key].body) for one in whole]
    kept = dict(zip((one.key for one in whole), stored_files.keep_all(files, now), strict=True))
    for key in failed:
        log.error("Le PDF de la facture %s ne se compose pas : %s", key, drawn[key].fault)
    with transaction() as db:
        free = set(db.exec(select(Invoice.id).where(col(Invoice.id).in_(kept), *_unprinted()).with_for_update()))
        mine = {key: one for key, one in kept.items() if key in free}
        db.add_all(one.stored for one in mine.values())
        db.flush()
        _note_archived(db, {key: one.stored.key for key, one in mine.items()})
        _note_failed(db, failed, now)
    stored_files.release([one for key, one in kept.items() if key not in mine])


def _note_archived(db: Session, files: Mapping[int, int]) -> None:
    """Un seul ordre préparé pour tout le lot."""
    noted = update(Invoice).where(col(Invoice.id) == bindparam("key"))
    rows = [{"key": key, "file": file_id} for key, file_id in files.items()]
    if rows:
        db.connection().execute(noted.values(file_id=bindparam("file"), print_failed_at=None), rows)


def _note_failed(db: Session, keys: Collection[int], now: datetime) -> None:
    noted = update(Invoice).where(col(Invoice.id).in_(keys), *_unprinted()).values(print_failed_at=now)
    db.exec(noted.execution_options(synchronize_session=False))


def _unprinted() -> tuple[Any, ...]:
    """Une facture dont les noms ont été effacés ne se recompose pas."""
    return Invoice.state == InvoiceState.ISSUED, col(Invoice.file_id).is_(None), cast(Invoice.content, String) != "{}"


def paper_of(invoice: Invoice, lines: Sequence[Printed]) -> dict[str, Any]:
    """Ce que le papier dit, tout en texte."""
    is_credit, content = invoice.kind == InvoiceKind.CREDIT_NOTE, invoice.content
    is_debited = bool(content.get("debited")) and not is_credit
    siret = content["town"]["siret"]
    title = f"{'Avoir' if is_credit else 'Facture'} {wording.of(wording.month(invoice.month))}"
    url = f"{current().site_url}/factures/{invoice.key}"
    return {
        "town": content["town"],
        "family": content["family"],
        "number": content["number"],
        "siret": f" · SIRET {siret}" if siret else "",
        "title": title,
        "description": f"{title}, {content['number']}, {content['town']['name']}",
        "facts": _facts(invoice, is_credit=is_credit, is_debited=is_debited),
        "children": [
            {"name": part.name, "total": part.total, "cells": [cell for row in part.rows for cell in _cells(row)]}
            for part in parts_of(lines)
        ],
        "sum_label": "À votre crédit" if is_credit else "Total à prélever" if is_debited else "Total à payer",
        "total": euros(abs(invoice.total_cents)),
        "how": _how(invoice, is_credit=is_credit, is_debited=is_debited),
        "url": url,
        "code": as_svg(url).decode(),
        "code_alt": f"Code QR de l’adresse {url}",
    }


def _facts(invoice: Invoice, *, is_credit: bool, is_debited: bool) -> list[list[str]]:
    content = invoice.content
    issued = wording.long_date(paris_day(invoice.issued_at)) if invoice.issued_at else ""
    due = ["À payer avant le", wording.long_date(invoice.due_on)]
    if is_debited:
        due = ["Paiement", "par prélèvement"]
    why = (("corrects", "Facture corrigée"), ("reason", "Motif"))
    return [
        ["Numéro", content["number"]],
        ["Période", wording.month(invoice.month)],
        ["Émis le" if is_credit else "Émise le", issued],
        *([] if is_credit else [due]),
        *[[label, content[name]] for name, label in why if name in content],
    ]


def _cells(row: Any) -> tuple[str, str, str, str]:
    return row.label, row.quantity, row.unit, row.amount


def _how(invoice: Invoice, *, is_credit: bool, is_debited: bool) -> str:
    if is_credit:
        return "Cette somme solde la facture corrigée ou rejoint votre porte-monnaie. Le détail est en ligne :"
    if is_debited:
        return "Cette somme sera prélevée : un courriel vous en dira le jour. Vous n’avez rien à faire. Le détail :"
    return f"Payez en ligne avant le {wording.long_date(invoice.due_on)}, ou à la régie de la mairie :"
