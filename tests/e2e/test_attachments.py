"""Les pièces jointes dans un vrai navigateur : se tromper sans rien perdre, envoyer, retirer, répondre, joindre le PAI."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.test_health import child_of, edit, part, save
from tests.e2e.visits import DESKTOP, PHONE, Screen, axe, settled, sideways, sign_in
from tests.factories import uploads
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
RECEPTION = "accueil@mairie.example"
SCREENS = pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)


@pytest.fixture
def parent(own_account: Account) -> str:
    return own_account("nadia.rossi@famille.example", own_family=True)


def file(name: str, body: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def tidy(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def open_request(page: Page, parent: str) -> str:
    """Une situation qui change, et la page où la suivre ; rend son numéro."""
    sign_in(page, parent, suite="/dossier/changement")
    page.get_by_role("button", name=re.compile("^Un changement de situation")).click()
    page.get_by_label("Ce qui change").select_option(index=1)
    page.get_by_label("Depuis le").fill("2026-01-05")
    page.get_by_label("Ce que la mairie doit savoir").fill("Un justificatif suit.")
    page.get_by_role("button", name="Envoyer ma demande").click()
    expect(page).to_have_url(re.compile(r"/demarches$"))
    number = re.search(r"D-\d{4}-\d{5}", page.get_by_text(re.compile("N° D-")).first.inner_text())[0]
    page.get_by_role("link", name=f"Suivre la démarche {number}").click()
    expect(page.get_by_role("heading", name="Pièces jointes")).to_be_visible()
    return number


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"Télécharger {name}").click()
    assert waiting.value.suggested_filename == name
    return waiting.value.path().read_bytes()


@SCREENS
def test_a_parent_errs_loses_nothing_sends_takes_back_and_answers(open_page: Open, parent: str, screen: Screen) -> None:
    page = open_page(screen)
    number = open_request(page, parent)
    page.get_by_text("Ajouter des pièces").click()
    page.get_by_label("Un mot au service").fill("Voici le livret.")
    files = page.get_by_label("Fichiers à joindre")
    files.set_input_files([file("vide.pdf", b""), file("avis.pdf", uploads.protected_pdf())])
    expect(page.get_by_text("vide.pdf, 1 Ko")).to_be_visible()
    page.get_by_role("button", name="Envoyer les pièces").click()
    expect(page.get_by_role("alert")).to_contain_text("Fichier « vide.pdf » : ce fichier est vide.")
    expect(page.get_by_role("alert")).to_contain_text("Fichier « avis.pdf » : ce PDF est protégé.")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(files).to_have_attribute("aria-invalid", "true")
    expect(files).to_have_accessible_description(re.compile("ce PDF est protégé"))
    expect(page.get_by_label("Un mot au service")).to_have_value("Voici le livret.")
    assert files.evaluate("(input) => input.files.length") == 2
    tidy(page)

    files.set_input_files([file("Livret de famille.pdf", uploads.pdf()), file("acte.jpg", uploads.jpeg((800, 600)))])
    page.get_by_role("button", name="Envoyer les pièces").dblclick()
    said(page, "Vos pièces sont jointes à la démarche.")
    expect(page.get_by_role("link", name=re.compile("^Télécharger"))).to_have_count(2)
    expect(page.get_by_text("Voici le livret.")).to_have_count(1)
    tidy(page)
    assert download(page, "Livret de famille.pdf") == uploads.pdf()
    page.get_by_role("button", name="Retirer acte.jpg").click()
    said(page, "La pièce est retirée.")
    expect(page.get_by_role("link", name="Télécharger acte.jpg")).to_have_count(0)

    desk = open_page(screen)
    ask_for_a_form(desk, number)
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Retirer Livret de famille.pdf")).to_have_count(0)
    download(page, "formulaire.pdf")
    page.get_by_label("Fichiers à joindre").set_input_files(file("rempli.pdf", uploads.pdf("rempli")))
    page.get_by_role("button", name="Envoyer ma réponse").click()
    said(page, "Votre réponse est envoyée.")
    desk.reload()
    settled(desk)
    assert download(desk, "rempli.pdf") == uploads.pdf("rempli")


def ask_for_a_form(desk: Page, number: str) -> None:
    sign_in(desk, RECEPTION, suite="/admin/demarches")
    desk.get_by_role("link", name=re.compile(f"Ouvrir la démarche {number}")).click()
    expect(desk.get_by_role("link", name="Télécharger Livret de famille.pdf")).to_be_visible()
    desk.get_by_role("button", name="Demander une précision").click()
    desk.get_by_label("Votre question").fill("Remplissez ce formulaire.")
    files = desk.get_by_label("Fichiers à joindre (facultatif)")
    files.set_input_files(file("page.html", b"<script>alert(1)</script>"))
    desk.get_by_role("button", name="Envoyer la question").click()
    expect(desk.get_by_role("alert")).to_contain_text("ni un PDF ni une photo")
    expect(desk.get_by_label("Votre question")).to_have_value("Remplissez ce formulaire.")
    tidy(desk)
    files.set_input_files(file("formulaire.pdf", uploads.pdf("formulaire")))
    desk.get_by_role("button", name="Envoyer la question").click()
    said(desk, "La question est envoyée à la famille.")
    expect(desk.get_by_role("link", name="Télécharger formulaire.pdf")).to_be_visible()
    tidy(desk)


def test_a_slow_network_shows_its_progress_and_a_cut_one_loses_nothing(open_page: Open, parent: str) -> None:
    page = open_page(PHONE)
    open_request(page, parent)
    page.get_by_text("Ajouter des pièces").click()
    page.get_by_label("Fichiers à joindre").set_input_files(file("acte.pdf", uploads.pdf()))
    page.route("**/envois/**", lambda route: route.abort())
    send = page.get_by_role("button", name="Envoyer les pièces")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("la connexion a été coupée")
    expect(send).to_be_enabled()
    page.unroute("**/envois/**")

    held = []
    page.route("**/envois/**", lambda route: held.append(route))  # noqa: PLW0108 — Playwright ne prend pas une méthode native
    send.click()
    expect(page.get_by_role("progressbar", name="Envoi des fichiers")).to_be_visible()
    expect(send).to_be_disabled()
    expect(send).to_have_attribute("aria-busy", "true")
    held.pop().continue_()
    said(page, "Vos pièces sont jointes à la démarche.")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_a_file_too_heavy_is_refused_before_it_leaves(open_page: Open, parent: str) -> None:
    page = open_page(PHONE)
    open_request(page, parent)
    page.get_by_text("Ajouter des pièces").click()
    page.get_by_label("Fichiers à joindre").set_input_files(file("film.pdf", b"%PDF-" + b"0" * 10_600_000))
    left: list[str] = []
    page.on("request", lambda request: "/envois/" in request.url and left.append(request.url))
    page.get_by_role("button", name="Envoyer les pièces").click()
    expect(page.get_by_role("alert")).to_contain_text("Fichier « film.pdf » : ce fichier dépasse 10 Mo.")
    assert left == []


@SCREENS
def test_the_pai_goes_with_its_document(open_page: Open, own_account: Account, portal: Running, screen: Screen) -> None:
    child = child_of(portal, "Sami")
    page = open_page(screen)
    sign_in(page, own_account("karim.benali@famille.example"), suite=f"/dossier/enfants/{child}/sante")
    document = part(page, "Document du PAI")
    if not document.is_visible():
        care = edit(page, "Allergies et santé")
        care.get_by_role("group", name="Votre enfant a-t-il des allergies ?").get_by_label("Non").check()
        care.get_by_role("group", name="A-t-il de l’asthme ?").get_by_label("Non").check()
        care.get_by_role("group", name=re.compile("PAI")).get_by_label("Oui").check()
        care.get_by_label("Date de fin du PAI").fill("2099-07-05")
        save(page, "Allergies et santé")
    tidy(page)
    document.get_by_label("Document à joindre").set_input_files(file("PAI asthme.pdf", uploads.pdf(screen.name)))
    document.get_by_role("button", name="Joindre le document").click()
    said(page, "Le document est joint à la fiche.")
    expect(page.get_by_text("asthme.pdf")).to_have_count(0)

    agent = open_page(screen)
    sign_in(agent, own_account(RECEPTION), suite=f"/admin/enfants/{child}/sante")
    assert download(agent, "PAI.pdf") == uploads.pdf(screen.name)
    tidy(agent)
    document.get_by_role("button", name="Retirer PAI.pdf").click()
    said(page, "Le document est retiré.")
