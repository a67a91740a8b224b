"""La page de connexion : de la saisie au ticket, sans navigateur."""

import pyotp
import pytest

from portail import clock
from portail.services.accounts import second_factor, sessions
from portail.state.base import PortalState
from portail.state.sign_in import SignInState
from tests.factories.people import BROWSER, PASSWORD, make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
PARENT = "alba@famille.example"


async def form(page: Page, identifier: str = PARENT, password: str = PASSWORD, **more: str) -> SignInState:
    await page.call(SignInState.sign_in, {"form_data": {"identifier": identifier, "password": password, **more}})
    return await page.state(SignInState)


async def arrive(events: Pipeline, path: str = "/connexion") -> Page:
    page = events.page()
    await page.visit(path)
    return page


async def test_the_right_password_gives_a_ticket_good_for_this_browser(events: Pipeline) -> None:
    account = make_account(now=clock.now())
    state = await form(await arrive(events))
    assert (state.error, state.busy, state.step) == ("", False, "password")
    opened = sessions.open_from_ticket(ticket=state.ticket, browser=BROWSER, device="", now=clock.now())
    assert sessions.identify(opened.token, clock.now()).account_id == account.key


async def test_the_button_waits_while_the_answer_comes(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = await arrive(events)
    answer = await page.call(SignInState.sign_in, {"form_data": {"identifier": PARENT, "password": PASSWORD}})
    name = SignInState.get_full_name()
    busy = [u["delta"][name]["busy_rx_state_"] for u in answer.updates if "busy_rx_state_" in u["delta"].get(name, {})]
    assert busy == [True, False]


async def test_wrong_and_unknown_say_the_same_and_give_nothing(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = await arrive(events)
    wrong = await form(page, password="faux")
    first = wrong.error
    unknown = await form(page, identifier="personne@famille.example")
    assert first == unknown.error != ""
    assert unknown.ticket == ""


@pytest.mark.parametrize(("identifier", "password"), [("", "x"), ("x", ""), ("   ", "x")])
async def test_an_empty_field_is_said_at_once(events: Pipeline, identifier: str, password: str) -> None:
    state = await form(await arrive(events), identifier, password)
    assert state.error == "Indiquez votre identifiant et votre mot de passe."


async def test_the_password_never_comes_back_to_the_page(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = await arrive(events)
    await form(page, password="un secret mal tapé")
    await form(page)
    assert "un secret mal tapé" not in str(events.namespace.received[page.token])
    assert PASSWORD not in str(events.namespace.received[page.token])


async def test_too_many_tries_are_slowed_down(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = await arrive(events)
    for _ in range(5):
        await form(page, password="faux")
    state = await form(page)
    assert state.error.startswith("Trop d’essais")
    assert state.ticket == ""


async def test_a_browser_without_cookies_is_told_why(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = events.page(browser="")
    await page.visit("/connexion")
    assert "cookies" in (await form(page)).error


async def test_the_second_factor_comes_before_the_ticket(events: Pipeline) -> None:
    actor = open_session(make_account(now=clock.now()), now=clock.now())[1]
    secret = second_factor.propose(actor=actor).secret
    codes = second_factor.enable(actor=actor, secret=secret, code=pyotp.TOTP(secret).now(), now=clock.now())
    page = await arrive(events)
    state = await form(page)
    assert (state.step, state.ticket) == ("code", "")
    await page.call(SignInState.enter_code, {"form_data": {"code": "000000"}})
    state = await page.state(SignInState)
    assert (state.ticket, bool(state.error)) == ("", True)
    challenge = state._challenge
    assert challenge not in str(events.namespace.received[page.token])
    await page.call(SignInState.enter_code, {"form_data": {"code": codes[0]}})
    state = await page.state(SignInState)
    assert sessions.open_from_ticket(ticket=state.ticket, browser=BROWSER, device="", now=clock.now()).token


async def test_a_code_without_a_password_first_is_refused(events: Pipeline) -> None:
    page = await arrive(events)
    await page.call(SignInState.enter_code, {"form_data": {"code": "123456"}})
    state = await page.state(SignInState)
    assert state.error
    assert state.ticket == ""


async def test_going_back_forgets_the_challenge(events: Pipeline) -> None:
    actor = open_session(make_account(now=clock.now()), now=clock.now())[1]
    secret = second_factor.propose(actor=actor).secret
    second_factor.enable(actor=actor, secret=secret, code=pyotp.TOTP(secret).now(), now=clock.now())
    page = await arrive(events)
    await form(page)
    await page.call(SignInState.back)
    state = await page.state(SignInState)
    assert (state.step, state._challenge, state.error) == ("password", "", "")


@pytest.mark.parametrize(
    ("suite", "kept"),
    [
        ("/dossier", "/dossier"),
        ("/admin/courriels", "/admin/courriels"),
        ("https://ailleurs.example", ""),
        ("//ailleurs.example", ""),
        ("/%2Failleurs.example", ""),
        ("/deconnexion", ""),
    ],
)
async def test_the_wanted_page_is_kept_and_another_site_is_not(events: Pipeline, suite: str, kept: str) -> None:
    page = await arrive(events, f"/connexion?suite={suite}")
    assert (await page.state(SignInState)).next_path == kept


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/connexion", "/accueil"),
        ("/connexion?suite=/dossier", "/dossier"),
        ("/connexion?suite=//x.example", "/accueil"),
    ],
)
async def test_whoever_is_signed_in_goes_on_without_signing_in_again(events: Pipeline, path: str, target: str) -> None:
    token = open_session(make_account(now=clock.now()), now=clock.now())[0]
    page = events.page(session=token)
    answer = await page.visit(path)
    assert answer.redirects == [target]
    assert (await page.state(PortalState)).me.signed_in


async def test_coming_back_to_the_page_forgets_the_last_ticket(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = await arrive(events)
    assert (await form(page)).ticket
    await page.visit("/connexion")
    assert (await page.state(SignInState)).ticket == ""
