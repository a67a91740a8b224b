"""Les courriels d'une réservation soumise : acceptée, ou refusée avec son motif."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.money import euros
from portail.models.requests import Request
from portail.services.mails import outbox, readers
from portail.services.requests.lifecycle import about_request
from portail.services.validations.days import Day

MOST_LINES = 40


def tell_accepted(db: Session, request: Request, days: list[Day], now: datetime) -> None:
    said = ("La mairie a accepté votre réservation :", _listed(days))
    _tell(db, request, "Votre réservation est acceptée", said, now)


def tell_refused(db: Session, request: Request, days: list[Day], why: str, now: datetime) -> None:
    back = sum(one.booking.price_cents for one in days if one.booking.is_paid)
    said = (
        "La mairie n’a pas pu accepter votre réservation :",
        _listed(days),
        f"Motif : {why}",
        *((f"{euros(back)} sont revenus dans votre porte-monnaie.",) if back else ()),
    )
    _tell(db, request, "Votre réservation n’est pas acceptée", said, now)


def _listed(days: list[Day]) -> str:
    lines = [f"{one.activity}, {one.label}" for one in days[:MOST_LINES]]
    if len(days) > MOST_LINES:
        lines.append(f"et {len(days) - MOST_LINES} autres jours")
    return " ; ".join(lines) + "."


def _tell(db: Session, request: Request, subject: str, said: tuple[str, ...], now: datetime) -> None:
    """À qui a réservé : ce courriel-là ne se refuse pas, il dit si l'enfant est attendu."""
    for reader in readers.of_request(db, request):
        outbox.add(db, reader.email, about_request(request, reader, subject, said), now)
