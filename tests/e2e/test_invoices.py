"""Les factures au navigateur : une famille lit et va jusqu'au paiement, la régie relit un mois."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PARENT, PHONE, SMALL, Screen, axe, settled, sideways, sign_in

Open = Callable[..., Page]
REGIE = "regie@mairie.example"


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("screen", [SMALL, PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_parent_reads_an_invoice_and_goes_to_the_last_step(open_page: Open, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, PARENT, suite="/factures")
    expect(page.get_by_role("heading", name="Mes factures", level=1)).to_be_visible()
    expect(page.get_by_text("À payer", exact=True).first).to_be_visible()
    _checked(page)
    page.get_by_role("link", name=re.compile("^Facture : ")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^Facture ENF-"), level=1)).to_be_visible()
    expect(page.get_by_text("Sortie au parc animalier").first).to_be_visible()
    _checked(page)
    with page.expect_download() as arriving:
        page.get_by_role("link", name=re.compile("^Télécharger ENF-.* \\(PDF\\)")).click()
    assert arriving.value.suggested_filename.startswith("ENF-")
    page.get_by_role("link", name=re.compile("^Payer ")).click()
    settled(page)
    _checked(page)
    page.get_by_role("button", name="Étape suivante").first.click()
    expect(page.get_by_role("heading", name="Étape 2 : Mon récapitulatif")).to_be_visible()
    _checked(page)
    page.get_by_role("button", name="Étape suivante").last.click()
    expect(page.get_by_role("heading", name="Étape 3 : Mon paiement")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Payer "))).to_be_visible()
    _checked(page)


def test_the_regie_reads_a_month_and_finds_an_invoice(open_page: Open) -> None:
    page = open_page(DESKTOP)
    sign_in(page, REGIE, suite="/admin/facturation")
    page.get_by_role("link", name=re.compile("^Ouvrir la facturation")).first.click()
    expect(page.get_by_role("heading", name="Aperçu")).to_be_visible()
    _checked(page)
    page.get_by_role("button", name="Écarts à relire").click()
    expect(page.get_by_role("button", name="Écarts à relire")).to_have_attribute("aria-pressed", "true")
    page.goto("/admin/factures")
    settled(page)
    page.get_by_label("Numéro, famille ou montant").fill("Durand")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name=re.compile("^Ouvrir ENF-")).first.click()
    expect(page.get_by_role("heading", name="Émettre un avoir")).to_be_visible()
    _checked(page)
    page.get_by_role("button", name="Émettre l’avoir").click()
    expect(page.get_by_role("alert")).to_be_visible()
