"""Les courriels d'un prélèvement : à tous les adultes du dossier qui en voient l'argent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import AccountStatus
from portail.domain.direct_debits import MandateEnd, RejectReason
from portail.domain.families import FamilyRight
from portail.domain.iban import shown
from portail.domain.money import euros
from portail.models.accounts import Account
from portail.models.direct_debits import Mandate
from portail.models.families import Guardian
from portail.services import outbox
from portail.services.letters import Message
from portail.settings import current
from portail.views import wording

PAGE = "/prelevements"


@dataclass(frozen=True)
class Announced:
    """Une facture, et ce qui en sera prélevé."""

    invoice: str
    cents: int


def signed(db: Session, mandate: Mandate, regie: str, now: datetime) -> None:
    paragraphs = (
        f"Le mandat de prélèvement {mandate.rum} est signé, au profit de : {regie}.",
        f"Compte : {shown(mandate.iban_end)}, au nom de {mandate.holder}.",
        "Avant chaque prélèvement, un courriel vous dira le montant et la date.",
        "Si vous n’êtes pas à l’origine de cette signature, mettez fin au mandat et prévenez la mairie.",
    )
    _send(db, mandate, Message("Votre mandat de prélèvement", paragraphs, "Voir mes prélèvements", _url()), now)


def ended(db: Session, mandate: Mandate, now: datetime) -> None:
    why = MandateEnd(mandate.end_reason).label
    paragraphs = (
        f"Le mandat de prélèvement {mandate.rum} a pris fin {why}.",
        "Vos factures ne seront plus prélevées : pensez à les payer autrement.",
    )
    _send(db, mandate, Message("Fin de votre mandat de prélèvement", paragraphs, "Voir mes factures", _bills()), now)


def announced(db: Session, mandate: Mandate, day: date, bills: Sequence[Announced], now: datetime) -> None:
    total = euros(sum(one.cents for one in bills))
    paragraphs = (
        f"Le {wording.long_date(day)}, {total} seront prélevés sur votre compte {shown(mandate.iban_end)}.",
        *(f"Facture {one.invoice} : {euros(one.cents)}." for one in bills),
        f"Référence du mandat : {mandate.rum}. Une facture payée d’ici là ne sera pas prélevée.",
    )
    subject = f"Prélèvement de {total} le {wording.long_date(day)}"
    _send(db, mandate, Message(subject, paragraphs, "Voir mes prélèvements", _url()), now)


def given_up(db: Session, mandate: Mandate, day: date, now: datetime) -> None:
    paragraphs = (
        f"Le prélèvement annoncé pour le {wording.long_date(day)} n’aura pas lieu.",
        "Vos factures restent à payer : par un prochain prélèvement, qui vous sera annoncé, ou par vous-même.",
    )
    _send(db, mandate, Message("Prélèvement annulé", paragraphs, "Voir mes factures", _bills()), now)


def rejected(db: Session, mandate: Mandate, bill: Announced, reason: RejectReason, now: datetime) -> None:
    after = (
        "Ce mandat a pris fin : vous pouvez en signer un autre, ou payer autrement."
        if reason.ends_mandate
        else "Le mandat continue : vos prochaines factures seront prélevées comme d’habitude."
    )
    paragraphs = (
        f"Votre banque n’a pas accepté le prélèvement de {euros(bill.cents)} (facture {bill.invoice}).",
        f"Motif : {reason.label.lower() if reason.label[:4] != 'IBAN' else reason.label}.",
        "La facture est de nouveau à payer.",
        after,
    )
    _send(db, mandate, Message("Prélèvement rejeté par votre banque", paragraphs, "Payer ma facture", _bills()), now)


def _send(db: Session, mandate: Mandate, message: Message, now: datetime) -> None:
    """Une adresse une fois ; un compte fermé ou effacé n'en a plus."""
    query = (
        select(Account.email)
        .join(Guardian, col(Guardian.account_id) == col(Account.id))
        .where(
            Guardian.family_id == mandate.family_id,
            col(getattr(Guardian, FamilyRight.MONEY)),
            Account.status == AccountStatus.ACTIVE,
        )
        .distinct()
    )
    for email in sorted(db.exec(query)):
        outbox.add(db, email, message, now)


def _url() -> str:
    return f"{current().site_url}{PAGE}"


def _bills() -> str:
    return f"{current().site_url}/factures"
