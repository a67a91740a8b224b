"""Les écoles et les autorisations, réglées par la direction."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.visits import PHONE, axe, sideways, sign_in

Open = Callable[..., Page]
DIRECTION = "direction@mairie.example"


def _said(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def test_a_school_is_added_filled_and_removed(open_page: Open) -> None:
    page = open_page()
    sign_in(page, DIRECTION, suite="/admin/ecoles")
    page.get_by_role("button", name="Ajouter une école").click()
    page.get_by_label("Nom de l’école").fill("ecole jean mace")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("existe déjà")
    expect(page.get_by_label("Nom de l’école")).to_have_value("ecole jean mace")
    assert axe(page) == []
    page.get_by_label("Nom de l’école").fill("École du Verger")
    page.get_by_role("button", name="Enregistrer").click()
    school = page.get_by_role("region", name="École du Verger")
    school.get_by_role("button", name="Ajouter une classe").click()
    school.get_by_label("Nom de la classe").fill("CP de M. Roy")
    school.get_by_label("CP", exact=True).check()
    school.get_by_role("button", name="Enregistrer").click()
    _said(page, "La classe est enregistrée.")
    expect(school.get_by_text("CP de M. Roy")).to_be_visible()
    school.get_by_role("button", name="Fermer aux inscriptions : École du Verger").click()
    expect(school.get_by_text("Fermée aux inscriptions")).to_be_visible()
    assert axe(page) == []
    expect(page.get_by_role("button", name="Retirer École Jean-Macé")).to_have_count(0)
    school.get_by_role("button", name="Retirer École du Verger").click()
    _said(page, "L’école est retirée.")
    expect(school).to_have_count(0)


def test_a_consent_is_added_reworded_and_withdrawn(open_page: Open) -> None:
    page = open_page(PHONE)
    sign_in(page, DIRECTION, suite="/admin/autorisations")
    page.get_by_role("button", name="Ajouter une autorisation").click()
    page.get_by_label("Titre").fill("Trottinette")
    page.get_by_label("Il faut répondre").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez ce que le parent signe")
    expect(page.get_by_label("Titre")).to_have_value("Trottinette")
    page.get_by_label("Ce que le parent signe").fill("J’autorise la trottinette.")
    page.get_by_role("button", name="Enregistrer").click()
    _said(page, "L’autorisation est enregistrée.")
    page.get_by_role("button", name="Modifier : Trottinette").click()
    expect(page.get_by_label("Ce que le parent signe")).to_have_accessible_description(re.compile("redemande"))
    page.get_by_label("Ce que le parent signe").fill("J’autorise la trottinette et le vélo.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("J’autorise la trottinette et le vélo.")).to_be_visible()
    page.get_by_role("button", name="Monter : Trottinette").click()
    _said(page, "L’ordre est changé.")
    page.get_by_role("button", name="Retirer : Trottinette").click()
    expect(page.get_by_role("region", name="Retirées")).to_contain_text("Trottinette")
    assert axe(page) == []
    assert sideways(page) == 0
