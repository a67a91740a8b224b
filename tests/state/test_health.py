"""La fiche sanitaire sans navigateur : ce que l'état montre, ce qu'il garde, à qui il se ferme."""

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.domain.health import Part
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.services.health import records
from portail.state.base import PortalState
from portail.state.health import HealthState, StaffHealthState, _child_in
from portail.views.health import HealthView
from tests.factories.health import CARE, CONTACT, DOCTOR, Home, fill, make_consents, make_home, record_of, seen
from tests.factories.people import make_account, open_session
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline
from tests.tools.rxclient import Answer

pytestmark = pytest.mark.usefixtures("base_sqlite")
SECRET = "Allergie à la pistache"


async def arrive(events: Pipeline, home: Home) -> Page:
    """Le parent de ce foyer, sur la page de son enfant."""
    return await visit(events, home.actor.account_id, f"/dossier/enfants/{home.child_id}/sante")


async def visit(events: Pipeline, account_id: int, path: str) -> Page:
    with reading() as db:
        account = db.get_one(Account, account_id)
    page = events.page(session=open_session(account, now=clock.now())[0])
    page.path = path
    await page.visit(path)
    return page


async def call(page: Page, handler, **payload: object) -> Answer:
    return await page.call(handler, payload, page.path)


async def state_of(page: Page) -> HealthState:
    return await page.state(HealthState)


async def notice(page: Page) -> str:
    return (await page.state(PortalState)).notice


async def test_the_page_shows_the_record_of_the_child_in_the_address(events: Pipeline) -> None:
    home = make_home()
    page = await arrive(events, home)
    state = await state_of(page)
    assert (state.health.ready, state.health.child_id, state.health.first_name) == (True, home.child_id, "Zoé")
    assert (state.editing, state.contact, state.busy) == ("", -1, False)


async def test_a_part_is_opened_saved_and_closed(events: Pipeline) -> None:
    page = await arrive(events, make_home())
    await call(page, HealthState.edit, part="doctor")
    assert (await state_of(page)).editing == "doctor"
    await call(page, HealthState.save, form_data=DOCTOR, part="doctor")
    state = await state_of(page)
    assert (state.editing, state.error, state.busy) == ("", "", False)
    assert state.health.record.doctor_name == "Dr Martin"
    assert await notice(page) == "C’est enregistré."


async def test_a_refusal_stays_beside_its_field_and_the_part_stays_open(events: Pipeline) -> None:
    home = make_home()
    page = await arrive(events, home)
    await call(page, HealthState.edit, part="doctor")
    await call(page, HealthState.save, form_data=DOCTOR | {"doctor_phone": "maman"}, part="doctor")
    state = await state_of(page)
    assert (state.editing, state.error_field, state.busy) == ("doctor", "doctor_phone", False)
    assert "sans lettres" in state.error
    await call(page, HealthState.cancel)
    assert (state.editing, state.error, state.error_field) == ("", "", "")
    assert seen(home.child_id).version == 0


async def test_a_conflict_is_told_then_the_next_save_goes_through(events: Pipeline) -> None:
    home = make_home()
    page = await arrive(events, home)
    await call(page, HealthState.edit, part="doctor")
    records.save_part(actor=home.actor, edit=seen(home.child_id), part=Part.DOCTOR, form=DOCTOR, now=clock.now())
    await call(page, HealthState.save, form_data=DOCTOR | {"doctor_name": "Dr Petit"}, part="doctor")
    state = await state_of(page)
    assert (state.editing, state.error_field, state.health.record.doctor_name) == ("doctor", "", "Dr Martin")
    assert "rien n’a été écrasé" in state.error
    await call(page, HealthState.save, form_data=DOCTOR | {"doctor_name": "Dr Petit"}, part="doctor")
    assert (await state_of(page)).health.record.doctor_name == "Dr Petit"


@pytest.mark.parametrize("part", ["", "contacts", "confirmation", "inconnu", "x" * 2000])
async def test_a_part_that_is_not_a_form_is_refused(events: Pipeline, part: str, journal: Kept) -> None:
    home = make_home()
    page = await arrive(events, home)
    await call(page, HealthState.save, form_data=DOCTOR, part=part)
    assert (await state_of(page)).error
    assert seen(home.child_id).version == 0
    assert journal.incidents() == []


async def test_contacts_vaccines_and_consents_are_saved_from_the_page(events: Pipeline) -> None:
    key, *_ = make_consents()
    page = await arrive(events, make_home())
    await call(page, HealthState.edit_contact, contact_id=0)
    assert ((await state_of(page)).editing, (await state_of(page)).contact) == ("contacts", 0)
    await call(page, HealthState.save_contact, form_data=CONTACT, contact_id=0)
    await call(page, HealthState.save, form_data={"dtp_0": "2016-07-04"}, part="vaccines")
    await call(page, HealthState.save, form_data={f"consent_{key}": "no"}, part="consents")
    health = (await state_of(page)).health
    assert [one.full_name for one in health.contacts] == ["Jeanne Durand"]
    assert next(one for one in health.vaccines if one.code == "dtp").dates == "04/07/2016"
    assert health.consents[0].answer == "no"
    await call(page, HealthState.remove_contact, contact_id=health.contacts[0].id)
    assert (await state_of(page)).health.contacts == []


async def test_confirming_too_early_is_said_and_in_time_completes(events: Pipeline) -> None:
    home = make_home()
    page = await arrive(events, home)
    await call(page, HealthState.confirm)
    assert "pas complète" in await notice(page)
    fill(home, clock.now(), confirm=False)
    await page.visit(page.path)
    assert (await state_of(page)).health.can_confirm
    await call(page, HealthState.confirm)
    assert (await state_of(page)).health.to_do == ""


async def test_the_child_of_another_is_closed_whatever_is_called(events: Pipeline) -> None:
    theirs, mine = make_home("ali@famille.example"), make_home()
    page = await visit(events, mine.actor.account_id, f"/dossier/enfants/{theirs.child_id}/sante")
    assert (await state_of(page)).health == HealthView()
    for handler, payload in (
        (HealthState.save, {"form_data": DOCTOR, "part": "doctor"}),
        (HealthState.save_contact, {"form_data": CONTACT, "contact_id": 0}),
        (HealthState.remove_contact, {"contact_id": 1}),
        (HealthState.confirm, {}),
    ):
        await call(page, handler, **payload)
        assert (await page.state(PortalState)).closed
    assert seen(theirs.child_id).version == 0


@pytest.mark.parametrize(
    ("path", "child"),
    [
        ("/dossier/enfants/12/sante", 12),
        ("/dossier/enfants/12/sante/", 12),
        ("/admin/enfants/7/sante", 7),
        ("/dossier/enfants/0012/sante", 12),
        ("/dossier/enfants/-1/sante", 0),
        ("/dossier/enfants/99999999999/sante", 0),
        ("/dossier/enfants/[child_id]/sante", 0),
        ("/dossier/enfants/1", 0),
        ("/", 0),
        ("", 0),
    ],
)
def test_the_child_is_read_from_the_address(path: str, child: int) -> None:
    assert _child_in(path) == child


@pytest.mark.parametrize("role", list(Role))
async def test_the_staff_page_opens_to_the_roles_that_need_it(events: Pipeline, role: Role) -> None:
    home = make_home()
    fill(home, clock.now())
    account = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    page = await visit(events, account.key, f"/admin/enfants/{home.child_id}/sante")
    shown = (await page.state(StaffHealthState)).health
    allowed = role in {Role.RECEPTION, Role.DIRECTION}
    assert shown.ready is allowed
    with reading() as db:
        assert len(db.exec(select(AuditEntry).where(AuditEntry.action == "health.read")).all()) == allowed


async def test_health_text_never_reaches_the_journal_even_when_something_breaks(
    events: Pipeline, journal: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home()
    page = await arrive(events, home)
    form = CARE | {"allergies": "yes", "food_allergies": SECRET}
    await call(page, HealthState.save, form_data=form, part="care")
    await call(page, HealthState.save, form_data=form | {"pai": "yes", "pai_until": "x"}, part="care")
    with transaction() as db:
        row = db.merge(record_of(home.child_id))
        row.asthma, row.pai = row.pai, row.asthma
    await page.visit(page.path)
    assert journal.incidents()
    assert "pistache" not in " ".join(journal.format(record) for record in journal.records)
