"""« Mon compte » : mot de passe, appareils, second facteur, sans navigateur."""

import pyotp
import pytest

from portail import clock
from portail.domain.accounts import Actor
from portail.services.accounts import sessions
from portail.state.account import AccountState
from portail.state.base import PortalState
from portail.views.accounts import AccountView, TotpSetup
from tests.factories.people import PASSWORD, make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
NEW = "cheval agrafe lampe torrent"


async def arrive(events: Pipeline, email: str = "alba@famille.example") -> tuple[Page, Actor, str]:
    account = make_account(email, now=clock.now())
    token, actor = open_session(account, now=clock.now())
    other = open_session(account, now=clock.now())[0]
    page = events.page(session=token)
    await page.visit("/compte")
    return page, actor, other


async def state_of(page: Page) -> AccountState:
    return await page.state(AccountState)


async def test_the_page_shows_the_account_and_its_devices(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    view = (await state_of(page)).account
    assert (view.full_name, view.email) == ("Alba Essai", "alba@famille.example")
    assert sorted(session.current for session in view.sessions) == [False, True]


async def test_a_new_password_signs_the_other_devices_out_and_says_so(events: Pipeline) -> None:
    page, actor, other = await arrive(events)
    form = {"current": PASSWORD, "password": NEW, "password_again": NEW}
    answer = await page.call(AccountState.change_password, {"form_data": form}, "/compte")
    state = await state_of(page)
    assert (state.password_error, state.busy, len(state.account.sessions)) == ("", False, 1)
    assert (await page.state(PortalState)).notice.startswith("Votre mot de passe est changé.")
    assert sessions.identify(other, clock.now()) is None
    assert NEW not in str(answer.updates)
    assert PASSWORD not in str(answer.updates)
    assert actor.session_hash not in str(answer.updates)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"current": "faux", "password": NEW, "password_again": NEW}, "actuel"),
        ({"current": PASSWORD, "password": NEW, "password_again": "autre"}, "pas les mêmes"),
        ({"current": PASSWORD, "password": PASSWORD, "password_again": PASSWORD}, "le même que"),
        ({}, "actuel"),
    ],
)
async def test_a_refused_password_says_why_and_changes_nothing(
    events: Pipeline, form: dict[str, str], words: str
) -> None:
    page, _, other = await arrive(events)
    await page.call(AccountState.change_password, {"form_data": form}, "/compte")
    state = await state_of(page)
    assert words in state.password_error
    assert not state.busy
    assert sessions.identify(other, clock.now()) is not None


async def test_one_device_is_ended_and_leaves_the_list(events: Pipeline) -> None:
    page, actor, other = await arrive(events)
    wanted = next(one.id for one in (await state_of(page)).account.sessions if not one.current)
    await page.call(AccountState.end_session, {"session_id": wanted}, "/compte")
    assert sessions.identify(other, clock.now()) is None
    assert [one.id for one in (await state_of(page)).account.sessions] == [actor.session_id]


async def test_the_device_of_someone_else_does_not_exist(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    token, other = open_session(make_account("b@famille.example", now=clock.now()), now=clock.now())
    said = []
    for session_id in (other.session_id, 999_999, -1, 0):
        await page.call(AccountState.end_session, {"session_id": session_id}, "/compte")
        said.append((await page.state(PortalState)).notice)
    assert set(said) == {"Cet appareil était déjà déconnecté."}
    assert sessions.identify(token, clock.now()) is not None


async def test_every_other_device_is_ended_at_once(events: Pipeline) -> None:
    page, _, other = await arrive(events)
    await page.call(AccountState.end_others, path="/compte")
    assert sessions.identify(other, clock.now()) is None
    assert len((await state_of(page)).account.sessions) == 1


async def test_the_second_factor_is_set_shown_once_and_removed(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    await page.call(AccountState.start_totp, path="/compte")
    secret = (await state_of(page)).setup.secret
    assert (await state_of(page)).setup.qr_svg.startswith("data:image/svg+xml;base64,")
    await page.call(AccountState.confirm_totp, {"form_data": {"code": "000000"}}, "/compte")
    assert (await state_of(page)).code_error
    await page.call(AccountState.confirm_totp, {"form_data": {"code": pyotp.TOTP(secret).now()}}, "/compte")
    state = await state_of(page)
    assert (state.setup, len(state.codes), state.account.second_factor) == (TotpSetup(), 8, True)
    await page.call(AccountState.forget_codes, path="/compte")
    assert (await state_of(page)).codes == []
    await page.call(AccountState.disable_totp, {"form_data": {"password": "faux"}}, "/compte")
    assert (await state_of(page)).account.second_factor
    await page.call(AccountState.disable_totp, {"form_data": {"password": PASSWORD}}, "/compte")
    assert not (await state_of(page)).account.second_factor


async def test_leaving_the_page_forgets_the_secret_being_set(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    await page.call(AccountState.start_totp, path="/compte")
    await page.visit("/compte")
    assert (await state_of(page)).setup == TotpSetup()


async def test_a_code_without_a_proposed_secret_is_refused(events: Pipeline) -> None:
    page, _, _ = await arrive(events)
    for code in ("000000", "", "123456"):
        await page.call(AccountState.confirm_totp, {"form_data": {"code": code}}, "/compte")
    assert not (await state_of(page)).account.second_factor
    assert (await state_of(page)).codes == []


async def test_signed_out_the_account_is_empty(events: Pipeline) -> None:
    page = events.page()
    answer = await page.visit("/compte")
    assert answer.redirects == ["/connexion?suite=/compte"]
    assert (await page.state(AccountState)).account == AccountView()
