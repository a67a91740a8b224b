"""Les droits des adultes, réglés par un parent et sentis par l'autre."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PHONE, axe, settled, sideways, sign_in

Open = Callable[..., Page]


def test_the_last_adult_with_every_right_is_told_and_keeps_them(
    open_page: Open, own_account: Callable[..., str]
) -> None:
    email = own_account("nadia.rossi@famille.example", own_family=True)
    first = open_page(PHONE)
    sign_in(first, email, suite="/dossier")
    first.get_by_role("link", name="Ce que chaque adulte peut faire").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Droits des adultes")
    settled(first)
    assert axe(first) == []
    assert sideways(first) == 0
    health = first.get_by_label("Voir et remplir la fiche sanitaire")
    expect(health).to_be_checked()
    health.uncheck()
    first.get_by_role("button", name="Enregistrer les droits de").click()
    expect(first.get_by_role("alert")).to_contain_text("Au moins un adulte du dossier")
    expect(first.get_by_label("Voir et remplir la fiche sanitaire")).to_be_checked()
    assert axe(first) == []


def test_the_page_is_drawn_on_a_desktop_too(open_page: Open, own_account: Callable[..., str]) -> None:
    page = open_page(DESKTOP)
    sign_in(page, own_account("nadia.rossi@famille.example", own_family=True), suite="/dossier/droits")
    expect(page.get_by_role("group", name="Nadia Rossi")).to_be_visible()
    assert axe(page) == []
