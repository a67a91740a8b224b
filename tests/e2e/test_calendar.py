"""Le calendrier des réservations, dans un vrai navigateur : toucher, valider, confirmer, défaire."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.e2e.visits import (
    CLOSED,
    DARK,
    DESKTOP,
    PARENT,
    PHONE,
    SMALL,
    Screen,
    axe,
    find_network,
    lose_network,
    settled,
    sideways,
)
from tests.tools.server import Running

Open = Callable[..., Page]
FULL_DATE = re.compile(r"^\w+ \d+(er)? \S+ \d{4}, ")
SEATS = ".days .seat"
TAPPED = """([key]) => new Promise((done) => {
  const seat = document.querySelector(`[data-key="${key}"]`), before = getComputedStyle(seat).backgroundColor;
  seat.querySelector("input").click();
  requestAnimationFrame(() => requestAnimationFrame(() => done([before, getComputedStyle(seat).backgroundColor])));
})"""
IS_BLUE = "(cell) => getComputedStyle(cell).backgroundColor"


def canteen(portal: Running, place: str = "Jean-Macé") -> str:
    return address(portal, "Cantine", place)


def address(portal: Running, name: str, place: str) -> str:
    with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base:
        ((found,),) = base.execute("select id from activity where name = ? and place = ?", (name, place)).fetchall()
    return f"/reservations/{found}"


def arrive(page: Page, path: str, child: str = "Léa") -> Page:
    """La page, pour cet enfant, à un mois où il reste de quoi réserver."""
    page.goto(path)
    settled(page)
    choose(page, child)
    for _ in range(6):
        if page.locator("[data-status=open]").count() >= 4:
            return page
        turn(page, "Mois suivant")
    raise AssertionError("aucun mois où réserver")


def choose(page: Page, child: str) -> None:
    page.locator("label.kid", has_text=child).click()
    expect(page.get_by_role("radio", name=child)).to_be_checked()


def turn(page: Page, way: str) -> None:
    before = page.locator("#mois").inner_text()
    page.get_by_role("button", name=way).click()
    expect(page.locator("#mois")).not_to_have_text(before)


def free(page: Page) -> Locator:
    return page.locator("label[data-status=open]")


def dates(spots: Locator) -> list[str]:
    return list(spots.evaluate_all("(spots) => spots.map((spot) => spot.closest('[data-date]').dataset.date)"))


def whole_week(days: list[str]) -> int:
    """Le rang du premier lundi que suivent un mardi et un autre lundi : de là, on se promène dans tous les sens."""

    def after(day: str, count: int) -> str:
        return (date.fromisoformat(day) + timedelta(days=count)).isoformat()

    mondays = [rank for rank, day in enumerate(days) if date.fromisoformat(day).weekday() == 0]
    return next(rank for rank in mondays if after(days[rank], 1) in days and after(days[rank], 7) in days)


def key_of(seat: Locator) -> str:
    return str(seat.get_attribute("data-key"))


def seat(page: Page, key: str) -> Locator:
    return page.locator(f'[data-key="{key}"]')


def box(page: Page, key: str) -> Locator:
    return seat(page, key).get_by_role("checkbox")


def name_of(seat: Locator) -> str:
    """Le nom que dit un lecteur d'écran : celui de la case, ou le texte du bouton."""
    box = seat.get_by_role("checkbox")
    return str(box.get_attribute("aria-label") if box.count() else seat.locator(".unseen").text_content())


def tally(page: Page) -> Locator:
    return page.locator(".tally")


def validate(page: Page) -> Locator:
    page.get_by_role("button", name="Valider", exact=True).click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    return sheet


@pytest.mark.parametrize("screen", [PHONE, DARK, SMALL, DESKTOP], ids=lambda screen: screen.name)
def test_every_day_is_a_control_named_in_full_and_nothing_overflows(
    open_as: Open, portal: Running, screen: Screen
) -> None:
    page = arrive(open_as(PARENT, screen), canteen(portal))
    expect(page).to_have_title("Cantine · Jean-Macé · Portail Famille")
    seats = page.locator(SEATS)
    for rank in range(seats.count()):
        one = seats.nth(rank)
        assert FULL_DATE.match(name_of(one)), rank
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one.get_attribute("data-date") or "")
        size = one.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44
    assert sideways(page) == 0
    assert axe(page) == []
    free(page).first.click()
    assert axe(page) == []


def test_a_tap_is_painted_within_two_frames_without_the_network(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, PHONE), canteen(portal))
    key = key_of(free(page).nth(1))
    lose_network(page)
    before, after = page.evaluate(TAPPED, [key])
    assert before != after
    expect(seat(page, key)).to_contain_text("Choisi")
    expect(tally(page)).to_contain_text("1 jour · ")
    _, again = page.evaluate(TAPPED, [key])
    assert again == before
    find_network(page)


def test_the_choice_survives_another_month_another_child_and_a_reload(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, PHONE), canteen(portal))
    month = page.locator("#mois").inner_text()
    keys = [key_of(free(page).nth(rank)) for rank in (0, 2)]
    for key in keys:
        seat(page, key).click()
    expect(tally(page)).to_contain_text("2 jours · 6,40")
    expect(tally(page)).to_contain_text("Solde après")

    turn(page, "Mois suivant")
    expect(tally(page)).to_contain_text(f"dont 2 jours en {month.split()[0].lower()}")
    turn(page, "Mois précédent")
    for key in keys:
        expect(box(page, key)).to_be_checked()
    choose(page, "Noé")
    expect(tally(page)).to_contain_text("pour Léa")

    page.reload()
    settled(page)
    expect(tally(page)).to_contain_text("2 jours · 6,40")
    page.goto("/accueil")
    settled(page)
    arrive(page, canteen(portal))
    for key in keys:
        expect(box(page, key)).to_be_checked()


def test_days_are_prepared_confirmed_announced_and_undone(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, PHONE), canteen(portal))
    keys = [key_of(free(page).nth(rank)) for rank in (0, 1)]
    for key in keys:
        seat(page, key).click()
    sheet = validate(page)
    expect(sheet.get_by_role("heading", level=2)).to_be_focused()
    for words in ("2 jours à réserver", "6,40", "Solde après", "Annulation possible"):
        expect(sheet).to_contain_text(words)
    assert axe(page) == []
    sheet.get_by_role("button", name="Annuler").click()
    expect(sheet).to_have_count(0)
    expect(box(page, keys[0])).to_be_checked()

    validate(page).get_by_role("button", name="Confirmer").click()
    expect(page.get_by_role("status")).to_contain_text("2 jours réservés")
    for key in keys:
        expect(seat(page, key)).to_have_attribute("data-status", "booked")
        expect(box(page, key)).not_to_be_checked()
    expect(tally(page)).to_contain_text("Touchez les jours")
    assert axe(page) == []

    page.get_by_role("button", name="Annuler ma modification").click()
    expect(page.get_by_role("status")).to_contain_text("tout est comme avant")
    for key in keys:
        expect(box(page, key)).to_have_attribute("value", "add")


def test_siblings_share_one_calendar_and_one_confirmation(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, DESKTOP), canteen(portal), "Tous")
    open_days = dates(free(page))
    day = next(one for one in open_days if open_days.count(one) == 2)
    both = page.locator(f'label[data-status=open][data-date="{day}"]')
    expect(both).to_have_count(2)
    both.nth(0).click()
    both.nth(1).click()
    expect(tally(page)).to_contain_text("2 réservations sur 1 jour")
    for name in ("Léa", "Noé"):
        expect(tally(page)).to_contain_text(name)
    sheet = validate(page)
    expect(sheet).to_contain_text("Léa")
    expect(sheet).to_contain_text("Noé")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.get_by_role("button", name="Tout décocher").click()
    expect(page.locator(".days :checked")).to_have_count(0)


def test_the_grid_is_walked_with_the_keyboard(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, DESKTOP), canteen(portal))
    focused = page.locator(":focus")

    def here() -> str:
        return str(focused.evaluate("(spot) => spot.closest('[data-date]').dataset.date"))

    spots = page.locator(f"{SEATS} input, .days button.seat")
    spots.nth(whole_week(dates(spots))).focus()
    start = here()
    page.keyboard.press("End")
    assert here() > start
    page.keyboard.press("Home")
    assert here() == start
    page.keyboard.press("ArrowDown")
    below = here()
    assert below > start
    page.keyboard.press("ArrowUp")
    assert here() == start
    page.keyboard.press("ArrowRight")
    assert start < here() < below
    page.keyboard.press("ArrowLeft")
    assert here() == start

    box(page, key_of(free(page).first)).focus()
    page.keyboard.press("Space")
    expect(tally(page)).to_contain_text("1 jour")
    month = page.locator("#mois").inner_text()
    page.keyboard.press("PageDown")
    expect(page.locator("#mois")).not_to_have_text(month)
    expect(page.locator(".days :focus")).to_have_count(1)
    page.keyboard.press("PageUp")
    expect(page.locator("#mois")).to_have_text(month)
    expect(page.locator(".days :checked")).to_have_count(1)


def test_the_journey_is_done_with_the_keyboard_alone(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, DESKTOP), canteen(portal))
    box(page, key_of(free(page).first)).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # dans un formulaire, Entrée valide
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading", level=2)).to_be_focused()
    confirm = sheet.get_by_role("button", name="Confirmer")
    for _ in range(4):
        page.keyboard.press("Tab")
        if confirm.evaluate("(button) => button === document.activeElement"):
            break
    expect(confirm).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(tally(page)).to_contain_text("1 jour")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=lambda screen: screen.name)
def test_a_day_that_cannot_be_booked_says_why_without_the_network(
    open_as: Open, portal: Running, screen: Screen
) -> None:
    page = arrive(open_as(PARENT, screen), canteen(portal))
    closed = page.locator("button[data-status=closed]").first
    lose_network(page)
    closed.click()
    reason = page.locator(".reason:popover-open")
    expect(reason).to_be_visible()
    assert len(reason.inner_text()) > 20
    find_network(page)
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".reason:popover-open")).to_have_count(0)


def test_the_legend_shows_only_what_is_there(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, PHONE), canteen(portal))
    shown = {one.get_attribute("data-legend") for one in page.locator(".booking .legend li").all() if one.is_visible()}
    assert shown == {one.get_attribute("data-status") for one in page.locator(SEATS).all()}
    free(page).first.click()
    expect(page.locator("[data-legend=picked]")).to_be_visible()


def test_week_and_month_are_two_views_of_the_same_choice(open_as: Open, portal: Running) -> None:
    page = arrive(open_as(PARENT, DESKTOP), canteen(portal))
    free(page).first.click()
    page.get_by_role("button", name="Semaine", exact=True).click()
    expect(page.get_by_role("button", name="Semaine suivante")).to_be_visible()
    assert page.locator(".day").count() <= 7
    expect(tally(page)).to_contain_text("1 jour")
    page.get_by_role("button", name="Mois", exact=True).click()
    expect(page.get_by_role("button", name="Mois suivant")).to_be_visible()


def test_places_taken_elsewhere_change_the_day_without_a_reload(open_as: Open, portal: Running) -> None:
    """Le serveur pousse les places : un jour qui n'en a plus ne se coche plus, un jour déjà choisi reste et le dit."""
    page = open_as(PARENT, PHONE)
    lines: list[WebSocketRoute] = []

    def follow(line: WebSocketRoute) -> None:
        lines.append(line)
        line.connect_to_server()

    page.route_web_socket(re.compile("_event"), follow)
    arrive(page, canteen(portal))
    kept, lost = free(page).nth(0), free(page).nth(1)
    keys = [key_of(kept), key_of(lost)]
    seat(page, keys[0]).click()
    state = (
        "reflex___state____state.portail___state___base____portal_state.portail___state___bookings____calendar_state"
    )
    places = {key.partition(".")[0]: 0 for key in keys}
    update = {"delta": {state: {"places_rx_state_": places}}, "events": [], "final": True}
    lines[-1].send(f"42/_event,{json.dumps(['event', update])}")

    expect(seat(page, keys[1])).to_have_attribute("data-status", "full")
    expect(seat(page, keys[1])).to_contain_text("Complet")
    expect(box(page, keys[0])).to_be_checked()
    expect(seat(page, keys[0])).to_contain_text("Plus de place")
    seat(page, keys[1]).click()
    expect(box(page, keys[1])).not_to_be_checked()
    expect(page.locator(".reason:popover-open")).to_contain_text("dernière place")
    page.keyboard.press("Escape")

    update["delta"][state]["places_rx_state_"] = dict.fromkeys(places, -1)
    lines[-1].send(f"42/_event,{json.dumps(['event', update])}")
    expect(seat(page, keys[1])).to_have_attribute("data-status", "closed")
    seat(page, keys[1]).click()
    expect(page.locator(".reason:popover-open")).to_contain_text("La mairie vient de fermer cette séance.")


@pytest.mark.parametrize("path", ["/reservations/0", "/reservations/999999", "/reservations/abc"])
def test_an_activity_that_does_not_exist_says_so(open_as: Open, path: str) -> None:
    page = open_as(PARENT, PHONE)
    page.goto(path)
    expect(page.get_by_text(CLOSED)).to_be_visible()
