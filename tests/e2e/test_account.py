"""« Mon compte » : appareils, mot de passe, validation en deux étapes."""

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from portail.demo.people import PASSWORD
from tests.e2e.visits import (
    ADMIN,
    DESKTOP,
    PHONE,
    REFUSED,
    Screen,
    arrived,
    axe,
    fill_sign_in,
    settled,
    sideways,
    sign_in,
    submit_sign_in,
)
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[[str], str]
Nav = Callable[[Page], Locator]
BAD_CODE = "Ce code ne convient pas. Attendez le code suivant de votre application et réessayez."
STEP_SECONDS = 30


def _devices(page: Page) -> Locator:
    return page.get_by_role("region", name="Appareils connectés").get_by_role("listitem")


def test_devices_show_this_one_and_the_others_and_can_be_signed_out(open_page: Open, own_account: Account) -> None:
    who = own_account("paul.lefevre@famille.example")
    phone = open_page(PHONE, user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/140.0 Mobile")
    sign_in(phone, who, suite="/dossier")
    page = open_page()
    sign_in(page, who, suite="/compte")

    expect(_devices(page)).to_have_count(2)
    mine, other = _devices(page).filter(has_text="Cet appareil"), _devices(page).filter(has_text="Chrome sur Android")
    expect(mine).to_have_count(1)
    expect(mine.get_by_role("button")).to_have_count(0)
    other.get_by_role("button", name="Déconnecter Chrome sur Android").click()

    expect(page.get_by_role("status").filter(has_text="Cet appareil est déconnecté.")).to_be_visible()
    expect(_devices(page)).to_have_count(1)
    assert axe(page) == []
    expect(phone).to_have_url(re.compile(r"/connexion"))
    assert "Jade" not in phone.content()
    phone.goto("/dossier")
    expect(phone).to_have_url(re.compile(r"/connexion\?suite="))
    page.get_by_role("button", name="Fermer le message").click()
    expect(page.get_by_text("Cet appareil est déconnecté.")).to_have_count(0)


def test_all_other_devices_can_be_signed_out_at_once(open_page: Open, own_account: Account) -> None:
    who = own_account("direction@mairie.example")
    others = [open_page(), open_page(PHONE)]
    for other in others:
        sign_in(other, who)
    page = open_page()
    sign_in(page, who, suite="/compte")
    expect(_devices(page)).to_have_count(3)

    page.get_by_role("button", name="Déconnecter les autres appareils").click()

    expect(_devices(page)).to_have_count(1)
    expect(page.get_by_role("button", name="Déconnecter les autres appareils")).to_have_count(0)
    for other in others:
        expect(other).to_have_url(re.compile(r"/connexion"))


def test_password_changes_and_the_old_one_no_longer_opens(open_page: Open, own_account: Account) -> None:
    who, new = own_account("regie@mairie.example"), "une-ardoise-bleue-au-marché"
    other = open_page()
    sign_in(other, who)
    page = open_page(PHONE)
    sign_in(page, who, suite="/compte")
    fields = [
        page.get_by_label("Mot de passe actuel"),
        page.get_by_label("Nouveau mot de passe", exact=True),
        page.get_by_label("Nouveau mot de passe, encore une fois"),
    ]

    def change(*typed: str) -> None:
        for field, value in zip(fields, typed, strict=True):
            field.fill(value)
        page.get_by_role("button", name="Changer le mot de passe").click()

    change(PASSWORD, new, f"{new}s")
    alert = page.get_by_role("alert")
    expect(alert).to_have_text("Les deux mots de passe ne sont pas les mêmes.")
    change("pas-le-bon-du-tout", new, new)
    expect(alert).not_to_have_text("Les deux mots de passe ne sont pas les mêmes.")
    expect(alert).to_have_text(re.compile("mot de passe"))
    expect(fields[1]).to_have_value(new)
    assert axe(page) == []
    change(PASSWORD, new, new)
    expect(page.get_by_role("status").filter(has_text="Votre mot de passe est changé.")).to_be_visible()
    expect(alert).to_have_count(0)
    expect(other).to_have_url(re.compile(r"/connexion"))

    settled(other)
    fill_sign_in(other, who)
    submit_sign_in(other)
    expect(other.get_by_role("alert")).to_have_text(REFUSED)
    fill_sign_in(other, who, new)
    submit_sign_in(other)
    arrived(other)


def test_second_factor_from_the_drawing_to_the_recovery_code(open_page: Open, own_account: Account) -> None:
    who = own_account("accueil@mairie.example")
    page = open_page(PHONE)
    sign_in(page, who, suite="/compte")
    totp, recovery = _turn_on(page)
    _enter_with_the_telephone(open_page(DESKTOP), who, totp)
    last = open_page(PHONE)
    _enter_with_a_recovery_code(last, who, recovery[0])
    _recovery_code_serves_once(open_page(), who, recovery[0])

    last.locator("summary", has_text="Désactiver la validation en deux étapes").click()
    last.locator("#totp-password").fill(PASSWORD)
    last.get_by_role("button", name="Désactiver", exact=True).click()
    expect(last.get_by_role("button", name="Activer la validation en deux étapes")).to_be_visible()


def _turn_on(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """Du dessin aux codes de secours, montrés une seule fois."""
    page.get_by_role("button", name="Activer la validation en deux étapes").click()
    expect(page.get_by_alt_text("Code QR")).to_be_visible()
    assert page.get_by_alt_text("Code QR").evaluate("(image) => image.naturalWidth") > 0
    totp = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    assert axe(page) == []
    assert sideways(page) == 0

    code = page.get_by_label("Code à 6 chiffres")
    code.fill(_wrong(totp))
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("alert")).to_have_text(BAD_CODE)
    expect(page.get_by_alt_text("Code QR")).to_be_visible()
    code.fill(totp.now())
    page.get_by_role("button", name="Confirmer").click()
    codes = page.locator(".codes li")
    expect(codes).to_have_count(8)
    recovery = codes.all_inner_texts()
    assert len(set(recovery)) == 8
    assert axe(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Je les ai notés").click()
    expect(codes).to_have_count(0)
    page.reload()
    settled(page)
    expect(page.get_by_text("Il vous reste 8 codes de secours.")).to_be_visible()
    assert recovery[0] not in page.content()
    return totp, recovery


def _enter_with_the_telephone(page: Page, who: str, totp: pyotp.TOTP) -> None:
    _password_step(page, who)
    assert axe(page) == []
    _type_code(page, _wrong(totp))
    expect(page.get_by_role("alert")).to_have_text(BAD_CODE)
    expect(page.get_by_role("alert")).to_be_focused()
    assert [cookie["name"] for cookie in page.context.cookies() if "session" in cookie["name"]] == []
    _type_code(page, totp.at(time.time() + STEP_SECONDS))  # le code d'activation a servi : le suivant vaut déjà
    arrived(page)
    expect(page).to_have_url(re.compile(r"/admin$"))


def _enter_with_a_recovery_code(page: Page, who: str, code: str) -> None:
    _password_step(page, who)
    _type_code(page, code)
    arrived(page)
    page.goto("/compte")
    settled(page)
    expect(page.get_by_text("Il vous reste 7 codes de secours.")).to_be_visible()


def _recovery_code_serves_once(page: Page, who: str, code: str) -> None:
    _password_step(page, who)
    _type_code(page, code)
    expect(page.get_by_role("alert")).to_have_text(BAD_CODE)
    page.get_by_role("button", name="Revenir au mot de passe").click()
    expect(page.get_by_label("Mot de passe", exact=True)).to_be_visible()


def _wrong(totp: pyotp.TOTP) -> str:
    """Six chiffres qui ne sont le code d'aucun instant voisin."""
    near = {totp.at(time.time() + shift * STEP_SECONDS) for shift in range(-3, 4)}
    return next(code for code in ("000000", *map(str, range(111111, 111120))) if code not in near)


def _password_step(page: Page, who: str) -> None:
    page.goto("/connexion")
    settled(page)
    fill_sign_in(page, who)
    submit_sign_in(page)
    expect(page.get_by_label("Code à 6 chiffres")).to_be_visible()


def _type_code(page: Page, code: str) -> None:
    page.get_by_label("Code à 6 chiffres").fill(code)
    page.get_by_role("button", name="Valider").click()


def _bar(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Rubriques principales")


def _tabs(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Rubriques", exact=True)


@pytest.mark.parametrize(
    ("screen", "choice", "menus"),
    [
        (DESKTOP, "Toujours comme sur un téléphone", (_bar, _tabs)),
        (PHONE, "Toujours comme sur un ordinateur", (_tabs, _bar)),
    ],
    ids=["téléphone", "ordinateur"],
)
def test_the_chosen_display_is_followed_on_every_page_until_changed_back(
    open_page: Open, own_account: Account, screen: Screen, choice: str, menus: tuple[Nav, Nav]
) -> None:
    shown, hidden = menus
    page = open_page(screen, is_mobile=screen is PHONE, has_touch=screen is PHONE)
    sign_in(page, own_account("camille.durand@famille.example"), suite="/compte")
    expect(hidden(page)).to_be_visible()
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text="Vos préférences sont enregistrées.")).to_be_visible()
    expect(shown(page)).to_be_visible()
    expect(hidden(page)).to_be_hidden()
    page.goto("/dossier")
    settled(page)
    expect(shown(page)).to_be_visible()
    expect(hidden(page)).to_be_hidden()
    assert axe(page) == []
    assert sideways(page) == 0

    page.goto("/compte")
    settled(page)
    expect(page.get_by_label(choice)).to_be_checked()
    for pressed in (page.get_by_label("Automatique, selon l’écran"), page.get_by_role("button", name="Enregistrer")):
        pressed.focus()  # au clavier : Playwright vise mal une page que le téléphone rétrécit
        page.keyboard.press("Space")
    expect(hidden(page)).to_be_visible()
    expect(shown(page)).to_be_hidden()


def test_the_display_leaves_with_the_person(open_page: Open, own_account: Account) -> None:
    page = open_page(DESKTOP)
    sign_in(page, own_account("camille.durand@famille.example"), suite="/compte")
    page.get_by_label("Toujours comme sur un téléphone").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(_bar(page)).to_be_visible()
    page.get_by_role("button", name="Déconnexion").click()
    expect(page).to_have_url(re.compile(r"/connexion"))
    settled(page)
    expect(page.locator("html")).to_have_attribute("data-display", "auto")


def test_unwanted_mails_stay_unwanted(open_page: Open, own_account: Account) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account("tom.petit@famille.example"), suite="/compte")
    wanted = page.get_by_label("Quand une de mes démarches avance")
    expect(wanted).to_be_checked()
    wanted.uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").filter(has_text="Vos préférences sont enregistrées.")).to_be_visible()
    page.reload()
    settled(page)
    expect(wanted).not_to_be_checked()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_the_address_changes_by_the_link_sent_to_the_new_one(
    open_page: Open, open_as: Open, own_account: Account, screen: Screen
) -> None:
    who = own_account("ines.moreau@famille.example")
    wanted = who.replace("jumeau", "nouveau")
    page = open_page(screen)
    sign_in(page, who, suite="/compte")
    _ask_address(page, wanted, "pas-le-bon")
    expect(page.get_by_role("alert")).to_contain_text("actuel ne convient pas")
    expect(page.get_by_label("Nouvelle adresse e-mail")).to_have_value(wanted)
    assert axe(page) == []
    _ask_address(page, wanted)
    expect(page.get_by_text("En attente de confirmation")).to_be_visible()
    assert axe(page) == []

    link = _mail_link(open_as(ADMIN), wanted)
    stranger = open_page(screen)
    stranger.goto(link)
    settled(stranger)
    expect(stranger.get_by_role("heading", name="Lien invalide")).to_be_visible()
    expect(stranger.get_by_role("main").get_by_role("link", name="Ouvrir mon compte")).to_be_visible()
    other_tab = page.context.new_page()
    for tab in (page, other_tab):
        tab.goto(link)
        settled(tab)
        expect(tab.get_by_role("main")).to_contain_text(wanted)
    assert axe(page) == []
    page.get_by_role("main").get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("heading", name="Votre adresse est changée")).to_be_visible()
    assert axe(page) == []
    other_tab.get_by_role("main").get_by_role("button", name="Confirmer").click()
    expect(other_tab.get_by_role("heading", name="Lien invalide")).to_be_visible()

    fresh = open_page(screen)
    fresh.goto("/connexion")
    settled(fresh)
    fill_sign_in(fresh, who)
    submit_sign_in(fresh)
    expect(fresh.get_by_role("alert")).to_have_text(REFUSED)
    sign_in(fresh, wanted)


def test_a_taken_address_looks_like_a_free_one_and_can_be_given_up(open_page: Open, own_account: Account) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account("ines.moreau@famille.example"), suite="/compte")
    _ask_address(page, "paul.lefevre@famille.example")
    expect(page.get_by_role("status").filter(has_text="Regardez les courriels")).to_be_visible()
    expect(page.get_by_text("En attente de confirmation")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Renoncer à ce changement").click()
    expect(page.get_by_label("Nouvelle adresse e-mail")).to_be_visible()


def _ask_address(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Nouvelle adresse e-mail").fill(email)
    page.get_by_label("Votre mot de passe", exact=True).fill(password)
    page.get_by_role("button", name="Changer d’adresse e-mail").click()


def _mail_link(admin: Page, recipient: str) -> str:
    admin.goto("/admin/courriels")
    settled(admin)
    admin.get_by_label("Destinataire ou objet").fill(recipient)
    admin.get_by_role("button", name="Rechercher").click()
    admin.get_by_role("row").filter(has_text=recipient).first.get_by_role("button").click()
    found = re.search(r"https?://\S+(/confirmation/\S+)", admin.locator(".sheetmail pre").inner_text())
    assert found
    return found[1]


def test_new_terms_are_accepted_before_anything_else(open_page: Open, own_account: Account, portal: Running) -> None:
    who = own_account("sophie.garnier@famille.example")
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        base.execute("update account set terms_version = 0 where email = ?", (who,))
    page = open_page(PHONE)
    sign_in(page, who, suite="/dossier")
    expect(page).to_have_url(re.compile(r"/compte$"))
    section = page.get_by_role("region", name="Conditions générales d’utilisation")
    expect(section.get_by_role("listitem").first).to_be_visible()
    expect(page.get_by_role("heading", name="Mot de passe")).to_have_count(0)
    assert axe(page) == []
    section.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
    section.get_by_role("checkbox").check()
    section.get_by_role("button", name="Accepter").click()
    expect(page).to_have_url(re.compile(r"/accueil$"))
    page.goto("/dossier")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("Garnier")
