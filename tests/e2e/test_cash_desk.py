"""La caisse dans un vrai navigateur : encaisser, retrouver, annuler ; compter un jour passé, l'arrêter, le rouvrir."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PHONE, Screen, axe, settled, sideways, sign_in

Open = Callable[..., Page]
Account = Callable[..., str]
REGIE = "regie@mairie.example"
SCREENS = pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)


def _said(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _file_of(page: Page) -> str:
    page.goto("/dossier")
    settled(page)
    said = page.get_by_text(re.compile(r"Dossier n°\sF-")).first.inner_text()
    return re.findall(r"F-[\w-]+", said)[0]


def _search(page: Page, words: str) -> None:
    page.get_by_label("Montant, nom, facture, reçu, bordereau, chèque ou référence").fill(words)
    page.get_by_role("button", name="Rechercher").click()


@SCREENS
def test_money_taken_is_found_then_undone(open_page: Open, own_account: Account, screen: Screen) -> None:
    parent = open_page(DESKTOP)
    sign_in(parent, own_account("karim.benali@famille.example", own_family=True))
    parent.goto("/porte-monnaie")
    settled(parent)
    parent.get_by_label("J’accepte les conditions du porte-monnaie").check()
    parent.get_by_role("button", name="Activer mon compte famille").click()
    _said(parent, "Votre compte famille est activé.")
    number = _file_of(parent)

    desk = open_page(screen)
    sign_in(desk, REGIE, suite="/admin/encaissements")
    desk.get_by_label("Nom, téléphone, dossier, facture ou montant dû").fill(number)
    desk.get_by_role("button", name="Rechercher").click()
    desk.get_by_role("link", name=re.compile(f"^Ouvrir le porte-monnaie .*{number}")).click()
    desk.get_by_label("Montant en euros").fill("17,31")
    desk.get_by_label("Moyen").select_option("Espèces")
    desk.get_by_role("button", name="Encaisser").click()
    _said(desk, "17,31\u00a0€ versés.")

    desk.goto("/admin/caisse")
    settled(desk)
    _search(desk, number)
    found = desk.get_by_role("region", name="Encaissements").get_by_role("listitem").filter(has_text="17,31")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("17,31\u00a0€")
    _checked(desk)
    found.get_by_text("Annuler", exact=True).click()
    expect(found).to_contain_text("17,31\u00a0€ sortent de la caisse")
    found.get_by_role("button", name="Oui, annuler").click()
    expect(found).to_contain_text("Annulé")
    expect(found.get_by_role("button", name="Oui, annuler")).to_have_count(0)
    parent.goto("/porte-monnaie")
    settled(parent)
    expect(parent.get_by_text("0,00\u00a0€", exact=True).first).to_be_visible()


@SCREENS
def test_a_day_left_open_is_counted_closed_and_opened_again(open_page: Open, screen: Screen) -> None:
    desk = open_page(screen)
    sign_in(desk, REGIE, suite="/admin/caisse")
    closing = desk.get_by_role("region", name="Arrêter une journée")
    first = closing.get_by_role("button", name=re.compile("^Compter le ")).last
    day = first.inner_text().removeprefix("Compter le ")
    first.click()
    expected = closing.get_by_text("Espèces attendues").locator("b").inner_text()
    _checked(desk)
    counted = closing.get_by_label("Espèces comptées, en euros")
    counted.fill("1234,56")
    closing.get_by_role("button", name=re.compile("^Arrêter la journée")).click()
    expect(closing.get_by_role("alert")).to_be_visible()
    expect(counted).to_have_value("1234,56")
    counted.fill(re.sub(r"[^\d,]", "", expected))
    closing.get_by_role("button", name=re.compile("^Arrêter la journée")).click()
    row = desk.get_by_role("region", name="Journées arrêtées").locator("tr", has_text=day)
    expect(row.first).to_contain_text("Aucun")
    expect(closing.get_by_role("button", name=f"Compter le {day}")).to_have_count(0)
    _checked(desk)
    row.first.get_by_text("Rouvrir", exact=True).click()
    row.first.get_by_label("Motif, gardé au journal").fill("Arrêtée par erreur")
    row.first.get_by_role("button", name=f"Rouvrir la journée du {day}").click()
    expect(closing.get_by_role("button", name=f"Compter le {day}")).to_be_visible()
    expect(row.first).to_contain_text("Arrêtée par erreur")
