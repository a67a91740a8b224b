"""« Mes coordonnées » : corrigées aussitôt, sauf la commune, qu'un agent vérifie."""

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.requests import AlreadySentError
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.requests import Request
from portail.services.families import coordinates
from portail.services.requests import desk
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

FORM = {
    "address": "1 rue Pasteur",
    "postcode": "49999",
    "city": "Valbourg",
    "phone": "0612345678",
    "home_phone": "",
    "work_phone": "+32470123456",
    "other_phone": "",
    "email": "Zoé@Famille.example",
    "caf_number": "1234567 a",
}


@pytest.fixture
def parent(base: Engine) -> Actor:
    account = make_account("zoe@famille.example")
    make_family("Un", account)
    return open_session(account)[1]


def place_of(actor: Actor) -> tuple[Family, Guardian]:
    with reading() as db:
        query = select(Family, Guardian).where(
            col(Guardian.family_id) == col(Family.id), Guardian.account_id == actor.account_id
        )
        return db.exec(query).one()


def family_of(actor: Actor) -> int:
    return place_of(actor)[0].key


def test_what_is_typed_is_kept_in_its_usual_form(parent: Actor, now: datetime) -> None:
    said = coordinates.save(actor=parent, family_id=family_of(parent), form=FORM | {"address": "2 rue Neuve"}, now=now)
    assert said == "Vos coordonnées sont enregistrées."
    family, place = place_of(parent)
    assert family.address == "2 rue Neuve"
    assert (place.phone, place.work_phone, place.caf_number) == ("06 12 34 56 78", "+32 470 12 34 56", "1234567A")
    (shown,) = coordinates.show(actor=parent)
    assert (shown.phone, shown.address, shown.waiting) == ("06 12 34 56 78", "2 rue Neuve", "")


def test_another_town_waits_for_an_agent(parent: Actor, now: datetime) -> None:
    form = FORM | {"postcode": "49998", "city": "Saint-Aubin"}
    said = coordinates.save(actor=parent, family_id=family_of(parent), form=form, now=now)
    assert "D-2026-00001" in said
    family, place = place_of(parent)
    assert (family.city, place.phone) == ("Valbourg", "06 12 34 56 78")
    assert coordinates.show(actor=parent)[0].waiting == "D-2026-00001"
    with pytest.raises(AlreadySentError):
        coordinates.save(actor=parent, family_id=family.key, form=form, now=now)
    agent = open_session(make_account("odile@mairie.example", role=Role.RECEPTION))[1]
    with reading() as db:
        request = db.exec(select(Request)).one()
    desk.accept(actor=agent, made=desk.Decision(request.key, 1), now=now)
    assert place_of(parent)[0].city == "Saint-Aubin"
    assert coordinates.show(actor=parent)[0].waiting == ""


def test_one_bad_field_saves_nothing(parent: Actor, now: datetime) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        coordinates.save(
            actor=parent,
            family_id=family_of(parent),
            form=FORM | {"phone": "FR7630006000011234567890189", "email": "pas une adresse", "caf_number": "12"},
            now=now,
        )
    assert set(refusal.value.fields) == {"phone", "email", "caf_number"}
    assert place_of(parent)[1].work_phone == ""


def test_invoices_by_mail_need_an_address(parent: Actor, now: datetime) -> None:
    form = FORM | {"invoices_by_email": True}
    with pytest.raises(FormRefusedError) as refusal:
        coordinates.save(actor=parent, family_id=family_of(parent), form=form, now=now)
    assert set(refusal.value.fields) == {"invoice_email"}
    coordinates.save(
        actor=parent, family_id=family_of(parent), form=form | {"invoice_email": "a@famille.example"}, now=now
    )
    assert place_of(parent)[1].invoices_by_email


def test_another_family_answers_as_a_missing_one(parent: Actor, now: datetime) -> None:
    foreign = make_family("Deux", make_account("ali@famille.example"))
    for key in (foreign, 0, -1, 2**40, 999):
        with pytest.raises(NotOpenError):
            coordinates.save(actor=parent, family_id=key, form=FORM, now=now)
    with reading() as db:
        assert db.get_one(Family, foreign).address == "1 rue Pasteur"


def test_without_the_right_to_edit_one_sees_but_changes_nothing(parent: Actor, now: datetime) -> None:
    with transaction() as db:
        db.exec(update(Guardian).values(can_edit=False))
    (shown,) = coordinates.show(actor=parent)
    assert not shown.can_edit
    with pytest.raises(RefusalError, match="ne permet pas"):
        coordinates.save(actor=parent, family_id=shown.family_id, form=FORM, now=now)


def test_each_adult_has_their_own_phone(parent: Actor, now: datetime) -> None:
    with transaction() as db:
        family = family_of(parent)
        db.add(Guardian(family_id=family, first_name="Léo", last_name="Un", role="father", phone="06 00 00 00 99"))
    coordinates.save(actor=parent, family_id=family, form=FORM, now=now)
    with reading() as db:
        assert db.exec(select(Guardian.phone).where(Guardian.first_name == "Léo")).one() == "06 00 00 00 99"


def test_reading_costs_the_same_for_several_families(parent: Actor, base: Engine) -> None:
    with counted(base) as one:
        coordinates.show(actor=parent)
    with transaction() as db:
        for rank in range(4):
            family = Family(
                number=f"G-{rank}", name=f"G{rank}", created_at=datetime.fromisoformat("2026-01-01T00:00+00:00")
            )
            db.add(family)
            db.flush()
            db.add(
                Guardian(
                    family_id=family.key, account_id=parent.account_id, first_name="Z", last_name="G", role="mother"
                )
            )
    with counted(base) as five:
        shown = coordinates.show(actor=parent)
    assert len(shown) == 5
    assert len(five) == len(one)
