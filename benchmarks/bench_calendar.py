"""Toucher un jour du calendrier, réseau à 400 ms : de l'appui à la peinture, sans attendre le serveur."""

import asyncio
import re

import phone
from client import session_of
from common import PARENT, machine, main, median, milliseconds, number, p95, scratch, table, verdict
from phone import launched, relay
from playwright.sync_api import Browser, Page

from tests.tools.server import free_port, running

SLOW_NETWORK = 0.4
TAPS, WARM_UP = 60, 6
AIM = 0.025
TAP = """(rank) => new Promise((done) => {
  const boxes = document.querySelectorAll(".days label[data-status=open] input");
  const box = boxes[rank % boxes.length], started = performance.now();
  box.click();
  requestAnimationFrame(() => {
    const painted = new MessageChannel();
    painted.port1.onmessage = () => done([(performance.now() - started) / 1000, box.checked]);
    painted.port2.postMessage(0);
  });
})"""


def open_calendar(page: Page, url: str) -> None:
    """Par le chemin d'un parent, jusqu'à un mois où il reste de quoi réserver."""
    page.goto(f"{url}/activites")
    page.get_by_role("link", name=re.compile("Cantine")).first.click()
    page.locator(".days").wait_for()
    while page.locator(".days label[data-status=open]").count() < 4:
        before = page.locator("#mois").inner_text()
        page.get_by_role("button", name="Mois suivant").click()
        page.wait_for_function("before => document.querySelector('#mois').innerText !== before", arg=before)


def taps(browser: Browser, url: str, session: str) -> tuple[list[float], int]:
    """Les durées, et combien de messages ces appuis ont envoyés au serveur."""
    context = browser.new_context(viewport=phone.VIEWPORT)
    context.add_cookies([{"name": "portail-session", "value": session, "url": url}])
    page = context.new_page()
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", sent.append))
    open_calendar(page, url)
    sent.clear()
    found, shown = [], []
    for rank in range(TAPS + WARM_UP):
        took, checked = page.evaluate(TAP, rank)
        found.append(took)
        shown.append(checked)
        page.wait_for_timeout(50)
    if not any(shown):
        raise RuntimeError("aucune case ne s'est cochée")
    context.close()
    return found[WARM_UP:], sum(1 for frame in sent if frame != "3")


def measure() -> None:
    line = f"{machine()} ; écran de téléphone, {number(SLOW_NETWORK * 1000)} ms d'aller-retour, {TAPS} appuis."
    phone.RTT = SLOW_NETWORK
    port = free_port()
    with (
        scratch() as folder,
        running(folder, PORTAIL_PUBLIC_URL=f"http://127.0.0.1:{port}") as server,
        relay(port) as slow,
    ):
        slow.target = int(server.url.rpartition(":")[2])
        session = asyncio.run(session_of(f"http://127.0.0.1:{port}", PARENT))
        with launched() as browser:
            found, messages = taps(browser, f"http://127.0.0.1:{port}", session)
    rows = [
        ["De l'appui à la peinture, p50", milliseconds(median(found)), "≤ 25 ms", verdict(median(found), AIM)],
        ["De l'appui à la peinture, p95", milliseconds(p95(found)), "—", ""],
        ["Messages envoyés par ces appuis", number(messages), "0", verdict(messages, 0)],
    ]
    table("Toucher un jour", line, ("Mesure", "Valeur", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
