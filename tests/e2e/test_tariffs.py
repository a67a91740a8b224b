"""« Tarifs » et « Simulations » dans un vrai navigateur : la famille, le visiteur, la régie."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PHONE, SMALL, Screen, axe, settled, sideways, sign_in

Open = Callable[..., Page]
SCREENS = pytest.mark.parametrize("screen", [PHONE, SMALL, DESKTOP], ids=lambda screen: screen.name)
CAMILLE, REGIE = "camille.durand@famille.example", "regie@mairie.example"


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


@SCREENS
def test_a_parent_reads_the_prices_of_the_family_and_why(open_page: Open, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, CAMILLE)
    page.goto("/tarifs")
    settled(page)
    page.locator("summary").filter(has_text="Mercredis").first.click()
    page.get_by_text("Pourquoi ce montant ?").locator("visible=true").first.click()
    expect(page.get_by_text("quotient familial 850").locator("visible=true").first).to_be_visible()
    _checked(page)


@SCREENS
def test_a_visitor_reads_the_grids_then_simulates_a_year(open_page: Open, screen: Screen) -> None:
    page = open_page(screen)
    page.goto("/tarifs")
    settled(page)
    page.locator("summary").filter(has_text="Repas").first.click()
    expect(page.get_by_text("Habitants de la commune").locator("visible=true").first).to_be_visible()
    _checked(page)
    page.get_by_role("link", name="Faire une simulation").click()
    page.get_by_label("Nombre d’enfants").fill("9")
    page.get_by_role("button", name="Estimer").click()
    expect(page.get_by_role("alert")).to_contain_text("Nombre d’enfants")
    expect(page.get_by_label("Nombre d’enfants")).to_have_value("9")
    page.get_by_label("Nombre d’enfants").fill("2")
    page.get_by_label("Quotient familial").fill("850")
    page.get_by_role("button", name="Estimer").click()
    expect(page.get_by_text("Par mois, en moyenne")).to_be_visible()
    _checked(page)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_the_regie_is_told_of_a_hole_and_loses_nothing(open_page: Open, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, REGIE)
    page.goto("/admin/tarifs")
    settled(page)
    page.get_by_role("link", name="Ouvrir le tarif Repas").click()
    page.get_by_role("button", name="Nouvelle grille").click()
    page.get_by_label("Premier jour où la grille vaut").fill("2028-01-01")
    inside = page.get_by_role("group", name="Habitants de la commune")
    second = inside.get_by_role("group", name="Tranche 2")
    second.get_by_label("Quotient de").fill("500")
    page.get_by_role("button", name="Relire la grille").click()
    expect(page.get_by_role("alert")).to_contain_text("Trou : aucun prix de 400 à 499")
    expect(second.get_by_label("Quotient de")).to_have_value("500")
    _checked(page)
    second.get_by_label("Quotient de").fill("400")
    page.get_by_role("button", name="Relire la grille").click()
    expect(page.get_by_role("button", name="Enregistrer")).to_be_visible()
    _checked(page)
