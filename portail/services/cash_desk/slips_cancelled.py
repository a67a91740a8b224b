"""Annuler un bordereau tant que sa journée est ouverte : ses pièces attendent de nouveau, son numéro ne resservira pas.

Il garde sa ligne, son numéro et le motif ; le journal dit par qui.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlmodel import Session, col, select, update

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import DayClosedError
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import clean_line
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.payments import DayClosing, DepositSlip, Payment
from portail.models.regies import Regie
from portail.services import audit
from portail.services.cash_desk import days
from portail.services.cash_desk.numbers import number_of
from portail.views import wording

REASON_LIMIT = 160


class SlipKeptError(RefusalError):
    def __init__(self, why: str) -> None:
        super().__init__(f"Ce bordereau ne s’annule plus : {why}.", "Rechargez la page : rien n’a été changé.")


def cancel(*, actor: Actor, slip_id: int, reason: str, now: datetime) -> str:
    """Deux clics, un arrêté ou un rejet au même instant : l'un attend l'autre, et relit."""
    check_audience(Audience.MONEY, actor)
    said = clean_line(reason, label="Motif", limit=REASON_LIMIT)
    if not said:
        raise BadInputError("Dites pourquoi ce bordereau est annulé.", "Le motif reste écrit à côté de son numéro.")
    with transaction() as db:
        slip, number = _locked(db, slip_id)
        pieces = _pieces(db, slip)
        back = update(Payment).where(col(Payment.slip_id) == slip.key).values(slip_id=None)
        db.exec(back.execution_options(synchronize_session=False))
        slip.cancelled_at, slip.cancelled_why = now, said
        detail = f"{number}, {euros(sum(one.amount_cents for one in pieces))} : {said}"
        audit.record(
            db, "desk.deposit_cancelled", at=now, actor_id=actor.account_id, subject_id=slip.key, detail=detail
        )
    count = wording.count(len(pieces), "pièce attend", "pièces attendent")
    return f"Bordereau {number} annulé : {count} de nouveau d’être remise{'s' if len(pieces) > 1 else ''}."


def closed_days(db: Session, slips: Iterable[DepositSlip]) -> set[tuple[int, date]]:
    """Les journées arrêtées, parmi celles de ces bordereaux : une lecture."""
    places = [(one.regie_id, paris_day(one.at)) for one in slips]
    query = select(col(DayClosing.regie_id), col(DayClosing.day)).where(
        col(DayClosing.regie_id).in_([regie_id for regie_id, _ in places]),
        col(DayClosing.day).in_([day for _, day in places]),
        days.STANDING,
    )
    return set(db.exec(query))


def _locked(db: Session, slip_id: int) -> tuple[DepositSlip, str]:
    """La journée d'abord, comme un encaissement ; puis le bordereau."""
    known = db.get(DepositSlip, slip_id) if is_key(slip_id) else None
    if known is None:
        raise NotOpenError
    day = paris_day(known.at)
    try:
        days.check_open(db, known.regie_id, day)
    except DayClosedError:
        raise SlipKeptError(f"la caisse du {wording.short_date(day)} est arrêtée") from None
    slip = db.get_one(DepositSlip, known.key, with_for_update=True, populate_existing=True)
    return slip, number_of(slip, db.get_one(Regie, slip.regie_id))


def _pieces(db: Session, slip: DepositSlip) -> list[Payment]:
    query = select(Payment).where(Payment.slip_id == slip.key).order_by(col(Payment.id)).with_for_update()
    pieces = list(db.exec(query.execution_options(populate_existing=True)))
    if slip.cancelled_at:
        raise SlipKeptError("il est déjà annulé")
    if slip.credited_on is not None:
        raise SlipKeptError("la banque l’a crédité")
    if any(one.cancelled_at for one in pieces):
        raise SlipKeptError("une de ses pièces a été rejetée ou corrigée depuis")
    return pieces
