"""La régie : trouver une famille, lire ce qu'elle doit, ce qu'elle a versé, son porte-monnaie et son quotient."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import Split, named_invoice
from portail.domain.money import euros, typed_cents
from portail.domain.payments import AT_THE_DESK, Means
from portail.domain.refusals import BadInputError
from portail.domain.tariffs import QuotientSource
from portail.domain.wallet import Balance
from portail.ids import new_token
from portail.models.database import reading
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services import access, tariffs
from portail.services.cash_desk import due, finding
from portail.services.direct_debits.rows import active_mandates_of, mandate_row
from portail.services.families import files
from portail.services.papers import year_papers
from portail.services.papers.paid_year import years_of
from portail.services.tariffs.standing import quotient_lines
from portail.services.wallet.accounts import balance_of, balances_of
from portail.services.wallet.mine import said_residence
from portail.services.wallet.statement import Wanted, statement
from portail.views import wording
from portail.views.families import FamilyRow
from portail.views.requests import Choice
from portail.views.wallet import DeskList, DeskRow, DeskWallet


def find(*, actor: Actor, words: str, page: int) -> DeskList:
    """La même recherche que celle des dossiers, avec le solde de chacun ; un montant ou un numéro de facture y mène."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        owing = _owing(db, words)
        found = files.Found(owing, len(owing), 1, 1, words.strip()) if owing else None
        found = found or files.search(db, words, page)
        families = files.rows_of(db, found.keys)
        balances = balances_of(db, found.keys)
    rows = [_row(family, balances[family.id]) for family in families]
    return DeskList(True, rows, found.total, found.page, found.pages, found.summary, found.words)


def _owing(db: Session, words: str) -> list[int]:
    """Les familles de cette facture, ou qui doivent exactement ce montant ; aucune pour d'autres mots."""
    query = select(Invoice.family_id).where(col(Invoice.family_id).is_not(None)).distinct()
    if named := named_invoice(words):
        code, year, number = named
        mine: Any = query.join(Regie, col(Regie.id) == col(Invoice.regie_id)).where(
            Regie.code == code, Invoice.year == year, Invoice.number == number
        )
    else:
        try:
            cents = typed_cents(words)
        except BadInputError:
            return []
        left = col(Invoice.total_cents) - col(Invoice.paid_cents)
        mine = query.where(*due.UNPAID, left == cents)
    return [key for key in db.exec(mine.limit(files.MOST_FOUND)) if key is not None]


def _row(family: FamilyRow, balance: Balance) -> DeskRow:
    standing, tone = ("actif", "ok") if balance.is_active else ("à activer", "warn")
    return DeskRow(family.id, family.number, family.name, family.adults, euros(balance.cents), standing, tone)


def show(*, actor: Actor, wanted: Wanted, now: datetime) -> DeskWallet:
    with reading() as db:
        family = access.any_family(db, actor, wanted.family_id, Audience.MONEY)
        balance = balance_of(db, family.key)
        shown = statement(db, family.key, wanted, now)
        dues = due.lines_of(db, family.key, paris_day(now))
        payments = finding.of_family(db, family.key, paris_day(now))
        years = years_of(db, [family.key]).get(family.key, [])
        mandates = [mandate_row(one) for one in db.execute(active_mandates_of(family.key))]
        history = tariffs.quotients_of(db, [family.key])[family.key]
    return DeskWallet(
        ready=True,
        family_id=family.key,
        number=family.number,
        family=family.name,
        is_open=family.is_open,
        is_active=balance.is_active,
        balance=euros(balance.cents),
        overdraft=euros(balance.overdraft_cents).removesuffix("\u00a0€"),
        residence=said_residence(family),
        quotients=quotient_lines(history, now.astimezone(wording.PARIS).date()),
        sources=[Choice(source.value, wording.capitalised(source.label)) for source in QuotientSource],
        means=[Choice(means.value, means.label) for means in Means if means in AT_THE_DESK],
        splits=[Choice(split.value, split.label) for split in Split],
        dues=dues,
        owed=euros(sum(one.left_cents for one in dues)),
        payments=payments,
        mandates=mandates,
        years=[year_papers(family, year, now) for year in years],
        today=wording.iso_day(now),
        token=new_token(),
        statement=shown,
    )
