"""Un agent passe outre ce qui peut l'être, au nom d'une famille : le récapitulatif le dit, avec son motif."""

from dataclasses import replace
from datetime import datetime

from portail.domain.accounts import Actor
from portail.domain.refusals import NotOpenError
from portail.domain.selection import read_choices, read_reason
from portail.models.database import reading
from portail.services.bookings.confirming import Order
from portail.services.bookings.facts import Desk
from portail.services.bookings.plan import Waiver, make_plan
from portail.services.bookings.recap import recap_of
from portail.services.bookings.selection import facts_for
from portail.views.bookings import Recap


def override(*, actor: Actor, order: Order, now: datetime) -> Recap:
    """Rien n'est écrit avant « Confirmer », qui rejuge avec le même motif."""
    desk = Desk(actor, order.family_id)
    if not desk.is_for_family:
        raise NotOpenError
    chosen, reason = read_choices(order.choices), read_reason(order.reason)
    with reading() as db:
        facts = facts_for(db, desk, order.activity_id, chosen, now)
        return replace(
            recap_of(make_plan(facts, chosen, now, waiver=Waiver(force=True, bill=order.bill))), reason=reason
        )
