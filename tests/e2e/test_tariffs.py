"""« Tarifs » et « Simulations » dans un vrai navigateur : la famille, le visiteur, la régie."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.visits import DESKTOP, PHONE, SMALL, Screen, axe, settled, sideways, sign_in
from tests.factories import uploads

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
    page.get_by_role("button", name="Estimer").click()
    expect(page.get_by_text("Par mois, en moyenne")).to_be_visible()
    page.get_by_label("Nombre d’enfants").fill("9")
    page.get_by_role("button", name="Estimer").click()
    expect(page.get_by_role("alert")).to_contain_text("Nombre d’enfants")
    expect(page.get_by_label("Nombre d’enfants")).to_have_value("9")
    expect(page.get_by_text("Estimation précédente")).to_be_visible()
    page.get_by_label("Nombre d’enfants").fill("2")
    page.get_by_label("Quotient familial").fill("850")
    page.get_by_role("button", name="Estimer").click()
    expect(page.get_by_text("Estimation précédente")).to_have_count(0)
    expect(page.get_by_text("Quotient familial 850, habitants de la commune.")).to_be_visible()
    bars = page.locator(".yearbar .fill")
    expect(bars).to_have_count(12)
    widths = bars.evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
    assert max(widths) > 50
    assert widths[11] < max(widths)  # les vacances d'août
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


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_the_regie_copies_a_grid_weighs_it_and_saves_it(open_page: Open, screen: Screen) -> None:
    """Chaque écran retire sa copie : l'autre, et les autres tests, retrouvent les grilles de la commune."""
    page = open_page(screen)
    sign_in(page, REGIE)
    page.goto("/admin/tarifs")
    settled(page)
    page.get_by_role("link", name="Ouvrir le tarif Séance de sport").click()
    page.get_by_role("button", name="Copier cette grille").click()
    page.get_by_label("Premier jour de la copie").fill("2028-01-03")
    page.get_by_label("Changement des prix").fill("80")
    page.get_by_role("button", name="Relire la copie").click()
    expect(page.get_by_role("alert")).to_contain_text("de −50 à +50")
    expect(page.get_by_label("Premier jour de la copie")).to_have_value("2028-01-03")
    _checked(page)
    page.get_by_label("Changement des prix").fill("2,5 %")
    page.get_by_role("button", name="Relire la copie").click()
    expect(page.get_by_role("heading", name="Effet sur les familles")).to_be_visible()
    weighed = page.get_by_role("table", name="Effet sur les familles, Habitants de la commune")
    expect(weighed.get_by_role("row", name="Prix unique")).to_contain_text("4,61")
    expect(weighed.get_by_role("row", name="Prix unique")).to_contain_text("4,50")
    _checked(page)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("La grille est enregistrée.")
    saved = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="À partir du 3 janvier 2028"))
    saved.get_by_role("button", name="Effet sur les familles").click()
    expect(saved.get_by_role("table", name="Effet sur les familles, Habitants de la commune")).to_be_visible()
    _checked(page)
    saved.get_by_text("Retirer cette grille").click()
    saved.get_by_role("button", name="Oui, la retirer").click()
    expect(page.get_by_role("status")).to_contain_text("La grille est retirée.")


@SCREENS
def test_the_regie_finds_whose_quotient_to_ask_for(open_page: Open, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, REGIE)
    page.goto("/admin/quotients")
    settled(page)
    page.get_by_label("Montrer").select_option("missing")
    page.get_by_label("Famille ou numéro de dossier").fill("rossi")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("link", name="Ouvrir la famille Rossi")).to_be_visible()
    expect(page.get_by_role("link", name="Exporter (CSV)")).to_have_attribute(
        "href", "/telechargements/quotients?etat=missing&mots=rossi"
    )
    _checked(page)
    page.get_by_label("Montrer").select_option("expired")
    expect(page.get_by_text("Aucune famille trouvée")).to_be_visible()
    _checked(page)


def test_an_attestation_goes_from_the_phone_to_the_agent(open_page: Open, own_account: Callable[..., str]) -> None:
    phone = open_page(PHONE)
    sign_in(phone, own_account("nadia.rossi@famille.example", own_family=True))
    phone.goto("/tarifs")
    settled(phone)
    phone.locator("summary").filter(has_text="Envoyer mon attestation de quotient").click()
    phone.get_by_role("button", name="Envoyer mon attestation").click()
    expect(phone.get_by_role("alert")).to_contain_text("Choisissez au moins un fichier.")
    phone.get_by_label("Quotient familial écrit sur l’attestation").fill("612")
    proof: FilePayload = {"name": "caf.pdf", "mimeType": "application/pdf", "buffer": uploads.pdf()}
    phone.get_by_label("Attestation de la CAF ou avis d’imposition").set_input_files(proof)
    _checked(phone)
    phone.get_by_role("button", name="Envoyer mon attestation").click()
    phone.get_by_role("link", name="Suivre la démarche").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Attestation de quotient familial")
    path = phone.url.rpartition("/")[2]
    desk = open_page(DESKTOP)
    sign_in(desk, "accueil@mairie.example")
    desk.goto(f"/admin/demarches/{path}")
    settled(desk)
    desk.get_by_role("button", name="Accepter", exact=True).click()
    group = desk.get_by_role("group", name="Lu sur l’attestation")
    expect(group.get_by_label("Quotient familial")).to_have_value("612")
    expect(group.get_by_label("Premier jour")).not_to_have_value("")
    _checked(desk)
    desk.get_by_role("button", name="Accepter et appliquer").click()
    expect(desk.get_by_text("Quotient retenu")).to_be_visible()
    phone.goto("/tarifs")
    settled(phone)
    expect(phone.get_by_text("relevé sur un document par un agent")).to_be_visible()
    _checked(phone)
