"""« Modification avancée » et le calendrier tenu par un agent, dans un vrai navigateur."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_calendar import arrive, canteen
from tests.e2e.visits import ADMIN, PARENT, PHONE, SMALL, axe, settled, sideways
from tests.tools.server import Running

Open = Callable[..., Page]


def test_a_week_is_shown_confirmed_and_undone(portal: Running, open_as: Open) -> None:
    page = open_as(PARENT, PHONE)
    arrive(page, canteen(portal))
    page.get_by_role("link", name="Modification avancée").click()
    expect(page.get_by_role("heading", level=1, name="Modification avancée")).to_be_visible()
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("alert").first).to_contain_text("Choisissez")

    page.get_by_label("Léa").check()
    page.locator(".weekparts fieldset").first.get_by_label("jeudi").check()
    page.get_by_label("Périodicité").select_option("4")  # le porte-monnaie y suffit
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_role("heading", name="séances à réserver")).to_be_visible()
    assert not axe(page)
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("#compte-rendu")).to_contain_text("réservée")
    page.get_by_role("button", name="Annuler ma modification").click()
    expect(page.get_by_role("status")).to_contain_text("tout est comme avant")
    expect(page.get_by_label("Léa")).to_be_checked()


def test_nothing_scrolls_sideways_on_a_small_phone(portal: Running, open_as: Open) -> None:
    page = open_as(PARENT, SMALL)
    page.goto(f"{canteen(portal)}/avancee")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not sideways(page)


def test_an_agent_opens_the_calendar_of_a_family_from_its_file(portal: Running, open_as: Open) -> None:
    page = open_as(ADMIN, PHONE)
    page.goto("/admin/familles/1")
    page.locator("section", has_text="Réserver pour cette famille").get_by_role("link").first.click()
    expect(page.get_by_text("Vous réservez au nom de la famille")).to_be_visible()
    page.get_by_role("button", name="Mois suivant").click()
    page.locator("[data-status=open]").first.click()
    page.get_by_role("button", name="Valider").click()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("#compte-rendu")).to_contain_text("réservé")
    page.get_by_role("button", name="Annuler ma modification").click()
    expect(page.get_by_role("heading", name="tout est comme avant")).to_be_visible()
