"""Les places en direct, dans deux vrais navigateurs : l'un prend la dernière, l'autre le voit sans recharger."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.e2e.test_calendar import SEATS, arrive, canteen, free, turn, validate
from tests.e2e.visits import PARENT, PHONE, settled
from tests.tools.server import Running

Open = Callable[..., Page]
TOM = "tom.petit@famille.example"
WITHIN_MS = 5_000  # une demi-seconde d'habitude ; le reste est la patience d'une machine occupée


def leave_one_place(portal: Running, slot: str) -> None:
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base, base:
        base.execute("update slot set capacity = taken + 1, waiting = 0 where id = ?", (slot,))


def open_to_both(camille: Page, tom: Page) -> str:
    """Un jour que personne n'a pris ni annulé dans l'un des deux foyers : d'autres tests y passent aussi."""
    for _ in range(6):
        while tom.locator("#mois").inner_text() != camille.locator("#mois").inner_text():
            turn(tom, "Mois suivant")
        mine, hers = ({str(one.get_attribute("data-slot")) for one in free(page).all()} for page in (tom, camille))
        if both := mine & hers:
            return max(both, key=int)
        turn(camille, "Mois suivant")
    raise AssertionError("aucun jour libre pour les deux")


def test_the_last_place_taken_elsewhere_is_seen_at_once_and_its_return_too(open_as: Open, portal: Running) -> None:
    camille, tom = arrive(open_as(PARENT), canteen(portal)), open_as(TOM, PHONE)
    tom.goto(canteen(portal))
    settled(tom)
    slot = open_to_both(camille, tom)
    leave_one_place(portal, slot)
    tom.reload()
    settled(tom)
    while tom.locator("#mois").inner_text() != camille.locator("#mois").inner_text():
        turn(tom, "Mois suivant")
    mine, hers = (page.locator(f'{SEATS}[data-slot="{slot}"]') for page in (tom, camille))
    expect(hers).to_have_attribute("data-status", "open")

    mine.get_by_role("checkbox").check()
    validate(tom).get_by_role("button", name="Confirmer").click()
    expect(mine).to_have_attribute("data-status", "booked")

    expect(hers.locator(".word")).to_have_text("Complet", timeout=WITHIN_MS)
    assert ", complet" in str(hers.get_by_role("checkbox").get_attribute("aria-label"))
    hers.click()
    expect(camille.get_by_text("Une autre famille vient de prendre la dernière place.")).to_be_visible()
    expect(hers.get_by_role("checkbox")).not_to_be_checked()
    camille.keyboard.press("Escape")

    tom.get_by_role("button", name="Annuler ma modification").click()
    expect(hers).to_have_attribute("data-status", "open", timeout=WITHIN_MS)
    hers.get_by_role("checkbox").check()
    expect(hers.get_by_role("checkbox")).to_be_checked()
