"""Effacer une personne ou un foyer : ce qui part tout de suite, et les liens défaits pour que rien ne reste pendu."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, or_, select, update

from portail.domain.accounts import ERASED_EMAIL, AccountStatus, Display
from portail.domain.families import FamilyStatus
from portail.domain.mails import MailStatus
from portail.models.accounts import Account, LoginSession, OneUseLink, RecoveryCode
from portail.models.bookings import Booking, CalendarFeed, WaitlistEntry
from portail.models.campaigns import WaitingTicket
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.files import Attachment
from portail.models.health import HealthContact, HealthRecord, Vaccination
from portail.models.mails import OutboxMail
from portail.models.merging import FamilyMerge
from portail.models.payments import KeptSelection, PaymentAttempt
from portail.models.registrations import Registration
from portail.models.requests import Request
from portail.models.wallet import WalletRefund
from portail.services.access import OPEN
from portail.services.bookings import seats
from portail.services.direct_debits import forgetting as mandates
from portail.services.invoices.forgetting import forget_names

NO_CONTACT = {
    "phone": "",
    "home_phone": "",
    "work_phone": "",
    "other_phone": "",
    "email": "",
    "caf_number": "",
    "invoices_by_email": False,
    "invoice_email": "",
}


def erase_account(db: Session, account: Account, now: datetime) -> None:
    """Le compte se ferme et ne dit plus qui le tenait ; le responsable reste au dossier, sans compte."""
    for table in (LoginSession, OneUseLink, RecoveryCode, Registration, CalendarFeed, WaitingTicket, KeptSelection):
        db.exec(delete(table).where(col(table.account_id) == account.key))
    written = (col(OutboxMail.recipient) == account.email, col(OutboxMail.status) != MailStatus.WAITING)
    db.exec(delete(OutboxMail).where(*written))
    _forget_merges(db, set(db.exec(select(Guardian.family_id).where(Guardian.account_id == account.key))))
    db.exec(update(Guardian).where(col(Guardian.account_id) == account.key).values(account_id=None))
    attempts = update(PaymentAttempt).where(col(PaymentAttempt.account_id) == account.key)
    db.exec(attempts.values(resume={}).execution_options(synchronize_session=False))
    account.username = f"efface-{account.key}"
    account.email = f"efface-{account.key}{ERASED_EMAIL}"
    account.first_name, account.last_name, account.pending_email = "Compte", "effacé", ""
    account.password_hash, account.totp_sealed, account.totp_last_step = None, None, 0
    account.must_change_password = account.notify_requests = account.notify_wallet = account.notify_news = False
    account.display, account.temporary_until = Display.AUTO, None
    account.status = AccountStatus.CLOSED
    account.closed_at = account.closed_at or now
    db.add(account)
    db.flush()


def forget_contacts(db: Session, account_id: int) -> None:
    """Les coordonnées de cette personne, dans tous ses dossiers ; ligne à ligne, pour que la recherche les oublie."""
    for guardian in db.exec(select(Guardian).where(Guardian.account_id == account_id)).all():
        for name, value in NO_CONTACT.items():
            setattr(guardian, name, value)
    db.flush()


def held_alone(db: Session, account_id: int) -> list[Family]:
    """Les dossiers ouverts dont cette personne est la seule responsable."""
    mine = select(Guardian.family_id).where(Guardian.account_id == account_id)
    alone = (
        select(Guardian.family_id)
        .where(col(Guardian.family_id).in_(mine))
        .group_by(col(Guardian.family_id))
        .having(func.count() == 1)
    )
    query = select(Family).where(col(Family.id).in_(alone), col(Family.status).in_(OPEN)).order_by(col(Family.id))
    return list(db.exec(query))


def archive(db: Session, families: list[Family], now: datetime) -> None:
    """Plus personne n'y est responsable : adresse, santé et traces de fusion partent, le reste attend sa durée."""
    for family in families:
        family.status, family.closed_at = FamilyStatus.ARCHIVED, now
    keys = _with_merged(db, {family.key for family in families})
    for family in db.exec(select(Family).where(col(Family.id).in_(keys))).all():
        family.address = family.postcode = family.city = ""
    db.flush()
    mandates.end_of(db, keys, now)
    _forget_merges(db, keys)
    _forget_health(db, keys)


def _with_merged(db: Session, family_ids: set[int]) -> set[int]:
    """Ces foyers et tous ceux qui y ont été fusionnés, de proche en proche."""
    keys = set(family_ids)
    while new := set(db.exec(select(Family.id).where(col(Family.merged_into_id).in_(keys)))) - keys:
        keys |= {key for key in new if key is not None}
    return keys


def _forget_health(db: Session, family_ids: set[int]) -> None:
    """De la santé des enfants que plus aucun dossier ouvert ne tient, seules les autorisations signées font preuve."""
    held = (
        select(FamilyChild.child_id)
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(col(Family.status).in_(OPEN))
    )
    here = select(FamilyChild.child_id).where(col(FamilyChild.family_id).in_(family_ids))
    for table in (HealthRecord, Vaccination, HealthContact, Attachment):  # les fichiers suivent, au ménage
        db.exec(delete(table).where(col(table.child_id).in_(here), col(table.child_id).not_in(held)))


def erase_families(db: Session, family_ids: list[int]) -> None:
    """Les foyers, ceux qui y ont été fusionnés, et les enfants qui ne sont dans aucun autre."""
    keys = _with_merged(db, set(family_ids))
    elsewhere = select(FamilyChild.child_id).where(col(FamilyChild.family_id).not_in(keys))
    here = select(FamilyChild.child_id).where(col(FamilyChild.family_id).in_(keys))
    children = list(db.exec(select(Child.id).where(col(Child.id).in_(here), col(Child.id).not_in(elsewhere))))
    forget_names(db, keys)
    erase_bookings(db, col(Booking.family_id).in_(keys), col(WaitlistEntry.family_id).in_(keys))
    erase_children(db, [key for key in children if key is not None])
    db.exec(update(Request).where(col(Request.family_id).in_(keys)).values(family_id=None))
    mandates.forget(db, keys)
    no_account = {"holder": "", "iban_end": "", "sealed_iban": None}
    db.exec(update(WalletRefund).where(col(WalletRefund.family_id).in_(keys)).values(**no_account))
    _forget_merges(db, keys)
    db.exec(delete(Family).where(col(Family.id).in_(keys)))


def erase_children(db: Session, child_ids: list[int]) -> None:
    erase_bookings(db, col(Booking.child_id).in_(child_ids), col(WaitlistEntry.child_id).in_(child_ids))
    db.exec(delete(Child).where(col(Child.id).in_(child_ids)))


def erase_bookings(db: Session, booked: ColumnElement[bool], waited: ColumnElement[bool]) -> None:
    """Ces réservations et ces attentes ; le compte des séances est repris, leurs places redeviennent libres."""
    touched = {*db.exec(select(Booking.slot_id).where(booked)), *db.exec(select(WaitlistEntry.slot_id).where(waited))}
    db.exec(delete(Booking).where(booked))
    db.exec(delete(WaitlistEntry).where(waited))
    seats.recount(db, touched)


def _forget_merges(db: Session, family_ids: set[int]) -> None:
    """Ce qu'une fusion gardait de côté part aussi : elle ne se défait plus, rien d'effacé n'en reviendra."""
    one_of_them = or_(col(FamilyMerge.source_id).in_(family_ids), col(FamilyMerge.target_id).in_(family_ids))
    db.exec(delete(FamilyMerge).where(one_of_them))
