"""Une attestation de quotient, dans la file : ce qui est déclaré, ce que l'agent y lit, et l'écrire dans le dossier."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session

from portail.domain.accounts import Actor
from portail.domain.documents import DocumentValidity, valid_until
from portail.domain.tariffs import Quotient, QuotientSource
from portail.models.requests import Request
from portail.services.requests.changes import held_family
from portail.services.tariffs.quotients import read_form, record
from portail.views import wording
from portail.views.requests import ChangeLine, QuotientFields


def describe(db: Session, request: Request) -> list[ChangeLine]:  # noqa: ARG001
    """Ce que la famille a lu, puis ce que l'agent a retenu."""
    declared, kept = request.content.get("value"), _kept(request)
    said = "à calculer d’après la pièce jointe" if declared is None else str(declared)
    lines = [ChangeLine("Quotient déclaré", "", said)]
    if kept:
        first, last = wording.short_date(kept.valid_from), wording.short_date(kept.valid_to)
        lines.append(ChangeLine("Quotient retenu", "", f"{kept.value}, du {first} au {last}"))
    return lines


def propose(request: Request) -> QuotientFields:
    """Les champs de l'agent, remplis d'avance : du jour de l'envoi à la fin de l'année scolaire."""
    declared = request.content.get("value")
    first = request.created_at.astimezone(wording.PARIS).date()
    last = valid_until(DocumentValidity.SCHOOL_YEAR, first) or first
    return QuotientFields(True, "" if declared is None else str(declared), first.isoformat(), last.isoformat())


def settle(request: Request, fields: Mapping[str, str], now: datetime) -> None:
    """Ce que l'agent retient est gardé dans la démarche : la famille l'y lira."""
    typed = read_form(dict(fields) | {"source": QuotientSource.DOCUMENT}, now.astimezone(wording.PARIS).date())
    dates = {"valid_from": typed.valid_from.isoformat(), "valid_to": typed.valid_to.isoformat()}
    request.content = request.content | {"kept": {"value": typed.value} | dates}


def accept(db: Session, request: Request, actor: Actor, now: datetime) -> None:
    """Un quotient de plus dans l'histoire du foyer : ce qui est réservé ou facturé garde son prix."""
    family, kept = held_family(db, request), _kept(request)
    if kept:
        record(db, family.key, actor, kept, now)


def _kept(request: Request) -> Quotient | None:
    kept = request.content.get("kept")
    if not kept:
        return None
    first, last = (date.fromisoformat(kept[name]) for name in ("valid_from", "valid_to"))
    return Quotient(kept["value"], first, last, QuotientSource.DOCUMENT)
