"""« Confirmer » : tout réserver ou rien, une seule fois, quel que soit le nombre de clics ou d'onglets."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from portail.domain import selection as selections
from portail.domain.accounts import Actor
from portail.domain.bookings import Intent
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.selection import Choice, read_choices, read_reason, write_choices
from portail.models.bookings import BookingBatch
from portail.models.database import transaction
from portail.services import audit
from portail.services.bookings import letters
from portail.services.bookings.cells import cell
from portail.services.bookings.facts import Desk, Facts
from portail.services.bookings.judging import Judge
from portail.services.bookings.plan import STRICT, Plan, Waiver, make_plan
from portail.services.bookings.recap import blocked_by, counted, in_days, recap_of, refused_line
from portail.services.bookings.retrying import settle
from portail.services.bookings.selection import facts_for
from portail.services.bookings.writing import ChangedMeanwhileError, Writing, batch_of, record, summary, take_seats
from portail.services.campaigns.room import check_admitted
from portail.services.validations import following
from portail.services.waitlist.promoting import promote
from portail.views import wording
from portail.views.bookings import Cell, Outcome, RefusedLine

UNDO = timedelta(minutes=1)
TOKEN = range(16, 65)


@dataclass(frozen=True)
class Order:
    """Ce que « Confirmer » envoie ; `partial` : réserver quand même les autres jours si l'un devient impossible."""

    activity_id: int
    choices: str
    token: str
    partial: bool = False
    family_id: int = 0
    reason: str = ""  # un agent qui passe outre dit pourquoi
    bill: bool = False  # il facture en fin de mois ce que le porte-monnaie ne peut payer

    @property
    def digest(self) -> str:
        """Le même jeton avec un autre contenu se voit."""
        who = (str(self.activity_id), str(self.family_id), str(self.bill))
        return selections.digest(*who, write_choices(read_choices(self.choices)))


class NothingDoneError(Exception):
    """Rien n'est écrit : le plan dit pourquoi."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("rien n'est possible")
        self.plan = plan


class ReusedTokenError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Cette validation a déjà servi pour d’autres jours : rien n’a été changé.",
            "Choisissez de nouveau vos jours, puis « Valider ».",
        )


def confirm(*, actor: Actor, order: Order, now: datetime) -> Outcome:
    """La même commande envoyée deux fois rend deux fois la même réponse."""
    if len(order.token) not in TOKEN:
        raise BadInputError
    chosen = read_choices(order.choices)
    if order.reason:
        read_reason(order.reason)
    try:
        return settle(lambda lost: _attempt(actor, order, chosen, now, lost))
    except NothingDoneError as refusal:
        return _nothing(refusal.plan)


def _attempt(actor: Actor, order: Order, chosen: tuple[Choice, ...], now: datetime, lost: frozenset[int]) -> Outcome:
    with transaction() as db:
        known = batch_of(db, actor.account_id, order.token)
        desk = Desk(actor, order.family_id)
        facts = facts_for(db, desk, order.activity_id, chosen, now)
        if known is not None:
            return _again(known, order, facts, chosen, now)
        waiver = Waiver(force=True, bill=order.bill) if facts.may_override and order.reason else STRICT
        plan = make_plan(facts, chosen, now, lost, waiver)
        if plan.is_empty or blocked_by(plan) or (plan.refused and not order.partial):
            check_not_just_done(db, actor, order.token)
            raise NothingDoneError(plan)
        if not desk.is_for_family:  # un agent ne passe pas par la salle d'attente
            check_room(db, actor, plan, now)
        batch = _open(db, actor, order, plan, now)
        writing = Writing(plan, batch, actor.account_id, now, order.reason if plan.is_traced else "")
        record(db, writing)
        if plan.facts.sheet.activity.needs_validation:
            following.follow(db, actor, batch, now)
        _tell(db, actor, order, plan, now)
        take_seats(db, writing)
        call_the_queue(db, plan, now)
    return _done(plan, batch, chosen, now)


def check_not_just_done(db: Session, actor: Actor, token: str) -> None:
    """La même validation, acquise entre les deux lectures : ces jours sont refusés par elle-même : on la relit."""
    if batch_of(db, actor.account_id, token) is not None:
        raise ChangedMeanwhileError


def check_room(db: Session, actor: Actor, plan: Plan, now: datetime) -> None:
    """Un jour d'ouverture, la salle d'attente ; quitter ou annuler reste libre."""
    days = [one.slot.day for intent in (Intent.ADD, Intent.WAIT) for one in plan.done[intent]]
    if plan.facts.sheet.campaigns and days:
        check_admitted(db, actor, plan.facts.sheet.campaigns, days, now)


def _open(db: Session, actor: Actor, order: Order, plan: Plan, now: datetime) -> BookingBatch:
    """Le jeton est unique : de deux envois au même instant, le second attend puis relit le premier."""
    batch = BookingBatch(
        token=order.token,
        digest=order.digest,
        source="desk" if order.family_id else "calendar",
        author_id=actor.account_id,
        family_id=plan.family.key,
        at=now,
        content={
            "message": _message(plan),
            "refused": [vars(refused_line(one)) for one in plan.refused],
            "waits": [[one.slot.key, one.guest.child.key, intent] for intent in QUEUE for one in plan.done[intent]],
        },
    )
    db.add(batch)
    db.flush()
    return batch


QUEUE = (Intent.WAIT, Intent.LEAVE)
ASKED = ("demandé", "demandée")


def _tell(db: Session, actor: Actor, order: Order, plan: Plan, now: datetime) -> None:
    letters.send(db, plan, now)
    if order.family_id:
        reason = order.reason if plan.is_traced else ""
        detail = f"{summary(plan)}{' ; ' + reason if reason else ''}"
        audit.record(db, "booking.desk", at=now, actor_id=actor.account_id, subject_id=order.family_id, detail=detail)


def call_the_queue(db: Session, plan: Plan, now: datetime) -> None:
    """Une place rendue va à qui attend, aussitôt après ; personne d'autre ne peut la prendre d'ici là."""
    freed = [one.slot.key for one in plan.done[Intent.REMOVE]]
    if freed or plan.done[Intent.LEAVE]:
        left = [one.slot.key for one in plan.done[Intent.LEAVE]]
        promote(db, [*freed, *left], now)


def _again(known: BookingBatch, order: Order, facts: Facts, chosen: tuple[Choice, ...], now: datetime) -> Outcome:
    """Déjà fait : la réponse d'alors, et l'état d'aujourd'hui."""
    if known.digest != order.digest:
        raise ReusedTokenError
    return Outcome(
        message=known.content["message"],
        refused=[RefusedLine(**line) for line in known.content["refused"]],
        batch=known.key,
        can_undo=_can_undo(known) and known.undone_at is None and now <= known.at + UNDO,
        balance_cents=balance_of(facts),
        changed=cells_of(facts, chosen, now),
    )


def _can_undo(batch: BookingBatch) -> bool:
    """Qui quitte une file y perd sa place : ce geste-là ne se défait pas."""
    return all(intent != Intent.LEAVE for *_, intent in batch.content["waits"])


def _done(plan: Plan, batch: BookingBatch, chosen: tuple[Choice, ...], now: datetime) -> Outcome:
    return Outcome(
        message=batch.content["message"],
        detail="Un courriel vous le confirme.",
        refused=[refused_line(one) for one in plan.refused],
        batch=batch.key,
        can_undo=_can_undo(batch),
        balance_cents=balance_of(plan.facts),
        changed=cells_of(plan.facts, chosen, now),
    )


def _nothing(plan: Plan) -> Outcome:
    """Rien n'a été réservé : jour par jour pourquoi, et ce qui reste possible."""
    blocked = blocked_by(plan)
    return Outcome(
        message="Rien n’a été changé.",
        detail=f"{blocked.sentence} {blocked.next_step}" if blocked else "",
        refused=[refused_line(one) for one in plan.refused],
        retry=recap_of(plan),
    )


def cells_of(facts: Facts, chosen: tuple[Choice, ...], now: datetime) -> list[Cell]:
    """Les cases touchées, telles qu'elles sont maintenant."""
    judge, parts = Judge(facts, now), len(facts.sheet.offerings) > 1
    known = [one for one in chosen if one.slot_id in facts.slots and one.child_id in facts.guests]
    return [
        cell(
            judge.judged(facts.slots[one.slot_id], one.child_id),
            shows_child=facts.has_siblings,
            shows_part=parts,
            overrides=facts.may_override,
        )
        for one in known
    ]


def balance_of(facts: Facts) -> int:
    """Le solde tel qu'il est maintenant ; zéro quand l'activité se facture en fin de mois."""
    wallets = [guest.wallet for guest in facts.guests.values() if guest.wallet is not None]
    return wallets[0].balance_cents if wallets and facts.sheet.activity.is_prepaid else 0


def _message(plan: Plan) -> str:
    """« 4 jours réservés, 1 jour annulé. »"""
    words = {
        Intent.ADD: ASKED if plan.facts.sheet.activity.needs_validation else ("réservé", "faite"),
        Intent.REMOVE: ("annulé", "annulée"),
        Intent.WAIT: ("en liste d’attente",) * 2,
        Intent.LEAVE: ("retiré de la liste d’attente", "retirée de la liste d’attente"),
    }
    said = []
    for intent, (masculine, feminine) in words.items():
        if judged := plan.done[intent]:
            count = counted(plan, intent)
            word = masculine if in_days(plan, intent) else feminine
            said.append(f"{count} {word if intent is Intent.WAIT else agreed(word, len(judged))}")
    return wording.capitalised(", ".join(said)) + "."


def agreed(word: str, number: int) -> str:
    first, _, rest = word.partition(" ")
    return f"{first}{'s' if number > 1 else ''}{' ' + rest if rest else ''}"
