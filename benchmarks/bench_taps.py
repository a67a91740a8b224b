"""Un appui, son delta, sa peinture : dans le navigateur, puis par la websocket seule."""

import asyncio

from client import ENTER, MAILS, carrying, session_of, timed
from common import ADMIN, PARENT, machine, main, median, milliseconds, p95, scratch, table, verdict
from phone import launched
from playwright.sync_api import Browser, Page

from tests.tools.server import running

CYCLES = 40  # ouvrir puis fermer un courriel : deux appuis
WARM_UP = 4
AIM = 0.1
PAUSE_MS = 60  # vingt actions par seconde au plus, la borne du serveur
Times = list[float]
WATCH = """
window.__taps = [];
window.__arm = (shown) => {
  const since = new Promise((done) => document.addEventListener("click", (e) => done(e.timeStamp), { capture: true, once: true }));
  window.__tap = new Promise((done) => {
    const look = new MutationObserver(() => {
      if (Boolean(document.querySelector(".sheetmail")) !== shown) return;
      look.disconnect();
      requestAnimationFrame(() => {
        const painted = new MessageChannel();
        painted.port1.onmessage = async () => done((performance.now() - (await since)) / 1000);
        painted.port2.postMessage(0);
      });
    });
    look.observe(document.body, { childList: true, subtree: true });
  });
};
"""


def tap(page: Page, label: str, *, shown: bool) -> float:
    """De l'appui à l'image : la mutation du document, puis la fin de la trame qui la peint."""
    button = page.get_by_role("button", name=label).first
    button.wait_for()
    page.evaluate("shown => window.__arm(shown)", shown)
    button.click()
    took = float(page.evaluate("window.__tap"))
    page.wait_for_timeout(PAUSE_MS)
    return took


def in_browser(browser: Browser, url: str, session: str) -> tuple[Times, Times]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "portail-session", "value": session, "url": url}])
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{url}/admin/courriels")
    opened, closed = [], []
    for _ in range(CYCLES + WARM_UP):
        opened.append(tap(page, "Ouvrir", shown=True))
        closed.append(tap(page, "Fermer le courriel", shown=False))
    context.close()
    return opened[WARM_UP:], closed[WARM_UP:]


async def sessions(url: str) -> tuple[str, str]:
    return await session_of(url, ADMIN), await session_of(url, PARENT)


async def by_socket(url: str, admin: str, parent: str) -> tuple[Times, Times, Times]:
    async with carrying(url, admin) as agent, carrying(url, parent) as relative:
        staff, family = await agent.open_tab("/admin/courriels"), await relative.open_tab("/accueil")
        opened, closed, entered = [], [], []
        for _ in range(2 * CYCLES + WARM_UP):
            opened.append((await timed(staff, f"{MAILS}.show", {"mail_id": 1}))[0])
            await asyncio.sleep(PAUSE_MS / 1000)
            closed.append((await timed(staff, f"{MAILS}.close"))[0])
            entered.append((await timed(family, ENTER))[0])
            await asyncio.sleep(PAUSE_MS / 1000)
    return opened[WARM_UP:], closed[WARM_UP:], entered[WARM_UP:]


def row(name: str, times: Times) -> list[str]:
    worst = p95(times)
    return [name, str(len(times)), milliseconds(median(times)), milliseconds(worst), "≤ 100 ms", verdict(worst, AIM)]


def measure() -> None:
    line = f"{machine()} ; réseau local, SQLite, un processus."
    with scratch() as folder, running(folder) as server:
        url = server.url.replace("localhost", "127.0.0.1")
        admin, parent = asyncio.run(sessions(url))
        with launched() as browser:
            opened, closed = in_browser(browser, url, admin)
        shown, hidden, entered = asyncio.run(by_socket(url, admin, parent))
    rows = [
        row("Navigateur : tous les appuis, jusqu'à la peinture", opened + closed),
        row("Navigateur : ouvrir un courriel (lit la base)", opened),
        row("Navigateur : fermer le courriel (état seul)", closed),
        row("Websocket : ouvrir un courriel", shown),
        row("Websocket : fermer le courriel", hidden),
        row("Websocket : « qui est là » d'un parent (lit la base)", entered),
    ]
    table("Appuis", line, ("Appui", "Nombre", "p50", "p95", "But (p95)", ""), rows)


if __name__ == "__main__":
    main(measure)
