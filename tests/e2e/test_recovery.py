"""Mot de passe oublié et activation : du formulaire au courriel lu par l'administrateur, puis au lien qui ne sert qu'une fois."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import ADMIN, DESKTOP, PHONE, Screen, Visit, axe, settled, sideways, sign_in

Open = Callable[..., Page]
Account = Callable[[str], str]
NEW_PASSWORD = "trois-péniches-sur-la-Loire"
LINK = re.compile(r"https?://\S+/(?:activation|reinitialisation)/\S+")


def _ask_link(page: Page, identifier: str) -> str:
    """Demande un lien et rend ce que la page répond."""
    page.goto("/mot-de-passe-oublie")
    settled(page)
    page.get_by_label("Identifiant ou e-mail").fill(identifier)
    page.get_by_role("button", name="Recevoir un lien").click()
    expect(page.get_by_role("heading", name="Regardez votre boîte")).to_be_visible()
    return page.get_by_role("main").inner_text()


def _read_mail(page: Page, recipient: str, subject: str) -> str:
    """L'administrateur cherche le courriel, l'ouvre, et en rend le lien."""
    page.goto("/admin/courriels")
    settled(page)
    page.get_by_label("Destinataire ou objet").fill(recipient)
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("button", name=f"Ouvrir {subject}, {recipient}").first.click()
    mail = page.locator(".sheetmail")
    expect(mail.get_by_role("heading", name=subject)).to_be_visible()
    found = LINK.search(mail.locator("pre").inner_text())
    assert found, mail.inner_text()
    return found[0]


def _choose(page: Page, button: str, password: str = NEW_PASSWORD, again: str = NEW_PASSWORD) -> None:
    page.get_by_label("Nouveau mot de passe", exact=True).fill(password)
    page.get_by_label("Nouveau mot de passe, encore une fois").fill(again)
    page.get_by_role("main").get_by_role("button", name=button).click()


def _check_dead(page: Page) -> None:
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Lien invalide")).to_be_visible()
    expect(main.get_by_role("link", name="Recevoir un nouveau lien")).to_have_attribute("href", "/mot-de-passe-oublie")
    expect(main.get_by_role("link", name="Se connecter")).to_have_attribute("href", "/connexion")
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_have_count(0)


def test_sign_in_page_leads_to_the_forgotten_password(visit: Callable[..., Visit]) -> None:
    page = visit("/connexion").page

    page.get_by_role("link", name="Mot de passe oublié ?").click()

    expect(page).to_have_title("Mot de passe oublié · Portail Famille")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mot de passe oublié")
    expect(page.get_by_label("Identifiant ou e-mail")).to_have_value("")


def test_the_answer_is_the_same_whether_the_account_exists_or_not(open_page: Open) -> None:
    known = _ask_link(open_page(), "paul.lefevre@famille.example")
    unknown = _ask_link(open_page(), "personne@famille.example")

    assert known == unknown
    assert "paul" not in known.lower()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_forgotten_password_from_the_request_to_the_new_sign_in(
    open_page: Open, open_as: Open, own_account: Account, screen: Screen
) -> None:
    who = own_account("sophie.garnier@famille.example")
    page = open_page(screen)
    _ask_link(page, who)
    assert axe(page) == []
    link = _read_mail(open_as(ADMIN, screen), who, "Choisissez un nouveau mot de passe")

    page.goto(link)
    settled(page)
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_be_visible()
    assert axe(page) == []
    _choose(page, "Enregistrer", again="autre-chose-de-long")
    expect(page.get_by_role("alert")).to_have_text("Les deux mots de passe ne sont pas les mêmes.")
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_have_value(NEW_PASSWORD)
    assert axe(page) == []
    _choose(page, "Enregistrer", "azerty", "azerty")
    expect(page.get_by_role("alert")).to_be_visible()
    _choose(page, "Enregistrer")
    expect(page.get_by_role("heading", name="Votre mot de passe est enregistré")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("main").get_by_role("link", name="Se connecter").click()
    sign_in(page, who, NEW_PASSWORD)
    expect(page).to_have_url(re.compile(r"/accueil$"))

    again = open_page(screen)
    again.goto(link)
    settled(again)
    _check_dead(again)
    assert axe(again) == []


def test_invited_parent_activates_the_account_and_must_accept_the_terms(open_page: Open, open_as: Open) -> None:
    who = "anais.aubry@famille.example"
    link = _read_mail(open_as(ADMIN), who, "Activez votre compte")
    assert "/activation/" in link
    page = open_page(PHONE)
    page.goto(link)
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Activer mon compte famille")
    expect(page.get_by_role("main")).to_contain_text("Bonjour Anaïs")
    assert axe(page) == []
    assert sideways(page) == 0

    _choose(page, "Activer mon compte famille")
    expect(page.get_by_role("alert")).to_contain_text("Acceptez les conditions")
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_have_value(NEW_PASSWORD)
    page.get_by_role("checkbox").check()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Lire les conditions").click()
    expect(opened.value).to_have_url(re.compile(r"/cgu$"))
    expect(page.get_by_label("Nouveau mot de passe", exact=True)).to_have_value(NEW_PASSWORD)
    page.get_by_role("button", name="Activer mon compte famille").click()
    expect(page.get_by_role("heading", name="Votre mot de passe est enregistré")).to_be_visible()

    sign_in(page, who, NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Anaïs")
    page.goto(link)
    settled(page)
    _check_dead(page)


def test_open_mail_is_readable_harmless_and_closes(visit: Callable[..., Visit]) -> None:
    visited = visit("/admin/courriels", ADMIN, PHONE)
    page = visited.page

    page.get_by_role("button", name="Ouvrir ").last.click()

    frame = page.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    expect(page.locator(".sheetmail pre")).to_be_visible()
    expect(page.locator("div:focus").locator(".sheetmail")).to_be_visible()
    assert axe(page, iframes=False) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Fermer le courriel").click()
    expect(frame).to_have_count(0)
    assert visited.abroad == []


def test_search_without_result_says_so(visit: Callable[..., Visit]) -> None:
    page = visit("/admin/courriels", ADMIN).page

    page.get_by_label("Destinataire ou objet").fill("introuvable@famille.example")
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_contain_text("Aucun courriel")
