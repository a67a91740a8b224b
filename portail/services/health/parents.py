"""La fiche sanitaire, telle qu'un parent la lit."""

from dataclasses import replace
from datetime import datetime

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight, GuardianRole
from portail.domain.health import can_sign
from portail.models.database import reading
from portail.services import access
from portail.services.attachments import listing
from portail.services.health import files, readings, shown
from portail.views.health import HealthView


def show(*, actor: Actor, child_id: int, now: datetime) -> HealthView:
    with reading() as db:
        mine = access.my_child(db, actor, child_id, FamilyRight.HEALTH)
        opened = files.open_file(db, mine.child.key, actor.account_id)
        documents = listing.of_child(db, mine.child.key, removable=True)
        seen = readings.of_child(db, mine.child.key)
    signer = opened.names[actor.account_id] if can_sign(GuardianRole(mine.guardian.role)) else ""
    view = shown.for_parent(mine.child, opened, seen, signer, now)
    return replace(view, documents=documents, accept=listing.accepted())
