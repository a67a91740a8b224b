"""Les comptes vus par un agent, sans navigateur : chercher, ouvrir, dépanner, inviter."""

from typing import Any

import pytest

from portail import clock
from portail.domain.accounts import AccountStatus, Role, Standing
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.services import accounts
from portail.services.accounts.sign_in import Attempt, sign_in
from portail.state.account_desk import AccountDeskState
from portail.state.base import PortalState
from portail.state.invitations import InvitationState
from portail.views.account_desk import AccountFile, FamilyChoice
from tests.factories.families import make_family
from tests.factories.letters import recipients
from tests.factories.people import BROWSER, make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PATH = "/admin/comptes"


async def arrive(events: Pipeline, role: Role = Role.RECEPTION) -> Page:
    account = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit(PATH)
    await page.call(AccountDeskState.load, path=PATH)
    return page


async def desk(page: Page) -> InvitationState:
    return await page.state(InvitationState)


async def do(tab: Page, handler: Any, **payload: Any) -> InvitationState:
    await tab.call(handler, payload, PATH)
    return await desk(tab)


def parent(email: str = "alba@famille.example", *, active: bool = True) -> Account:
    account = make_account(email, active=active, now=clock.now())
    if not active:
        with transaction() as db:
            accounts.invite(db, account, clock.now())
    return account


def guardian_without_account(family_id: int) -> int:
    with transaction() as db:
        guardian = Guardian(family_id=family_id, first_name="Nora", last_name="Essai", role="mother")
        db.add(guardian)
        db.flush()
        return guardian.key


def status_of(account: Account) -> str:
    with reading() as db:
        return db.get_one(Account, account.key).status


async def test_the_list_is_searched_filtered_and_opened(events: Pipeline) -> None:
    page = await arrive(events)
    account, _ = parent(), parent("zoe@famille.example", active=False)
    state = await do(page, AccountDeskState.search, form_data={"words": "famille", "standing": ""})
    assert len(state.listing.rows) == 2
    state = await do(page, AccountDeskState.search, form_data={"words": "", "standing": "invited"})
    assert [row.email for row in state.listing.rows] == ["zoe@famille.example"]
    state = await do(page, AccountDeskState.turn, page=9)
    assert (state.listing.page, [row.standing for row in state.listing.rows]) == (1, [Standing.INVITED])
    state = await do(page, AccountDeskState.show, account_id=account.key)
    assert state.opened.email == "alba@famille.example"
    assert (await do(page, AccountDeskState.hide)).opened == AccountFile()


@pytest.mark.parametrize("account_id", [999_999, 0, -1, 2**40])
async def test_an_unknown_account_closes_the_page_like_a_foreign_one(events: Pipeline, account_id: int) -> None:
    page = await arrive(events)
    chief = make_account("chef@mairie.example", role=Role.ADMIN, now=clock.now())
    for wanted in (account_id, chief.key):
        state = await do(page, AccountDeskState.show, account_id=wanted)
        assert state.opened == AccountFile()
        assert (await page.state(PortalState)).closed
        await page.visit(PATH)


async def test_a_temporary_password_is_shown_once_after_the_identity_is_checked(events: Pipeline) -> None:
    page, account = await arrive(events), parent()
    await do(page, AccountDeskState.show, account_id=account.key)
    for form in ({}, {"identity_checked": "essai"}):
        state = await do(page, AccountDeskState.issue_password, account_id=account.key, form_data=form)
        assert "identité" in state.error
        assert state.given_password == ""
    state = await do(
        page, AccountDeskState.issue_password, account_id=account.key, form_data={"identity_checked": "on"}
    )
    given = state.given_password
    assert (state.error, state.busy, state.opened.id) == ("", False, account.key)
    assert sign_in(Attempt("alba", given, False, "192.0.2.1", BROWSER), clock.now()).ticket
    assert (await do(page, AccountDeskState.forget_password)).given_password == ""
    await do(page, AccountDeskState.issue_password, account_id=account.key, form_data={"identity_checked": "on"})
    assert (await do(page, AccountDeskState.load)).given_password == ""


async def test_an_account_is_closed_with_a_reason_and_reopened(events: Pipeline) -> None:
    page, account = await arrive(events), parent()
    await do(page, AccountDeskState.show, account_id=account.key)
    state = await do(page, AccountDeskState.close_account, account_id=account.key, form_data={})
    assert "motif" in state.error
    assert status_of(account) == AccountStatus.ACTIVE
    state = await do(page, AccountDeskState.close_account, account_id=account.key, form_data={"reason": "Parti"})
    assert (state.error, state.opened.standing) == ("", Standing.CLOSED)
    state = await do(page, AccountDeskState.reopen_account, account_id=account.key)
    assert (state.opened.standing, status_of(account)) == (Standing.ACTIVE, AccountStatus.ACTIVE)


async def test_an_invitation_is_sent_again(events: Pipeline) -> None:
    page, account = await arrive(events), parent(active=False)
    await do(page, AccountDeskState.show, account_id=account.key)
    state = await do(page, AccountDeskState.resend, account_id=account.key, form_data={"email": "rien"})
    assert "bonne forme" in state.error
    state = await do(page, AccountDeskState.resend, account_id=account.key, form_data={"email": "b@famille.example"})
    assert (state.error, state.opened.email) == ("", "b@famille.example")
    assert recipients()[-1] == "b@famille.example"


async def test_rights_are_saved_and_a_refusal_redraws_the_boxes(events: Pipeline) -> None:
    page, account = await arrive(events), parent()
    make_family("Essai", account)
    state = await do(page, AccountDeskState.show, account_id=account.key)
    mine = {"guardian_id": str(state.opened.households[0].adults[0].guardian_id)}
    state = await do(page, AccountDeskState.save_rights, form_data={**mine, "can_book": "on"})
    assert "Au moins un adulte" in state.error
    assert (state.refused, state.opened.households[0].adults[0].can_edit) == (1, True)
    everything = dict.fromkeys(("can_edit", "can_book", "can_see_money", "can_see_health"), "on")
    state = await do(page, AccountDeskState.save_rights, form_data={**mine, **everything})
    assert (state.error, state.refused) == ("", 1)


async def test_only_the_administration_changes_a_role(events: Pipeline) -> None:
    colleague = make_account("c@mairie.example", role=Role.ANIMATION, now=clock.now())
    page = await arrive(events)
    answer = await page.call(
        AccountDeskState.change_role, {"account_id": colleague.key, "form_data": {"role": "admin"}}, PATH
    )
    assert answer.is_closed
    admin = await arrive(events, Role.ADMIN)
    await do(admin, AccountDeskState.show, account_id=colleague.key)
    state = await do(admin, AccountDeskState.change_role, account_id=colleague.key, form_data={"role": "parent"})
    assert "rôle d’agent" in state.error
    state = await do(admin, AccountDeskState.change_role, account_id=colleague.key, form_data={"role": "regie"})
    assert (state.error, state.opened.role) == ("", Role.REGIE)


async def test_a_parent_is_invited_from_the_number_of_the_file(events: Pipeline) -> None:
    page = await arrive(events)
    family_id = make_family("Essai")
    guardian_id = guardian_without_account(family_id)
    assert (await do(page, InvitationState.start_parent)).panel == "parent"
    state = await do(page, InvitationState.find_family, form_data={"number": "F-0"})
    assert "Aucun dossier" in state.invite_error
    state = await do(page, InvitationState.find_family, form_data={"number": "f-essai"})
    assert (state.invite_error, state.family.id, state.family.adults[0].id) == ("", family_id, guardian_id)
    form = {"guardian": "", "email": "nora@famille.example"}
    state = await do(page, InvitationState.invite_parent, family_id=family_id, form_data=form)
    assert "Choisissez l’adulte" in state.invite_error
    form["guardian"] = str(guardian_id)
    state = await do(page, InvitationState.invite_parent, family_id=family_id, form_data={**form, "email": "x"})
    assert "bonne forme" in state.invite_error
    state = await do(page, InvitationState.invite_parent, family_id=family_id, form_data=form)
    assert (state.panel, state.family, state.opened.email) == ("", FamilyChoice(), "nora@famille.example")
    assert recipients() == ["nora@famille.example"]


@pytest.mark.parametrize("guardian", ["-1", "essai", "9" * 30, "1.5", "²"])
async def test_an_adult_who_is_no_number_does_not_exist(events: Pipeline, guardian: str) -> None:
    page, family_id = await arrive(events), make_family("Essai")
    form = {"guardian": guardian, "email": "nora@famille.example", "first_name": "N", "last_name": "E"}
    await do(page, InvitationState.invite_parent, family_id=family_id, form_data=form)
    assert (await page.state(PortalState)).closed
    assert recipients() == []


async def test_another_adult_joins_the_file(events: Pipeline) -> None:
    page, family_id = await arrive(events), make_family("Essai")
    form = {
        "guardian": "0",
        "email": "ali@famille.example",
        "first_name": "Ali",
        "last_name": "Kone",
        "relation": "carer",
    }
    state = await do(page, InvitationState.invite_parent, family_id=family_id, form_data=form)
    (adult,) = state.opened.households[0].adults
    assert (adult.full_name, adult.can_book, adult.can_see_money) == ("Ali Kone", True, False)


async def test_an_agent_is_invited_by_the_administration(events: Pipeline) -> None:
    reception = await arrive(events)
    form = {"first_name": "Lou", "last_name": "Neuf", "email": "lou@mairie.example", "role": "admin"}
    assert (await reception.call(InvitationState.invite_staff, {"form_data": form}, PATH)).is_closed
    page = await arrive(events, Role.ADMIN)
    assert (await do(page, InvitationState.start_staff)).panel == "staff"
    state = await do(page, InvitationState.invite_staff, form_data={**form, "role": "maire"})
    assert "rôle d’agent" in state.invite_error
    state = await do(page, InvitationState.invite_staff, form_data={**form, "role": "regie"})
    assert (state.panel, state.opened.role_label) == ("", "Régie")
    assert (await do(page, InvitationState.cancel)).panel == ""


@pytest.mark.parametrize("role", [Role.PARENT, Role.REGIE, Role.ANIMATION])
async def test_the_page_is_closed_to_who_does_not_hold_the_files(events: Pipeline, role: Role) -> None:
    account = make_account(f"{role}@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit("/contact")
    assert (await page.call(AccountDeskState.load, path=PATH)).is_closed
    assert not (await desk(page)).listing.ready
