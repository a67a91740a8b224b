"""Planning et absences dans un vrai navigateur : s'abonner, retirer le lien, déclarer, se voir répondre."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.visits import DESKTOP, PHONE, SMALL, Screen, axe, settled, sideways, sign_in
from tests.factories import uploads
from tests.tools.server import Running

Open = Callable[..., Page]
Account = Callable[..., str]
RECEPTION = "accueil@mairie.example"
NEXT_FREE = """select slot.id, slot.day from slot join offering on offering.id = slot.offering_id
    where slot.day > date('now', '+2 days') and slot.taken < slot.capacity and slot.closed_why = ''
    order by slot.day, slot.id limit 1"""
MY_CHILD = """select family_child.child_id, family_child.family_id from family_child
    join guardian on guardian.family_id = family_child.family_id
    join account on account.id = guardian.account_id
    where account.email = ? order by family_child.position limit 1"""


@pytest.fixture
def parent(own_account: Account) -> str:
    return own_account("karim.benali@famille.example", own_family=True)


def book(portal: Running, email: str) -> str:
    """Un jour à venir, réservé pour le premier enfant ; rend ce jour."""
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        ((slot, day),) = base.execute(NEXT_FREE).fetchall()
        ((child, family),) = base.execute(MY_CHILD, (email,)).fetchall()
        base.execute(
            "insert into booking (slot_id, child_id, family_id, state, meal_cents, care_cents, surcharge_cents,"
            " is_paid, formula, changed_at) values (?, ?, ?, 'booked', 320, 0, 0, 0, '', '2026-01-01 00:00:00')",
            (slot, child, family),
        )
        base.execute("update slot set taken = taken + 1 where id = ?", (slot,))
    return str(day)


def tidy(page: Page) -> None:
    assert axe(page) == []
    assert sideways(page) == 0


def said(page: Page, sentence: str) -> None:
    expect(page.get_by_role("status").filter(has_text=sentence).first).to_be_visible()


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, SMALL], ids=lambda screen: screen.name)
def test_the_views_of_the_planning(open_page: Open, portal: Running, parent: str, screen: Screen) -> None:
    day = book(portal, parent)
    page = open_page(screen)
    sign_in(page, parent, suite="/planning")
    page.get_by_role("button", name="Liste", exact=True).click()
    line = page.locator(f'[data-date="{day}"] .seance')
    expect(line).to_be_visible()
    expect(line).to_contain_text("Inscrit")
    expect(line).to_have_attribute("href", re.compile(r"^/reservations/\d+$"))
    tidy(page)
    for view, after in (("Semaine", "Semaine suivante"), ("Mois", "Mois suivant")):
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.get_by_role("button", name=after)).to_be_visible()
        tidy(page)


def test_a_link_is_followed_then_revoked(open_page: Open, portal: Running, parent: str) -> None:
    day = book(portal, parent)
    page = open_page(PHONE)
    sign_in(page, parent, suite="/planning")
    page.get_by_role("button", name="Créer mon lien").click()
    said(page, "Votre lien est prêt.")
    address = page.get_by_label("Adresse de votre agenda").input_value()
    webcal = page.get_by_role("link", name="S’abonner depuis cet appareil").get_attribute("href")
    assert webcal == address.replace("http://", "webcal://")
    tidy(page)
    path = portal.url + "/ical/" + address.rpartition("/")[2]
    with urlopen(path) as answer:
        (event,) = Calendar.from_ical(answer.read()).walk("VEVENT")
    assert event["DTSTART"].dt.date().isoformat() == day

    page.reload()
    settled(page)
    expect(page.get_by_text("ne se montre qu’à sa création")).to_be_visible()
    page.get_by_role("button", name="Retirer le lien…").click()
    page.get_by_role("button", name="Retirer le lien", exact=True).click()
    said(page, "plus aucun agenda ne le lit")
    expect(page.get_by_role("button", name="Créer mon lien")).to_be_visible()
    assert page.request.get(path).status == 404


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_an_absence_is_declared_with_its_proof_and_accepted(
    open_page: Open, portal: Running, parent: str, screen: Screen
) -> None:
    day = book(portal, parent)
    page = open_page(screen)
    sign_in(page, parent, suite="/absences")
    expect(page.get_by_role("button", name="Déclarer l’absence")).to_be_visible()
    tidy(page)
    page.get_by_label("Premier jour d’absence").fill(day)
    page.get_by_role("button", name="Déclarer l’absence").click()
    expect(page.get_by_role("alert")).to_contain_text("Indiquez le motif")
    expect(page.get_by_label("Premier jour d’absence")).to_have_value(day)
    page.get_by_label("Motif").fill("Otite")
    proof: FilePayload = {"name": "certificat.pdf", "mimeType": "application/pdf", "buffer": uploads.pdf()}
    page.get_by_label("Justificatif").set_input_files(proof)
    page.get_by_role("button", name="Déclarer l’absence").click()
    said(page, "Votre déclaration est envoyée")
    page.get_by_role("link", name=re.compile("^Suivre l’absence")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Absence")
    number = re.search(r"D-\d{4}-\d{5}", page.get_by_text("Démarche n°").inner_text())[0]

    desk = open_page()
    sign_in(desk, RECEPTION, suite="/admin/demarches")
    desk.get_by_role("link", name=re.compile(f"Ouvrir la démarche {number}")).click()
    expect(desk.get_by_text("Non facturé si l’absence est acceptée")).to_be_visible()
    desk.get_by_role("button", name="Accepter").first.click()
    desk.get_by_role("button", name="Accepter et appliquer").click()
    said(desk, "La démarche est acceptée")

    page.goto("/planning")
    settled(page)
    page.get_by_role("button", name="Liste", exact=True).click()
    expect(page.locator(f'[data-date="{day}"] .seance')).to_contain_text("Absence acceptée")


def test_the_desk_sees_who_before_cancelling(open_page: Open) -> None:
    desk = open_page(DESKTOP)
    sign_in(desk, RECEPTION, suite="/admin/absences")
    tidy(desk)
    desk.get_by_role("button", name="Voir qui est concerné").click()
    expect(desk.get_by_role("alert")).to_contain_text("Choisissez une école, une classe ou un niveau.")
    tidy(desk)
    desk.get_by_label("École", exact=True).select_option(index=1)
    desk.get_by_role("group", name="Activités à annuler").get_by_role("checkbox").first.check()
    desk.get_by_label("Raison").fill("Grève")
    desk.get_by_role("button", name="Voir qui est concerné").click()
    expect(desk.get_by_role("heading", name="Grève")).to_be_visible()
    tidy(desk)
    desk.get_by_role("button", name="Revenir au choix").click()
    expect(desk.get_by_role("button", name="Voir qui est concerné")).to_be_visible()
