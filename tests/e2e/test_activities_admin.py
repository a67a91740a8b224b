"""Une activité réglée par la direction : créée, décrite, ouverte, et protégée de ce qui y est réservé."""

import itertools
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from portail import clock
from portail.domain.dates import paris_day
from tests.e2e.visits import DESKTOP, PHONE, Screen, axe, settled, sideways

Open = Callable[..., Page]
DIRECTION = "direction@mairie.example"
_ranks = itertools.count(1)


def coming(days: int) -> str:
    return (paris_day(clock.now()) + timedelta(days=days)).isoformat()


def turn(page: Page, tab: str) -> None:
    page.get_by_role("navigation", name="Réglages de l’activité").get_by_role("button", name=tab).click()
    expect(page.get_by_role("button", name=tab, exact=True)).to_have_attribute("aria-current", "true")


def add_offering(page: Page, name: str, places: str) -> None:
    page.get_by_role("button", name="Ajouter une séance type").click()
    page.get_by_label("Nom de la séance").fill(name)
    page.get_by_label("Nombre de places").fill(places)
    page.get_by_label("Tarif").select_option(index=1)
    for day in ("Mercredi", "Samedi", "Dimanche"):
        page.get_by_label(day).check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("button", name=f"Modifier {name}")).to_be_visible()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_an_activity_is_created_described_and_opened(open_as: Open, screen: Screen) -> None:
    page = open_as(DIRECTION, screen)
    page.goto("/admin/activites")
    settled(page)
    name = f"Atelier {os.getpid()}-{next(_ranks)}"
    page.get_by_role("button", name="Ajouter une activité").click()
    page.get_by_label("Tous les jours").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Indiquez le nom de l’activité")
    expect(page.get_by_label("Tous les jours")).to_be_checked()
    assert axe(page) == []
    page.get_by_label("Nom de l’activité").fill(name)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name=f"Régler {name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    add_offering(page, "Matin", "12")
    add_offering(page, "Après-midi", "8")

    turn(page, "Règles")
    page.get_by_role("button", name="Ajouter une règle").click()
    page.get_by_label("Réserver jusqu’à : forme").select_option("weekday_of_previous_week")
    page.get_by_label("Jour de la semaine").select_option("Jeudi")
    assert axe(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="Relire la règle").click()
    expect(page.get_by_role("main")).to_contain_text("Réserver : le jeudi de la semaine précédente, à 12\u00a0h.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("En vigueur")).to_be_visible()

    turn(page, "Dates")
    opening = page.locator("section").filter(has=page.get_by_role("heading", name="Ouvrir les séances"))
    opening.get_by_label("Du", exact=True).fill(coming(1))
    opening.get_by_label("Au (facultatif)").fill(coming(14))
    opening.get_by_role("button", name="Ouvrir les séances").click()
    expect(page.get_by_role("status").filter(has_text="séances ouvertes")).to_be_visible()
    assert axe(page) == []
    assert sideways(page) == 0

    turn(page, "Vue d’un parent")
    expect(page.get_by_role("row").filter(has_text="Après-midi").first).to_be_visible()
    page.get_by_label("Âge de l’enfant").fill("2")
    page.get_by_role("button", name="Voir").click()
    expect(page.get_by_role("row").filter(has_text="Camille a 2 ans").first).to_be_visible()
    assert axe(page) == []
    assert sideways(page) == 0


def test_fewer_places_than_bookings_is_refused_with_the_count(open_as: Open) -> None:
    page = open_as(DIRECTION)
    page.goto("/admin/activites")
    settled(page)
    page.get_by_role("link", name="Régler Cantine").first.click()
    turn(page, "Dates")
    exception = page.locator("section").filter(has=page.get_by_role("heading", name="Faire une exception"))
    exception.get_by_label("Du", exact=True).fill(coming(1))
    exception.get_by_label("Au (facultatif)").fill(coming(30))
    exception.get_by_label("Nombre de places").fill("1")
    exception.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_role("alert")).to_contain_text("réservations occupent déjà la séance")
    expect(page.get_by_role("alert")).to_contain_text("ne peut pas descendre à 1")
    expect(exception.get_by_label("Nombre de places")).to_have_value("1")
    assert axe(page) == []


def test_the_places_of_a_day_lead_to_its_list_and_its_export(open_as: Open) -> None:
    page = open_as(DIRECTION)
    page.goto("/admin/reservations")
    settled(page)
    expect(page.get_by_role("row").filter(has_text="places").first).to_be_visible()
    page.get_by_role("link", name="Liste du").first.click()
    expect(page.get_by_role("heading", name="Enfants inscrits")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="Exporter (CSV)").click()
    assert started.value.suggested_filename.endswith(".csv")
    assert axe(page) == []
