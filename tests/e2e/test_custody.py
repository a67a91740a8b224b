"""La garde partagée, dans un vrai navigateur : lire le mois, proposer, régler."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from portail import clock
from tests.e2e.visits import (
    CLOSED,
    DARK,
    DESKTOP,
    PARENT,
    PHONE,
    SMALL,
    Screen,
    axe,
    cut_off,
    settled,
    sideways,
    sign_in,
)

Open = Callable[..., Page]
Account = Callable[[str], str]
PAUL, SOPHIE, AGENT = "paul.lefevre@famille.example", "sophie.garnier@famille.example", "accueil@mairie.example"
DAY = re.compile(r"^\w+ \d+(er)? \S+ : chez (vous|l’autre parent)( \((exception|moitié de vacances)\))?$")


def _custody_of_jade(page: Page) -> Locator:
    """Par le chemin d'un parent : « Ma famille », puis le lien."""
    page.goto("/dossier")
    settled(page)
    page.get_by_role("link", name="Garde de Jade").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Garde de Jade")
    settled(page)
    return page.get_by_role("table")


def _far(days: int) -> str:
    return (clock.now().date() + timedelta(days=days)).isoformat()


def _unfold(page: Page, label: str) -> None:
    page.locator("summary", has_text=label).click()


@pytest.mark.parametrize("screen", [PHONE, DARK, SMALL, DESKTOP], ids=lambda screen: screen.name)
def test_each_day_says_whose_it_is_in_colour_and_in_words(open_as: Open, screen: Screen) -> None:
    page = open_as(PAUL, screen)
    month = _custody_of_jade(page)

    days = month.locator("td:not([data-date=''])")
    said = [text.strip() for text in days.locator(".unseen").all_text_contents()]
    assert len(said) in {28, 29, 30, 31}
    assert [text for text in said if not DAY.match(text)] == []
    homes = {days.nth(rank).get_attribute("data-home") for rank in range(len(said))}
    colours = {one.evaluate("(cell) => getComputedStyle(cell).backgroundColor") for one in days.all()}
    assert homes == {"a", "b"}
    assert len(colours) == 2
    expect(month.locator("[aria-current=date]")).to_have_count(1)
    expect(page.get_by_role("list", name="Légende").get_by_role("listitem").first).to_contain_text("Vous")
    assert (axe(page), sideways(page), cut_off(page)) == ([], 0, [])
    assert "Garnier" not in page.content()
    assert "avenue de la Gare" not in page.content()


def test_months_turn_and_come_back(open_as: Open) -> None:
    page = open_as(PAUL, PHONE)
    month = _custody_of_jade(page)
    title = page.locator("#mois")
    now = title.text_content() or ""

    page.get_by_role("button", name="Mois suivant").click()
    expect(title).not_to_have_text(now)
    expect(month.locator("[aria-current=date]")).to_have_count(0)
    page.get_by_role("button", name="Mois précédent").press("Enter")
    expect(title).to_have_text(now)


def test_a_proposal_keeps_what_was_typed_until_it_is_right_and_both_parents_read_it(
    open_page: Open, own_account: Account
) -> None:
    page = open_page(PHONE)
    sign_in(page, own_account(PAUL))
    _custody_of_jade(page)
    _unfold(page, "Quelques jours d’exception")
    page.get_by_role("button", name="Proposer ces jours").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_have_text("Premier jour : indiquez une date.")

    first, last = page.get_by_label("Premier jour"), page.get_by_label("Dernier jour")
    first.fill(_far(301))
    last.fill(_far(300))
    page.get_by_role("button", name="Proposer ces jours").click()
    expect(alert).to_have_text("Le dernier jour vient avant le premier.")
    expect(last).to_have_attribute("aria-invalid", "true")
    expect(first).to_have_value(_far(301))
    alert.get_by_role("link").click()
    expect(last).to_be_focused()
    assert axe(page) == []
    last.fill(_far(302))
    page.get_by_role("button", name="Proposer ces jours").click()

    expect(page.get_by_role("status").filter(has_text=re.compile("Votre proposition D-"))).to_be_visible()
    listed = page.get_by_role("region", name="Propositions").get_by_role("listitem")
    expect(listed.first).to_contain_text("Envoyée")
    expect(listed.first).to_contain_text("Vous")
    expect(alert).to_have_count(0)

    other = open_page()
    sign_in(other, own_account(SOPHIE))
    _custody_of_jade(other)
    theirs = other.get_by_role("region", name="Propositions").get_by_role("listitem").first
    expect(theirs).to_contain_text("L’autre parent")
    assert "Lefèvre" not in other.get_by_role("main").inner_text()


def test_a_new_rhythm_is_proposed(open_page: Open, own_account: Account) -> None:
    page = open_page()
    sign_in(page, own_account(SOPHIE))
    _custody_of_jade(page)
    _unfold(page, "Un nouveau rythme")
    page.get_by_label("Rythme", exact=True).select_option(label="Un week-end sur deux")
    page.get_by_label("Cette semaine-là commence").select_option(label="chez l’autre parent")
    page.get_by_label("Pendant les vacances scolaires").select_option("odd")
    page.get_by_label("À partir du").fill(_far(200))
    assert (axe(page), sideways(page), cut_off(page)) == ([], 0, [])
    page.get_by_role("button", name="Proposer ce rythme").click()

    expect(page.get_by_role("status").filter(has_text="est envoyée")).to_be_visible()
    proposed = page.get_by_role("region", name="Propositions").get_by_role("listitem")
    expect(proposed.filter(has_text="Un week-end sur deux ; vacances par moitiés")).to_have_count(1)


def test_an_agent_reads_both_names_adds_an_exception_and_takes_it_back(open_page: Open, own_account: Account) -> None:
    parent = open_page()
    sign_in(parent, own_account(PAUL))
    _custody_of_jade(parent)
    path = re.sub(r"^.*/dossier/", "/admin/", parent.url)
    page = open_page(PHONE)
    sign_in(page, own_account(AGENT))
    page.goto(path)
    settled(page)
    expect(page.get_by_role("list", name="Légende")).to_contain_text("Garnier")

    _unfold(page, "Quelques jours d’exception")
    page.get_by_label("Premier jour").fill(_far(250))
    page.get_by_label("Dernier jour").last.fill(_far(251))
    page.get_by_label("Ces jours-là, l’enfant est").select_option(label="chez Garnier")
    page.get_by_role("button", name="Ajouter cette exception").click()
    expect(page.get_by_role("status").filter(has_text="L’exception est ajoutée.")).to_be_visible()
    rows = page.get_by_role("region", name="Exceptions à venir").get_by_role("listitem")
    expect(rows).to_have_count(2)
    assert (axe(page), sideways(page)) == ([], 0)
    rows.last.get_by_role("button", name=re.compile("Retirer l’exception")).click()
    expect(rows).to_have_count(1)

    _unfold(page, "Mettre fin à ce rythme")
    page.get_by_role("button", name="Mettre fin").click()
    expect(page.get_by_role("alert")).to_have_text("Dernier jour : indiquez une date.")

    parent.goto(path)
    expect(parent.get_by_role("main")).to_contain_text(CLOSED)


def test_an_only_home_is_told_why_there_is_no_calendar(open_as: Open) -> None:
    page = open_as(PARENT, PHONE)
    page.goto("/dossier/enfants/1/garde")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text("Un seul foyer, pas de garde à partager")
    expect(page.get_by_role("table")).to_have_count(0)
    expect(page.get_by_role("link", name="Contacter le service")).to_have_attribute("href", "/contact")


def test_the_child_of_another_family_is_not_open(open_as: Open) -> None:
    page = open_as(PARENT)
    page.goto("/dossier/enfants/5/garde")
    settled(page)
    expect(page.get_by_role("main")).to_contain_text(CLOSED)
    assert "Jade" not in page.content()
