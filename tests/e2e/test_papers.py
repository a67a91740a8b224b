"""« Mes documents » dans un vrai navigateur : télécharger, demander, vérifier."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Download, Page, expect

from portail.domain.privacy import ERASED, KEPT
from tests.e2e.visits import (
    DESKTOP,
    PHONE,
    SMALL,
    Screen,
    Visit,
    axe,
    cut_off,
    fill_sign_in,
    settled,
    sideways,
    sign_in,
    submit_sign_in,
)
from tests.tools.pdfs import assert_accessible, text_of

Open = Callable[..., Page]
Account = Callable[..., str]
CAMILLE, NADIA = "camille.durand@famille.example", "nadia.rossi@famille.example"
RECEPTION = "accueil@mairie.example"


def _arrive(open_page: Open, own_account: Account, screen: Screen = PHONE) -> Page:
    page = open_page(screen)
    sign_in(page, own_account(CAMILLE), suite="/documents")
    return page


def _download(page: Page, name: str) -> Download:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    return waiting.value


def _body(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def test_a_parent_finds_the_page_and_downloads_the_papers(open_page: Open, own_account: Account) -> None:
    page = _arrive(open_page, own_account)
    sheet = _download(page, "Télécharger la fiche famille (PDF)")
    assert sheet.suggested_filename == "fiche-famille-f-1001.pdf"
    assert_accessible(_body(sheet), "Fiche famille · Valbourg-sur-Loire")
    assert "Noé Durand" in text_of(_body(sheet))
    registration = _download(page, "Télécharger l’attestation d’inscription de Léa (PDF)")
    assert registration.suggested_filename == "attestation-inscription-lea.pdf"
    assert "Léa Durand" in text_of(_body(registration))
    expect(page).to_have_url(re.compile(r"/documents$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes documents")


def test_a_third_party_verifies_the_paper_without_an_account(open_page: Open, own_account: Account) -> None:
    page = _arrive(open_page, own_account)
    said = text_of(_body(_download(page, "Télécharger l’attestation d’inscription de Léa (PDF)")))
    reference = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", said)[0]
    third = open_page(PHONE)
    third.goto(f"/verification/{reference}")
    settled(third)
    expect(third.get_by_role("heading", name="Attestation authentique")).to_be_visible()
    main = third.get_by_role("main")
    expect(main).to_contain_text(reference)
    expect(main).to_contain_text("L.")
    expect(main).not_to_contain_text("Léa")
    expect(main).not_to_contain_text("Durand")
    assert axe(third) == []
    third.get_by_label("Référence").fill("abcd efgh jklm")
    third.get_by_role("button", name="Vérifier").click()
    expect(third.get_by_role("heading", name="Référence inconnue")).to_be_visible()
    expect(third.get_by_role("heading", name="Attestation authentique")).to_have_count(0)
    expect(third.locator(".verdict")).to_be_focused()
    assert (axe(third), sideways(third)) == ([], 0)


def test_ones_data_leave_in_a_readable_archive(open_page: Open, own_account: Account) -> None:
    page = _arrive(open_page, own_account, DESKTOP)
    archive = _download(page, "Télécharger mes données (ZIP)")
    assert re.fullmatch(r"mes-donnees-\d{4}-\d\d-\d\d\.zip", archive.suggested_filename)
    with ZipFile(archive.path()) as opened:
        assert set(opened.namelist()) == {"LISEZ-MOI.txt", "donnees.json", "fichiers/fiche-famille-f-1001.pdf"}
        data = json.loads(opened.read("donnees.json"))
        assert "Camille Durand" in opened.read("LISEZ-MOI.txt").decode()
    assert [child["prenom"] for child in data["enfants"]] == ["Léa", "Noé"]
    assert {record["enfant"] for record in data["sante"]} == {"Léa", "Noé"}
    assert all(record["regime_alimentaire"] for record in data["sante"])


def test_a_correction_is_asked_once(open_page: Open, own_account: Account) -> None:
    page = _arrive(open_page, own_account)
    page.get_by_text("Demander une rectification", exact=True).click()
    send = page.get_by_role("button", name="Envoyer la demande de rectification")
    send.click()
    expect(page.get_by_role("alert")).to_have_text("Dites ce qu’il faut corriger.")
    expect(page.get_by_role("alert")).to_be_focused()
    assert axe(page) == []
    page.get_by_label("Ce qu’il faut corriger").fill("Léa est au CM1.\nMerci.")
    send.click()
    expect(page.get_by_role("status").filter(has_text="est envoyée")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Votre demande D-\d{4}-\d{5}, envoyée le .* est à l’étude\."))).to_be_visible()
    expect(send).to_have_count(0)
    page.reload()
    settled(page)
    expect(page.get_by_text("est à l’étude.")).to_have_count(1)


def test_a_deletion_says_what_goes_and_what_stays_before_it_is_sent(open_page: Open, own_account: Account) -> None:
    page = _arrive(open_page, own_account, SMALL)
    page.get_by_text("Demander la suppression", exact=True).click()
    for line in (*ERASED, *KEPT):
        expect(page.get_by_text(line, exact=True)).to_be_visible()
    assert (axe(page), sideways(page), cut_off(page)) == ([], 0, [])
    page.get_by_label("Votre message (facultatif)").fill("Nous déménageons.")
    send = page.get_by_role("button", name="Envoyer la demande de suppression")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_role("checkbox")).to_be_focused()
    expect(page.get_by_label("Votre message (facultatif)")).to_have_value("Nous déménageons.")
    page.get_by_label("J’ai lu ce qui est effacé et ce qui est gardé.").check()
    send.click()
    expect(page.get_by_role("status").filter(has_text="est envoyée")).to_be_visible()
    expect(page.get_by_text("est à l’étude.")).to_be_visible()
    expect(page.get_by_role("link", name="Télécharger mes données (ZIP)")).to_be_visible()


def test_a_deletion_accepted_by_an_agent_erases_and_shuts_the_door(open_page: Open, own_account: Account) -> None:
    email = own_account(NADIA, own_family=True)
    page = open_page(PHONE)
    sign_in(page, email, suite="/documents")
    page.get_by_text("Demander la suppression", exact=True).click()
    page.get_by_label("J’ai lu ce qui est effacé et ce qui est gardé.").check()
    page.get_by_role("button", name="Envoyer la demande de suppression").click()
    number = re.search(r"D-\d{4}-\d{5}", page.get_by_text("est à l’étude.").inner_text())[0]
    page.get_by_role("link", name="Suivre dans « Mes démarches »").click()
    expect(page.get_by_role("link", name=f"Suivre la démarche {number}")).to_be_visible()

    desk = open_page(DESKTOP)
    sign_in(desk, RECEPTION, suite="/admin/demarches")
    desk.get_by_role("link", name=re.compile(f"Ouvrir la démarche {number}")).click()
    main = desk.get_by_role("main")
    expect(main).to_contain_text(email)
    expect(main).to_contain_text("archivé, sans adresse ni santé")
    assert (axe(desk), sideways(desk)) == ([], 0)
    desk.get_by_role("button", name="Accepter", exact=True).click()
    desk.get_by_role("button", name="Accepter et appliquer").click()
    expect(desk.get_by_role("status").filter(has_text="La démarche est acceptée")).to_be_visible()
    expect(main).not_to_contain_text(email)

    page.goto("/documents")
    expect(page).to_have_url(re.compile(r"/connexion"))
    settled(page)
    fill_sign_in(page, email)
    submit_sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("ne convient pas")


def test_an_agent_downloads_the_papers_from_the_file(open_page: Open) -> None:
    for screen in (PHONE, DESKTOP):
        desk = open_page(screen)
        sign_in(desk, RECEPTION, suite="/admin/familles/1")
        sheet = _download(desk, "Fiche famille (PDF)")
        assert sheet.suggested_filename == "fiche-famille-f-1001.pdf"
        registration = _download(desk, "Attestation d’inscription de Léa (PDF)")
        assert "Léa Durand" in text_of(_body(registration))
        assert (axe(desk), sideways(desk), cut_off(desk)) == ([], 0, [])
    desk.reload()
    settled(desk)
    expect(desk.get_by_text("Fiche famille téléchargée").first).to_be_visible()


def test_a_foreign_paper_is_a_page_in_french_with_a_way_out(open_page: Open, own_account: Account) -> None:
    page = _arrive(open_page, own_account)
    answers = {}
    for wanted in ("fiche-famille-2", "fiche-famille-99999", "attestation-0", "inconnu"):
        answer = page.goto(f"/telechargements/{wanted}")
        answers[wanted] = (answer.status, page.get_by_role("heading", level=1).inner_text())
    assert set(answers.values()) == {(404, "Cette page n’existe pas ou ne vous est pas ouverte.")}
    assert axe(page) == []
    page.get_by_role("link", name="Revenir à l’accueil").click()
    expect(page).not_to_have_url(re.compile("telechargements"))


def test_without_a_session_the_paper_leads_to_the_sign_in_page(open_page: Open) -> None:
    page = open_page(PHONE)
    page.goto("/telechargements/fiche-famille-1")
    expect(page).to_have_url(re.compile(r"/connexion\?suite=/documents$"))
    expect(page.get_by_role("button", name="Se connecter")).not_to_have_count(0)


def test_the_pages_are_accessible_whole_and_quiet(visit: Callable[..., Visit]) -> None:
    for path, account in (("/documents", CAMILLE), ("/verification", ""), ("/verification/K7M2-QH4T-XW3P", "")):
        visited = visit(path, account, PHONE)
        expect(visited.page).to_have_title(re.compile(r"^(Mes documents|Vérifier une attestation) · Portail Famille$"))
        for screen in (PHONE, DESKTOP, SMALL):
            visited.show(screen)
            assert axe(visited.page) == []
            assert (sideways(visited.page), cut_off(visited.page)) == (0, [])
            assert (visited.problems, visited.abroad) == ([], [])
            expect(visited.page.locator("h1")).to_have_count(1)
