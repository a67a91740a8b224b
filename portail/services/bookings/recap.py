"""Le récapitulatif : ce qui va se passer, en phrases et en euros, avant « Confirmer »."""

from portail.domain.bookings import Intent
from portail.domain.money import euros
from portail.domain.selection import Choice, write_choices
from portail.domain.why_not import WhyNot, wallet_inactive, wallet_short
from portail.ids import new_token
from portail.services.bookings.judging import Judged
from portail.services.bookings.plan import FORCED, Plan, Refused, said
from portail.views import wording
from portail.views.bookings import Pick, Recap, RecapLine, RefusedLine

MAXIMUM = (
    "Tarif maximum : votre quotient familial est inconnu de la mairie, ou expiré. L’attestation n’est pas obligatoire."
)


def recap_of(plan: Plan) -> Recap:
    done = plan.done
    lines = [_line(plan, one, intent) for intent in Intent for one in done[intent]]
    blocked = blocked_by(plan)
    kept = [Choice(one.slot.key, one.guest.child.key, intent) for intent in Intent for one in done[intent]]
    after = _balance(plan) - plan.debit_cents + plan.refund_cents
    shows_balance = plan.is_prepaid and plan.wallet is not None and not plan.is_empty
    return Recap(
        choices=write_choices(kept),
        token=new_token(),
        lines=lines,
        refused=[refused_line(one) for one in plan.refused],
        title=_title(plan),
        total=euros(plan.cost_cents) if done[Intent.ADD] else "",
        surcharge=euros(plan.surcharge_cents) if plan.surcharge_cents else "",
        balance_before=euros(_balance(plan)) if shows_balance else "",
        balance_after=euros(after) if shows_balance and not blocked else "",
        billing=_billing(plan),
        notice=MAXIMUM if any(one.price.is_maximum for one in done[Intent.ADD]) else "",
        blocked=blocked.sentence if blocked else "",
        blocked_step=blocked.next_step if blocked else "",
        can_settle=blocked is not None and not plan.facts.may_override,  # l'agent n'a pas ce porte-monnaie
        button=_button(plan),
        can_confirm=not plan.is_empty and blocked is None,
        can_force=plan.facts.may_override
        and (blocked is not None or any(refused_line(one).forced for one in plan.refused)),
        is_billed=plan.is_billed,
    )


def blocked_by(*plans: Plan) -> WhyNot | None:
    """Ce qui manque au porte-monnaie : la sélection reste choisie pendant qu'on l'alimente."""
    if not sum(plan.debit_cents for plan in plans):
        return None
    wallet = next((plan.wallet for plan in plans if plan.wallet), None)
    if wallet is None or wallet.activated_at is None:
        return wallet_inactive()
    short = missing_cents(*plans)
    return wallet_short(short) if short > 0 else None


def missing_cents(*plans: Plan) -> int:
    """Ce qu'il faudrait verser ; zéro ou moins quand il y a de quoi."""
    wallet = next((plan.wallet for plan in plans if plan.wallet), None)
    held = wallet.balance_cents - (wallet.floor_cents or 0) if wallet else 0
    return sum(plan.debit_cents - plan.refund_cents for plan in plans) - held


def picks_of(plan: Plan) -> list[Pick]:
    """Les jours choisis, comme le navigateur les retient."""
    return [
        Pick(
            key=f"{one.slot.key}.{one.guest.child.key}",
            gesture=intent.value,
            cents=_picked_cents(one, intent),
            date=one.slot.day.isoformat(),
            part=one.offering.name if len(plan.facts.sheet.offerings) > 1 else "",
        )
        for intent in Intent
        for one in plan.done[intent]
    ]


def _picked_cents(judged: Judged, intent: Intent) -> int:
    if intent is Intent.ADD:
        return judged.price.cents
    given_back = intent is Intent.REMOVE and judged.booking is not None and judged.booking.is_paid
    return -judged.booking.price_cents if given_back and judged.booking else 0


def refused_line(refused: Refused) -> RefusedLine:
    why = refused.why
    key = refused.choice.key if refused.can_wait else ""
    forced = write_choices([refused.choice]) if why.is_overridable and refused.choice.intent in FORCED else ""
    return RefusedLine(wording.capitalised(refused.label), why.sentence, why.next_step, why.link, key, forced)


def counted(plan: Plan, intent: Intent) -> str:
    """« 4 jours », ou « 6 réservations » quand un jour en compte plusieurs."""
    number = len(plan.done[intent])
    if in_days(plan, intent):
        return wording.count(number, "jour", "jours")
    return wording.count(number, "réservation", "réservations")


def in_days(plan: Plan, intent: Intent) -> bool:
    """Un jour ne compte qu'une séance, pour un seul enfant."""
    judged = plan.done[intent]
    return len({one.slot.day for one in judged}) == len(judged)


def _balance(plan: Plan) -> int:
    return plan.wallet.balance_cents if plan.wallet else 0


def _title(plan: Plan) -> str:
    words = {
        Intent.ADD: "à réserver" if in_days(plan, Intent.ADD) else "à faire",
        Intent.REMOVE: "à annuler",
        Intent.WAIT: "en liste d’attente",
        Intent.LEAVE: "à retirer de la liste d’attente",
    }
    said_parts = [f"{counted(plan, intent)} {word}" for intent, word in words.items() if plan.done[intent]]
    return wording.capitalised(", ".join(said_parts)) or "Rien n’est possible dans cette sélection"


def _button(plan: Plan) -> str:
    """Il nomme son effet."""
    if plan.done[Intent.ADD] and not plan.done[Intent.REMOVE]:
        return f"{'réserver' if in_days(plan, Intent.ADD) else 'faire'} {counted(plan, Intent.ADD)}"
    if plan.done[Intent.REMOVE] and not plan.done[Intent.ADD]:
        return f"annuler {counted(plan, Intent.REMOVE)}"
    return "ces changements"


def _billing(plan: Plan) -> str:
    if not plan.cost_cents and not plan.refund_cents:
        return ""
    if plan.is_billed:
        return "Facturé en fin de mois : le porte-monnaie n’est pas débité."
    if plan.is_prepaid:
        return "Débité du porte-monnaie, rendu si vous annulez à temps."
    return "Facturé en fin de mois."


def _line(plan: Plan, judged: Judged, intent: Intent) -> RecapLine:
    return RecapLine(
        label=wording.capitalised(said(judged, plan.facts)),
        gesture=intent.value,
        word=intent.label,
        amount=_amount(judged, intent),
        detail=_detail(plan, judged, intent),
        why=judged.price.formula if intent is Intent.ADD and judged.guest.sees_money else "",
    )


def _amount(judged: Judged, intent: Intent) -> str:
    if intent is Intent.ADD:
        return euros(judged.price.cents)
    if intent is Intent.REMOVE and judged.booking and judged.booking.is_paid:
        return f"+ {euros(judged.booking.price_cents)}"
    return ""


def _detail(plan: Plan, judged: Judged, intent: Intent) -> str:
    if intent is Intent.WAIT:
        return "Rien n’est payé tant que la place n’est pas obtenue."
    forced = plan.forced.get(judged.key)
    if intent is not Intent.ADD:
        return f"Passé outre : {forced.sentence}" if forced else ""
    parts = [f"Passé outre : {forced.sentence}"] if forced else []
    if judged.price.surcharge_cents:
        parts.append(f"Dont {euros(judged.price.surcharge_cents)} de majoration.")
    if plan.facts.sheet.activity.needs_validation:
        parts.append("La mairie doit la valider.")
    if judged.verdict.cancel_until:
        parts.append(f"Annulation possible jusqu’au {wording.instant(judged.verdict.cancel_until)}.")
    return " ".join(parts)
