"""Les factures au navigateur : une famille lit et va jusqu'au paiement, la régie relit un mois."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PARENT, PHONE, SMALL, Screen, axe, settled, sideways, sign_in
from tests.tools import twins
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
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
    address = page.url
    number = page.get_by_role("heading", level=1).inner_text().removeprefix("Facture ")
    page.goto(f"/factures/{number}")
    expect(page.get_by_role("heading", name=f"Facture {number}", level=1)).to_be_visible()
    page.goto(address)
    settled(page)
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


def _to_the_last_step(page: Page) -> None:
    page.get_by_role("button", name="Étape suivante").first.click()
    expect(page.get_by_role("heading", name="Étape 2 : Mon récapitulatif")).to_be_visible()
    page.get_by_role("button", name="Étape suivante").last.click()
    expect(page.get_by_role("heading", name="Étape 3 : Mon paiement")).to_be_visible()


def _leave(page: Page, means: str, where: str) -> None:
    page.get_by_role("radio", name=re.compile(f"^{means}")).check()
    page.get_by_role("button", name=re.compile("^Payer ")).click()
    page.wait_for_url(re.compile(where))


@pytest.fixture
def debtor(own_account: Account, portal: Running) -> str:
    """Une famille à elle seule, qui a une facture à payer."""
    account = own_account(PARENT, own_family=True)
    twins.bill(portal, PARENT, account)
    return account


def _has_its_receipt(page: Page) -> None:
    """Du « Paiement reçu » au PDF, par la facture."""
    expect(page.get_by_role("heading", name="Paiement reçu", level=1)).to_be_visible()
    _checked(page)
    page.get_by_role("link", name="Voir mes factures").click()
    expect(page.get_by_text("Tout est réglé, merci.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Facture : ")).first.click()
    receipt = page.get_by_role("link", name=re.compile("^Reçu du paiement du "))
    expect(receipt).to_be_visible()
    _checked(page)
    with page.expect_download() as arriving:
        receipt.click()
    assert re.fullmatch(r"recu-\d+\.pdf", arriving.value.suggested_filename)


def test_an_invoice_is_paid_by_card_to_its_receipt_and_the_other_tab_is_told(open_page: Open, debtor: str) -> None:
    page = open_page(PHONE)
    sign_in(page, debtor, suite="/paiement")
    settled(page)
    _to_the_last_step(page)
    _leave(page, "Carte bancaire", "/demonstration/stripe/payer/")

    other = open_page(SMALL)
    sign_in(other, debtor, suite="/paiement")
    settled(other)
    _to_the_last_step(other)
    expect(other.get_by_text("par carte bancaire est en cours depuis le")).to_be_visible()
    _checked(other)

    page.get_by_role("button", name=re.compile("^Payer")).click()
    _has_its_receipt(page)


def test_an_invoice_is_paid_by_payfip_to_its_receipt(open_page: Open, debtor: str) -> None:
    page = open_page(DESKTOP)
    sign_in(page, debtor, suite="/paiement")
    settled(page)
    _to_the_last_step(page)
    _leave(page, "PayFiP", "/demonstration/payfip/tpa/paiementws.web")
    page.get_by_role("button", name="Payer", exact=True).click()
    _has_its_receipt(page)


def test_a_return_by_post_shows_the_same_page(open_page: Open, debtor: str, portal: Running) -> None:
    """PayFiP peut ramener la famille par un formulaire ; un numéro forgé n'y change rien."""
    page = open_page(PHONE)
    sign_in(page, debtor, suite="/paiement")
    settled(page)
    _to_the_last_step(page)
    _leave(page, "PayFiP", "/demonstration/payfip/tpa/paiementws.web")
    reference = re.findall(r"PF\w+", page.get_by_role("main").inner_text())[0]
    form = (
        f'<form method="post" action="{portal.url}/paiement/retour?tentative={reference}">'
        '<input name="idop" value="forgé"><button>Revenir</button></form>'
    )
    page.evaluate("form => { document.querySelector('main').innerHTML = form }", form)
    page.get_by_role("button", name="Revenir").click()
    expect(page.get_by_role("heading", name="Paiement en attente", level=1)).to_be_visible()


def test_the_regie_reads_a_month_and_finds_an_invoice(open_page: Open) -> None:
    page = open_page(DESKTOP)
    sign_in(page, REGIE, suite="/admin/facturation")
    page.get_by_role("link", name=re.compile("^Ouvrir la facturation")).first.click()
    expect(page.get_by_role("heading", name="Aperçu")).to_be_visible()
    _checked(page)
    page.get_by_role("button", name="Écarts à relire").click()
    expect(page.get_by_role("button", name="Écarts à relire")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Toutes").click()
    page.get_by_label("Famille ou numéro de dossier").fill("Durand")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.get_by_role("row").filter(has_text="Durand").first).to_be_visible()
    _checked(page)
    page.goto("/admin/factures")
    settled(page)
    page.get_by_label("Numéro, famille ou montant").fill("Durand")
    page.get_by_role("button", name="Rechercher").click()
    found = page.get_by_role("row").filter(has_text="Durand").first
    found.get_by_role("link", name=re.compile("^Ouvrir ENF-")).click()
    expect(page.get_by_role("heading", name="Émettre un avoir")).to_be_visible()
    _checked(page)
    page.get_by_role("button", name="Émettre l’avoir").click()
    expect(page.get_by_role("alert")).to_be_visible()
