"""Réseau perdu puis revenu, serveur qui se tait, navigateur sans JavaScript : rien de tapé n'est perdu, rien n'est muet."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.e2e.examples import PUBLIC, Example
from tests.e2e.visits import (
    DESKTOP,
    PARENT,
    PHONE,
    Screen,
    Visit,
    arrived,
    axe,
    fill_sign_in,
    find_network,
    lose_network,
    settled,
    sideways,
    sign_in,
    submit_sign_in,
)
from tests.tools.server import Running

BANNER, EVENTS = re.compile(r"^Connexion interrompue"), re.compile("/_event")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_lost_network_is_told_what_was_typed_stays_and_all_comes_back(
    open_page: Callable[..., Page], screen: Screen
) -> None:
    page = open_page(screen)
    page.goto("/connexion")
    settled(page)
    fill_sign_in(page, "karim.benali", remember=True)

    lose_network(page)
    banner = page.get_by_role("status").filter(has_text=BANNER)
    expect(banner).to_be_visible()
    expect(banner).to_have_css("opacity", "1")
    expect(banner).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("Identifiant ou e-mail")).to_have_value("karim.benali")
    assert axe(page) == []
    assert sideways(page) == 0

    find_network(page)
    expect(banner).to_have_count(0)
    expect(page.get_by_label("Identifiant ou e-mail")).to_have_value("karim.benali")
    expect(page.get_by_label("Se rappeler de moi")).to_be_checked()
    submit_sign_in(page)
    arrived(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Karim")


def test_banner_leaves_the_bottom_bar_in_reach(visit: Callable[..., Visit]) -> None:
    page = visit("/accueil", PARENT, PHONE).page

    lose_network(page)

    banner = page.get_by_role("status").filter(has_text=BANNER)
    expect(banner).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    said, bar = banner.bounding_box(), page.get_by_role("navigation", name="Rubriques principales").bounding_box()
    assert said is not None
    assert bar is not None
    assert said["y"] + said["height"] <= bar["y"]


def test_slow_start_shows_the_content_before_the_line_is_up(open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    page.route_web_socket(EVENTS, _say_nothing)
    page.goto("/connexion")

    expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    expect(page.get_by_label("Identifiant ou e-mail")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("button", name="Se connecter")).to_be_visible()
    assert axe(page) == []


def test_sign_out_works_even_without_the_live_line(open_page: Callable[..., Page]) -> None:
    first = open_page()
    sign_in(first, "karim.benali")
    page = first.context.new_page()
    page.route_web_socket(EVENTS, _say_nothing)
    page.goto("/accueil")

    page.get_by_role("button", name="Déconnexion").click()

    expect(page).to_have_url(re.compile(r"/connexion"))
    assert [cookie["name"] for cookie in page.context.cookies() if "session" in cookie["name"]] == []


def _say_nothing(_: WebSocketRoute) -> None:
    """La connexion s'ouvre et personne ne répond."""


def test_stylesheet_of_the_town_missing_leaves_a_readable_page(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.route("**/ville/couleurs.css", _refuse)
    page.goto("/connexion")
    settled(page)

    assert axe(page) == []


def _refuse(route: Route) -> None:
    route.fulfill(status=500, body="")


@pytest.mark.parametrize("example", [one for one in PUBLIC if "[" not in one.page.route], ids=str)
def test_text_is_readable_without_javascript(new_context: Callable[..., BrowserContext], example: Example) -> None:
    page = new_context(PHONE, java_script_enabled=False).new_page()
    answer = page.goto(example.path)

    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_title(example.page.title)
    assert len(page.get_by_role("main").inner_text()) > 80
    expect(page.get_by_role("contentinfo").get_by_role("link", name="Mentions légales")).to_be_visible()


def test_password_never_ends_up_in_the_address_without_javascript(
    new_context: Callable[..., BrowserContext], portal: Running
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/connexion")
    fill_sign_in(page, "karim.benali")
    submit_sign_in(page)

    expect(page.get_by_label("Mot de passe", exact=True)).to_have_value("")
    assert page.url == f"{portal.url}/connexion"


def test_page_that_moves_only_moves_when_allowed(visit: Callable[..., Visit]) -> None:
    """Sans préférence, le bouton a sa transition ; avec « moins de mouvement », test_every_page la refuse."""
    page = visit("/connexion", reduced_motion="no-preference").page

    expect(page.get_by_role("main").get_by_role("button", name="Se connecter")).to_have_css(
        "transition-duration", re.compile(r"0\.12s")
    )
