"""Le relevé du porte-monnaie à garder : les mouvements filtrés, en CSV, en XLSX ou en PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from portail.domain.accounts import Actor, Audience
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.history import Period
from portail.domain.money import euros, signed_euros
from portail.domain.papers import file_name
from portail.domain.text import row_number
from portail.domain.wallet import MovementKind
from portail.integrations.pdf import compile_pdf
from portail.integrations.sheets import CSV, XLSX, Cents, Sheet, as_csv, as_xlsx
from portail.models.database import reading
from portail.models.families import Family
from portail.models.wallet import LedgerEntry, LedgerTransaction
from portail.services import access
from portail.services.papers import FOLDER, content
from portail.services.wallet import children
from portail.services.wallet.statement import Wanted, chosen, known
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

HEADS = ("Date", "Sorte", "Libellé", "Enfant", "Montant", "Solde après")
TEMPLATE = FOLDER / "statement.typ"
MOST_LINES = 500  # d'un PDF ; le tableur n'a pas de limite


@dataclass(frozen=True)
class Line:
    """Un mouvement du relevé ; `child` : de qui il parle."""

    entry: LedgerEntry
    movement: LedgerTransaction
    child: str

    @property
    def words(self) -> tuple[date, str, str, str]:
        return paris_day(self.movement.at), MovementKind(self.movement.kind).label, self.movement.label, self.child


def make(actor: Actor, family_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Le même filtre que l'écran : `sorte`, `periode`, `enfant` ; `format` : csv, xlsx ou pdf."""
    asked = Wanted(
        family_id, given.get("sorte", ""), given.get("periode", ""), child=row_number(given.get("enfant", ""))
    )
    with reading() as db:
        family = _family(db, actor, family_id)
        names = children.of_family(db, family.key)
        wanted = known(asked, names)
        found = list(db.exec(chosen(family.key, wanted, now).order_by(col(LedgerEntry.id).desc())))
        said = children.of_batches(db, (movement.batch_id for _, movement, _ in found), names)
    lines = [Line(entry, movement, said.get(movement.batch_id, "")) for entry, movement, _ in found]
    name = f"porte-monnaie-{paris_day(now):%Y-%m-%d}"
    if given.get("format") == "pdf":
        return Download(file_name(name, family.number), _pdf(family, _said(wanted, names), lines, now))
    rows = [(*one.words, Cents(one.entry.amount_cents), Cents(one.entry.balance_cents or 0)) for one in lines]
    sheet = Sheet("Porte-monnaie", HEADS, rows)
    if given.get("format") == "xlsx":
        return Download(file_name(name, family.number, "xlsx"), as_xlsx(sheet), XLSX)
    return Download(file_name(name, family.number, "csv"), as_csv(sheet), CSV)


def _family(db: Session, actor: Actor, family_id: int) -> Family:
    if actor.is_staff:
        return access.any_family(db, actor, family_id, Audience.MONEY)
    return access.my_family(db, actor, family_id, FamilyRight.MONEY)[0]


EVERYTHING = "Tous les mouvements"


def _said(wanted: Wanted, names: Mapping[int, str]) -> tuple[str, str]:
    """Ce que le relevé retient : sorte et enfant, puis période."""
    kind = MovementKind(wanted.kind).label if wanted.kind else EVERYTHING
    what = f"{kind}, {names[wanted.child]}" if wanted.child else kind
    return what, Period(wanted.period).label if wanted.period else "Depuis l’ouverture"


def _pdf(family: Family, said: tuple[str, str], found: list[Line], now: datetime) -> bytes:
    what, period = said
    balance = found[0].entry.balance_cents if found and what == EVERYTHING else None
    cut = [f"Les {MOST_LINES} derniers mouvements sont imprimés."] if len(found) > MOST_LINES else []
    given = {
        "town": content.town_content(),
        "title": "Relevé du porte-monnaie",
        "description": f"Mouvements du porte-monnaie du dossier {family.number}.",
        "lines": [
            ["Famille", f"{family.name}, dossier {family.number}"],
            ["Mouvements", f"{what}, {wording.uncapitalised(period)}"],
            *([["Solde", euros(balance)]] if balance is not None else []),
        ],
        "rows": [
            [
                wording.short_date(one.words[0]),
                *one.words[1:],
                signed_euros(one.entry.amount_cents),
                euros(one.entry.balance_cents or 0),
            ]
            for one in found[:MOST_LINES]
        ],
        "notes": cut,
        "made": f"Établi à {current().town_name}, le {wording.long_date(paris_day(now))}.",
    }
    return compile_pdf(TEMPLATE, given, now, content.emblem())
