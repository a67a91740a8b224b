"""Payer par carte, dans un vrai navigateur, chez le prestataire d'essai : verser, refuser, revenir à sa sélection."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_calendar import canteen, free, tally, turn, validate
from tests.e2e.visits import DESKTOP, PHONE, SMALL, Screen, axe, settled, sideways, sign_in
from tests.tools import twins
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
CHECKOUT = re.compile("/demonstration/stripe/payer/")
EUROS = "\u00a0€"
DAYS = 10


def _checked(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def _activate(page: Page) -> None:
    page.goto("/porte-monnaie")
    settled(page)
    page.get_by_label("J’accepte les conditions du porte-monnaie").check()
    page.get_by_role("button", name="Activer mon compte famille").click()
    expect(page.get_by_role("heading", name="Alimenter mon porte-monnaie")).to_be_visible()


def _to_checkout(page: Page) -> None:
    page.get_by_role("button", name="Payer en ligne").click()
    page.wait_for_url(CHECKOUT)
    expect(page.get_by_text("Démonstration : aucune vraie carte, aucun argent")).to_be_visible()


def _pay(page: Page, outcome: str = "La banque accepte") -> None:
    page.get_by_label(outcome, exact=True).check()
    page.get_by_role("button", name=re.compile("^Payer")).click()


@pytest.mark.parametrize("screen", [PHONE, SMALL, DESKTOP], ids=lambda screen: screen.name)
def test_a_wallet_is_filled_by_card(open_page: Open, own_account: Account, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, own_account("karim.benali@famille.example", own_family=True))
    _activate(page)
    amount = page.get_by_label("Montant en euros")
    amount.fill("12,345")
    page.get_by_role("button", name="Payer en ligne").click()
    expect(page.get_by_role("alert").first).to_contain_text("20,50")
    expect(amount).to_have_value("12,345")
    _checked(page)
    page.get_by_role("button", name=f"Choisir 20,00{EUROS}").click()
    expect(amount).to_have_value("20")
    _to_checkout(page)
    _checked(page)
    _pay(page, "La banque refuse : provision insuffisante")
    expect(page.get_by_role("alert")).to_contain_text("Rien n’a été débité")
    _pay(page, "La banque demande une confirmation (3-D Secure)")
    _checked(page)
    page.get_by_role("button", name="Oui, confirmer le paiement").click()
    expect(page.get_by_role("heading", name="Paiement reçu", level=1)).to_be_visible()
    _checked(page)
    page.get_by_role("link", name="Voir mon porte-monnaie").click()
    settled(page)
    expect(page.locator("p.balance")).to_have_text(f"20,00{EUROS}")


def test_giving_up_on_the_payment_page_debits_nothing(open_page: Open, own_account: Account) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account("karim.benali@famille.example", own_family=True))
    _activate(page)
    page.get_by_label("Montant en euros").fill("30")
    _to_checkout(page)
    page.get_by_role("link", name="Annuler et revenir au portail").click()
    expect(page.get_by_role("heading", name="Paiement abandonné", level=1)).to_be_visible()
    expect(page.get_by_text("Rien n’a été débité.")).to_be_visible()
    page.get_by_role("link", name="Recommencer").click()
    settled(page)
    page.get_by_label("Montant en euros").fill("30")
    _to_checkout(page)  # recommencer mène à la même page, encore ouverte
    page.go_back()
    expect(page.get_by_role("heading", name="Mon porte-monnaie", level=1)).to_be_visible()
    settled(page)
    assert not CHECKOUT.search(page.url)


def _pick(page: Page, path: str) -> None:
    """Plus de jours que le porte-monnaie n'en paie."""
    page.goto(path)
    settled(page)
    for _ in range(6):
        if free(page).count() >= DAYS:
            break
        turn(page, "Mois suivant")
    for rank in range(DAYS):
        free(page).nth(rank).click()
    expect(tally(page)).to_contain_text(f"{DAYS} jours")


@pytest.fixture
def outsider(own_account: Account, portal: Running) -> str:
    """Hors commune, chaque repas lui coûte ; un foyer à lui : les jours qu'il prend ne gênent personne."""
    account = own_account("tom.petit@famille.example", own_family=True, can_book=True)
    twins.fund(portal, account, 45_00)
    return account


def test_too_little_money_then_back_to_the_selection_confirmed_in_one_click(
    open_page: Open, outsider: str, portal: Running
) -> None:
    page = open_page(PHONE)
    sign_in(page, outsider)
    _pick(page, canteen(portal))
    sheet = validate(page)
    expect(sheet).to_contain_text("Il manque")
    _checked(page)
    sheet.get_by_role("button", name="Régler cela, puis revenir ici").click()
    page.wait_for_url(re.compile("/porte-monnaie"))
    settled(page)
    expect(page.get_by_text("à votre sélection : elle vous attend.")).to_be_visible()
    _to_checkout(page)
    _pay(page)
    page.wait_for_url(re.compile(r"/reservations/\d+\?reprise=PF"))
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text(f"{DAYS} jours à réserver")
    _checked(page)

    elsewhere = open_page(DESKTOP)
    sign_in(elsewhere, outsider, suite="/porte-monnaie")
    settled(elsewhere)
    elsewhere.get_by_role("link", name="Revenir à ma sélection").click()
    other = elsewhere.get_by_role("dialog")
    expect(other).to_contain_text(f"{DAYS} jours à réserver")
    other.get_by_role("button", name="Annuler").click()
    expect(tally(elsewhere)).to_contain_text(f"{DAYS} jours")

    sheet.get_by_role("button", name="Confirmer").click()
    expect(page.locator("#compte-rendu")).to_contain_text(f"{DAYS} jours réservés")
    page.get_by_role("button", name="Annuler ma modification").click()
    expect(page.locator("#compte-rendu")).not_to_contain_text("réservés")


def test_a_week_too_dear_is_found_again_after_the_payment_and_confirmed_in_one_click(
    open_page: Open, outsider: str, portal: Running
) -> None:
    page = open_page(PHONE)
    sign_in(page, outsider)
    page.goto(f"{canteen(portal)}/avancee")
    settled(page)
    page.locator("#avancee-enfants input").first.check()
    for day in ("lundi", "mardi", "jeudi", "vendredi"):
        page.locator(".weekparts fieldset").first.get_by_label(day).check()
    page.get_by_label("Au", exact=True).fill((date.today() + timedelta(days=60)).isoformat())  # noqa: DTZ011
    page.get_by_role("button", name="Voir ce qui changerait").click()
    title = page.locator("#apercu")
    expect(title).to_contain_text("à réserver")
    said = title.inner_text()
    page.get_by_role("button", name="Régler cela, puis revenir ici").click()
    page.wait_for_url(re.compile("/porte-monnaie"))
    settled(page)
    expect(page.get_by_text("à votre sélection : elle vous attend.")).to_be_visible()
    _checked(page)
    _to_checkout(page)
    _pay(page)
    page.wait_for_url(re.compile(r"/avancee\?reprise=PF"))
    expect(title).to_have_text(said)
    _checked(page)
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("#compte-rendu")).to_contain_text("réservée")


def test_the_regie_finds_the_payment_and_gives_it_back(open_page: Open, own_account: Account) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account("karim.benali@famille.example", own_family=True))
    _activate(page)
    page.get_by_label("Montant en euros").fill("25")
    _to_checkout(page)
    reference = re.findall(r"PF\w+", page.get_by_role("main").inner_text())[0]
    _pay(page)
    expect(page.get_by_role("heading", name="Paiement reçu", level=1)).to_be_visible()

    desk = open_page(DESKTOP)
    sign_in(desk, "regie@mairie.example", suite="/admin/paiements")
    settled(desk)
    desk.get_by_label("Référence, nom ou numéro de dossier").fill(reference)
    desk.get_by_role("button", name="Rechercher").click()
    desk.get_by_role("button", name=re.compile(f"^Rembourser .*{reference}")).click()
    expect(desk.get_by_label("Montant en euros")).to_have_value("25,00")
    _checked(desk)
    desk.get_by_label("Motif, gardé au journal").fill("Versé par erreur")
    desk.get_by_role("button", name="Relire avant de rembourser").click()
    expect(desk.get_by_text(f"passera de 25,00{EUROS} à 0,00{EUROS}")).to_be_visible()
    _checked(desk)
    desk.get_by_role("button", name="Oui, rembourser").click()
    expect(desk.get_by_role("status").filter(has_text=f"25,00{EUROS} remboursés")).to_be_visible()
    page.goto("/porte-monnaie")
    settled(page)
    expect(page.locator("p.balance")).to_have_text(f"0,00{EUROS}")
