"""Retrouver la sélection telle qu'elle était : elle est en base, avec son paiement ou sans, pas dans l'onglet."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience, check_audience
from portail.domain.payments import AttemptState, KeptKind
from portail.domain.refusals import NotOpenError
from portail.domain.selection import read_choices
from portail.models.database import reading, transaction
from portail.models.payments import PaymentAttempt
from portail.services.bookings.facts import Desk
from portail.services.bookings.plan import make_plan
from portail.services.bookings.recap import picks_of
from portail.services.bookings.selection import facts_for
from portail.services.payments import keeping
from portail.services.payments.keeping import KEPT_FOR, Chosen, chosen_in
from portail.views.payments import Draft

PAID = "Votre argent est sur votre porte-monnaie ; un jour choisi n’est plus possible, voyez lequel ci-dessous."
HERE = "Votre paiement est arrivé : il ne reste qu’à confirmer."
BACK = "Voici votre sélection, telle que vous l’aviez laissée."
MOST_WAITING = 20
LOST = "Cette sélection a déjà servi ou n’est plus gardée : choisissez de nouveau ce qu’il vous faut."
GONE = "Voici votre sélection ; un jour choisi n’est plus possible, voyez lequel ci-dessous."


@dataclass(frozen=True)
class Found:
    """Ce qui attendait ; `is_paid` : l'argent est arrivé entre-temps."""

    chosen: Chosen
    is_paid: bool


def mine(db: Session, actor: Actor, reference: str) -> PaymentAttempt:
    """Ma tentative ; celle d'un autre n'existe pas, ni celle dont la référence n'en est pas une."""
    found = _attempt(db, actor, reference)
    if found is None:
        raise NotOpenError
    return found


def _attempt(db: Session, actor: Actor, reference: str) -> PaymentAttempt | None:
    if not (reference.isascii() and reference.isalnum()):
        return None
    query = select(PaymentAttempt).where(
        PaymentAttempt.reference == reference, PaymentAttempt.account_id == actor.account_id
    )
    return db.exec(query).first()


def days(*, actor: Actor, reference: str, activity_id: int, now: datetime) -> Draft:
    """Les jours à confirmer ; rien s'ils ont déjà servi, s'ils sont trop anciens ou d'une autre activité."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        found = _known(db, actor, reference, now)
        if found is None or not _is_of(found.chosen, KeptKind.DAYS, activity_id):
            return Draft()
        chosen = read_choices(found.chosen.content)
        plan = make_plan(facts_for(db, Desk(actor), activity_id, chosen, now), chosen, now)
        said = (PAID if found.is_paid else GONE) if plan.refused else (HERE if found.is_paid else BACK)
        return Draft(reference, found.chosen.content, said, picks_of(plan))


def week(*, actor: Actor, reference: str, activity_id: int, now: datetime) -> Draft:
    """La semaine type à confirmer ; rien dans les mêmes cas."""
    check_audience(Audience.PARENT, actor)
    with reading() as db:
        found = _known(db, actor, reference, now)
    if found is None or not _is_of(found.chosen, KeptKind.WEEK, activity_id):
        return Draft()
    return Draft(reference, wish=found.chosen.content, sentence=HERE if found.is_paid else BACK)


def _known(db: Session, actor: Actor, reference: str, now: datetime) -> Found | None:
    if row := keeping.kept(db, actor, reference, now):
        return Found(keeping.chosen_of(row), is_paid=False)
    attempt = _attempt(db, actor, reference)
    return Found(chosen_in(attempt.resume), is_paid=True) if attempt and is_alive(attempt, now) else None


def _is_of(chosen: Chosen, kind: KeptKind, activity_id: int) -> bool:
    return chosen.kind is kind and chosen.activity_id == activity_id


def finish(*, actor: Actor, reference: str, now: datetime) -> None:
    """Confirmée : elle n'attend plus, ni sans paiement, ni avec les siens ; déjà partie, il n'y a rien à faire."""
    with transaction() as db:
        if found := _known(db, actor, reference, now):
            keeping.forget(db, actor, found.chosen)
            for attempt in _waiting(db, actor, now):
                if _is_of(chosen_in(attempt.resume), found.chosen.kind, found.chosen.activity_id):
                    attempt.resume = {}


def latest(db: Session, actor: Actor, now: datetime) -> PaymentAttempt | None:
    """La dernière sélection payée qui attend, pour la proposer sur n'importe quel appareil."""
    return next(iter(_waiting(db, actor, now)), None)


def _waiting(db: Session, actor: Actor, now: datetime) -> list[PaymentAttempt]:
    """Un grand besoin se verse en plusieurs fois : la même sélection attend alors avec chacun."""
    query = select(PaymentAttempt).where(
        PaymentAttempt.account_id == actor.account_id,
        PaymentAttempt.state == AttemptState.SUCCEEDED,
        col(PaymentAttempt.settled_at) > now - KEPT_FOR,
    )
    found = db.exec(query.order_by(col(PaymentAttempt.id).desc()).limit(MOST_WAITING))
    return [one for one in found if is_alive(one, now)]


def page_of(attempt: PaymentAttempt) -> str:
    return chosen_in(attempt.resume).page(attempt.reference)


def is_alive(attempt: PaymentAttempt, now: datetime) -> bool:
    return bool(attempt.resume) and attempt.settled_at is not None and attempt.settled_at > now - KEPT_FOR
