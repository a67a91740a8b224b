"""« Fusionner deux dossiers » : chercher l'autre, comparer, dire lequel reste, confirmer, revenir."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import CLOSED, DESKTOP, PHONE, Screen, axe, settled, sideways
from tests.tools.server import Running

Open = Callable[..., Page]
RECEPTION = "accueil@mairie.example"


@pytest.fixture
def pair(own_account: Callable[..., str], portal: Running) -> tuple[tuple[int, str], tuple[int, str]]:
    """Deux dossiers que ce test peut réunir : leur numéro de ligne et celui qui se lit."""
    emails = [own_account(f"{who}@famille.example", own_family=True) for who in ("tom.petit", "karim.benali")]
    query = """select family.id, family.number from family join guardian on guardian.family_id = family.id
        join account on account.id = guardian.account_id where account.email = ?"""
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base:
        first, second = (base.execute(query, (email,)).fetchone() for email in emails)
    return first, second


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def _search(page: Page, words: str) -> None:
    page.get_by_label("Nom, prénom, téléphone ou numéro de dossier").fill(words)
    page.get_by_role("button", name="Chercher").click()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_two_files_become_one_then_two_again(
    open_as: Open, pair: tuple[tuple[int, str], tuple[int, str]], screen: Screen
) -> None:
    (mine, number), (_, other) = pair
    page = open_as(RECEPTION, screen)
    page.goto(f"/admin/familles/{mine}")
    settled(page)
    page.get_by_role("link", name="Fusionner avec un autre dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fusionner deux dossiers")
    settled(page)
    _checked(page)
    _search(page, number)
    expect(page.get_by_role("alert")).to_contain_text("ne peut pas être fusionné avec lui-même")
    _search(page, other)
    found = page.get_by_role("list", name="Dossiers trouvés")
    expect(page.get_by_role("alert")).to_have_count(0)
    found.get_by_role("button", name=f"Comparer avec Benali, n° {other}").click()
    card = page.locator(".candidate")
    expect(card.get_by_role("table")).to_contain_text("Sami Benali")
    expect(page.locator("div:focus").locator(".candidate")).to_be_visible()
    _checked(page)

    card.get_by_label("L’autre dossier").check()
    card.get_by_role("button", name="Fusionner ces deux dossiers").click()
    expect(card).to_contain_text(
        f"Tout ce que contient le dossier Petit, n° {number} passera dans le dossier Benali, n° {other}."
    )
    card.get_by_role("button", name="Annuler").click()
    expect(card.get_by_label("L’autre dossier")).to_be_checked()
    card.get_by_role("button", name="Fusionner ces deux dossiers").click()
    card.get_by_role("button", name="Confirmer").click()
    _said(page, "Les deux dossiers n’en font plus qu’un.")
    done = page.get_by_role("region", name="Fusions de ce dossier")
    expect(done).to_contain_text(f"Ce dossier a été fusionné dans Benali, n° {other}")
    expect(card).to_have_count(0)
    _checked(page)

    done.get_by_role("link", name=f"Benali, n° {other}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Famille Benali")
    expect(page.get_by_role("main")).to_contain_text("Malo Petit")
    expect(page.get_by_role("main")).to_contain_text("Un autre dossier a été fusionné dans celui-ci")
    page.get_by_role("link", name="Fusionner avec un autre dossier").click()
    page.get_by_role("button", name=f"Défaire la fusion avec Petit, n° {number}").click()
    _said(page, "La fusion est défaite")
    expect(page.get_by_role("region", name="Fusions de ce dossier")).to_contain_text("Défaite le")
    _checked(page)
    page.goto(f"/admin/familles/{mine}")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("Malo Petit")


@pytest.mark.parametrize("who", ["regie@mairie.example", "camille.durand@famille.example"])
def test_the_page_is_closed_to_the_others(open_as: Open, who: str) -> None:
    page = open_as(who)
    page.goto("/admin/familles/1/fusion")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text(CLOSED)
    assert "Durand" not in page.get_by_role("main").inner_text()
