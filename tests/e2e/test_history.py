"""« Mon tableau de bord » et l'enfant choisi, retenu d'une page à l'autre."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.visits import PHONE, axe, settled, sideways, sign_in

Open = Callable[..., Page]


def test_the_chosen_child_follows_from_page_to_page(open_page: Open, own_account: Callable[..., str]) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account("camille.durand@famille.example", own_family=True), suite="/dossier")
    page.get_by_role("link", name="Ouvrir la fiche de Noé").click()
    choice = page.get_by_role("group", name="Enfant", exact=True)
    expect(choice.get_by_label("Noé")).to_be_checked()
    choice.get_by_label("Noé").press("ArrowUp")
    expect(page.get_by_role("heading", level=1)).to_have_text("Léa")
    expect(choice.get_by_label("Léa")).to_be_checked()
    assert axe(page) == []
    page.goto("/tableau-de-bord")
    settled(page)
    expect(choice.get_by_label("Léa")).to_be_checked()
    expect(page.get_by_text("Rien à montrer ici")).to_be_visible()
    choice.get_by_text("Tous").click()
    expect(choice.get_by_label("Tous")).to_be_checked()
    assert axe(page) == []
    assert sideways(page) == 0


def test_what_was_just_done_is_the_first_line_and_filters_find_it(
    open_page: Open, own_account: Callable[..., str]
) -> None:
    page = open_page()
    sign_in(page, own_account("nadia.rossi@famille.example", own_family=True), suite="/dossier")
    page.get_by_role("link", name="Ouvrir la fiche de Elsa").click()
    page.get_by_role("button", name="Modifier").click()
    page.get_by_label("Niveau").select_option("GS")
    page.get_by_role("button", name="Envoyer la correction").click()
    expect(page.get_by_text(re.compile("Correction de la fiche d’un enfant : démarche"))).to_be_visible()
    page.goto("/tableau-de-bord")
    settled(page)
    first = page.get_by_role("region", name="Événements").get_by_role("listitem").first
    expect(first).to_contain_text("Correction de la fiche d’un enfant")
    expect(first).to_contain_text("Elsa")
    expect(first).to_contain_text("Envoyée")
    page.get_by_label("Montrer").select_option("health")
    expect(page.get_by_text("Correction de la fiche d’un enfant")).to_have_count(0)
    page.get_by_label("Montrer").select_option("request")
    page.get_by_role("link", name=re.compile("^Voir : Correction de la fiche")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Correction de la fiche d’un enfant")
