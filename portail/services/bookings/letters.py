"""Le courriel d'une validation : chaque jour, son prix, et jusqu'à quand l'annuler."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from portail.domain.bookings import Intent
from portail.domain.money import euros
from portail.models.wallet import LedgerAccount
from portail.services.bookings.judging import Judged
from portail.services.bookings.plan import Plan, said
from portail.services.mails import outbox, readers
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording

MOST_LINES = 40
TITLES = {
    Intent.ADD: "Réservé",
    Intent.REMOVE: "Annulé",
    Intent.WAIT: "En liste d’attente",
    Intent.LEAVE: "Retiré de la liste d’attente",
}


def send(db: Session, plan: Plan, now: datetime) -> None:
    """À qui réserve ; quand c'est un agent, aux adultes du dossier qui peuvent réserver."""
    message = _message(plan)
    for address in _addresses(db, plan):
        outbox.add(db, address, message, now)


def send_several(db: Session, plans: Sequence[Plan], now: datetime) -> None:
    """Une modification avancée : un seul courriel, les jours de chaque activité comptés par mois."""
    cost = sum(plan.cost_cents for plan in plans)
    paragraphs = ["Votre modification avancée est faite."]
    paragraphs += [_months(plan, intent) for plan in plans for intent in Intent if plan.done[intent]]
    paragraphs += [f"Total : {euros(cost)}."] if cost else []
    paragraphs += [f"Solde de votre porte-monnaie : {euros(wallet.balance_cents)}." for wallet in _paying(plans)[:1]]
    message = Message(
        subject="Vos réservations : modification avancée",
        paragraphs=tuple(paragraphs),
        action="Voir le planning",
        url=f"{current().site_url}/planning",
    )
    for address in _addresses(db, plans[0]):
        outbox.add(db, address, message, now)


def _paying(plans: Sequence[Plan]) -> list[LedgerAccount]:
    """Les porte-monnaie touchés : un seul, puisqu'une validation est celle d'un foyer."""
    moved = (plan for plan in plans if plan.is_prepaid and (plan.debit_cents or plan.refund_cents))
    return [plan.wallet for plan in moved if plan.wallet is not None]


def _months(plan: Plan, intent: Intent) -> str:
    months = Counter(one.slot.day.replace(day=1) for one in plan.done[intent])
    title = "Demandé, à valider par la mairie" if _is_asked(plan, intent) else TITLES[intent]
    counts = [f"{wording.month(first)} ({number})" for first, number in sorted(months.items())]
    return f"{plan.facts.sheet.activity.title}. {title} : {', '.join(counts)}."


def _addresses(db: Session, plan: Plan) -> list[str]:
    if plan.facts.may_override:
        return [adult.email for adult in readers.adults(db, plan.family.key)]
    return [next(one.guest.email for judged in plan.done.values() for one in judged)]


def _message(plan: Plan) -> Message:
    activity = plan.facts.sheet.activity
    paragraphs = [f"Vos jours de {activity.title} ont changé."]
    paragraphs += [_days(plan, intent) for intent in Intent if plan.done[intent]]
    if plan.is_prepaid and plan.wallet and (plan.debit_cents or plan.refund_cents):
        paragraphs.append(f"Solde de votre porte-monnaie : {euros(plan.wallet.balance_cents)}.")
    elif plan.cost_cents:
        paragraphs.append(f"Total : {euros(plan.cost_cents)}, facturé en fin de mois.")
    return Message(
        subject=f"Vos réservations : {activity.title}",
        paragraphs=tuple(paragraphs),
        action="Voir le calendrier",
        url=f"{current().site_url}/reservations/{activity.key}",
    )


def _days(plan: Plan, intent: Intent) -> str:
    judged = plan.done[intent]
    lines = [_line(plan, one, intent) for one in judged[:MOST_LINES]]
    if len(judged) > MOST_LINES:
        lines.append(f"et {len(judged) - MOST_LINES} autres")
    title = "Demandé, à valider par la mairie" if _is_asked(plan, intent) else TITLES[intent]
    return f"{title} : {' ; '.join(lines)}."


def _is_asked(plan: Plan, intent: Intent) -> bool:
    return intent is Intent.ADD and plan.facts.sheet.activity.needs_validation


def _line(plan: Plan, one: Judged, intent: Intent) -> str:
    price = f" ({euros(one.price.cents)})" if intent is Intent.ADD else ""
    return f"{said(one, plan.facts)}{price}"
