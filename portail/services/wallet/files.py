"""Le relevé du porte-monnaie à garder : les mouvements filtrés, en CSV, en XLSX ou en PDF."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col

from portail.domain.accounts import Actor, Audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.history import Period
from portail.domain.money import euros, signed_euros
from portail.domain.papers import file_name
from portail.domain.wallet import MovementKind
from portail.integrations.pdf import compile_pdf
from portail.integrations.sheets import CSV, XLSX, Cents, Sheet, as_csv, as_xlsx
from portail.models.database import reading
from portail.models.families import Family
from portail.models.wallet import LedgerEntry
from portail.services import access
from portail.services.papers import FOLDER, content
from portail.services.wallet.statement import Wanted, chosen
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

HEADS = ("Date", "Sorte", "Libellé", "Montant", "Solde après")
TEMPLATE = FOLDER / "statement.typ"
MOST_LINES = 500  # d'un PDF ; le tableur n'a pas de limite


def make(actor: Actor, family_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Le même filtre que l'écran : `sorte`, `periode` ; `format` : csv, xlsx ou pdf."""
    wanted = Wanted(family_id, given.get("sorte", ""), given.get("periode", ""))
    with reading() as db:
        family = _family(db, actor, family_id)
        found = list(db.exec(chosen(family.key, wanted, now).order_by(col(LedgerEntry.id).desc())))
    name = f"porte-monnaie-{paris_day(now):%Y-%m-%d}"
    if given.get("format") == "pdf":
        return Download(file_name(name, family.number), _pdf(family, wanted, found, now))
    rows = [
        (
            paris_day(movement.at),
            MovementKind(movement.kind).label,
            movement.label,
            Cents(entry.amount_cents),
            Cents(entry.balance_cents or 0),
        )
        for entry, movement, _ in found
    ]
    sheet = Sheet("Porte-monnaie", HEADS, rows)
    if given.get("format") == "xlsx":
        return Download(file_name(name, family.number, "xlsx"), as_xlsx(sheet), XLSX)
    return Download(file_name(name, family.number, "csv"), as_csv(sheet), CSV)


def _family(db: Session, actor: Actor, family_id: int) -> Family:
    if actor.is_staff:
        return access.any_family(db, actor, family_id, Audience.MONEY)
    return access.my_family(db, actor, family_id, FamilyRight.MONEY)[0]


def _pdf(family: Family, wanted: Wanted, found: list[Any], now: datetime) -> bytes:
    kind = MovementKind(wanted.kind).label if wanted.kind in set(MovementKind) else "Tous les mouvements"
    period = Period(wanted.period).label if wanted.period in set(Period) else "Depuis l’ouverture"
    balance = found[0][0].balance_cents if found and kind == "Tous les mouvements" else None
    cut = [f"Les {MOST_LINES} derniers mouvements sont imprimés."] if len(found) > MOST_LINES else []
    given = {
        "town": content.town_content(),
        "title": "Relevé du porte-monnaie",
        "description": f"Mouvements du porte-monnaie du dossier {family.number}.",
        "lines": [
            ["Famille", f"{family.name}, dossier {family.number}"],
            ["Mouvements", f"{kind}, {wording.uncapitalised(period)}"],
            *([["Solde", euros(balance)]] if balance is not None else []),
        ],
        "rows": [
            [
                wording.short_date(paris_day(movement.at)),
                movement.label,
                signed_euros(entry.amount_cents),
                euros(entry.balance_cents or 0),
            ]
            for entry, movement, _ in found[:MOST_LINES]
        ],
        "notes": cut,
        "made": f"Établi à {current().town_name}, le {wording.long_date(paris_day(now))}.",
    }
    return compile_pdf(TEMPLATE, given, now, content.emblem())
