"""Les courriels de la liste d'attente : place obtenue, proposée, passée, liste close."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from portail.domain.money import euros
from portail.domain.refusals import RefusalError
from portail.domain.waitlist import WaitState
from portail.models.accounts import Account
from portail.models.bookings import Booking, WaitlistEntry
from portail.models.families import Child
from portail.services.mails import outbox, readers
from portail.services.mails.letters import Message
from portail.services.waitlist.desk import Desk
from portail.settings import current
from portail.views import wording


def tell_promoted(db: Session, held: Desk, entry: WaitlistEntry, booking: Booking, now: datetime) -> None:
    price = booking.price_cents
    paid = "a été débité de votre porte-monnaie" if booking.is_paid else "sera sur votre prochaine facture"
    said = (
        f"Une place s’est libérée : {_who(db, entry)} est inscrit à {_what(held)}.",
        *((f"Le prix, {euros(price)}, {paid}.",) if price else ()),
        "Si vous n’en avez plus besoin, annulez-la : elle ira à la famille suivante.",
    )
    _send(db, entry, Letter(f"Une place pour {_short(held)}", said, *_calendar(held)), now)


def tell_offered(db: Session, held: Desk, entry: WaitlistEntry, obstacle: RefusalError | None, now: datetime) -> None:
    until = wording.instant(entry.offered_until or entry.until)
    said = (
        f"Une place s’est libérée pour {_who(db, entry)} à {_what(held)}.",
        f"Elle vous est gardée jusqu’au {until}. Sans réponse de votre part, elle ira à la famille suivante.",
        *((f"Avant d’accepter : {obstacle.full_sentence}",) if obstacle else ()),
    )
    _send(
        db, entry, Letter(f"Une place vous est proposée pour {_short(held)}", said, "Répondre", "/listes-attente"), now
    )


def tell_ended(db: Session, held: Desk, entry: WaitlistEntry, now: datetime) -> None:
    if entry.state == WaitState.CLOSED:
        said = f"Aucune place ne s’est libérée à temps pour {_who(db, entry)} à {_what(held)} : la liste est close."
        _send(db, entry, Letter(f"Liste d’attente close pour {_short(held)}", (said, entry.why), *_calendar(held)), now)
        return
    said = (
        f"C’était le tour {wording.of(_who(db, entry))} pour {_what(held)}, mais la place n’a pas pu lui être donnée."
    )
    after = "Vous pouvez vous remettre sur la liste d’attente une fois la situation réglée."
    _send(
        db, entry, Letter(f"Votre tour est passé pour {_short(held)}", (said, entry.why, after), *_calendar(held)), now
    )


def _what(held: Desk) -> str:
    return f"« {held.activity}, {held.part} » le {wording.full_day(held.day)}"


def _short(held: Desk) -> str:
    return f"le {wording.day_without_year(held.day)}"


def _calendar(held: Desk) -> tuple[str, str]:
    return "Voir le calendrier", f"/reservations/{held.activity_id}"


def _who(db: Session, entry: WaitlistEntry) -> str:
    return db.get_one(Child, entry.child_id).first_name


@dataclass(frozen=True)
class Letter:
    """Ce qui est dit, et où cela mène."""

    subject: str
    said: tuple[str, ...]
    action: str
    path: str


def _send(db: Session, entry: WaitlistEntry, letter: Letter, now: datetime) -> None:
    for account in _recipients(db, entry):
        message = Message(
            subject=letter.subject,
            paragraphs=(f"Bonjour {account.first_name},", *(line for line in letter.said if line)),
            action=letter.action,
            url=f"{current().site_url}{letter.path}",
        )
        outbox.add(db, account.email, message, now)


def _recipients(db: Session, entry: WaitlistEntry) -> list[Account]:
    """Qui a demandé la place, s'il tient encore ce foyer ; sinon les adultes qui peuvent y réserver."""
    adults = readers.adults(db, entry.family_id)
    return [account for account in adults if account.key == entry.author_id] or adults
