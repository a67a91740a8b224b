"""Payé, mais un jour choisi n'est plus libre : la somme est au porte-monnaie, et un agent le sait."""

import logging
from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import Intent
from portail.domain.payments import KeptKind
from portail.domain.refusals import RefusalError
from portail.domain.selection import read_choices
from portail.domain.weekly import read_text
from portail.domain.why_not import Reason
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services.bookings.advanced.comparing import compare
from portail.services.bookings.facts import Desk
from portail.services.bookings.plan import make_plan
from portail.services.bookings.selection import facts_for
from portail.services.bookings.sheet import open_sheet
from portail.services.payments import reviews
from portail.services.payments.keeping import Chosen, chosen_in
from portail.views import wording

log = logging.getLogger("portail.payments")
LONGEST = 200
SESSIONS = "sessions"  # combien de séances la semaine type pouvait avoir quand la page de paiement s'est ouverte
HELD = frozenset({Reason.ALREADY_BOOKED, Reason.NOT_BOOKED, Reason.ALREADY_WAITING, Reason.NOT_WAITING})  # déjà fait


def count_sessions(db: Session, actor: Actor, chosen: Chosen, now: datetime) -> int:
    """Ce que la semaine type aurait maintenant : à ajouter, ou déjà là."""
    diff = compare(db, Desk(actor), read_text(chosen.content), now)
    return len(diff.judged(Intent.ADD)) + len(diff.already)


def look(attempt_id: int, now: datetime) -> None:
    """Une fois l'argent acquis, hors de sa transaction : la sélection est jugée de nouveau, rien n'est réservé."""
    with reading() as db:
        attempt = db.get_one(PaymentAttempt, attempt_id)
        gone = _gone(db, attempt, now) if attempt.resume and attempt.account_id else ""
    if not gone:
        return
    with transaction() as db:
        attempt = reviews.hold(db, attempt_id)
        if attempt.resume:  # vide, la famille a confirmé entre-temps
            reviews.ask_agent(db, attempt, gone)
            log.info("place partie pendant le paiement", extra={"attempt": attempt_id})


def _gone(db: Session, attempt: PaymentAttempt, now: datetime) -> str:
    """Ce que l'agent lira ; rien quand tout ce qui a été choisi reste possible."""
    chosen, parent = chosen_in(attempt.resume), Actor(attempt.account_id or 0, Role.PARENT, 0, "")
    try:
        if chosen.kind is KeptKind.DAYS:
            return _days_gone(db, parent, chosen, now)
        lost = int(attempt.resume.get(SESSIONS, 0)) - count_sessions(db, parent, chosen, now)
        title = open_sheet(db, chosen.activity_id).activity.title
    except RefusalError:  # l'activité s'est fermée, ou l'enfant a quitté le dossier
        return _said("")
    return _said(f" ({title}, {wording.count(lost, 'séance', 'séances')})") if lost > 0 else ""


def _days_gone(db: Session, parent: Actor, chosen: Chosen, now: datetime) -> str:
    choices = read_choices(chosen.content)
    facts = facts_for(db, Desk(parent), chosen.activity_id, choices, now)
    refused = [one for one in make_plan(facts, choices, now).refused if one.why.reason not in HELD]
    if not refused:
        return ""
    more = f" et {len(refused) - 1} autre{'s' if len(refused) > 2 else ''}" if len(refused) > 1 else ""  # noqa: PLR2004
    return _said(f" ({facts.sheet.activity.title}, {refused[0].label}{more})")


def _said(which: str) -> str:
    start, end = "Payé, mais un jour choisi n’était plus libre", " : la somme est au porte-monnaie."
    room = LONGEST - len(start) - len(end)
    return f"{start}{which if len(which) <= room else ''}{end}"
