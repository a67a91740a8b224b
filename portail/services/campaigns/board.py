"""« Mes vœux » : les jours d'une campagne, enfant par enfant ; toucher un jour le garde, ou le retire."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from portail.domain.accounts import Actor
from portail.domain.bookings import Intent
from portail.domain.money import euros
from portail.domain.refusals import BadInputError, NotOpenError
from portail.domain.selection import Choice, read_choices, write_choices
from portail.domain.why_not import Reason
from portail.models.activities import Slot
from portail.models.database import reading
from portail.services.bookings.facts import Desk, Facts, gather, guests_of, slots_between
from portail.services.bookings.judging import Judge
from portail.services.bookings.sheet import open_sheet
from portail.services.campaigns import wishes
from portail.services.campaigns.wishes import Wishes
from portail.views import wording
from portail.views.campaigns import OpeningView, WishCell, WishDay, WishPage

LATER = frozenset({Reason.NOT_OPEN_CAMPAIGN, Reason.TOO_EARLY})  # le temps seul les lève
MOST_DAYS = 120


def show(*, actor: Actor, activity_id: int, now: datetime) -> WishPage:
    """Ce qui se demande, à quel prix ; ce qui ne se demandera pas dit déjà pourquoi."""
    opening = wishes.opening(actor=actor, activity_id=activity_id, now=now)
    with reading() as db:
        sheet = open_sheet(db, activity_id)
        guests = {key: one for key, one in guests_of(db, Desk(actor), activity_id).items() if one.may_book}
        if not guests:
            raise NotOpenError
        campaign = next((one for one in sheet.campaigns if one.key == opening.campaign), None)
        slots = slots_between(db, activity_id, campaign.first_day, campaign.last_day) if campaign else {}
        facts = gather(db, sheet, guests, slots, now)
    kept = _kept(opening)
    days: dict[str, list[WishCell]] = defaultdict(list)
    for slot in slots.values():
        days[wording.full_day(slot.day)] += _cells(facts, slot, kept, now)
    return WishPage(
        ready=True,
        activity=activity_id,
        campaign=opening.campaign,
        title=sheet.activity.title,
        name=opening.name,
        opens=opening.opens,
        opens_at=opening.opens_at,
        is_open=opening.campaign > 0 and not opening.opens_at,
        has_room=opening.has_room,
        is_admitted=opening.is_admitted,
        wished=opening.wished,
        days=[WishDay(label, cells) for label, cells in list(days.items())[:MOST_DAYS] if cells],
    )


def _kept(opening: OpeningView) -> frozenset[Choice]:
    return frozenset(read_choices(opening.wishes)) if opening.wishes else frozenset()


def _cells(facts: Facts, slot: Slot, kept: frozenset[Choice], now: datetime) -> Iterator[WishCell]:
    """Un enfant à qui la tranche d'âge ne convient pas n'y paraît pas."""
    judge = Judge(facts, now)
    for child_id in facts.guests:
        if not judge.suits(slot, child_id):
            continue
        judged = judge.judged(slot, child_id)
        why = judged.why_not(Intent.ADD)
        refusal = why.sentence if why is not None and why.reason not in LATER else ""
        first_name, part = judged.guest.child.first_name, judged.offering.name
        price = euros(judged.price.cents)
        yield WishCell(
            slot=slot.key,
            child=child_id,
            first_name=first_name,
            part=part,
            price=price,
            is_wished=Choice(slot.key, child_id, Intent.ADD) in kept,
            why=refusal,
            name=f"{first_name} {part} · {price}, {wording.full_day(slot.day)}",
        )


def touch(*, actor: Actor, activity_id: int, slot_id: int, child_id: int, now: datetime) -> int:
    """Garde ce jour, ou le retire s'il y était ; rend le nombre de vœux."""
    opening = wishes.opening(actor=actor, activity_id=activity_id, now=now)
    if not opening.can_wish:
        raise BadInputError("Les réservations sont ouvertes.", "Réservez vos vœux, ou passez par le calendrier.")
    changed = _kept(opening) ^ {Choice(slot_id, child_id, Intent.ADD)}
    choices = write_choices(tuple(sorted(changed))) if changed else ""
    return wishes.save(actor=actor, wishes=Wishes(opening.campaign, activity_id, choices), now=now)
