"""Le PDF d'une facture : composé une fois après l'émission, archivé tel qu'émis, rendu tel quel ensuite."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from sqlalchemy import String, cast
from sqlmodel import Session, col, select, update

from portail.domain.dates import paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.money import euros
from portail.domain.uploads import FileKind
from portail.integrations import pdf_pool
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice, InvoiceLine
from portail.services import stored_files
from portail.services.invoices.detail import lines_of, parts_of
from portail.settings import current
from portail.views import wording

TEMPLATE = Path(__file__).parent / "invoice.typ"
AT_ONCE = 60


def print_some(now: datetime) -> bool:
    """Un lot de factures émises qui n'ont pas encore leur PDF ; faux : toutes l'ont."""
    with reading() as db:
        waiting = list(db.exec(select(Invoice).where(*_unprinted()).order_by(col(Invoice.id)).limit(AT_ONCE)))
        lines = lines_of(db, [one.key for one in waiting])
    if not waiting:
        pdf_pool.close()
        return False
    print_these(waiting, lines, now)
    return True


def print_these(invoices: Sequence[Invoice], lines: Mapping[int, Sequence[InvoiceLine]], now: datetime) -> None:
    """Hors transaction : composer prend du temps. Un autre a pu passer : son PDF reste, le nôtre s'efface."""
    given = [paper_of(one, lines[one.key]) for one in invoices]
    bodies = pdf_pool.compile_many(TEMPLATE, given, now)
    kept = {
        one.key: stored_files.keep(f"{content['number']}.pdf", FileKind.PDF, body, now)
        for one, content, body in zip(invoices, given, bodies, strict=True)
    }
    with transaction() as db:
        free = set(db.exec(select(Invoice.id).where(col(Invoice.id).in_(kept), *_unprinted()).with_for_update()))
        mine = {key: one for key, one in kept.items() if key in free}
        db.add_all(one.stored for one in mine.values())
        db.flush()
        _archive(db, {key: one.stored.key for key, one in mine.items()})
    stored_files.release([one for key, one in kept.items() if key not in mine])


def _archive(db: Session, files: Mapping[int, int]) -> None:
    for key, file_id in files.items():
        archived = update(Invoice).where(col(Invoice.id) == key).values(file_id=file_id)
        db.exec(archived.execution_options(synchronize_session=False))


def _unprinted() -> tuple[Any, ...]:
    """Une facture dont les noms ont été effacés ne se recompose pas."""
    return Invoice.state == InvoiceState.ISSUED, col(Invoice.file_id).is_(None), cast(Invoice.content, String) != "{}"


def paper_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[str, Any]:
    """Ce que le papier dit, tout en texte."""
    is_credit = invoice.kind == InvoiceKind.CREDIT_NOTE
    month, content = wording.month(invoice.month), invoice.content
    siret = content["town"]["siret"]
    title = f"{'Avoir' if is_credit else 'Facture'} {wording.of(month)}"
    url = f"{current().site_url}/factures/{invoice.key}"
    issued = wording.long_date(paris_day(invoice.issued_at)) if invoice.issued_at else ""
    due = [["À payer avant le", wording.long_date(invoice.due_on)]] if not is_credit else []
    why = [
        [label, content[name]]
        for name, label in (("corrects", "Facture corrigée"), ("reason", "Motif"))
        if name in content
    ]
    return {
        "town": content["town"],
        "family": content["family"],
        "number": content["number"],
        "siret": f" · SIRET {siret}" if siret else "",
        "title": title,
        "description": f"{title}, {content['number']}, {content['town']['name']}",
        "facts": [
            ["Numéro", content["number"]],
            ["Période", month],
            ["Émis le" if is_credit else "Émise le", issued],
            *due,
            *why,
        ],
        "children": [
            {"name": part.name, "total": part.total, "cells": [cell for row in part.rows for cell in _cells(row)]}
            for part in parts_of(lines)
        ],
        "sum_label": "À votre crédit" if is_credit else "Total à payer",
        "total": euros(abs(invoice.total_cents)),
        "how": _how(invoice, is_credit=is_credit),
        "url": url,
        "code": _code(url),
        "code_alt": f"Code QR de l’adresse {url}",
    }


def _cells(row: Any) -> tuple[str, str, str, str]:
    return row.label, row.quantity, row.unit, row.amount


def _how(invoice: Invoice, *, is_credit: bool) -> str:
    if is_credit:
        return "Cette somme solde la facture corrigée ou rejoint votre porte-monnaie. Le détail est en ligne :"
    return f"Payez en ligne avant le {wording.long_date(invoice.due_on)}, ou à la régie de la mairie :"


def _code(url: str) -> str:
    body = BytesIO()
    segno.make(url, error="m").save(body, kind="svg", xmldecl=False, border=0)
    return body.getvalue().decode()
