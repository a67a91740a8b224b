"""Effacer ce que la durée de conservation ne permet plus de garder ; une tournée interrompue reprend son travail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, false, func, or_, select, update

from portail.domain.accounts import OPENS_ACCOUNT, REMEMBERED, AccountStatus, Role
from portail.domain.families import FamilyStatus
from portail.domain.mails import MailStatus
from portail.domain.payments import AttemptState
from portail.domain.retention import MAJORITY, Category, Duration, limit
from portail.models.accounts import Account, FailedAttempts, LoginSession, OneUseLink
from portail.models.activities import Slot
from portail.models.audit import AuditEntry
from portail.models.base import Row
from portail.models.bookings import Booking, BookingBatch, WaitlistEntry
from portail.models.campaigns import WaitingTicket, WishList
from portail.models.database import reading, transaction
from portail.models.direct_debits import DebitBatch, Mandate
from portail.models.documents import FamilyDocument
from portail.models.families import Child, Family, FamilyChild
from portail.models.mails import OutboxMail
from portail.models.papers import Paper
from portail.models.payments import KeptSelection, Payment, PaymentAttempt
from portail.models.requests import Request
from portail.models.tariffs import FamilyQuotient
from portail.models.wallet import LedgerAccount
from portail.services import audit
from portail.services.direct_debits import forgetting as mandates
from portail.services.invoices.forgetting import owes_money
from portail.services.privacy import erasure
from portail.views import wording

BATCH = 200
# sans ligne d'ensemble au journal : ce qui est technique, et ce qui s'y écrit déjà compte par compte
_UNTOLD = frozenset({Category.LINK, Category.SESSION, Category.ATTEMPT, Category.AUDIT, Category.ACCOUNT_INVITED})
_CLOSED = (FamilyStatus.ARCHIVED, FamilyStatus.MERGED)


@dataclass(frozen=True)
class Due:
    """Une catégorie, et combien de lignes n'y sont plus à garder."""

    category: Category
    count: int


@dataclass(frozen=True)
class Sweep:
    """Où chercher, ce qui est de trop avant cet instant, et comment l'effacer."""

    table: type[Row]
    overdue: Callable[[datetime], Any]
    erase: Callable[[Session, list[int], datetime], None]


def due(now: datetime) -> list[Due]:
    """Ce qui partirait : rien n'est touché."""
    with reading() as db:
        return [Due(category, _count(db, sweep, limit(category, now))) for category, sweep in SWEEPS.items()]


def apply(now: datetime) -> list[Due]:
    """Par petits lots, chacun dans sa transaction : ce qui est effacé l'est pour de bon, le reste attend la reprise."""
    _date_what_has_no_date(now)
    return [Due(category, _empty(category, sweep, now)) for category, sweep in SWEEPS.items()]


def _count(db: Session, sweep: Sweep, before: datetime) -> int:
    query = select(col(sweep.table.id)).where(sweep.overdue(before))
    return int(db.exec(select(func.count()).select_from(query.subquery())).one())


def _empty(category: Category, sweep: Sweep, now: datetime) -> int:
    total, last = 0, 0
    while keys := _erase_some(category, sweep, now, last):
        total, last = total + len(keys), keys[-1]
    return total


def _erase_some(category: Category, sweep: Sweep, now: datetime, after: int) -> list[int]:
    key = col(sweep.table.id)
    overdue = select(key).where(key > after, sweep.overdue(limit(category, now)))
    query = overdue.order_by(key).limit(BATCH).with_for_update()  # ce qui se rouvre au même instant est épargné
    with transaction() as db:
        keys = [one for one in db.exec(query) if one is not None]
        if keys:
            sweep.erase(db, keys, now)
            if category not in _UNTOLD:
                detail = f"{category.label} : {len(keys)}"
                audit.record(db, "retention.erased", at=now, actor_id=None, detail=detail)
        return keys


def _date_what_has_no_date(now: datetime) -> None:
    """Fermé ou ouvert ailleurs qu'ici : la conservation part du jour où on le voit, jamais plus tôt."""
    closed, opened = col(Family.status).in_(_CLOSED), col(Family.status).not_in(_CLOSED)
    never_seen = (col(Account.status) == AccountStatus.ACTIVE, col(Account.last_sign_in_at).is_(None))
    never_dated = (col(Account.status) == AccountStatus.CLOSED, col(Account.closed_at).is_(None))
    with transaction() as db:
        for query in (
            update(Family).where(closed, col(Family.closed_at).is_(None)).values(closed_at=now),
            update(Family).where(opened, col(Family.closed_at).is_not(None)).values(closed_at=None),
            update(Account).where(*never_seen).values(last_sign_in_at=now),
            update(Account).where(*never_dated).values(closed_at=now),
        ):
            db.exec(query.execution_options(synchronize_session=False))


def _rows(table: type[Row]) -> Callable[[Session, list[int], datetime], None]:
    def erase(db: Session, keys: list[int], _now: datetime) -> None:
        db.exec(delete(table).where(col(table.id).in_(keys)))

    return erase


def _accounts(db: Session, keys: list[int], now: datetime) -> None:
    for account in db.exec(select(Account).where(col(Account.id).in_(keys))).all():
        erasure.erase_account(db, account, now)


def _unused_accounts(db: Session, keys: list[int], now: datetime) -> None:
    """Le responsable reste au dossier ; le journal retient quel compte est parti."""
    for key in keys:
        audit.record(db, "account.removed_unused", at=now, actor_id=None, subject_id=key)
    _rows(Account)(db, keys, now)


def _families(db: Session, keys: list[int], _now: datetime) -> None:
    erasure.erase_families(db, keys)


def _children(db: Session, keys: list[int], _now: datetime) -> None:
    erasure.erase_children(db, keys)


def _bookings(db: Session, keys: list[int], _now: datetime) -> None:
    erasure.erase_bookings(db, col(Booking.id).in_(keys), false())


def _waits(db: Session, keys: list[int], _now: datetime) -> None:
    erasure.erase_bookings(db, false(), col(WaitlistEntry.id).in_(keys))


def _slot_is_old(table: type[Booking] | type[WaitlistEntry]) -> Callable[[datetime], Any]:
    def overdue(before: datetime) -> Any:
        return col(table.slot_id).in_(select(Slot.id).where(col(Slot.day) < before.astimezone(wording.PARIS).date()))

    return overdue


def _session_is_over(before: datetime) -> Any:
    return or_(col(LoginSession.ended_at) < before, col(LoginSession.created_at) < before - REMEMBERED.absolute)


def _mail_is_old(before: datetime) -> Any:
    return (col(OutboxMail.status) != MailStatus.WAITING) & (col(OutboxMail.created_at) < before)


def _account_is(status: AccountStatus, since: Any, role: Role | None = None) -> Callable[[datetime], Any]:
    known = col(Account.status) == status
    return lambda before: known & (since < before) & (col(Account.role) == role if role else known)


def _was_never_activated(before: datetime) -> Any:
    """Ni activé, ni rappelé par un lien encore récent."""
    recent = select(OneUseLink.id).where(
        col(OneUseLink.account_id) == col(Account.id),
        col(OneUseLink.kind).in_(OPENS_ACCOUNT),
        col(OneUseLink.expires_at) >= before,
    )
    return (col(Account.status) == AccountStatus.INVITED) & (col(Account.created_at) < before) & ~recent.exists()


def _is_closed(before: datetime) -> Any:
    return col(Family.status).in_(_CLOSED) & (col(Family.closed_at) < before) & ~_has_money() & ~owes_money()


def _has_money() -> Any:
    """Le porte-monnaie n'est pas vide : cet argent est celui de quelqu'un, à rembourser d'abord."""
    wallet = (col(LedgerAccount.family_id) == col(Family.id)) & (col(LedgerAccount.balance_cents) != 0)
    return select(LedgerAccount.id).where(wallet).exists()


def _is_grown(before: datetime) -> Any:
    """Le plus jeune a eu dix-huit ans avant cet instant."""
    born = Duration(years=MAJORITY).before(before).date()
    grown = (
        select(FamilyChild.family_id)
        .join(Child, col(Child.id) == col(FamilyChild.child_id))
        .group_by(col(FamilyChild.family_id))
        .having(func.max(Child.birth_date) < born)
    )
    return col(Family.status).not_in(_CLOSED) & col(Family.id).in_(grown) & ~_has_money() & ~owes_money()


def _is_out_of_date(before: datetime) -> Any:
    """Un document sans fin de validité suit le dossier."""
    return col(FamilyDocument.valid_until) < before.astimezone(wording.PARIS).date()


def _is_out_of_use(before: datetime) -> Any:
    return col(FamilyQuotient.valid_to) < before.astimezone(wording.PARIS).date()


def _mandates(db: Session, keys: list[int], _now: datetime) -> None:
    mandates.forget_ended(db, keys)


def _debit_files(db: Session, keys: list[int], _now: datetime) -> None:
    mandates.forget_files(db, keys)


def _mandate_is_old(before: datetime) -> Any:
    """Celui dont rien n'est encore effacé."""
    return (col(Mandate.ended_at) < before) & (col(Mandate.holder) != "")


def _file_is_old(before: datetime) -> Any:
    day = before.astimezone(wording.PARIS).date()
    return (col(DebitBatch.collected_on) < day) & col(DebitBatch.sealed_file).is_not(None)


def _came_to_nothing(before: datetime) -> Any:
    """Rien n'en a été encaissé, et aucun agent ne le regarde encore."""
    paid = select(Payment.id).where(col(Payment.attempt_id) == col(PaymentAttempt.id))
    awaited = (col(PaymentAttempt.review) != "") & col(PaymentAttempt.reviewed_at).is_(None)
    over = col(PaymentAttempt.state).in_((AttemptState.FAILED, AttemptState.EXPIRED))
    return over & (col(PaymentAttempt.created_at) < before) & ~awaited & ~paid.exists()


def _is_alone(before: datetime) -> Any:
    """Dans aucun dossier, et plus aucune démarche gardée ne parle de lui."""
    place = select(FamilyChild.id).where(col(FamilyChild.child_id) == col(Child.id))
    lasts = or_(col(Request.decided_at).is_(None), col(Request.decided_at) >= before)
    asked = select(Request.id).where(col(Request.child_id) == col(Child.id), lasts)
    return ~place.exists() & ~asked.exists()


SWEEPS: dict[Category, Sweep] = {
    Category.LINK: Sweep(OneUseLink, lambda before: col(OneUseLink.expires_at) < before, _rows(OneUseLink)),
    Category.SESSION: Sweep(LoginSession, _session_is_over, _rows(LoginSession)),
    Category.ATTEMPT: Sweep(FailedAttempts, lambda before: col(FailedAttempts.last_at) < before, _rows(FailedAttempts)),
    Category.MAIL: Sweep(OutboxMail, _mail_is_old, _rows(OutboxMail)),
    Category.AUDIT: Sweep(AuditEntry, lambda before: col(AuditEntry.at) < before, _rows(AuditEntry)),
    Category.REQUEST: Sweep(Request, lambda before: col(Request.decided_at) < before, _rows(Request)),
    Category.PAPER: Sweep(Paper, lambda before: col(Paper.made_at) < before, _rows(Paper)),
    Category.FAMILY_CLOSED: Sweep(Family, _is_closed, _families),
    Category.FAMILY_GROWN: Sweep(Family, _is_grown, _families),
    Category.CHILD_ALONE: Sweep(Child, _is_alone, _children),
    Category.BOOKING_HISTORY: Sweep(BookingBatch, lambda before: col(BookingBatch.at) < before, _rows(BookingBatch)),
    Category.BOOKING: Sweep(Booking, _slot_is_old(Booking), _bookings),
    Category.WAITLIST: Sweep(WaitlistEntry, _slot_is_old(WaitlistEntry), _waits),
    Category.QUOTIENT: Sweep(FamilyQuotient, _is_out_of_use, _rows(FamilyQuotient)),
    Category.DOCUMENT: Sweep(FamilyDocument, _is_out_of_date, _rows(FamilyDocument)),
    Category.WISHES: Sweep(WishList, lambda before: col(WishList.changed_at) < before, _rows(WishList)),
    Category.WAITING_ROOM: Sweep(
        WaitingTicket, lambda before: col(WaitingTicket.seen_at) < before, _rows(WaitingTicket)
    ),
    Category.MANDATE: Sweep(Mandate, _mandate_is_old, _mandates),
    Category.DEBIT_FILE: Sweep(DebitBatch, _file_is_old, _debit_files),
    Category.UNPAID_ATTEMPT: Sweep(PaymentAttempt, _came_to_nothing, _rows(PaymentAttempt)),
    Category.KEPT_SELECTION: Sweep(
        KeptSelection, lambda before: col(KeptSelection.kept_at) < before, _rows(KeptSelection)
    ),
    Category.ACCOUNT_CLOSED: Sweep(Account, _account_is(AccountStatus.CLOSED, col(Account.closed_at)), _rows(Account)),
    Category.ACCOUNT_INVITED: Sweep(Account, _was_never_activated, _unused_accounts),
    Category.ACCOUNT_IDLE: Sweep(
        Account, _account_is(AccountStatus.ACTIVE, col(Account.last_sign_in_at), Role.PARENT), _accounts
    ),
}
