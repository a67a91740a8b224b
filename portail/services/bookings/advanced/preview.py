"""L'aperçu : ce qui changerait, mois par mois et raison par raison, avec les sommes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime

from portail.domain.accounts import Actor
from portail.domain.bookings import Intent
from portail.domain.dates import said_rank
from portail.domain.money import euros
from portail.domain.weekly import read_wish
from portail.domain.why_not import WhyNot
from portail.ids import new_token
from portail.models.database import reading
from portail.services.bookings.advanced.comparing import Diff, Fate, compare, part_name
from portail.services.bookings.facts import Desk
from portail.services.bookings.judging import Judged
from portail.services.bookings.plan import Plan
from portail.services.bookings.recap import MAXIMUM, blocked_by
from portail.views import wording
from portail.views.weekly import DayGroup, WeeklyPreview

MOST_SENTENCES = 4  # autant de phrases différentes d'une même raison se disent ; au-delà, la raison seule


def preview(*, actor: Actor, fields: dict[str, str], now: datetime) -> WeeklyPreview:
    wish = read_wish(fields)
    with reading() as db:
        return preview_of(compare(db, Desk(actor), wish, now))


def preview_of(diff: Diff, changed: str = "") -> WeeklyPreview:
    added, removed = ([_fate_of(plan, one) for plan in diff.plans for one in plan.done[intent]] for intent in GESTURES)
    blocked, prepaid = blocked_by(*diff.plans), [plan for plan in diff.plans if plan.is_prepaid and not plan.is_empty]
    balance = next((plan.wallet.balance_cents for plan in prepaid if plan.wallet), None)
    return WeeklyPreview(
        wish=diff.wish.text,
        seen=seen_of(diff),
        token=new_token(),
        title=title_of(diff),
        added=by_month(added),
        removed=by_month(removed),
        already=by_month(diff.already),
        kept=by_reason(diff.kept),
        skipped=[*by_reason(diff.skipped), *by_reason(diff.closed)],
        total=euros(diff.cost_cents) if added else "",
        surcharge=_unless_zero(sum(plan.surcharge_cents for plan in diff.plans)),
        refund=_unless_zero(diff.refund_cents),
        balance_before=euros(balance) if balance is not None else "",
        balance_after=euros(balance - diff.debit_cents + diff.refund_cents)
        if balance is not None and not blocked
        else "",
        billing=_billing(diff),
        notice=MAXIMUM if any(one.price.is_maximum for one in diff.judged(Intent.ADD)) else "",
        changed=changed,
        blocked=blocked.sentence if blocked else "",
        blocked_step=blocked.next_step if blocked else "",
        can_settle=blocked is not None,
        button=button_of(diff),
        can_confirm=not diff.is_empty and blocked is None,
    )


GESTURES = (Intent.ADD, Intent.REMOVE)


def seen_of(diff: Diff) -> str:
    return ".".join(map(str, diff.size))


def sessions(number: int) -> str:
    return wording.count(number, "séance", "séances")


def title_of(diff: Diff) -> str:
    """« 412 séances à réserver, 3 séances à annuler »."""
    added, removed, _ = diff.size
    said = [f"{sessions(added)} à réserver"] if added else []
    said += [f"{sessions(removed)} à annuler"] if removed else []
    return ", ".join(said) or "Rien à changer"


def button_of(diff: Diff) -> str:
    added, removed, _ = diff.size
    if added and removed:
        return "ces changements"
    return f"réserver {sessions(added)}" if added else f"annuler {sessions(removed)}"


def by_month(fates: Iterable[Fate]) -> list[DayGroup]:
    months: dict[date, list[Fate]] = defaultdict(list)
    for one in fates:
        months[one.day.replace(day=1)].append(one)
    return [
        DayGroup(
            title=wording.capitalised(wording.month(first)),
            count=sessions(len(found)),
            amount=_unless_zero(sum(one.cents for one in found)),
            lines=_lines(found, lambda one: f"{one.part} · {one.child}"),
        )
        for first, found in sorted(months.items())
    ]


def by_reason(fates: Iterable[Fate]) -> list[DayGroup]:
    """Une même raison se dit une fois ; ses phrases, quand elles sont peu nombreuses, la précisent."""
    reasons: dict[str, list[Fate]] = defaultdict(list)
    for one in fates:
        if one.why is not None:
            reasons[one.why.reason].append(one)
    return [group for found in reasons.values() for group in _groups(found)]


def _groups(fates: list[Fate]) -> list[DayGroup]:
    sentences: dict[str, list[Fate]] = defaultdict(list)
    for one in fates:
        sentences[_why(one).sentence].append(one)
    if len(sentences) > MOST_SENTENCES:
        return [_group(fates, "")]
    return [_group(found, sentence) for sentence, found in sentences.items()]


def _group(fates: list[Fate], sentence: str) -> DayGroup:
    why = _why(fates[0])
    same_step = len({_why(one).next_step for one in fates}) == 1
    for_all = not fates[0].child  # un jour sans séance ne l'est pour personne
    return DayGroup(
        title=why.reason.label,
        count=wording.count(len({one.day for one in fates}), "jour", "jours") if for_all else sessions(len(fates)),
        why=sentence,
        next_step=why.next_step if same_step and not for_all else "",
        link=why.link if same_step and not for_all else "",
        lines=_lines(fates, _month_and_who),
    )


def _month_and_who(fate: Fate) -> str:
    month = wording.capitalised(wording.month(fate.day))
    return f"{month} · {fate.child}" if fate.child else month


def _lines(fates: Iterable[Fate], name: Callable[[Fate], str]) -> list[str]:
    """« Cantine · Léa : 1er, 3, 4 »."""
    days: dict[str, set[date]] = defaultdict(set)
    for one in sorted(fates, key=lambda fate: fate.day):
        days[name(one)].add(one.day)
    return [f"{label} : {', '.join(said_rank(day.day) for day in sorted(found))}" for label, found in days.items()]


def _why(fate: Fate) -> WhyNot:
    if fate.why is None:
        raise ValueError("un jour écarté a toujours sa raison")
    return fate.why


def _fate_of(plan: Plan, one: Judged) -> Fate:
    cents = one.price.cents
    if one.booking is not None and one.gesture is Intent.REMOVE:
        cents = one.booking.price_cents if one.booking.is_paid else 0
    return Fate(one.slot.day, part_name(plan.facts, one.offering.key), one.guest.child.first_name, cents=cents)


def _unless_zero(cents: int) -> str:
    return euros(cents) if cents else ""


def _billing(diff: Diff) -> str:
    """Une partie peut se débiter et l'autre se facturer : chacune est dite."""
    later = diff.cost_cents - diff.debit_cents
    if diff.debit_cents and later:
        return f"{euros(diff.debit_cents)} débités du porte-monnaie, {euros(later)} facturés en fin de mois."
    if diff.debit_cents:
        return "Débité du porte-monnaie, rendu si vous annulez à temps."
    return "Facturé en fin de mois." if later else ""
