"""Changer d'adresse, sans navigateur : la demande, le lien que l'on regarde, le clic qui confirme."""

import pytest
from sqlmodel import select

from portail import clock
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.state.account import AccountState
from portail.state.base import PortalState
from portail.state.email_change import ConfirmationState, EmailChangeState
from tests.factories.letters import last_token, recipients, subjects_to
from tests.factories.people import PASSWORD, make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
OLD, NEW, OTHER = "alba@famille.example", "nouvelle@famille.example", "zoe@famille.example"


async def arrive(events: Pipeline, email: str = OLD) -> Page:
    account = make_account(email, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit("/compte")
    return page


async def ask(page: Page, email: str = NEW, password: str = PASSWORD) -> AccountState:
    form = {"email": email, "password": password}
    await page.call(EmailChangeState.change_email, {"form_data": form}, "/compte")
    return await page.state(AccountState)


async def look(page: Page, token: str) -> str:
    await page.visit(f"/confirmation/{token}")
    return (await page.state(ConfirmationState)).link.status


async def confirm(page: Page, token: str) -> str:
    await page.call(ConfirmationState.confirm, path=f"/confirmation/{token}")
    return (await page.state(ConfirmationState)).link.status


def emails() -> set[str]:
    with reading() as db:
        return set(db.exec(select(Account.email)))


async def test_the_request_waits_on_the_page_and_one_click_confirms(events: Pipeline) -> None:
    page = await arrive(events)
    state = await ask(page)
    assert (state.email_error, state.busy, state.account.pending_email) == ("", False, NEW)
    token = last_token(NEW)
    assert await look(page, token) == "valid"
    assert (await page.state(ConfirmationState)).link.email == NEW
    assert emails() == {OLD}
    assert await confirm(page, token) == "done"
    assert emails() == {NEW}
    assert (await page.state(PortalState)).notice == "Votre adresse est changée."
    assert await look(page, token) == "invalid"


async def test_signed_out_the_same_browser_confirms_and_another_cannot(events: Pipeline) -> None:
    await ask(await arrive(events))
    token = last_token(NEW)
    scanner = events.page(browser="antivirus")
    assert await look(scanner, token) == "invalid"
    assert await confirm(scanner, token) == "invalid"
    assert (await scanner.state(ConfirmationState)).link.email == ""
    same = events.page()
    assert await look(same, token) == "valid"
    assert await confirm(same, token) == "done"


async def test_two_tabs_confirm_and_the_second_reads_that_the_link_is_dead(events: Pipeline) -> None:
    page = await arrive(events)
    await ask(page)
    token = last_token(NEW)
    one, two = events.page(), events.page()
    assert [await look(one, token), await look(two, token)] == ["valid", "valid"]
    assert [await confirm(one, token), await confirm(two, token)] == ["done", "invalid"]
    assert subjects_to(OLD).count("Votre adresse e-mail a changé") == 1


async def test_the_second_of_two_accounts_reads_that_the_address_is_taken(events: Pipeline) -> None:
    first = await arrive(events)
    await ask(first)
    mine = last_token(NEW)
    assert await look(first, mine) == "valid"
    second = await arrive(events, OTHER)
    await ask(second)
    theirs = last_token(NEW)
    assert await look(second, theirs) == "valid"
    assert await confirm(second, theirs) == "done"
    assert await confirm(first, mine) == "taken"
    assert emails() == {OLD, NEW}


async def test_a_taken_address_reads_like_a_free_one(events: Pipeline) -> None:
    make_account(OTHER, now=clock.now())
    screens = []
    for rank, wanted in enumerate((OTHER, NEW)):
        page = await arrive(events, f"p{rank}@famille.example")
        state = await ask(page, wanted)
        screens.append((state.email_error, (await page.state(PortalState)).notice, bool(state.account.pending_email)))
    assert screens[0] == screens[1]


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("rien", PASSWORD, "bonne forme"),
        ("", PASSWORD, "bonne forme"),
        (OLD, PASSWORD, "déjà l’adresse"),
        (NEW, "faux", "actuel ne convient pas"),
    ],
)
async def test_what_is_refused_is_said_beside_the_field(
    events: Pipeline, email: str, password: str, words: str
) -> None:
    page = await arrive(events)
    state = await ask(page, email, password)
    assert words in state.email_error
    assert (state.busy, state.account.pending_email) == (False, "")
    assert recipients() == []
    await page.visit("/compte")
    assert (await page.state(AccountState)).email_error == ""


async def test_giving_up_empties_the_page_and_kills_the_link(events: Pipeline) -> None:
    page = await arrive(events)
    await ask(page)
    await page.call(EmailChangeState.give_up_email, path="/compte")
    assert (await page.state(AccountState)).account.pending_email == ""
    assert await look(page, last_token(NEW)) == "invalid"


async def test_the_token_and_the_password_never_come_back_to_the_page(events: Pipeline) -> None:
    page = await arrive(events)
    await ask(page)
    token = last_token(NEW)
    await look(page, token)
    await confirm(page, token)
    deltas = [update["delta"] for update in events.namespace.received[page.token] if update["delta"]]
    sent = [delta.get(state.get_full_name()) for delta in deltas for state in (ConfirmationState, AccountState)]
    assert token not in str(sent)
    assert PASSWORD not in str(deltas)


@pytest.mark.parametrize("path", ["/confirmation/faux", "/confirmation/" + "x" * 900, "/confirmation/%00"])
async def test_a_forged_link_says_so_and_changes_nothing(events: Pipeline, path: str) -> None:
    page = await arrive(events)
    await page.visit(path)
    assert (await page.state(ConfirmationState)).link.status == "invalid"
    await page.call(ConfirmationState.confirm, path=path)
    assert (await page.state(ConfirmationState)).link.status == "invalid"
    assert emails() == {OLD}


async def test_confined_the_address_is_confirmed_but_not_asked(events: Pipeline) -> None:
    page = await arrive(events)
    await ask(page)
    with transaction() as db:
        db.exec(select(Account)).one().must_change_password = True
    form = {"email": "encore@famille.example", "password": PASSWORD}
    answer = await page.call(EmailChangeState.change_email, {"form_data": form}, "/compte")
    assert answer.redirects == ["/compte"]
    token = last_token(NEW)
    assert await look(page, token) == "valid"
    assert await confirm(page, token) == "done"
