"""« Inscription » sans navigateur : les étapes dans l'ordre, ce qui est gardé, ce qui ne revient jamais."""

import pytest
from sqlmodel import select

from portail import clock
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.state.family_entry import FamilyEntryState
from portail.state.recovery import RecoveryState
from portail.state.registration import PRIVACY_MISSING, TERMS_MISSING, RegistrationState
from portail.state.review import ReviewState
from portail.views.registration import SignUp
from tests.factories.families import make_family
from tests.factories.letters import last_text, last_token, recipients, subjects_to
from tests.factories.people import make_account, open_session
from tests.services.registration.test_family_entry import CHILD, HOME
from tests.services.registration.test_registering import EMAIL, FORM, PASSWORD
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
WITHOUT = {"with_file": "no"}


async def state_of(page: Page) -> RegistrationState:
    return await page.state(RegistrationState)


async def call(page: Page, handler, form: dict[str, str] | None = None) -> RegistrationState:
    payload = {"form_data": form} if form is not None else None
    await page.call(handler, payload, "/inscription")
    return await state_of(page)


async def arrive(events: Pipeline) -> Page:
    page = events.page()
    await page.visit("/inscription")
    return page


async def up_to_recap(page: Page, reference: dict[str, str] | None = None) -> RegistrationState:
    await call(page, RegistrationState.submit_identity, FORM)
    await call(page, RegistrationState.submit_reference, reference or WITHOUT)
    await call(page, RegistrationState.submit_terms, {"terms": "on"})
    return await call(page, RegistrationState.submit_privacy, {"privacy": "on"})


async def test_five_steps_lead_to_a_mail(events: Pipeline) -> None:
    page = await arrive(events)
    state = await up_to_recap(page)
    assert (state.step, state.created, recipients()) == (5, False, [])
    state = await call(page, RegistrationState.finish)
    assert (state.created, state.busy, state.typed, state._password_hash) == (True, False, SignUp(), "")
    assert subjects_to(EMAIL) == ["Activez votre espace personnel"]


async def test_the_password_is_neither_kept_nor_sent_back(events: Pipeline) -> None:
    page = await arrive(events)
    await up_to_recap(page)
    state = await state_of(page)
    assert PASSWORD not in repr(state.__dict__)
    sent = str(events.namespace.received[page.token])
    assert PASSWORD not in sent
    assert state._password_hash
    assert state._password_hash not in sent
    await call(page, RegistrationState.finish)
    assert "$2b$" not in str(events.namespace.received[page.token])


async def test_going_back_keeps_what_was_typed(events: Pipeline) -> None:
    page = await arrive(events)
    state = await up_to_recap(page)
    for step in (4, 3, 2, 1, 1):
        state = await call(page, RegistrationState.back)
        assert state.step == step
    assert (state.typed.email, state.typed.terms, state.typed.with_file) == (EMAIL, True, False)
    again = {**FORM, "last_name": "Martineau", "password": "", "password_again": ""}
    state = await call(page, RegistrationState.submit_identity, again)
    assert (state.step, state.typed.last_name, state.fault) == (2, "Martineau", "")


async def test_a_fault_stays_on_its_step_beside_its_field(events: Pipeline) -> None:
    page = await arrive(events)
    state = await call(page, RegistrationState.submit_identity, {**FORM, "email_again": "autre@famille.example"})
    assert (state.step, list(state.errors), state.busy) == (1, ["email_again"], False)
    await call(page, RegistrationState.submit_identity, FORM)
    state = await call(page, RegistrationState.submit_reference, {"with_file": "yes", "number": "F-1", "name": "Rien"})
    assert (state.step, list(state.errors)) == (2, ["number"])
    state = await call(page, RegistrationState.submit_reference, WITHOUT)
    assert (state.step, state.errors) == (3, {})
    state = await call(page, RegistrationState.submit_terms, {})
    assert (state.step, state.errors) == (3, {"terms": TERMS_MISSING})
    await call(page, RegistrationState.submit_terms, {"terms": "on"})
    state = await call(page, RegistrationState.submit_privacy, {})
    assert (state.step, state.errors) == (4, {"privacy": PRIVACY_MISSING})


@pytest.mark.parametrize("done", range(4))
async def test_the_end_is_reached_through_every_step_only(events: Pipeline, done: int) -> None:
    page = await arrive(events)
    steps = [
        (RegistrationState.submit_identity, FORM),
        (RegistrationState.submit_reference, WITHOUT),
        (RegistrationState.submit_terms, {"terms": "on"}),
        (RegistrationState.submit_privacy, {"privacy": "on"}),
    ]
    for rank, (handler, form) in enumerate(steps):
        if rank != done:
            await call(page, handler, form)
    state = await call(page, RegistrationState.finish)
    assert (state.created, state.step) == (False, done + 1)
    with reading() as db:
        assert db.exec(select(Account)).first() is None


async def test_a_known_address_sees_the_same_screen(events: Pipeline) -> None:
    make_account(EMAIL, now=clock.now())
    seen = []
    for form in (FORM, {**FORM, "email": "neuve@famille.example", "email_again": "neuve@famille.example"}):
        page = await arrive(events)
        await call(page, RegistrationState.submit_identity, form)
        await call(page, RegistrationState.submit_reference, WITHOUT)
        await call(page, RegistrationState.submit_terms, {"terms": "on"})
        await call(page, RegistrationState.submit_privacy, {"privacy": "on"})
        state = await call(page, RegistrationState.finish)
        seen.append((state.created, state.fault, state.errors, state.notice))
    assert seen[0] == seen[1] == (True, "", {}, "")


async def test_a_finished_registration_is_forgotten_at_the_next_visit(events: Pipeline) -> None:
    page = await arrive(events)
    await up_to_recap(page)
    await call(page, RegistrationState.finish)
    await page.visit("/inscription")
    state = await state_of(page)
    assert (state.created, state.step, state.typed) == (False, 1, SignUp())


async def test_who_is_signed_in_has_nothing_to_register(events: Pipeline) -> None:
    page = events.page(session=open_session(make_account(now=clock.now()), now=clock.now())[0])
    assert (await page.visit("/inscription")).redirects == ["/accueil"]


async def test_the_link_confirms_once_and_says_what_follows(events: Pipeline) -> None:
    page = await arrive(events)
    await up_to_recap(page)
    await call(page, RegistrationState.finish)
    first, second = events.page(), events.page(browser="un-autre")
    for tab in (first, second):
        await tab.visit(f"/activation/{last_token(EMAIL)}")
        assert (await tab.state(RecoveryState)).link.password_chosen
    await first.call(RecoveryState.confirm_activation)
    await second.call(RecoveryState.confirm_activation)
    assert (await first.state(RecoveryState)).link.status == "alone"
    assert (await second.state(RecoveryState)).link.status == "invalid"


async def test_with_a_known_file_the_link_says_it_is_complete(events: Pipeline) -> None:
    make_family("Lefèvre", now=clock.now())
    with transaction() as db:
        db.exec(select(Family)).one().number = "F-1001"
    page = await arrive(events)
    await up_to_recap(page, {"with_file": "yes", "number": "f-1001", "name": "lefevre"})
    await call(page, RegistrationState.finish)
    tab = events.page()
    await tab.visit(f"/activation/{last_token(EMAIL)}")
    await tab.call(RecoveryState.confirm_activation)
    assert (await tab.state(RecoveryState)).link.status == "joined"


async def test_a_confirmation_without_a_link_opens_nothing(events: Pipeline) -> None:
    page = events.page()
    await page.call(RecoveryState.confirm_activation)
    assert (await page.state(RecoveryState)).link.status == "invalid"


async def entry_of(page: Page) -> FamilyEntryState:
    return await page.state(FamilyEntryState)


async def test_the_family_is_entered_step_by_step_and_sent_once(events: Pipeline) -> None:
    account = make_account("zoe@famille.example", now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    path = "/inscription/famille"
    await page.visit(path)
    await page.call(FamilyEntryState.go, {"step": 3}, path)
    assert (await entry_of(page)).fault == "Ajoutez au moins un enfant."
    await page.call(FamilyEntryState.go, {"step": 2}, path)
    assert (await entry_of(page)).step == 1
    await page.call(FamilyEntryState.save_home, {"form_data": {**HOME, "phone": ""}}, path)
    assert list((await entry_of(page)).errors) == ["phone"]
    await page.call(FamilyEntryState.save_home, {"form_data": HOME}, path)
    assert (await entry_of(page)).step == 2
    await page.call(FamilyEntryState.add_child, {"form_data": CHILD}, path)
    await page.call(FamilyEntryState.add_child, {"form_data": {**CHILD, "first_name": "Hugo"}}, path)
    await page.call(FamilyEntryState.remove_child, {"rank": 1}, path)
    state = await entry_of(page)
    assert ([child.name for child in state.entry.children], state.fault) == (["Léa Essai"], "")
    for step in (3, 99, -1, 0):
        await page.call(FamilyEntryState.go, {"step": step}, path)
        assert (await entry_of(page)).step == 3
    await page.call(FamilyEntryState.send, path=path)
    state = await entry_of(page)
    assert (state.entry.status, state.busy) == ("pending", False)
    assert state.notice.startswith("Votre dossier est créé.")
    await page.call(FamilyEntryState.send, path=path)
    assert "déjà un dossier" in (await entry_of(page)).fault
    assert len(subjects_to("zoe@famille.example")) == 1


async def sent_registration(events: Pipeline) -> tuple[Page, int]:
    """Une inscription envoyée par un parent, ouverte par un agent."""
    await test_the_family_is_entered_step_by_step_and_sent_once(events)
    agent = make_account("accueil@mairie.example", role="reception", now=clock.now())
    page = events.page(session=open_session(agent, now=clock.now())[0])
    await page.visit("/admin/inscriptions/1")
    return page, (await page.state(ReviewState)).review.id


async def test_an_agent_validates(events: Pipeline) -> None:
    page, found = await sent_registration(events)
    assert found == 1
    await page.call(ReviewState.accept, path="/admin/inscriptions/1")
    state = await page.state(ReviewState)
    assert (state.review.is_open, state.fault, state.busy) == (False, "", False)
    assert subjects_to("zoe@famille.example")[-1] == "Votre inscription est complète"
    await page.call(ReviewState.accept, path="/admin/inscriptions/1")
    assert "déjà terminée" in (await page.state(ReviewState)).fault


async def test_an_agent_refuses_with_a_reason(events: Pipeline) -> None:
    page, _ = await sent_registration(events)
    await page.call(ReviewState.open_refusal, {"wanted": True}, "/admin/inscriptions/1")
    await page.call(ReviewState.refuse, {"form_data": {"reason": " "}}, "/admin/inscriptions/1")
    state = await page.state(ReviewState)
    assert (state.refusing, state.review.is_open) == (True, True)
    assert "motif" in state.fault
    await page.call(ReviewState.refuse, {"form_data": {"reason": "Hors de la commune."}}, "/admin/inscriptions/1")
    assert "Hors de la commune." in last_text("zoe@famille.example")
    assert not (await page.state(ReviewState)).refusing


async def test_attaching_is_confirmed_only_for_a_file_on_the_screen_and_can_be_undone(events: Pipeline) -> None:
    other = make_family("Essai", make_account("zoe.bis@famille.example", now=clock.now()), now=clock.now())
    page, _ = await sent_registration(events)
    path = "/admin/inscriptions/1"
    for unknown in (0, -1, 987_654):
        await page.call(ReviewState.ask, {"family_id": unknown}, path)
        assert (await page.state(ReviewState)).asking == 0
    await page.call(ReviewState.attach, path=path)
    assert (await page.state(ReviewState)).review.is_open
    await page.visit(path)
    await page.call(ReviewState.ask, {"family_id": other}, path)
    assert (await page.state(ReviewState)).asking == other
    await page.call(ReviewState.attach, path=path)
    state = await page.state(ReviewState)
    assert (state.review.is_open, state.review.family_id, state.review.merge_id > 0) == (False, other, True)
    await page.call(ReviewState.undo, path=path)
    state = await page.state(ReviewState)
    assert (state.review.merge_id, state.fault, state.review.family_id != other) == (0, "", True)


async def test_a_parent_never_reads_a_registration(events: Pipeline) -> None:
    await sent_registration(events)
    stranger = make_account("ali@famille.example", now=clock.now())
    tab = events.page(session=open_session(stranger, now=clock.now())[0])
    answer = await tab.visit("/admin/inscriptions/1")
    assert answer.is_closed
    assert "Essai" not in str((await tab.state(ReviewState)).review)
