"""Relancer à plusieurs, à l'écran : ce qui partirait à chaque niveau, et les dernières tournées."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.dates import paris_day
from portail.domain.desk import ReminderLevel, ReminderWay
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.regies import Regie
from portail.models.reminders import ReminderRound
from portail.services.unpaid import due
from portail.views import wording
from portail.views.unpaid import DueLevel, RemindersView, RoundLine

LAST_ROUNDS = 5
Counted = dict[tuple[ReminderLevel, bool], tuple[int, int]]
NAMES = {
    ReminderLevel.FIRST: ("rappel", "rappels"),
    ReminderLevel.SECOND: ("relance", "relances"),
    ReminderLevel.LAST: ("dernière relance", "dernières relances"),
}


def show(*, actor: Actor, regie_id: int, now: datetime) -> RemindersView:
    """Deux lectures ; zéro : toutes les régies."""
    check_audience(Audience.MONEY, actor)
    with reading() as db:
        counted = due.counts(db, paris_day(now), regie_id)
        rounds = _rounds(db)
    gentle = [_said(counted, level) for level in (ReminderLevel.FIRST, ReminderLevel.SECOND)]
    silent = sum(homes for (_, reached), (homes, _) in counted.items() if not reached)
    return RemindersView(
        ready=True,
        levels=[_level(counted, level) for level in ReminderLevel],
        gentle=" et ".join(part for part in gentle if part),
        last=_said(counted, ReminderLevel.LAST),
        silent=f"{wording.count(silent, 'lettre', 'lettres')} à poster" if silent else "",
        rounds=[_round(*row) for row in rounds],
        is_busy=any(one.done_at is None for one, *_ in rounds),
    )


def _said(counted: Counted, level: ReminderLevel) -> str:
    homes, _ = counted.get((level, True), (0, 0))
    return wording.count(homes, *NAMES[level]) if homes else ""


def _level(counted: Counted, level: ReminderLevel) -> DueLevel:
    (mails, invoices), (silent, papers) = counted.get((level, True), (0, 0)), counted.get((level, False), (0, 0))
    return DueLevel(
        value=level.value,
        label=level.label,
        letters=mails,
        mails=_count(mails, invoices),
        silent=silent,
        paper=_count(silent, papers),
        proposed=f"Établir {wording.count(silent, 'lettre', 'lettres')}",
    )


def _count(homes: int, invoices: int) -> str:
    said = wording.count(homes, "famille", "familles")
    return f"{said}, {wording.count(invoices, 'facture', 'factures')}" if homes else "aucune"


def _rounds(db: Session) -> list[Any]:
    query: Any = (
        select(ReminderRound, Regie, Account)
        .join(Regie, col(Regie.id) == col(ReminderRound.regie_id), isouter=True)
        .join(Account, col(Account.id) == col(ReminderRound.author_id), isouter=True)
        .order_by(col(ReminderRound.id).desc())
        .limit(LAST_ROUNDS)
    )
    return list(db.exec(query))


def _round(one: ReminderRound, regie: Regie | None, author: Account | None) -> RoundLine:
    sent = f"{wording.count(one.letters, 'lettre', 'lettres')}, {wording.count(one.invoices, 'facture', 'factures')}"
    asked_by = "Calendrier" if one.is_scheduled else author.full_name if author else ""
    return RoundLine(
        id=one.key,
        day=wording.short_date(one.day),
        way=ReminderWay(one.way).label,
        what=_levels(one),
        sent=sent if one.done_at else f"{sent}, en cours",
        silent=f"{wording.count(one.silent, 'famille', 'familles')} sans adresse e-mail" if one.silent else "",
        who=", ".join(part for part in (asked_by, regie.name if regie else "") if part),
        href=f"/telechargements/relances-{one.key}" if one.way == ReminderWay.POST else "",
    )


def _levels(one: ReminderRound) -> str:
    last = ReminderLevel(str(one.last_level)).label
    return last if one.first_level == one.last_level else f"Jusqu’à «\u00a0{last}\u00a0»"
