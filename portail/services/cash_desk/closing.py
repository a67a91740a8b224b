"""L'arrêté d'une journée de caisse : lire les totaux, compter les espèces, arrêter ; le dernier arrêté se rouvre."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.forms import Reader
from portail.domain.money import LARGEST_CENTS, euros, signed_euros
from portail.domain.payments import Means
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.payments import DayClosing
from portail.models.regies import Regie
from portail.services import audit
from portail.services.cash_desk import days, taken
from portail.services.cash_desk.amounts import cents_or_zero
from portail.services.rows import insert_once
from portail.views import wording
from portail.views.cash_desk import DayCount, TotalLine

REASON_LIMIT = 160


class AlreadyClosedError(RefusalError):
    def __init__(self, day: date) -> None:
        super().__init__(f"La caisse du {wording.short_date(day)} est déjà arrêtée.")


class NotTheLastError(RefusalError):
    def __init__(self, last: date) -> None:
        super().__init__(
            "Seul le dernier arrêté d’une régie se rouvre.", f"Rouvrez d’abord celui du {wording.short_date(last)}."
        )


def count(*, actor: Actor, regie_id: int, form: dict[str, Any], now: datetime) -> DayCount:
    """Avant d'arrêter : ce que la journée a reçu, et les espèces que la caisse doit contenir."""
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    day = _day(reader, now)
    reader.check()
    with reading() as db:
        regie = db.get(Regie, regie_id) if is_key(regie_id) else None
        if regie is None:
            raise NotOpenError
        _check_started(db, regie.key, day, reader, paris_day(now))
        if days.closing_of(db, regie.key, day) is not None:
            reader.errors["day"] = AlreadyClosedError(day).full_sentence
            reader.check()
        found = taken.of_day(db, regie.key, day)
    return DayCount(
        ready=True,
        day=day.isoformat(),
        said_day=wording.full_day(day),
        totals=[TotalLine(means.label, euros(cents)) for means, cents in found.totals.items()],
        total=euros(found.total_cents),
        expected=euros(found.totals[Means.CASH]),
        given_back=euros(found.given_back_cents) if found.given_back_cents else "",
    )


def close(*, actor: Actor, regie_id: int, form: dict[str, Any], now: datetime) -> str:
    """Un écart de caisse demande un mot ; la régie est verrouillée, donc aucun encaissement ne passe entre deux."""
    check_audience(Audience.MONEY, actor)
    reader = Reader(form)
    day = _day(reader, now)
    counted = reader.take("counted", 0, lambda typed: cents_or_zero(typed, highest=LARGEST_CENTS))
    note = reader.line("note", "Observation", limit=REASON_LIMIT)
    reader.check()
    with transaction() as db:
        regie = _held(db, regie_id)
        _check_started(db, regie.key, day, reader, paris_day(now))
        found = taken.of_day(db, regie.key, day)
        gap = counted - found.totals[Means.CASH]
        if gap and not note:
            reader.errors["note"] = f"Écart de {signed_euros(gap)} : dites pourquoi."
            reader.check()
        values = {
            "regie_id": regie.key,
            "day": day,
            "totals": {means.value: cents for means, cents in found.totals.items()},
            "counted_cents": counted,
            "note": note,
            "author_id": actor.account_id,
            "at": now,
            "reopened_why": "",
        }
        if insert_once(db, SQLModel.metadata.tables["day_closing"].name, values) is None:
            raise AlreadyClosedError(day)
        detail = f"{regie.code}, {wording.short_date(day)} : {euros(found.total_cents)}, écart {signed_euros(gap)}"
        audit.record(db, "desk.closed", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=detail)
    return f"La caisse du {wording.short_date(day)} est arrêtée : {euros(found.total_cents)}."


def reopen(*, actor: Actor, closing_id: int, reason: str, now: datetime) -> str:
    """Arrêtée par erreur, la dernière journée reçoit de nouveau ; l'arrêté garde sa ligne, barrée de son motif."""
    check_audience(Audience.MONEY, actor)
    reader = Reader({"reason": reason})
    said = reader.line(
        "reason",
        "Motif",
        limit=REASON_LIMIT,
        missing="Dites pourquoi ce jour est rouvert : le journal le garde.",
    )
    reader.check()
    with transaction() as db:
        known = db.get(DayClosing, closing_id) if is_key(closing_id) else None
        if known is None:
            raise NotOpenError
        regie = _held(db, known.regie_id)
        one = db.get_one(DayClosing, known.key, populate_existing=True)
        if one.reopened_at is not None:
            raise RefusalError("Cet arrêté est déjà rouvert.", "Rechargez la page.")
        last = last_of(db, regie.key)
        if last is not None and last.key != one.key:
            raise NotTheLastError(last.day)
        one.reopened_at, one.reopened_why, one.reopened_by_id = now, said, actor.account_id
        detail = f"{regie.code}, {wording.short_date(one.day)} : {said}"
        audit.record(db, "desk.reopened", at=now, actor_id=actor.account_id, subject_id=regie.key, detail=detail)
        return f"La caisse du {wording.short_date(one.day)} est rouverte."


def last_of(db: Session, regie_id: int) -> DayClosing | None:
    """L'arrêté en vigueur de la journée la plus récente."""
    query = select(DayClosing).where(DayClosing.regie_id == regie_id, days.STANDING)
    return db.exec(query.order_by(col(DayClosing.day).desc())).first()


def _held(db: Session, regie_id: int) -> Regie:
    """Sous verrou exclusif : ni encaissement, ni reprise, ni autre arrêté jusqu'à la fin."""
    query = select(Regie).where(Regie.id == regie_id).with_for_update()
    regie = db.exec(query).first() if is_key(regie_id) else None
    if regie is None:
        raise NotOpenError
    return regie


def _day(reader: Reader, now: datetime) -> date:
    today = paris_day(now)

    def check(day: date) -> None:
        if day > today:
            raise BadInputError("Une journée s’arrête le jour même ou après.")

    return reader.day("day", today, missing="Indiquez le jour.", check=check)


def _check_started(db: Session, regie_id: int, day: date, reader: Reader, today: date) -> None:
    """Une année mal écrite n'arrête pas un jour d'avant la régie ; aujourd'hui s'arrête même sans recette."""
    first = min(taken.first_day(db, regie_id) or today, today)
    if day < first:
        reader.errors["day"] = f"Cette régie n’a rien reçu avant le {wording.short_date(first)}."
    reader.check()
