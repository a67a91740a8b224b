"""Après le paiement, retrouver la sélection telle qu'elle était : elle est dans la tentative, pas dans l'onglet."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.payments import AttemptState
from portail.domain.refusals import NotOpenError
from portail.domain.selection import read_choices
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services.bookings.facts import Desk
from portail.services.bookings.plan import make_plan
from portail.services.bookings.recap import picks_of
from portail.services.bookings.selection import facts_for
from portail.views.payments import Draft

KEPT_FOR = timedelta(days=2)
GONE = "Votre argent est sur votre porte-monnaie ; un jour choisi n’est plus possible, voyez lequel ci-dessous."
HERE = "Votre paiement est arrivé : il ne reste qu’à confirmer."


def mine(db: Session, actor: Actor, reference: str) -> PaymentAttempt:
    """Ma tentative ; celle d'un autre n'existe pas, ni celle dont la référence n'en est pas une."""
    if not (reference.isascii() and reference.isalnum()):
        raise NotOpenError
    query = select(PaymentAttempt).where(
        PaymentAttempt.reference == reference, PaymentAttempt.account_id == actor.account_id
    )
    found = db.exec(query).first()
    if found is None:
        raise NotOpenError
    return found


def draft(*, actor: Actor, reference: str, activity_id: int, now: datetime) -> Draft:
    """La sélection à confirmer ; rien si elle a déjà servi, si elle est trop ancienne ou d'une autre activité."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        attempt = mine(db, actor, reference)
        if not is_alive(attempt, now) or attempt.resume["activity"] != activity_id:
            return Draft()
        choices = attempt.resume["choices"]
        chosen = read_choices(choices)
        plan = make_plan(facts_for(db, Desk(actor), activity_id, chosen, now), chosen, now)
        return Draft(reference, choices, GONE if plan.refused else HERE, picks_of(plan))


def finish(*, actor: Actor, reference: str) -> None:
    """Confirmée : elle n'attend plus."""
    with transaction() as db:
        mine(db, actor, reference).resume = {}


def latest(db: Session, actor: Actor, now: datetime) -> PaymentAttempt | None:
    """La dernière sélection payée qui attend, pour la proposer sur n'importe quel appareil."""
    query = select(PaymentAttempt).where(
        PaymentAttempt.account_id == actor.account_id,
        PaymentAttempt.state == AttemptState.SUCCEEDED,
        col(PaymentAttempt.settled_at) > now - KEPT_FOR,
    )
    found = db.exec(query.order_by(col(PaymentAttempt.id).desc()).limit(5))
    return next((one for one in found if is_alive(one, now)), None)


def page_of(attempt: PaymentAttempt) -> str:
    return f"/reservations/{attempt.resume['activity']}?reprise={attempt.reference}"


def is_alive(attempt: PaymentAttempt, now: datetime) -> bool:
    return bool(attempt.resume) and attempt.settled_at is not None and attempt.settled_at > now - KEPT_FOR
