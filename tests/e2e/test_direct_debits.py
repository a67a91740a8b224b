"""Le prélèvement dans un vrai navigateur : un parent signe et garde sa copie, la régie va de l'aperçu au fichier."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.visits import DESKTOP, PHONE, Screen, axe, settled, sideways, sign_in

Open = Callable[..., Page]
Account = Callable[..., str]
IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def parent(own_account: Account) -> str:
    return own_account("karim.benali@famille.example", own_family=True)


def _said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_parent_signs_a_mandate_and_ends_it(open_page: Open, parent: str, screen: Screen) -> None:
    page = open_page(screen)
    sign_in(page, parent)
    page.goto("/prelevements")
    settled(page)
    iban = page.get_by_label("IBAN", exact=True)
    expect(page.get_by_label("Au profit de")).not_to_have_value("")  # une seule régie prélève : elle est choisie
    iban.fill(IBAN.replace("189", "188"))
    page.get_by_role("button", name="Signer le mandat").click()
    expect(page.get_by_role("alert")).to_contain_text("Cet IBAN n’est pas juste.")
    expect(iban).to_have_value(IBAN.replace("189", "188"))
    assert axe(page) == []
    assert sideways(page) == 0
    iban.fill(IBAN)
    page.get_by_label("J’ai lu ces conditions et je signe ce mandat").check()
    page.get_by_role("button", name="Signer le mandat").click()
    _said(page, "est signé")
    mandates = page.locator("section", has=page.get_by_role("heading", name="Mes mandats"))
    expect(mandates).to_contain_text("••••\u00a00189")
    assert "3000600001" not in page.content().replace(" ", "")
    expect(mandates).to_contain_text("identifiant (ICS)")
    with page.expect_download() as copy:
        mandates.get_by_role("link", name="Copie du mandat").click()
    assert copy.value.path().read_bytes().startswith(b"%PDF")
    assert axe(page) == []
    mandates.get_by_text("Mettre fin à ce mandat").click()
    mandates.get_by_role("button", name="Oui, mettre fin au mandat").click()
    _said(page, "Ce mandat a pris fin.")
    expect(page.get_by_role("button", name="Signer le mandat")).to_be_visible()


@pytest.fixture
def agent(own_account: Account) -> str:
    return own_account("regie@mairie.example")


def test_a_mandate_is_found_by_name_and_from_the_family_s_desk_page(open_page: Open, agent: str) -> None:
    page = open_page(DESKTOP)
    sign_in(page, agent)
    page.goto("/admin/prelevements")
    settled(page)
    section = page.locator("section", has=page.get_by_role("heading", name="Mandats"))
    rum = section.get_by_text("-ESSAI-").first.inner_text()
    page.get_by_role("searchbox").fill(rum)
    page.get_by_role("button", name="Rechercher").click()
    expect(section.get_by_text("1 mandat, page 1 sur 1")).to_be_visible()
    page.goto(f"/admin/prelevements?mots={rum}")
    settled(page)
    expect(section.get_by_text("1 mandat, page 1 sur 1")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_value(rum)
