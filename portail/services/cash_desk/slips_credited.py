"""La banque, ou l'émetteur des titres, a crédité une remise : quel jour, dit une fois ; une erreur se retire."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.payments import DepositSlip
from portail.models.regies import Regie
from portail.services import audit
from portail.services.cash_desk.numbers import number_of
from portail.views import wording


def credit(*, actor: Actor, slip_id: int, form: dict[str, Any], now: datetime) -> str:
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        slip, number = _locked(db, slip_id)
        if slip.cancelled_at is not None or slip.credited_on is not None:
            raise RefusalError("Ce bordereau est déjà crédité ou annulé.", "Rechargez la page.")
        slip.credited_on = _day(form, paris_day(slip.at), paris_day(now))
        said = f"{number}, le {wording.short_date(slip.credited_on)}"
        audit.record(db, "desk.credited", at=now, actor_id=actor.account_id, subject_id=slip.key, detail=said)
    return f"Bordereau {number} crédité le {wording.short_date(slip.credited_on)}."


def take_back(*, actor: Actor, slip_id: int, now: datetime) -> str:
    """Noté par erreur : la remise attend de nouveau son crédit."""
    check_audience(Audience.MONEY, actor)
    with transaction() as db:
        slip, number = _locked(db, slip_id)
        if slip.credited_on is None:
            raise RefusalError("Ce bordereau n’est pas noté crédité.", "Rechargez la page.")
        said = f"{number}, noté le {wording.short_date(slip.credited_on)}"
        slip.credited_on = None
        audit.record(db, "desk.not_credited", at=now, actor_id=actor.account_id, subject_id=slip.key, detail=said)
    return f"Bordereau {number} : il attend de nouveau son crédit."


def _day(form: dict[str, Any], first: date, today: date) -> date:
    def check(day: date) -> None:
        if not first <= day <= today:
            raise BadInputError(f"Le crédit arrive entre le {wording.short_date(first)} et aujourd’hui.")

    reader = Reader(form)
    day = reader.day("day", today, missing="Indiquez le jour du crédit.", check=check)
    reader.check()
    return day


def _locked(db: Session, slip_id: int) -> tuple[DepositSlip, str]:
    slip = db.get(DepositSlip, slip_id, with_for_update=True, populate_existing=True) if is_key(slip_id) else None
    if slip is None:
        raise NotOpenError
    return slip, number_of(slip, db.get_one(Regie, slip.regie_id))
