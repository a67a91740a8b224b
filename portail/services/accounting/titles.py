"""Les titres d'un mois pour le comptable public : le rôle ORMC au format PES V2."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import MONTHS, paris_day
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.refusals import RefusalError
from portail.integrations.pes import Debtor, Role, Title, as_xml
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.models.invoices import Invoice
from portail.models.regies import Regie
from portail.services import audit
from portail.services.accounting.tables import month_of, regie_of
from portail.services.cash_desk.due import number_of
from portail.settings import current
from portail.views.downloads import Download

COLLECTIVITY = 3  # le code budget d'une régie commence par le code de la collectivité : « 123 » + « 00 »


class RegieIncompleteError(RefusalError):
    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"Il manque à cette régie : {', '.join(missing)}.", "Complétez-la dans « Régies ».")


def titles(actor: Actor, regie_id: int, given: Mapping[str, str], now: datetime) -> Download:
    """Une pièce par facture encore due ; un avoir se déclare au comptable par un titre de réduction, hors du rôle."""
    check_audience(Audience.MONEY, actor)
    month = month_of(given)
    with transaction() as db:
        regie = regie_of(db, regie_id)
        _check(regie)
        found = _invoices(db, regie, month)
        if not found:
            raise RefusalError("Aucune facture de ce mois ne reste due dans cette régie.")
        payers = _payers(db, [invoice.family_id for invoice, _ in found if invoice.family_id])
        detail = f"{regie.code}, titres {month:%Y-%m}"
        audit.record(db, "desk.exported", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=detail)
    said = f"Activités enfance, {MONTHS[month.month - 1]} {month.year}"
    name = f"PESORMC_{regie.code}_{month:%Y%m}.xml"
    role = Role(
        file_name=name,
        town=current().town_name,
        treasury=regie.treasury_code,
        siret=regie.siret,
        collectivity=regie.budget_code[:COLLECTIVITY],
        budget=regie.budget_code[COLLECTIVITY:],
        number=int(f"{regie.key}{month:%y%m}"),
        exercise=found[-1][0].year or month.year,
        issued_on=paris_day(now),
        purpose=said,
        titles=[
            Title(
                rank,
                number_of(invoice, regie),
                _debt(invoice, regie),
                said,
                invoice.total_cents - invoice.paid_cents,
                _debtor(invoice, family, payers),
            )
            for rank, (invoice, family) in enumerate(found, 1)
        ],
    )
    return Download(name, as_xml(role), "application/xml")


def _check(regie: Regie) -> None:
    wanted = {
        "le poste comptable": regie.treasury_code,
        "le SIRET": regie.siret,
        "le code collectivité et budget": regie.budget_code[COLLECTIVITY:],
    }
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise RegieIncompleteError(missing)


def _invoices(db: Session, regie: Regie, month: date) -> list[tuple[Invoice, Family | None]]:
    query: Any = (
        select(Invoice, Family)
        .join(Family, col(Family.id) == col(Invoice.family_id), isouter=True)
        .where(
            Invoice.regie_id == regie.key,
            Invoice.month == month,
            Invoice.state == InvoiceState.ISSUED,
            Invoice.kind == InvoiceKind.INVOICE,
            col(Invoice.total_cents) > Invoice.paid_cents,
        )
        .order_by(col(Invoice.year), col(Invoice.number))
    )
    return list(db.exec(query))


def _debt(invoice: Invoice, regie: Regie) -> str:
    """Chaque régie numérote depuis 1 : son rang devant, deux dettes de la commune ne se confondent jamais."""
    return f"{regie.key:03d}{(invoice.year or 0) % 100:02d}{invoice.number or 0:08d}"


def _payers(db: Session, family_ids: list[int]) -> dict[int, Guardian]:
    """Le premier responsable du dossier est le débiteur."""
    query = select(Guardian).where(col(Guardian.family_id).in_(family_ids)).order_by(col(Guardian.id).desc())
    return {one.family_id: one for one in db.exec(query)}


def _debtor(invoice: Invoice, family: Family | None, payers: Mapping[int, Guardian]) -> Debtor:
    """Un dossier effacé garde le nom que la facture a figé."""
    if family is None:
        return Debtor(str(invoice.content.get("family", {}).get("name") or "Inconnu"), "", "", "00000", "Inconnue")
    payer = payers.get(family.key)
    return Debtor(
        name=payer.last_name if payer else family.name,
        first_name=payer.first_name if payer else "",
        address=family.address,
        postcode=family.postcode or "00000",
        city=family.city or "Inconnue",
        reference=family.number,
    )
