"""Le dossier et les démarches, de la demande du parent à la décision de l'agent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import ADMIN, DESKTOP, PHONE, Screen, axe, settled, sideways, sign_in

Open = Callable[..., Page]
Account = Callable[..., str]
RECEPTION = "accueil@mairie.example"


@pytest.fixture
def parent(own_account: Account) -> str:
    return own_account("nadia.rossi@famille.example", own_family=True)


def _said(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _open_desk(page: Page, number: str) -> None:
    page.goto("/admin/demarches")
    settled(page)
    page.get_by_role("link", name=re.compile(f"Ouvrir la démarche {number}")).click()
    expect(page.get_by_text(f"Démarche n° {number}")).to_be_visible()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_coordinates_are_mended_beside_each_field_then_saved(open_page: Open, parent: str, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, parent, suite="/dossier")
    page.get_by_role("link", name="Mes coordonnées").click()
    page.get_by_role("button", name=re.compile("^Modifier mes coordonnées")).click()
    phone = page.get_by_label("Téléphone portable")
    expect(phone).to_have_value("06 00 00 00 17")
    phone.fill("FR76 3000 6000 0112 3456 7890 189")
    page.get_by_label("Numéro d’allocataire CAF").fill("12345")
    page.get_by_label("Autre téléphone").fill("+32 470 12 34 56")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("alert")).to_contain_text("IBAN")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description(re.compile("IBAN"))
    expect(page.get_by_label("Numéro d’allocataire CAF")).to_have_accessible_description(re.compile("7 chiffres"))
    expect(page.get_by_label("Autre téléphone")).to_have_value("+32 470 12 34 56")
    _checked(page)
    phone.fill("0612345678")
    page.get_by_label("Numéro d’allocataire CAF").fill("1234567 b")
    page.get_by_role("button", name="Enregistrer").click()
    _said(page, "Vos coordonnées sont enregistrées.")
    expect(page.get_by_text("06 12 34 56 78")).to_be_visible()
    expect(page.get_by_text("1234567B")).to_be_visible()
    _checked(page)


def test_a_move_waits_for_an_agent_who_accepts_it(open_page: Open, parent: str) -> None:
    page = open_page(PHONE)
    sign_in(page, parent, suite="/dossier/coordonnees")
    page.get_by_role("button", name=re.compile("^Modifier mes coordonnées")).click()
    page.get_by_label("Code postal").fill("49998")
    page.get_by_label("Commune").fill("Saint-Aubin-des-Prés")
    page.get_by_role("button", name="Enregistrer").click()
    _said(page, re.compile(r"démarche n° D-\d{4}-\d{5}"))
    said = page.get_by_text(re.compile("changement de commune est à l’étude")).inner_text()
    number = re.search(r"D-\d{4}-\d{5}", said)[0]

    desk = open_page()
    sign_in(desk, RECEPTION, suite="/admin/demarches")
    _open_desk(desk, number)
    expect(desk.get_by_role("region", name="Ce qui est demandé")).to_contain_text("Saint-Aubin-des-Prés")
    _checked(desk)
    colleague = open_page()
    sign_in(colleague, ADMIN)
    _open_desk(colleague, number)
    desk.get_by_role("button", name="Accepter", exact=True).click()
    desk.get_by_role("button", name="Accepter et appliquer").click()
    _said(desk, "La démarche est acceptée")
    expect(desk.get_by_text("Acceptée").first).to_be_visible()

    colleague.get_by_role("button", name="Refuser", exact=True).click()
    colleague.get_by_label("Motif, que la famille lira").fill("Il manque un justificatif.")
    colleague.get_by_role("button", name="Refuser la démarche").click()
    expect(colleague.get_by_role("alert")).to_contain_text("vient d’être modifiée par Odile Vasseur")
    expect(colleague.get_by_label("Motif, que la famille lira")).to_have_value("Il manque un justificatif.")

    page.goto("/demarches")
    settled(page)
    page.get_by_role("link", name=f"Suivre la démarche {number}").click()
    expect(page.get_by_text("Acceptée").first).to_be_visible()
    expect(page.get_by_text("Odile")).to_have_count(0)
    _checked(page)
    page.goto("/dossier")
    expect(page.get_by_text("49998 Saint-Aubin-des-Prés")).to_be_visible()


def test_a_new_child_a_question_an_answer_and_the_child_is_there(open_page: Open, parent: str) -> None:
    page = open_page(PHONE)
    sign_in(page, parent, suite="/dossier/changement")
    page.get_by_role("button", name=re.compile("^Un enfant à ajouter")).click()
    page.get_by_label("Prénom").fill("Maé")
    page.get_by_label("Nom", exact=True).fill("Rossi")
    page.get_by_label("Date de naissance").fill("2099-01-01")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page.get_by_role("alert")).to_contain_text("dans le futur")
    expect(page.get_by_label("Prénom")).to_have_value("Maé")
    _checked(page)
    page.get_by_label("Date de naissance").fill("2022-05-06")
    page.get_by_role("button", name="Envoyer ma demande").dblclick()
    expect(page).to_have_url(re.compile(r"/demarches$"))
    expect(page.get_by_text("Ajout d’un enfant")).to_have_count(1)
    number = re.search(r"D-\d{4}-\d{5}", page.get_by_text(re.compile("N° D-")).first.inner_text())[0]

    desk = open_page(PHONE)
    sign_in(desk, RECEPTION, suite="/admin/demarches")
    _open_desk(desk, number)
    _checked(desk)
    desk.get_by_role("button", name="Demander une précision").click()
    desk.get_by_label("Votre question").fill("Dans quelle école ?")
    desk.get_by_role("button", name="Envoyer la question").click()
    _said(desk, "La question est envoyée à la famille.")
    page.get_by_role("link", name=f"Suivre la démarche {number}").click()
    expect(page.get_by_text("Dans quelle école ?").first).to_be_visible()
    page.get_by_role("button", name="Envoyer ma réponse").click()
    expect(page.get_by_role("alert")).to_have_text("Écrivez votre réponse.")
    page.get_by_label("Votre réponse", exact=True).fill("Pas encore d’école.")
    page.get_by_role("button", name="Envoyer ma réponse").click()
    _said(page, "Votre réponse est envoyée.")

    desk.reload()
    settled(desk)
    expect(desk.get_by_text("Pas encore d’école.")).to_be_visible()
    desk.get_by_role("button", name="Accepter", exact=True).click()
    desk.get_by_role("button", name="Accepter et appliquer").click()
    _said(desk, "La démarche est acceptée")
    page.goto("/dossier")
    expect(page.get_by_text("Maé", exact=True)).to_be_visible()


def test_a_request_can_be_withdrawn(open_page: Open, parent: str) -> None:
    page = open_page()
    sign_in(page, parent, suite="/dossier")
    page.get_by_role("link", name="Ouvrir la fiche de Elsa").click()
    page.get_by_role("button", name="Modifier").click()
    page.get_by_label("Niveau").select_option("GS")
    page.get_by_role("button", name="Envoyer la correction").click()
    _said(page, "Votre demande est envoyée")
    expect(page.get_by_text(re.compile("Correction de la fiche d’un enfant : démarche"))).to_be_visible()
    _checked(page)
    page.goto("/demarches")
    settled(page)
    page.get_by_role("link", name=re.compile("^Suivre")).click()
    page.get_by_role("button", name="Retirer ma demande").click()
    page.get_by_role("button", name="Retirer", exact=True).click()
    _said(page, "Votre démarche est retirée")
    expect(page.get_by_role("button", name="Retirer ma demande")).to_have_count(0)


def test_an_agent_finds_a_family_despite_a_fault_and_corrects_it(open_page: Open, parent: str) -> None:
    desk = open_page()
    sign_in(desk, RECEPTION, suite="/admin/familles")
    desk.get_by_label("Nom, prénom, téléphone ou numéro de dossier").fill("nadya rosi")
    desk.get_by_role("button", name="Rechercher").click()
    link = desk.get_by_role("link", name=re.compile("Ouvrir le dossier Rossi, F-jumeau")).first
    expect(link).to_be_visible()
    _checked(desk)
    link.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Famille Rossi")
    _checked(desk)
    desk.get_by_role("button", name="Corriger Elsa Rossi").click()
    desk.get_by_label("Date de naissance").fill("2099-01-01")
    desk.get_by_role("button", name="Enregistrer").click()
    expect(desk.get_by_role("alert")).to_contain_text("dans le futur")
    _checked(desk)
    desk.get_by_label("Date de naissance").fill("2022-02-03")
    desk.get_by_role("button", name="Enregistrer").click()
    _said(desk, "Le dossier est corrigé.")
    expect(desk.get_by_text("jeudi 3 février 2022")).to_be_visible()
    expect(desk.get_by_text("Fiche d’un enfant corrigée par un agent")).to_be_visible()
