"""S'inscrire soi-même : cinq étapes sur un téléphone, le lien du courriel, la famille, et l'agent qui décide."""

import itertools
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import ADMIN, DESKTOP, PHONE, SMALL, Screen, axe, cut_off, settled, sideways, sign_in
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
RECEPTION = "accueil@mairie.example"
PASSWORD = "une-ardoise-bleue-au-marché"
NEXT, BACK = "Étape suivante", "Étape précédente"
STEPS = ("Mes informations", "Mes références dossier", "Conditions d’utilisation", "Confidentialité", "Récapitulatif")
LINK = re.compile(r"https?://\S+(/activation/\S+)")
KNOWN_NUMBER, KNOWN_NAME = "f-1032", "Famille ZELLER"  # un dossier de la démonstration, qu'aucun autre test n'ouvre
_ranks = itertools.count(1)


@dataclass(frozen=True)
class Newcomer:
    """Une personne que le portail ne connaît pas encore."""

    first_name: str = "Ysée"
    last_name: str = "Vauquelin"
    name: str = field(default_factory=lambda: f"arrivant{os.getpid()}n{next(_ranks)}")

    @property
    def email(self) -> str:
        return f"{self.name}@famille.example"


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _on_step(page: Page, rank: int) -> None:
    expect(page.get_by_role("heading", level=2)).to_have_text(STEPS[rank - 1])
    expect(page.locator(".stepbar [aria-current=step]")).to_contain_text(f"Étape {rank}/5")


def _next(page: Page) -> None:
    page.get_by_role("button", name=NEXT).click()


def _fill_identity(page: Page, who: Newcomer) -> None:
    page.get_by_label("Prénom").fill(who.first_name)
    page.get_by_label("Nom", exact=True).fill(who.last_name)
    page.get_by_label("Adresse e-mail", exact=True).fill(who.email)
    page.get_by_label("Confirmation de l’adresse e-mail").fill(who.email)
    page.get_by_label("Nom d’utilisateur").fill(who.name)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmation du mot de passe").fill(PASSWORD)


def _start(page: Page, who: Newcomer) -> None:
    """La première étape, faite."""
    page.goto("/inscription")
    settled(page)
    _fill_identity(page, who)
    _next(page)
    _on_step(page, 2)


def _finish(page: Page) -> None:
    """De la troisième étape au courriel."""
    _on_step(page, 3)
    page.get_by_label("J’ai lu et j’accepte les conditions").check()
    _next(page)
    _on_step(page, 4)
    page.get_by_label("J’ai lu comment mes données").check()
    _next(page)
    _on_step(page, 5)
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("heading", name="Votre espace personnel a été créé")).to_be_visible()


def _register(page: Page, who: Newcomer) -> None:
    """Toute l'inscription, sans dossier."""
    _start(page, who)
    page.get_by_label("Je n’ai pas encore de dossier").check()
    _next(page)
    _finish(page)


def _mail(admin: Page, recipient: str, subject: str) -> str:
    """L'administrateur ouvre le courriel et en rend le texte."""
    admin.goto("/admin/courriels")
    settled(admin)
    admin.get_by_label("Destinataire ou objet").fill(recipient)
    admin.get_by_role("button", name="Rechercher").click()
    admin.get_by_role("button", name=f"Ouvrir {subject}, {recipient}").first.click()
    mail = admin.locator(".sheetmail")
    expect(mail.get_by_role("heading", name=subject)).to_be_visible()
    return mail.locator("pre").inner_text()


def _link(admin: Page, who: Newcomer) -> str:
    found = LINK.search(_mail(admin, who.email, "Activez votre espace personnel"))
    assert found
    return found[1]


def _activate(page: Page, link: str) -> None:
    page.goto(link)
    settled(page)
    page.get_by_role("button", name="Activer mon compte famille").click()


def _enter_family(page: Page, child: tuple[str, str, str]) -> None:
    """La famille tapée sur « Présenter ma famille », envoyée."""
    page.get_by_label("Votre lien avec les enfants").select_option("Mère")
    page.get_by_label("Votre téléphone portable").fill("06 98 76 54 32")
    page.get_by_label("Numéro et rue").fill("17 venelle des Saules")
    page.get_by_label("Code postal").fill("49999")
    page.get_by_label("Commune").fill("Valbourg-sur-Loire")
    _next(page)
    expect(page.get_by_role("heading", level=2)).to_have_text("Enfants")
    _add_child(page, child)
    page.get_by_role("button", name=NEXT).click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Récapitulatif")
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("heading", name="Votre inscription est en cours de vérification")).to_be_visible()


def _add_child(page: Page, child: tuple[str, str, str]) -> None:
    first, last, birth = child
    page.get_by_label("Prénom", exact=True).fill(first)
    page.get_by_label("Nom", exact=True).fill(last)
    page.get_by_label("Date de naissance").fill(birth)
    page.get_by_role("button", name="Ajouter cet enfant").click()
    expect(page.get_by_role("button", name=f"Retirer {first} {last}")).to_be_visible()


def _registered_family(open_page: Open, open_as: Open, who: Newcomer, child: tuple[str, str, str]) -> Page:
    """Un parent inscrit dont la famille attend un agent ; la page où il la suit."""
    page = open_page(PHONE)
    _register(page, who)
    _activate(page, _link(open_as(ADMIN), who))
    expect(page.get_by_role("heading", name="Votre espace personnel est actif")).to_be_visible()
    sign_in(page, who.email, PASSWORD, suite="/inscription/famille")
    _enter_family(page, child)
    return page


def _open_review(open_as: Open, parent: Page, screen: Screen = DESKTOP) -> Page:
    """L'agent, de la file jusqu'à la page où comparer."""
    parent.get_by_role("link", name="Suivre ma demande").click()
    expect(parent).to_have_url(re.compile(r"/demarches/\d+$"))
    request = parent.url.rpartition("/")[2]
    desk = open_as(RECEPTION, screen)
    desk.goto(f"/admin/demarches/{request}")
    settled(desk)
    desk.get_by_role("link", name="Comparer et décider").click()
    expect(desk).to_have_url(re.compile(rf"/admin/inscriptions/{request}$"))
    settled(desk)
    return desk


def _said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def test_the_first_page_leads_to_five_steps_checked_one_by_one(open_page: Open) -> None:
    page, who = open_page(PHONE), Newcomer()
    page.goto("/connexion")
    settled(page)
    page.get_by_role("link", name="Inscrivez-vous").click()
    expect(page).to_have_title("Inscription · Portail Famille")
    settled(page)
    _on_step(page, 1)
    _fill_identity(page, who)
    page.get_by_label("Confirmation de l’adresse e-mail").fill("autre@famille.example")
    page.get_by_label("Confirmation du mot de passe").fill("autre chose de bien long")
    _next(page)
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_text(
        ["Les deux adresses e-mail ne sont pas les mêmes.", "Les deux mots de passe ne sont pas les mêmes."]
    )
    again = page.get_by_label("Confirmation de l’adresse e-mail")
    expect(again).to_have_attribute("aria-invalid", "true")
    expect(again).to_have_value("autre@famille.example")
    expect(page.get_by_label("Prénom")).to_have_value(who.first_name)
    expect(page.get_by_label("Mot de passe", exact=True)).to_have_value(PASSWORD)
    _checked(page)
    again.fill(who.email)
    page.get_by_label("Confirmation du mot de passe").fill(PASSWORD)
    _next(page)
    _on_step(page, 2)
    _checked(page)
    page.get_by_label("Je n’ai pas encore de dossier").check()
    expect(page.get_by_label("Numéro de dossier", exact=True)).to_be_hidden()
    _next(page)
    for rank, sentence in ((3, "acceptez les conditions"), (4, "dites que vous avez lu")):
        _on_step(page, rank)
        _next(page)
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        _checked(page)
        page.get_by_role("checkbox").check()
        _next(page)
    _on_step(page, 5)
    expect(page.locator("dl")).to_contain_text(who.email)
    expect(page.locator("dl")).not_to_contain_text(PASSWORD)
    _checked(page)


def test_going_back_keeps_what_was_typed(open_page: Open) -> None:
    page, who = open_page(PHONE), Newcomer()
    _start(page, who)
    page.get_by_label("Je n’ai pas encore de dossier").check()
    _next(page)
    page.get_by_label("J’ai lu et j’accepte les conditions").check()
    _next(page)
    _on_step(page, 4)
    for rank in (3, 2, 1):
        page.get_by_role("button", name=BACK).click()
        _on_step(page, rank)
    expect(page.get_by_label("Nom d’utilisateur")).to_have_value(who.name)
    expect(page.get_by_label("Confirmation de l’adresse e-mail")).to_have_value(who.email)

    page.get_by_role("link", name="Connectez-vous").click()
    expect(page).to_have_url(re.compile(r"/connexion$"))
    page.go_back()
    settled(page)
    _on_step(page, 1)
    expect(page.get_by_label("Prénom")).to_have_value(who.first_name)
    expect(page.get_by_label("Adresse e-mail", exact=True)).to_have_value(who.email)
    _next(page)
    _on_step(page, 2)
    expect(page.get_by_label("Je n’ai pas encore de dossier")).to_be_checked()
    _next(page)
    _on_step(page, 3)
    expect(page.get_by_label("J’ai lu et j’accepte les conditions")).to_be_checked()


def test_without_a_file_the_family_is_typed_then_an_agent_validates_it(open_page: Open, open_as: Open) -> None:
    who, child = Newcomer(), ("Maïwenn", "Vauquelin", "2019-02-03")
    page = open_page(PHONE)
    _register(page, who)
    expect(page.get_by_text("72 heures")).to_be_visible()
    _checked(page)
    page.goto(_link(open_as(ADMIN), who))
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("il ne reste qu’à confirmer")
    _checked(page)
    page.get_by_role("button", name="Activer mon compte famille").click()
    expect(page.get_by_role("heading", name="Votre espace personnel est actif")).to_be_visible()
    _checked(page)

    page.get_by_role("main").get_by_role("link", name="Se connecter").click()
    sign_in(page, who.name, PASSWORD, suite="/inscription/famille")
    _next(page)
    expect(page.get_by_role("alert")).to_contain_text("Indiquez un téléphone")
    _checked(page)
    page.get_by_label("Ajouter un autre responsable").check()
    expect(page.get_by_label("Son prénom")).to_be_visible()
    page.get_by_label("Ajouter un autre responsable").uncheck()
    _enter_family(page, child)
    _checked(page)
    assert "Le service enfance vérifie" in _mail(
        open_as(ADMIN), who.email, "Votre dossier est créé, la mairie le vérifie"
    )
    page.goto("/dossier")
    settled(page)
    expect(page.get_by_text("Maïwenn", exact=True)).to_be_visible()
    page.goto("/accueil")
    settled(page)
    expect(page.get_by_text("Votre inscription est en cours de vérification")).to_be_visible()

    page.goto("/inscription/famille")
    settled(page)
    desk = _open_review(open_as, page)
    expect(desk.get_by_role("heading", level=1)).to_have_text(f"Inscription de {who.first_name} {who.last_name}")
    expect(desk.get_by_role("region", name="Démarche n°")).to_contain_text("Maïwenn Vauquelin")
    _checked(desk)
    desk.get_by_role("button", name="Valider").click()
    _said(desk, "L’inscription est validée, la famille en est prévenue.")
    assert "est terminée" in _mail(open_as(ADMIN), who.email, "Votre inscription est complète")
    page.goto("/inscription/famille")
    settled(page)
    expect(page.get_by_role("heading", name="Votre famille a déjà un dossier")).to_be_visible()


def test_with_the_number_of_the_file_the_registration_ends_with_the_link(open_page: Open, open_as: Open) -> None:
    page, who = open_page(PHONE), Newcomer("Anaïs", "Zeller")
    _start(page, who)
    page.get_by_label("J’ai un numéro de dossier").check()
    page.get_by_label("Numéro de dossier", exact=True).fill(KNOWN_NUMBER)
    page.get_by_label("Nom du dossier").fill(KNOWN_NAME)
    _next(page)
    _finish(page)
    _activate(page, _link(open_as(ADMIN), who))
    expect(page.get_by_role("heading", name="Votre inscription est complète")).to_be_visible()
    _checked(page)
    assert "F-1032" in _mail(open_as(ADMIN), who.email, "Votre inscription est complète")
    sign_in(page, who.email, PASSWORD, suite="/dossier")
    expect(page.get_by_role("main")).to_contain_text("F-1032")


def test_a_wrong_number_and_a_wrong_name_say_the_same(open_page: Open) -> None:
    page, who = open_page(PHONE), Newcomer()
    _start(page, who)
    page.get_by_label("J’ai un numéro de dossier").check()
    said = []
    for number, name in (("F-1031", "Vauquelin"), ("F-999999", "Yvon")):
        page.get_by_label("Numéro de dossier", exact=True).fill(number)
        page.get_by_label("Nom du dossier").fill(name)
        _next(page)
        expect(page.get_by_label("Numéro de dossier", exact=True)).to_have_attribute("aria-invalid", "true")
        said.append(page.get_by_role("alert").inner_text())
        expect(page.get_by_label("Numéro de dossier", exact=True)).to_have_value(number)
        expect(page.get_by_label("Nom du dossier")).to_have_value(name)
        _on_step(page, 2)
    assert said[0] == said[1]
    assert "Ce numéro et ce nom ne correspondent à aucun dossier." in said[0]
    _checked(page)


def test_the_link_opens_in_one_browser_only(open_page: Open, open_as: Open) -> None:
    page, who = open_page(PHONE), Newcomer()
    _register(page, who)
    link = _link(open_as(ADMIN), who)
    other = open_page(DESKTOP)
    for tab in (page, other):
        tab.goto(link)
        settled(tab)
        expect(tab.get_by_role("button", name="Activer mon compte famille")).to_be_visible()
    page.get_by_role("button", name="Activer mon compte famille").click()
    expect(page.get_by_role("heading", name="Votre espace personnel est actif")).to_be_visible()
    other.get_by_role("button", name="Activer mon compte famille").click()
    main = other.get_by_role("main")
    expect(main.get_by_role("heading", name="Lien invalide")).to_be_visible()
    expect(main.get_by_role("link", name="Recevoir un nouveau lien")).to_be_visible()
    expect(main.get_by_role("link", name="Se connecter")).to_be_visible()
    _checked(other)
    sign_in(other, who.email, PASSWORD)
    expect(other.get_by_role("heading", level=1)).to_have_text(f"Bonjour {who.first_name}")


@pytest.fixture
def known(own_account: Account, portal: Running) -> tuple[str, str]:
    """Le dossier du jumeau de Tom, et la naissance de son enfant Malo, qu'aucun autre jumeau n'a."""
    twin = own_account("tom.petit@famille.example", own_family=True)
    birth = f"2015-03-{next(_ranks):02d}"
    query = """select family.number, child.id from account
        join guardian on guardian.account_id = account.id join family on family.id = guardian.family_id
        join family_child on family_child.family_id = family.id join child on child.id = family_child.child_id
        where account.email = ?"""
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        ((number, child),) = base.execute(query, (twin,)).fetchall()
        base.execute("update child set birth_date = ? where id = ?", (birth, child))
    return number, birth


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_an_agent_attaches_it_to_the_file_that_looks_alike_and_goes_back(
    open_page: Open, open_as: Open, known: tuple[str, str], screen: Screen
) -> None:
    number, birth = known
    page = _registered_family(open_page, open_as, Newcomer("Lou", "Petit"), ("Malo", "PETIT", birth))
    desk = _open_review(open_as, page, screen)
    card = desk.locator(".candidate").filter(has_text=number)
    expect(card).to_contain_text("même date de naissance")
    expect(card.locator("tr[data-mark=same]").first).to_be_visible()
    _checked(desk)
    card.get_by_role("button", name=f"Rattacher à ce dossier : Petit, n° {number}").click()
    expect(card).to_contain_text("revenir en arrière pendant 30 jours")
    _checked(desk)
    card.get_by_role("button", name="Confirmer").click()
    _said(desk, "L’inscription est rattachée au dossier existant, la famille en est prévenue.")
    expect(desk.locator("dl")).to_contain_text(number)
    page.goto("/dossier")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text(number)
    expect(page.get_by_text("Malo", exact=True)).to_have_count(1)

    desk.get_by_role("button", name="Défaire le rattachement").click()
    _said(desk, "Le rattachement est défait.")
    expect(desk.get_by_role("button", name="Défaire le rattachement")).to_have_count(0)
    page.goto("/dossier")
    settled(page)
    expect(page.get_by_role("main")).not_to_contain_text(number)
    expect(page.get_by_text("Malo", exact=True)).to_have_count(1)


def test_a_refusal_is_read_by_the_family_that_can_correct(open_page: Open, open_as: Open) -> None:
    who = Newcomer()
    page = _registered_family(open_page, open_as, who, ("Maïwenn", "Vauquelin", "2019-02-03"))
    desk = _open_review(open_as, page)
    desk.get_by_role("button", name="Refuser", exact=True).click()
    desk.get_by_role("button", name="Refuser l’inscription").click()
    expect(desk.get_by_role("alert")).to_contain_text("motif")
    desk.get_by_label("Motif, que la famille lira").fill("Il manque le second responsable.")
    desk.get_by_role("button", name="Refuser l’inscription").click()
    _said(desk, "L’inscription est refusée, la famille en est prévenue.")
    page.goto("/inscription/famille")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("Il manque le second responsable.")
    _checked(page)


@pytest.mark.parametrize("screen", [SMALL, DESKTOP], ids=lambda screen: screen.name)
def test_every_step_fits_the_screen(open_page: Open, screen: Screen) -> None:
    page = open_page(screen)
    _start(page, Newcomer("Anne-Charlotte-Élisabeth", "de la Rochefoucauld-Montbel"))
    page.get_by_label("Je n’ai pas encore de dossier").check()
    for rank in (2, 3, 4):
        _on_step(page, rank)
        assert sideways(page) == 0
        assert [said for said in cut_off(page) if not said.startswith("INPUT")] == []
        for box in page.get_by_role("checkbox").all():
            box.check()
        _next(page)
    _on_step(page, 5)
    assert sideways(page) == 0
