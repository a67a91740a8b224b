"""Se connecter, se faire refuser, se déconnecter : ce que voit et garde le navigateur."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Cookie, Page, expect

from tests.e2e.examples import PRIVATE, STAFF, Example
from tests.e2e.visits import (
    ADMIN,
    CLOSED,
    DESKTOP,
    PARENT,
    PHONE,
    REFUSED,
    Screen,
    Visit,
    arrived,
    axe,
    fill_sign_in,
    settled,
    sign_in,
    submit_sign_in,
)
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[[str], str]
BOTH = pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
MONTH_SECONDS = 30 * 24 * 3600


def _cookie(context: BrowserContext) -> Cookie:
    return next(cookie for cookie in context.cookies() if cookie["name"] == "portail-session")


@BOTH
@pytest.mark.parametrize("identifier", ["karim.benali@famille.example", "  Karim.BENALI "])
def test_one_signs_in_by_email_or_username(open_page: Open, portal: Running, identifier: str, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, identifier)

    expect(page).to_have_url(f"{portal.url}/accueil")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Karim")
    expect(page.get_by_role("button", name="Déconnexion")).to_be_visible()


@BOTH
@pytest.mark.parametrize("identifier", ["ines.moreau@famille.example", "personne@famille.example"])
def test_refusal_is_announced_says_nothing_more_and_keeps_what_was_typed(
    open_page: Open, identifier: str, screen: Screen
) -> None:
    page = open_page(screen)
    page.goto("/connexion")
    settled(page)
    fill_sign_in(page, identifier, "ce-n-est-pas-celui-la", remember=True)
    submit_sign_in(page)

    alert = page.get_by_role("alert")
    expect(alert).to_have_text(REFUSED)
    expect(alert).to_be_focused()
    field = page.get_by_label("Identifiant ou e-mail")
    expect(field).to_have_value(identifier)
    expect(page.get_by_label("Mot de passe", exact=True)).to_have_value("ce-n-est-pas-celui-la")
    expect(page.get_by_label("Se rappeler de moi")).to_be_checked()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(REFUSED)
    assert axe(page) == []
    alert.get_by_role("link").click()
    expect(field).to_be_focused()


def test_empty_form_is_refused_in_french_by_the_page_itself(open_page: Open) -> None:
    page = open_page()
    page.goto("/connexion")
    settled(page)
    submit_sign_in(page)

    expect(page.get_by_role("alert")).to_have_text("Indiquez votre identifiant et votre mot de passe.")


def test_the_refusal_goes_away_and_the_right_password_enters(open_page: Open, portal: Running) -> None:
    page = open_page()
    page.goto("/connexion")
    settled(page)
    fill_sign_in(page, "karim.benali", "ce-n-est-pas-celui-la")
    submit_sign_in(page)
    expect(page.get_by_role("alert")).to_be_visible()
    fill_sign_in(page, "karim.benali")
    submit_sign_in(page)
    arrived(page)

    expect(page).to_have_url(f"{portal.url}/accueil")


@pytest.mark.parametrize("remember", [False, True], ids=["cette fois", "se rappeler de moi"])
def test_cookie_lasts_only_when_asked_and_is_out_of_reach_of_scripts(open_page: Open, remember: bool) -> None:
    page = open_page()
    sign_in(page, "karim.benali", remember=remember)

    cookie = _cookie(page.context)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert cookie["path"] == "/"
    assert (cookie["expires"] - time.time() > MONTH_SECONDS) if remember else cookie["expires"] == -1
    assert cookie["value"] not in page.content()
    assert "portail-session" not in page.evaluate("() => document.cookie")
    assert cookie["value"] not in page.evaluate(
        "() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href])"
    )


def test_staff_are_never_remembered(open_page: Open) -> None:
    page = open_page()
    sign_in(page, "regie@mairie.example", remember=True)

    expect(page).to_have_url(re.compile(r"/admin$"))
    assert _cookie(page.context)["expires"] == -1


def test_double_click_opens_one_session(open_page: Open, own_account: Account) -> None:
    page = open_page()
    page.goto("/connexion?suite=/compte")
    settled(page)
    posted = []
    page.on("request", lambda request: request.method == "POST" and posted.append(request.url))
    fill_sign_in(page, own_account("sophie.garnier@famille.example"))
    page.get_by_role("main").get_by_role("button", name="Se connecter").dblclick()
    arrived(page)

    expect(page.get_by_role("region", name="Appareils connectés").get_by_role("listitem")).to_have_count(1)
    assert len(posted) == 1


@pytest.mark.parametrize("example", PRIVATE, ids=str)
def test_private_address_asks_to_sign_in_and_remembers_the_way(open_page: Open, example: Example) -> None:
    page = open_page()
    page.goto(example.path)

    expect(page).to_have_url(re.compile(rf"/connexion\?suite=({example.path}|{example.path.replace('/', '%2F')})$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")


def test_one_lands_where_one_wanted_to_go(open_page: Open, portal: Running) -> None:
    page = open_page()
    page.goto("/dossier")
    expect(page).to_have_url(re.compile(r"/connexion\?suite="))
    settled(page)
    fill_sign_in(page, PARENT)
    submit_sign_in(page)
    arrived(page)

    expect(page).to_have_url(f"{portal.url}/dossier")
    expect(page.get_by_role("heading", name="Durand")).to_be_visible()


@pytest.mark.parametrize(
    "suite",
    [
        "https://ailleurs.example/piege",
        "//ailleurs.example/piege",
        "/%5Cailleurs.example",
    ],
)
def test_the_way_never_leads_to_another_site(open_page: Open, portal: Running, suite: str) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    sign_in(page, "karim.benali", suite=suite)

    expect(page).to_have_url(f"{portal.url}/accueil")
    assert [url for url in asked if not url.startswith((portal.url, "data:"))] == []


def test_who_is_signed_in_goes_on_from_the_sign_in_page(open_as: Open, portal: Running) -> None:
    page = open_as(PARENT)
    page.goto("/connexion?suite=/dossier")

    expect(page).to_have_url(f"{portal.url}/dossier")


@pytest.mark.parametrize("example", STAFF, ids=str)
def test_parent_finds_staff_pages_closed(visit: Callable[..., Visit], example: Example) -> None:
    page = visit(example.path, PARENT).page

    main = page.get_by_role("main")
    expect(main).to_contain_text(CLOSED)
    expect(main.get_by_role("link", name="Revenir à l’accueil")).to_have_attribute("href", "/accueil")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_agent_without_the_right_role_finds_the_mails_closed(open_page: Open) -> None:
    page = open_page()
    sign_in(page, "animation@mairie.example", suite="/admin/courriels")

    expect(page.get_by_role("main")).to_contain_text(CLOSED)
    expect(page.get_by_role("link", name="Courriels")).to_have_count(0)


def test_administrator_finds_parents_pages_closed(visit: Callable[..., Visit]) -> None:
    page = visit("/accueil", ADMIN).page

    expect(page.get_by_role("main")).to_contain_text(CLOSED)
    assert axe(page) == []


def test_sign_out_empties_the_other_tab_within_two_seconds(open_page: Open) -> None:
    first = open_page()
    sign_in(first, "nadia.rossi@famille.example")
    second = first.context.new_page()
    second.goto("/dossier")
    settled(second)
    expect(second.get_by_text("Elsa")).to_be_visible()

    first.get_by_role("button", name="Déconnexion").click()
    expect(first).to_have_url(re.compile(r"/connexion$"))

    expect(second).to_have_url(re.compile(r"/connexion"), timeout=2_000)
    expect(second.get_by_text("Elsa")).to_have_count(0)
    expect(second.get_by_role("heading", level=1)).to_have_text("Connexion")


def test_emptied_tab_settles_and_signs_in_again(open_page: Open, portal: Running, own_account: Account) -> None:
    """L'onglet vidé ne tourne pas en rond : il demande une fois la page de connexion, et elle répond."""
    who = own_account("nadia.rossi@famille.example")
    tab, other = open_page(), open_page(PHONE)
    sign_in(tab, who)
    sign_in(other, who, suite="/compte")
    passed: list[str] = []
    tab.on("framenavigated", lambda frame: passed.append(frame.url))
    other.get_by_role("button", name="Déconnecter les autres appareils").click()
    expect(tab).to_have_url(re.compile(r"/connexion"))
    fill_sign_in(tab, who, "ce-n-est-pas-celui-la")
    submit_sign_in(tab)
    expect(tab.get_by_role("alert")).to_have_text(REFUSED)
    assert passed == [f"{portal.url}/connexion"]

    fill_sign_in(tab, who)
    submit_sign_in(tab)
    arrived(tab)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Bonjour Nadia")


def test_after_sign_out_the_back_button_shows_nothing_private(open_page: Open) -> None:
    page = open_page()
    sign_in(page, "tom.petit@famille.example")
    page.get_by_role("navigation", name="Rubriques", exact=True).get_by_role("link", name="Ma famille").click()
    expect(page.get_by_text("Malo", exact=True)).to_be_visible()
    page.get_by_role("button", name="Déconnexion").click()
    expect(page).to_have_url(re.compile(r"/connexion$"))
    settled(page)
    assert [cookie["name"] for cookie in page.context.cookies() if "session" in cookie["name"]] == []

    seen: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: seen.append(str(frame))))
    page.go_back()

    expect(page).to_have_url(re.compile(r"/connexion"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    assert "Malo" not in page.content()
    assert [frame for frame in seen if "Malo" in frame or "chemin des Vignes" in frame] == []
