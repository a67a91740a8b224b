"""Le porte-monnaie, du compte à activer à la somme encaissée au guichet."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.visits import DESKTOP, PHONE, SMALL, Screen, axe, settled, sideways, sign_in
from tests.tools import twins
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
REGIE = "regie@mairie.example"
IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def parent(own_account: Account) -> str:
    return own_account("karim.benali@famille.example", own_family=True)


def _said(page: Page, sentence: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _number_of_the_file(page: Page) -> str:
    page.goto("/dossier")
    settled(page)
    said = page.get_by_text(re.compile(r"Dossier n°\sF-")).first.inner_text()
    return re.findall(r"F-[\w-]+", said)[0]


def _credit(page: Page, number: str) -> None:
    page.goto("/admin/encaissements")
    settled(page)
    page.get_by_label("Nom, téléphone, dossier, facture ou montant dû").fill(number)
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name=re.compile(f"^Ouvrir le porte-monnaie .*{number}")).click()
    amount = page.get_by_label("Montant en euros")
    amount.fill("12,345")
    page.get_by_label("Moyen").select_option("Espèces")
    page.get_by_role("button", name="Encaisser").click()
    expect(page.get_by_role("alert")).to_contain_text("20,50")
    expect(amount).to_have_attribute("aria-invalid", "true")
    expect(amount).to_have_value("12,345")
    _checked(page)
    amount.fill("20,50")
    page.get_by_role("button", name="Encaisser").click()
    _said(page, "20,50\u00a0€ versés.")
    expect(page.get_by_label("Montant en euros")).to_have_value("")
    expect(page.get_by_text("Espèces, au guichet")).to_be_visible()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_wallet_is_activated_then_filled_at_the_desk(open_page: Open, parent: str, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, parent)
    page.goto("/porte-monnaie?suite=/dossier")
    settled(page)
    expect(page.get_by_role("heading", name="Mon porte-monnaie", level=1)).to_be_visible()
    expect(page.get_by_text("Pas encore activé")).to_be_visible()
    page.get_by_role("button", name="Activer mon compte famille").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
    _checked(page)
    page.get_by_label("J’accepte les conditions du porte-monnaie").check()
    page.get_by_role("button", name="Activer mon compte famille").click()
    _said(page, "Votre compte famille est activé.")
    expect(page.get_by_role("button", name="Activer mon compte famille")).to_have_count(0)
    page.get_by_role("link", name="Retour à ma sélection").click()
    page.wait_for_url(re.compile("/dossier$"))
    number = _number_of_the_file(page)

    desk = open_page(DESKTOP)
    sign_in(desk, REGIE, suite="/admin/encaissements")
    _credit(desk, number)

    page.goto("/porte-monnaie")
    settled(page)
    expect(page.get_by_text("20,50\u00a0€", exact=True).first).to_be_visible()
    page.get_by_label("Montrer").select_option("Annulation")
    expect(page.get_by_text("Aucun mouvement")).to_be_visible()
    page.get_by_label("Montrer").select_option("Alimentation")
    expect(page.get_by_text("Espèces, au guichet")).to_be_visible()


def test_the_wallet_fits_a_small_phone(open_page: Open) -> None:
    page = open_page(SMALL)
    sign_in(page, "camille.durand@famille.example", suite="/porte-monnaie")
    expect(page.get_by_text("60,00\u00a0€", exact=True).first).to_be_visible()
    _checked(page)


def _open(page: Page, path: str) -> None:
    page.goto(path)
    settled(page)


def _ask(page: Page, amount: str, iban: str = IBAN) -> None:
    page.get_by_label("Montant en euros").last.fill(amount)
    page.get_by_label("Titulaire du compte").fill("Karim Benali")
    page.get_by_label("IBAN", exact=True).fill(iban)
    page.get_by_role("button", name="Demander le remboursement").click()


def _waiting(desk: Page, number: str) -> Locator:
    """La demande de ce dossier, par le chemin de l'agent : « À faire », puis la caisse."""
    _open(desk, "/admin")
    _checked(desk)
    desk.get_by_role("listitem").filter(has_text="rembourser").get_by_role("link").click()
    desk.wait_for_url(re.compile("/admin/caisse$"))
    settled(desk)
    asked = desk.get_by_role("region", name="Porte-monnaie à rembourser").get_by_role("listitem")
    return asked.filter(has_text=number)


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_refund_is_refused_with_its_reason_then_paid(
    open_page: Open, parent: str, portal: Running, screen: Screen
) -> None:
    twins.fund(portal, parent, 30_00)
    page = open_page(screen)
    sign_in(page, parent)
    number = _number_of_the_file(page)
    _open(page, "/porte-monnaie")
    mine = page.get_by_role("region", name="Remboursement")
    mine.get_by_text("Demander un remboursement").click()
    _ask(page, "30,01", IBAN.replace("189", "188"))
    expect(mine.get_by_role("alert")).to_contain_text("Cet IBAN n’est pas juste.")
    _checked(page)
    _ask(page, "30,01")
    expect(mine.get_by_role("alert")).to_contain_text("Votre porte-monnaie contient 30,00\u00a0€")
    _ask(page, "12,40")
    _said(page, "12,40\u00a0€ est envoyée à la régie")
    expect(mine.get_by_role("listitem").first).to_contain_text("Demandé")
    expect(page.locator("p.balance")).to_have_text("30,00\u00a0€")
    _checked(page)

    desk = open_page(screen)
    sign_in(desk, REGIE)
    asked = _waiting(desk, number)
    expect(asked).to_contain_text("12,40\u00a0€")
    asked.get_by_text("Refuser", exact=True).click()
    asked.get_by_role("button", name="Refuser la demande").click()
    expect(desk.get_by_role("alert")).to_contain_text("la famille le lira")
    asked.get_by_label("Motif, que la famille lira").fill("Le titulaire n’est pas du foyer")
    _checked(desk)
    asked.get_by_role("button", name="Refuser la demande").click()
    _said(desk, "La demande est refusée")
    expect(asked).to_have_count(0)

    _open(page, "/porte-monnaie")
    expect(mine.get_by_role("listitem").first).to_contain_text("Motif : Le titulaire n’est pas du foyer")
    mine.get_by_text("Demander un remboursement").click()
    _ask(page, "12,40")
    _said(page, "12,40\u00a0€ est envoyée à la régie")

    asked = _waiting(desk, number)
    expect(asked).to_contain_text("FR76")
    asked.get_by_text("Virement fait", exact=True).click()
    _checked(desk)
    asked.get_by_role("button", name="Oui, le virement est fait").click()
    _said(desk, "12,40\u00a0€ remboursés")
    expect(asked).to_have_count(0)
    _open(page, "/porte-monnaie")
    expect(page.locator("p.balance")).to_have_text("17,60\u00a0€")
    expect(mine.get_by_role("listitem").first).to_contain_text("Remboursé")
    expect(page.get_by_text("Remboursement par virement sur le compte")).to_be_visible()
    _checked(page)
