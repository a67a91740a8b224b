"""Un tableau qui part vers un tableur : CSV (point-virgule, avec la marque UTF-8 qu'Excel attend) ou XLSX.

Une cellule de texte qui commencerait une formule est désarmée ; un montant reste un nombre.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import xlsxwriter

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # un tableur les exécuterait
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Cents:
    """Un montant en centimes : dans le tableur, un nombre en euros."""

    value: int


Cell = str | int | date | Cents


@dataclass(frozen=True)
class Sheet:
    """Un tableau : son nom, ses titres, ses lignes."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(sheet: Sheet) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(head) for head in sheet.heads])
    for row in sheet.rows:
        writer.writerow([_said(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _said(cell: Cell) -> str:
    if isinstance(cell, Cents):
        sign, cents = ("-" if cell.value < 0 else ""), abs(cell.value)
        return f"{sign}{cents // 100},{cents % 100:02d}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell) if isinstance(cell, int) else inert(cell)


def as_xlsx(sheet: Sheet) -> bytes:
    """Le texte s'écrit en texte : jamais lu comme une formule ni comme un lien."""
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"in_memory": True})
    page = book.add_worksheet(sheet.title[:31])
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00 €"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, bold)
    for line, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, Cents):
                page.write_number(line, column, Decimal(cell.value) / 100, money)
            elif isinstance(cell, date):
                page.write_datetime(line, column, cell, day)
            elif isinstance(cell, int):
                page.write_number(line, column, cell)
            else:
                page.write_string(line, column, inert(cell))
    page.freeze_panes(1, 0)
    page.autofit()
    book.close()
    return body.getvalue()
