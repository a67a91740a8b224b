"""Les courriels d'un prélèvement : à tous les adultes du dossier qui en voient l'argent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import AccountStatus
from portail.domain.direct_debits import MandateEnd, RejectReason
from portail.domain.families import FamilyRight
from portail.domain.iban import shown
from portail.domain.money import euros
from portail.models.accounts import Account
from portail.models.direct_debits import Mandate
from portail.models.families import Family, Guardian
from portail.models.regies import Regie
from portail.services.direct_debits.rows import creditor_of
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording

PAGE = "/prelevements"
TAKE_TIME = "Prenez le temps qu’il vous faut : le service enfance est là pour convenir avec vous de la suite."


@dataclass(frozen=True)
class Announced:
    """Une facture, et ce qui en sera prélevé."""

    invoice: str
    cents: int


@dataclass(frozen=True)
class Collected:
    """Ce qu'une remise a pris à une famille ; `kept_cents` : ce qui, déjà payé, est allé à son porte-monnaie."""

    mandate: Mandate
    day: date
    bills: Sequence[Announced]
    kept_cents: int = 0


def signed(db: Session, mandate: Mandate, regie: Regie, now: datetime) -> None:
    paragraphs = (
        f"Le mandat de prélèvement {mandate.rum} est signé, au profit de : {creditor_of(regie)}.",
        f"Identifiant créancier SEPA (ICS) : {regie.creditor_id}. C’est lui que montre votre relevé de compte.",
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
    cents = sum(one.cents for one in bills)
    total, will_be = euros(cents), wording.agreed(cents, "sera prélevé", "seront prélevés")
    paragraphs = (
        f"Le {wording.long_date(day)}, {total} {will_be} sur votre compte {shown(mandate.iban_end)}.",
        *_listed(bills),
        f"Référence du mandat : {mandate.rum}. Une facture payée d’ici là ne sera pas prélevée.",
    )
    subject = f"Prélèvement de {total} le {wording.long_date(day)}"
    _send(db, mandate, Message(subject, paragraphs, "Voir mes prélèvements", _url()), now)


def collected(db: Session, found: Collected, now: datetime) -> None:
    """Le reçu, une fois par remise et par mandat."""
    cents, day = sum(one.cents for one in found.bills), wording.long_date(found.day)
    total, was = euros(cents), wording.agreed(cents, "a été prélevé", "ont été prélevés")
    no_more_due = wording.agreed(found.kept_cents, "n’était plus dû", "n’étaient plus dus")
    kept = f"{euros(found.kept_cents)} {no_more_due} : cette somme est dans votre porte-monnaie."
    message = Message(
        subject=f"Votre prélèvement de {total} est bien reçu",
        paragraphs=(
            f"Le {day}, {total} {was} sur votre compte {shown(found.mandate.iban_end)}.",
            *_listed(found.bills),
            *([kept] if found.kept_cents else []),
            "Si votre banque revenait sur ce prélèvement, nous vous écririons.",
        ),
        action="Voir mes factures",
        url=_bills(),
        closing="Merci. Gardez ce courriel : il vaut reçu.",
    )
    _send(db, found.mandate, message, now)


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
    why = reason.told if reason.told.startswith("IBAN") else wording.uncapitalised(reason.told)
    paragraphs = (
        f"Votre banque n’a pas accepté le prélèvement de {euros(bill.cents)} (facture {bill.invoice}).",
        f"Motif : {why}.",
        "La facture est de nouveau à payer.",
        after,
        *([TAKE_TIME] if reason is RejectReason.MD07 else []),
    )
    _send(db, mandate, Message("Prélèvement rejeté par votre banque", paragraphs, "Payer ma facture", _bills()), now)


def _listed(bills: Sequence[Announced]) -> list[str]:
    return [f"Facture {one.invoice} : {euros(one.cents)}." for one in bills]


def _send(db: Session, mandate: Mandate, message: Message, now: datetime) -> None:
    """Une adresse une fois ; un compte fermé ou effacé n'en a plus."""
    query = _told().with_only_columns(col(Account.email)).where(Guardian.family_id == mandate.family_id).distinct()
    for email in sorted(db.scalars(query)):
        outbox.add(db, email, message, now)


def can_be_told() -> Any:
    """Un adulte de ce dossier recevra-t-il ces courriels : la question, posée de chaque dossier d'une lecture."""
    return _told().where(Guardian.family_id == Family.id).correlate(Family).exists()


def _told() -> Any:
    """Les adultes qui voient l'argent et dont le compte est actif."""
    query = select(Guardian.id).join(Account, col(Account.id) == col(Guardian.account_id))
    return query.where(col(getattr(Guardian, FamilyRight.MONEY)), Account.status == AccountStatus.ACTIVE)


def _url() -> str:
    return f"{current().site_url}{PAGE}"


def _bills() -> str:
    return f"{current().site_url}/factures"
