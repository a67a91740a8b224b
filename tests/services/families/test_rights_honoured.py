"""Un droit retiré se ferme partout où il compte : santé, démarches, fiche d'un enfant, à faire."""

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from portail.domain.accounts import Actor
from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import transaction
from portail.models.families import Guardian
from portail.services import families
from portail.services.families import children, coordinates, household
from portail.services.health import parents
from portail.services.home import parent
from portail.services.requests import mine
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session

BIRTH = {"change": "birth", "since": "2026-11-01", "detail": "Un bébé est né"}


def two_adults() -> tuple[Actor, Actor, int, int]:
    alba, zoe = make_account(), make_account("zoe@famille.example")
    family_id = make_family("Essai", alba, zoe)
    return open_session(alba)[1], open_session(zoe)[1], family_id, make_child("Lou", family_id)


def take(actor: Actor, right: FamilyRight) -> None:
    with transaction() as db:
        db.exec(update(Guardian).where(col(Guardian.account_id) == actor.account_id).values({right.value: False}))


def test_without_health_the_record_and_its_doors_are_closed(base: Engine, now: datetime) -> None:
    _, zoe, _, child = two_adults()
    assert parents.show(actor=zoe, child_id=child, now=now).ready
    take(zoe, FamilyRight.HEALTH)
    with pytest.raises(RefusalError, match="ne permet pas"):
        parents.show(actor=zoe, child_id=child, now=now)
    assert not children.show(actor=zoe, child_id=child, now=now).health_open
    (card,) = families.show_mine(actor=zoe, now=now)
    assert [chip.health_open for chip in card.children] == [False]
    assert "fiche sanitaire" not in " ".join(item.title for item in parent.show(actor=zoe, now=now).todos)


def test_without_edit_only_ones_own_requests_are_followed(base: Engine, now: datetime) -> None:
    alba, zoe, family_id, _ = two_adults()
    form = BIRTH | {"family_id": str(family_id)}
    household.tell_situation(actor=alba, form=form, now=now)
    household.tell_situation(actor=zoe, form=form, now=now)
    assert len(mine.show_list(actor=zoe, now=now).rows) == 2
    take(zoe, FamilyRight.EDIT)
    (own,) = mine.show_list(actor=zoe, now=now).rows
    (theirs,) = [row for row in mine.show_list(actor=alba, now=now).rows if row.id != own.id]
    assert mine.show_one(actor=zoe, request_id=own.id).ready
    for gesture in (
        lambda: mine.show_one(actor=zoe, request_id=theirs.id),
        lambda: mine.withdraw(actor=zoe, request_id=theirs.id, now=now),
        lambda: mine.answer(actor=zoe, request_id=theirs.id, text="Oui", now=now),
    ):
        with pytest.raises(NotOpenError):
            gesture()
    assert parent.show(actor=zoe, now=now).requests_badge == "1 démarche en cours"


def test_without_edit_nothing_of_the_file_is_changed(base: Engine, now: datetime) -> None:
    _, zoe, family_id, child = two_adults()
    take(zoe, FamilyRight.EDIT)
    assert household.choices(actor=zoe).families == []
    with pytest.raises(RefusalError, match="ne permet pas"):
        household.tell_situation(actor=zoe, form=BIRTH | {"family_id": str(family_id)}, now=now)
    with pytest.raises(RefusalError, match="ne permet pas"):
        children.ask_removal(actor=zoe, child_id=child, form={"reason": "Il part"}, now=now)
    address = {"address": "1 rue", "postcode": "49999", "city": "Valbourg"}
    with pytest.raises(RefusalError, match="ne permet pas"):
        coordinates.save(actor=zoe, family_id=family_id, form=address, now=now)
