"""« Valider » : la sélection relue et jugée, sans rien écrire."""

from datetime import datetime

from sqlmodel import Session

from portail.domain.accounts import Actor
from portail.domain.refusals import NotOpenError
from portail.domain.selection import Choice, read_choices
from portail.models.database import reading
from portail.services.bookings.facts import Desk, Facts, gather, guests_of, slots_chosen
from portail.services.bookings.plan import make_plan
from portail.services.bookings.recap import recap_of
from portail.services.bookings.sheet import open_sheet
from portail.views.bookings import Recap


def preview(*, actor: Actor, activity_id: int, choices: str, now: datetime, family_id: int = 0) -> Recap:
    chosen = read_choices(choices)
    with reading() as db:
        facts = facts_for(db, Desk(actor, family_id), activity_id, chosen, now)
        return recap_of(make_plan(facts, chosen, now))


def facts_for(db: Session, desk: Desk, activity_id: int, chosen: tuple[Choice, ...], now: datetime) -> Facts:
    """Les enfants de la personne et les séances de cette activité, dans ce qui est choisi : le reste n'existe pas."""
    sheet = open_sheet(db, activity_id)
    guests = guests_of(db, desk, sheet.key)
    if not guests:
        raise NotOpenError
    wanted = {choice.child_id for choice in chosen}
    shown = {key: guest for key, guest in guests.items() if key in wanted}
    facts = gather(db, sheet, shown, slots_chosen(db, sheet.key, chosen), now)
    facts.desk_family_id = desk.family_id
    facts.has_siblings = len(guests) > 1
    return facts
