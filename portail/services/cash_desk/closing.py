"""L'arrêté d'une journée de caisse : les totaux par moyen, les espèces comptées, puis plus rien ne bouge."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.forms import Reader
from portail.domain.money import LARGEST_CENTS, euros, signed_euros
from portail.domain.payments import AT_THE_DESK, Means
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import transaction
from portail.models.payments import Payment
from portail.models.regies import Regie
from portail.services import audit
from portail.services.cash_desk.amounts import cents_or_zero
from portail.services.rows import insert_once
from portail.views import wording


class AlreadyClosedError(RefusalError):
    def __init__(self, day: date) -> None:
        super().__init__(f"La caisse du {wording.short_date(day)} est déjà arrêtée.")


def totals_of(db: Session, regie_id: int, day: date) -> dict[Means, int]:
    """Ce que le guichet a reçu ce jour-là, par moyen ; ce qui est annulé n'y est plus."""
    query = (
        select(Payment.means, func.sum(Payment.amount_cents))
        .where(
            Payment.regie_id == regie_id,
            Payment.received_on == day,
            col(Payment.means).in_(AT_THE_DESK),
            col(Payment.cancelled_at).is_(None),
        )
        .group_by(col(Payment.means))
    )
    found = {means: int(cents) for means, cents in db.exec(query)}
    return {means: found.get(means, 0) for means in Means if means in AT_THE_DESK}


def close(*, actor: Actor, regie_id: int, form: dict[str, Any], now: datetime) -> str:
    """Un écart de caisse demande un mot ; la régie est verrouillée, donc aucun encaissement ne passe entre deux."""
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    day = reader.day("day", paris_day(now), missing="Indiquez le jour.", check=lambda day: _check_day(day, now))
    counted = reader.take("counted", 0, lambda typed: cents_or_zero(typed, highest=LARGEST_CENTS))
    note = reader.line("note", "Observation", limit=160)
    reader.check()
    with transaction() as db:
        query = select(Regie).where(Regie.id == regie_id).with_for_update()
        regie = db.exec(query).first() if is_key(regie_id) else None
        if regie is None:
            raise NotOpenError
        totals = totals_of(db, regie.key, day)
        gap = counted - totals[Means.CASH]
        if gap and not note:
            reader.errors["note"] = f"Écart de {signed_euros(gap)} : dites pourquoi."
            reader.check()
        values = {
            "regie_id": regie.key,
            "day": day,
            "totals": {means.value: cents for means, cents in totals.items()},
            "counted_cents": counted,
            "note": note,
            "author_id": actor.account_id,
            "at": now,
        }
        if insert_once(db, SQLModel.metadata.tables["day_closing"].name, values) is None:
            raise AlreadyClosedError(day)
        detail = f"{regie.code}, {wording.short_date(day)} : {euros(sum(totals.values()))}, écart {signed_euros(gap)}"
        audit.record(db, "desk.closed", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=detail)
    return f"La caisse du {wording.short_date(day)} est arrêtée : {euros(sum(totals.values()))}."


def _check_day(day: date, now: datetime) -> None:
    if day > paris_day(now) or day.year < 2000:  # noqa: PLR2004
        raise BadInputError("Une journée s’arrête le jour même ou après.")
