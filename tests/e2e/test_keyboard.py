"""Tout au clavier : se connecter, ouvrir le menu, se repérer dans la barre du bas."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from portail.demo.people import PASSWORD
from portail.pages.sections import AT, MENUS, Place
from tests.e2e.visits import ADMIN, DARK, DESKTOP, PARENT, PHONE, Screen, Visit, arrived, axe, focus_ring, settled

EVERY_SCREEN = pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)


def _tab_to(page: Page, name: str, steps: int = 30) -> list[str]:
    """Avance à la touche Tab jusqu'à ce nom ; chaque arrêt se voit et se nomme."""
    passed = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        here = focus_ring(page)
        assert here["name"], here
        assert here["ring"], f"focus invisible : {here}"
        assert here["onScreen"], f"focus hors de l'écran : {here}"
        assert not here["covered"], f"focus caché sous autre chose : {here}"
        passed.append(here["name"])
        if here["name"] == name:
            return passed
    raise AssertionError(f"« {name} » jamais atteint : {passed}")


@EVERY_SCREEN
def test_one_signs_in_with_the_keyboard_alone(open_page: Callable[..., Page], screen: Screen) -> None:
    page = open_page(screen)
    page.goto("/connexion")
    settled(page)

    assert _tab_to(page, "Aller au contenu") == ["Aller au contenu"]
    page.keyboard.press("Enter")
    assert _tab_to(page, "Identifiant ou e-mail") == ["Identifiant ou e-mail"]
    page.keyboard.type("karim.benali")
    assert _tab_to(page, "Mot de passe") == ["Mot de passe"]
    page.keyboard.type(PASSWORD)
    assert _tab_to(page, "Se rappeler de moi") == ["Se rappeler de moi"]
    page.keyboard.press("Space")
    expect(page.get_by_label("Se rappeler de moi")).to_be_checked()
    assert _tab_to(page, "Se connecter") == ["Se connecter"]
    page.keyboard.press("Enter")
    arrived(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Karim")


@pytest.mark.parametrize("path", ["/accueil", "/compte"])
@pytest.mark.parametrize("screen", [DARK, DESKTOP], ids=lambda screen: screen.name)
def test_focus_shows_everywhere_and_goes_down_the_page(visit: Callable[..., Visit], path: str, screen: Screen) -> None:
    page = visit(path, PARENT, screen).page

    passed = _tab_to(page, "Conditions générales d’utilisation", steps=70)

    assert "Déconnexion" in passed


@pytest.mark.parametrize(("account", "here"), [(PARENT, "/dossier"), (ADMIN, "/admin/courriels")])
def test_menu_of_the_phone_opens_and_leads_with_the_keyboard(
    visit: Callable[..., Visit], account: str, here: str
) -> None:
    page = visit(here, account, PHONE).page
    menu = page.locator("summary").filter(has_text="Menu")

    _tab_to(page, "Menu")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    sheet = page.locator(".menu .sheet")
    expect(sheet).to_be_visible()
    expect(sheet.locator("[aria-current=page]")).to_have_count(1)
    assert axe(page) == []
    _tab_to(page, "Plan du site")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/plan-du-site$"))
    expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("route", MENUS[Place.BAR])
def test_bottom_bar_says_where_one_is(visit: Callable[..., Visit], route: str) -> None:
    page = visit(route, PARENT, PHONE).page
    bar = page.get_by_role("navigation", name="Rubriques principales")

    expect(bar).to_be_in_viewport(ratio=1)
    expect(bar.get_by_role("link")).to_have_text([AT[place].short_label for place in MENUS[Place.BAR]])
    expect(bar.locator("[aria-current=page]")).to_have_text(AT[route].short_label)
    for link in bar.get_by_role("link").all():
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_page_change_moves_the_focus_to_the_content(visit: Callable[..., Visit]) -> None:
    page = visit("/accueil", PARENT, PHONE).page

    page.get_by_role("navigation", name="Rubriques principales").get_by_role("link", name="Famille").click()

    expect(page).to_have_title("Mon dossier · Portail Famille")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma famille")
    expect(page.get_by_role("main")).to_be_focused()
