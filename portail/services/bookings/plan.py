"""Ce qu'une sélection donnerait : chaque geste jugé, les refus avec leur raison, le total. Rien n'est écrit ici."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from portail.domain import why_not
from portail.domain.bookings import Intent
from portail.domain.selection import Choice
from portail.domain.why_not import WhyNot
from portail.models.activities import Slot
from portail.models.families import Family
from portail.models.wallet import LedgerAccount
from portail.services.bookings.facts import Busy, Facts
from portail.services.bookings.judging import Judge, Judged
from portail.views import wording


@dataclass(frozen=True)
class Refused:
    """Un geste impossible : son nom, sa raison ; `can_wait` quand la liste d'attente reste ouverte."""

    choice: Choice
    label: str
    why: WhyNot
    can_wait: bool = False


@dataclass(frozen=True)
class Waiver:
    """Ce qu'un agent passe outre : les règles, et le porte-monnaie qui ne suffit pas."""

    force: bool = False
    bill: bool = False


STRICT = Waiver()


@dataclass
class Plan:
    """Les gestes possibles, dans l'ordre des jours, et ceux qui ne le sont pas."""

    facts: Facts
    done: dict[Intent, list[Judged]] = field(default_factory=lambda: {intent: [] for intent in Intent})
    refused: list[Refused] = field(default_factory=list)
    promised: Counter[int] = field(default_factory=Counter)  # les places que des frères et sœurs prennent déjà
    forced: dict[str, WhyNot] = field(default_factory=dict)  # ce qu'un agent a passé outre
    enlarged: set[str] = field(default_factory=set)  # les places de plus qu'un agent accorde
    is_billed: bool = False  # un agent facture plus tard ce que le porte-monnaie ne peut payer

    def refuse(self, choice: Choice, label: str, why: WhyNot) -> None:
        can_wait = why.reason is why_not.Reason.FULL and self.facts.sheet.has_waitlist
        self.refused.append(Refused(choice, label, self.facts.told(why), can_wait))

    @property
    def is_empty(self) -> bool:
        return not any(self.done.values())

    @property
    def family(self) -> Family:
        """Le foyer qui réserve et qui paie."""
        return next(one.guest.family for judged in self.done.values() for one in judged)

    @property
    def wallet(self) -> LedgerAccount | None:
        return next((one.guest.wallet for judged in self.done.values() for one in judged), None)

    @property
    def is_prepaid(self) -> bool:
        return self.facts.sheet.activity.is_prepaid and not self.is_billed

    @property
    def is_traced(self) -> bool:
        """Un agent a passé outre : son motif se garde."""
        return bool(self.forced) or self.is_billed

    @property
    def cost_cents(self) -> int:
        return sum(one.price.cents for one in self.done[Intent.ADD])

    @property
    def surcharge_cents(self) -> int:
        return sum(one.price.surcharge_cents for one in self.done[Intent.ADD])

    @property
    def debit_cents(self) -> int:
        """Ce que le porte-monnaie paierait."""
        return self.cost_cents if self.is_prepaid else 0

    @property
    def refund_cents(self) -> int:
        return sum(one.booking.price_cents for one in self.done[Intent.REMOVE] if one.booking and one.booking.is_paid)


def make_plan(
    facts: Facts,
    choices: Iterable[Choice],
    now: datetime,
    lost: frozenset[int] = frozenset(),
    waiver: Waiver = STRICT,
) -> Plan:
    """`lost` : les séances dont la dernière place vient de partir."""
    judge, plan = Judge(facts, now), Plan(facts, is_billed=waiver.bill and facts.sheet.activity.is_prepaid)
    for choice in sorted(choices, key=lambda one: (one.intent is not Intent.REMOVE, one)):
        _add(plan, judge, choice, lost, force=waiver.force)
    _keep_one_family(plan)
    plan.refused.sort(key=lambda one: one.choice)
    return plan


def _add(plan: Plan, judge: Judge, choice: Choice, lost: frozenset[int], *, force: bool) -> None:
    facts = plan.facts
    slot = facts.slots.get(choice.slot_id)
    if slot is None or choice.child_id not in facts.guests:
        plan.refuse(choice, "Un jour de votre sélection", why_not.unknown_slot())
        return
    judged = judge.judged(slot, choice.child_id)
    why = judged.why_not(choice.intent)
    if why is None and choice.intent is Intent.ADD and (slot.key in lost or plan.promised[slot.key] >= _left(slot)):
        why = why_not.full(has_waitlist=facts.sheet.has_waitlist)
    if why is not None and force and why.is_overridable and choice.intent in FORCED:
        plan.forced[judged.key] = why
        if why.reason is why_not.Reason.FULL:
            plan.enlarged.add(judged.key)
        why = None
    if why is not None:
        plan.refuse(choice, said(judged, facts), why)
        return
    plan.done[choice.intent].append(judged)
    plan.promised[slot.key] += choice.intent is Intent.ADD and judged.key not in plan.enlarged
    _occupy(facts, judged, choice.intent)


def _left(slot: Slot) -> int:
    return slot.capacity - slot.taken


FORCED = (Intent.ADD, Intent.REMOVE)


def _occupy(facts: Facts, judged: Judged, intent: Intent) -> None:
    """La suite de la sélection tient compte de ce qui précède : deux séances à la même heure se gênent."""
    slot, busy = judged.slot, facts.busy[judged.guest.child.key, judged.slot.day]
    if intent is Intent.REMOVE:
        busy[:] = [one for one in busy if one.slot_id != slot.key]
    elif intent is Intent.ADD:
        offering = judged.offering
        busy.append(Busy(slot.key, offering.starts_at, offering.ends_at, offering.name))


def _keep_one_family(plan: Plan) -> None:
    """Une validation est celle d'un foyer : les enfants d'un autre se réservent à part."""
    every = [one for judged in plan.done.values() for one in judged]
    families = {one.guest.family.key for one in every}
    if len(families) < 2:  # noqa: PLR2004
        return
    payer = every[0].guest.family.key
    for intent, judged in plan.done.items():
        for one in [one for one in judged if one.guest.family.key != payer]:
            judged.remove(one)
            choice = Choice(one.slot.key, one.guest.child.key, intent)
            why = why_not.other_family(one.guest.child.first_name)
            plan.refuse(choice, said(one, plan.facts), why)


def said(judged: Judged, facts: Facts) -> str:
    """« jeudi 3 décembre · Léa · Matin » ; ce qui va de soi n'est pas dit."""
    parts = [wording.day_without_year(judged.slot.day)]
    if len(facts.guests) > 1:
        parts.append(judged.guest.child.first_name)
    if len(facts.sheet.offerings) > 1:
        parts.append(judged.offering.name)
    return " · ".join(parts)
