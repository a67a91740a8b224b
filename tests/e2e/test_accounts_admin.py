"""Les comptes, par un agent : inviter, renvoyer, dépanner, fermer, régler les droits."""

import itertools
import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from portail.demo.people import PASSWORD
from tests.e2e.visits import (
    ADMIN,
    CLOSED,
    DESKTOP,
    PHONE,
    REFUSED,
    SMALL,
    Screen,
    arrived,
    axe,
    cut_off,
    fill_sign_in,
    settled,
    sideways,
    sign_in,
    submit_sign_in,
)

Open = Callable[..., Page]
Account = Callable[[str], str]
RECEPTION = "accueil@mairie.example"
NEW_PASSWORD = "une-ardoise-bleue-au-marché"
_ranks = itertools.count(1)


def fresh_address() -> str:
    return f"invite{os.getpid()}n{next(_ranks)}@famille.example"


def accounts_page(open_as: Open, who: str = RECEPTION, screen: Screen = DESKTOP) -> Page:
    page = open_as(who, screen)
    page.goto("/admin/comptes")
    settled(page)
    return page


def find(page: Page, words: str, standing: str = "Tous") -> Locator:
    page.get_by_label("Nom, e-mail, identifiant ou n° de dossier").fill(words)
    page.get_by_label("État").select_option(standing)
    page.get_by_role("button", name="Rechercher").click()
    return page.get_by_role("row").filter(has_text=words)


def open_account(page: Page, email: str) -> Locator:
    find(page, email).get_by_role("button").click()
    card = page.locator(".accountfile")
    expect(card).to_contain_text(email)
    return card


def say(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def mail_link(admin: Page, recipient: str) -> str:
    admin.goto("/admin/courriels")
    settled(admin)
    admin.get_by_label("Destinataire ou objet").fill(recipient)
    admin.get_by_role("button", name="Rechercher").click()
    admin.get_by_role("row").filter(has_text=recipient).first.get_by_role("button").click()
    text = admin.locator(".sheetmail pre").inner_text()
    found = re.search(r"https?://\S+(/\w+/\S+)", text)
    assert found
    return found[1]


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_an_invited_adult_activates_and_enters(open_page: Open, open_as: Open, screen: Screen) -> None:
    email = fresh_address()
    page = accounts_page(open_as, screen=screen)
    page.get_by_role("button", name="Ouvrir un compte parent").click()
    page.get_by_label("Numéro de dossier").fill("F-0")
    page.get_by_role("button", name="Chercher le dossier").click()
    expect(page.get_by_role("alert")).to_contain_text("Aucun dossier ouvert")
    page.get_by_label("Numéro de dossier").fill("f-1020")
    page.get_by_role("button", name="Chercher le dossier").click()
    expect(page.get_by_label("Prénom")).to_be_hidden()
    page.get_by_label("Un autre adulte").check()
    page.get_by_label("Prénom").fill("Lou")
    page.get_by_label("Nom", exact=True).fill("Neuf")
    page.get_by_label("Lien avec les enfants").select_option("Personne de confiance")
    page.get_by_label("Adresse e-mail").fill("pas-une-adresse")
    assert axe(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Envoyer l’invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("bonne forme")
    expect(page.get_by_label("Prénom")).to_have_value("Lou")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Envoyer l’invitation").click()
    say(page, "L’invitation est partie")
    card = page.locator(".accountfile")
    expect(card).to_contain_text("à activer")
    expect(card).to_contain_text("Lien valable jusqu’au")

    parent = open_page(screen)
    parent.goto(mail_link(open_as(ADMIN), email))
    settled(parent)
    parent.get_by_label("Nouveau mot de passe", exact=True).fill(NEW_PASSWORD)
    parent.get_by_label("Nouveau mot de passe, encore une fois").fill(NEW_PASSWORD)
    parent.get_by_role("checkbox").check()
    parent.get_by_role("button", name="Activer mon compte famille").click()
    expect(parent.get_by_role("heading", name="Votre mot de passe est enregistré")).to_be_visible()
    sign_in(parent, email, NEW_PASSWORD)
    expect(parent.get_by_role("heading", level=1)).to_have_text("Bonjour Lou")


def test_an_expired_link_is_seen_and_sent_again(open_as: Open) -> None:
    page = accounts_page(open_as)
    page.get_by_label("État").select_option("Lien expiré")
    page.get_by_role("button", name="Rechercher").click()
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("celine.chevrier@famille.example")
    rows.get_by_role("button").click()
    page.get_by_role("button", name="Renvoyer").click()
    say(page, "L’invitation est repartie.")
    expect(page.locator(".accountfile")).to_contain_text("à activer")
    expect(rows).to_have_count(0)
    assert "/activation/" in mail_link(open_as(ADMIN), "celine.chevrier@famille.example")


def test_a_temporary_password_is_shown_once_and_must_be_changed(
    open_page: Open, open_as: Open, own_account: Account
) -> None:
    who = own_account("karim.benali@famille.example")
    phone = open_page(PHONE)
    sign_in(phone, who)
    page = accounts_page(open_as)
    card = open_account(page, who)
    card.locator("summary", has_text="Mot de passe provisoire").click()
    card.get_by_role("button", name="Donner un mot de passe provisoire").click()
    expect(page.get_by_role("alert")).to_contain_text("Vérifiez d’abord l’identité")
    card.get_by_label("J’ai vérifié l’identité de la personne.").check()
    assert axe(page) == []
    card.get_by_role("button", name="Donner un mot de passe provisoire").click()
    given = card.locator(".secret").inner_text()
    assert axe(page) == []
    card.get_by_role("button", name="Je l’ai transmis").click()
    expect(card.locator(".secret")).to_have_count(0)
    assert given not in page.content()

    expect(phone).to_have_url(re.compile(r"/connexion"))
    settled(phone)
    fill_sign_in(phone, who)
    submit_sign_in(phone)
    expect(phone.get_by_role("alert")).to_have_text(REFUSED)
    fill_sign_in(phone, who, given)
    submit_sign_in(phone)
    arrived(phone)
    expect(phone).to_have_url(re.compile(r"/compte$"))
    expect(phone.get_by_text("Votre mot de passe est provisoire")).to_be_visible()
    phone.goto("/dossier")
    expect(phone).to_have_url(re.compile(r"/compte$"))
    settled(phone)
    phone.get_by_label("Mot de passe actuel").fill(given)
    phone.get_by_label("Nouveau mot de passe", exact=True).fill(NEW_PASSWORD)
    phone.get_by_label("Nouveau mot de passe, encore une fois").fill(NEW_PASSWORD)
    phone.get_by_role("button", name="Changer le mot de passe").click()
    say(phone, "Votre mot de passe est changé.")
    phone.goto("/dossier")
    settled(phone)
    expect(phone.get_by_role("main")).to_contain_text("Benali")


def test_a_closed_account_no_longer_enters_until_it_is_reopened(
    open_page: Open, open_as: Open, own_account: Account
) -> None:
    who = own_account("nadia.rossi@famille.example")
    page = accounts_page(open_as)
    card = open_account(page, who)
    card.locator("summary", has_text="Fermer le compte").click()
    card.get_by_role("button", name="Fermer le compte").click()
    expect(page.get_by_role("alert")).to_contain_text("Indiquez le motif")
    card.get_by_label("Motif de la fermeture").fill("A quitté la commune")
    card.get_by_role("button", name="Fermer le compte").click()
    say(page, "Le compte est fermé.")
    expect(card).to_contain_text("fermé")
    assert axe(page) == []

    parent = open_page(PHONE)
    parent.goto("/connexion")
    settled(parent)
    fill_sign_in(parent, who)
    submit_sign_in(parent)
    expect(parent.get_by_role("alert")).to_have_text(REFUSED)
    card.get_by_role("button", name="Rouvrir ce compte").click()
    say(page, "Le compte est rouvert.")
    fill_sign_in(parent, who, PASSWORD)
    submit_sign_in(parent)
    arrived(parent)


def test_rights_are_kept_and_someone_always_keeps_them_all(open_as: Open, own_account: Callable[..., str]) -> None:
    page = accounts_page(open_as)
    card = open_account(page, own_account("tom.petit@famille.example", own_family=True))
    tom = card.get_by_role("listitem").filter(has_text="Tom Petit")
    save = tom.get_by_role("button", name="Enregistrer les droits de Tom Petit")
    tom.get_by_label("Réserver").uncheck()
    save.click()
    expect(page.get_by_role("alert")).to_contain_text("Au moins un adulte du dossier")
    expect(tom.get_by_label("Réserver")).to_be_checked()
    save.click()
    say(page, "Les droits sont enregistrés.")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_administration_invites_an_agent_and_the_desk_cannot(open_as: Open) -> None:
    desk = accounts_page(open_as)
    expect(desk.get_by_role("button", name="Ouvrir un compte d’agent")).to_have_count(0)
    expect(find(desk, "regie@mairie.example")).to_have_count(0)
    page = accounts_page(open_as, ADMIN, PHONE)
    email = fresh_address()
    page.get_by_role("button", name="Ouvrir un compte d’agent").click()
    page.get_by_label("Prénom").fill("Ève")
    page.get_by_label("Nom", exact=True).fill("Neuve")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Rôle").select_option("Animation")
    assert axe(page) == []
    page.get_by_role("button", name="Envoyer l’invitation").click()
    say(page, "L’invitation est partie")
    card = page.locator(".accountfile")
    expect(card).to_contain_text("Animation")
    card.locator("summary", has_text="Changer de rôle").click()
    card.get_by_label("Rôle").select_option("Régie")
    card.get_by_role("button", name="Changer le rôle").click()
    say(page, "Le rôle est changé.")
    expect(card.locator("dl")).to_contain_text("Régie")


def test_ones_own_account_is_not_worked_on_here(open_as: Open) -> None:
    page = accounts_page(open_as, ADMIN)
    card = open_account(page, ADMIN)
    expect(card).to_contain_text("Ceci est votre propre compte")
    expect(card.get_by_role("button")).to_have_count(1)


@pytest.mark.parametrize("who", ["regie@mairie.example", "animation@mairie.example", "camille.durand@famille.example"])
def test_the_page_is_closed_and_unseen_to_the_others(open_as: Open, who: str) -> None:
    page = open_as(who)
    page.goto("/admin/comptes")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text(CLOSED)
    expect(page.get_by_role("link", name="Comptes", exact=True)).to_have_count(0)
    assert "famille.example" not in page.get_by_role("main").inner_text()


@pytest.mark.parametrize("screen", [SMALL, DESKTOP], ids=lambda screen: screen.name)
def test_an_opened_account_fits_the_screen(open_as: Open, screen: Screen) -> None:
    page = accounts_page(open_as, ADMIN, screen)
    card = open_account(page, "anais.aubry@famille.example")
    for summary in card.locator("summary").all():
        summary.click()
    assert axe(page) == []
    assert sideways(page) == 0
    assert [said for said in cut_off(page) if not said.startswith("INPUT")] == []  # un champ défile
