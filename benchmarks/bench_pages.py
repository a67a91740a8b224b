"""Premier affichage sur un téléphone bridé : poids, demandes, peinture, moment où l'on peut s'en servir."""

import asyncio
import time
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from client import session_of
from common import PARENT, kilobytes, lasted, machine, main, median, number, scratch, table, verdict
from phone import PROFILE, VIEWPORT, Relay, Traffic, launched, relay
from playwright.sync_api import Browser, BrowserContext, Page

from tests.tools.server import free_port, running

RUNS = 5
MAX_BYTES, MAX_REQUESTS, MAX_LCP = 200_000, 15, 1.5
PATIENCE_MS = 30_000
SETTLE_MS = 700
WATCH = """
window.__seen = {};
{
  const seen = window.__seen, Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener("open", () => { seen.open ??= performance.now(); });
      this.addEventListener("message", (m) => {
        if (String(m.data).includes('"is_hydrated_rx_state_":true')) seen.hydrated ??= performance.now();
      });
    }
  };
  const watch = (type, note) => new PerformanceObserver((l) => l.getEntries().forEach(note)).observe({ type, buffered: true });
  watch("paint", (e) => { if (e.name === "first-contentful-paint") seen.fcp = e.startTime; });
  watch("largest-contentful-paint", (e) => { seen.lcp = e.startTime; seen.element = e.element?.outerHTML.slice(0, 80); });
  watch("layout-shift", (e) => {
    seen.shift = (seen.shift ?? 0) + e.value;
    const moved = e.sources.map((s) => `${s.node?.className || s.node?.nodeName} ${s.previousRect.y}→${s.currentRect.y}`);
    (seen.shifts ??= []).push(`${e.value.toFixed(3)} à ${Math.round(e.startTime)} ms : ${moved.join(", ")}`);
  });
  const look = () => {
    if (seen.hydrated && (READY)()) requestAnimationFrame(() => { seen.usable = performance.now(); });
    else setTimeout(look, 10);
  };
  look();
}
"""
FORM_READY = """() => {
  const button = document.querySelector('form[action="/session"] button[type=submit]');
  return button && !button.disabled && button.getAttribute("aria-busy") === "false";
}"""
DATA_SHOWN = """() => document.querySelector("h1")?.textContent.includes("Camille")"""


def visit(page: Page, url: str, traffic: Traffic) -> dict[str, float]:
    traffic.reset()
    page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate("window.__seen.usable && window.__seen.lcp"):  # la CSP refuse wait_for_function
        if time.monotonic() > deadline:
            raise RuntimeError(f"{url} n'est pas devenue utilisable : {page.evaluate('window.__seen')}")
        page.wait_for_timeout(200)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLE_MS)
    seen = page.evaluate("window.__seen")
    times = {name: seen[name] / 1000 for name in ("fcp", "lcp", "open", "hydrated", "usable")}
    return {
        **times,
        "shift": seen.get("shift", 0.0),
        "bytes": traffic.bytes,
        "requests": traffic.requests,
        "sockets": traffic.sockets,
    }


def context_of(browser: Browser, url: str, session: str, ready: str) -> BrowserContext:
    context = browser.new_context(viewport=VIEWPORT, device_scale_factor=2, is_mobile=True, has_touch=True)
    context.add_init_script(WATCH.replace("READY", ready))
    if session:
        context.add_cookies([{"name": "portail-session", "value": session, "url": url}])
    return context


def load(browser: Browser, between: Relay, path: str, session: str, ready: str) -> tuple[list[dict[str, float]], ...]:
    """Cinq premières visites (cache vide), chacune suivie d'une seconde ; puis une en gzip seul, pour le poids."""
    cold, warm, gzipped = [], [], []
    url = f"http://localhost:{between.port}"
    for run in range(RUNS + 1):
        between.gzip_only = run == RUNS
        context = context_of(browser, url, session, ready)
        page = context.new_page()
        traffic = Traffic(context, page)
        traffic.throttle()
        if run == RUNS:
            gzipped.append(visit(page, url + path, traffic))
            heaviest(path, traffic)
            painted(page)
        else:
            cold.append(visit(page, url + path, traffic))
            warm.append(visit(page, url + path, traffic))
        context.close()
    return cold, warm, gzipped


def heaviest(path: str, traffic: Traffic) -> None:
    """Ce qui pèse, en gzip : de quoi savoir où couper."""
    print(f"\n{path}, ce que la première visite reçoit (gzip, en-têtes compris) :", flush=True)
    for url, weight in sorted(traffic.weights.items(), key=lambda item: -item[1]):
        parts = urlsplit(url)
        print(f"  {kilobytes(weight):>9}  {PurePosixPath(parts.path)}")


def painted(page: Page) -> None:
    """La plus grande peinture et ce qui a bougé."""
    seen = page.evaluate("window.__seen")
    print(f"  LCP : {seen.get('element')}")
    for shift in seen.get("shifts", []):
        print(f"  décalage {shift}")


def rows(name: str, cold: list[dict[str, float]], warm: list[dict[str, float]], gzipped: list[dict[str, float]]):
    first = {key: median([run[key] for run in cold]) for key in cold[0]}
    again = {key: median([run[key] for run in warm]) for key in warm[0]}
    weight, painted_first = gzipped[0]["bytes"], all(run["fcp"] < run["open"] for run in cold)
    return [
        [name, "Poids, gzip", kilobytes(weight), "≤ 200 ko", verdict(weight, MAX_BYTES)],
        [name, "Poids, brotli", kilobytes(first["bytes"]), "—", ""],
        [
            name,
            f"Demandes (et {number(first['sockets'])} websocket)",
            number(first["requests"]),
            "≤ 15",
            verdict(first["requests"], MAX_REQUESTS),
        ],
        [name, "Première peinture (FCP)", lasted(first["fcp"]), "—", ""],
        [name, "Plus grande peinture (LCP)", lasted(first["lcp"]), "≤ 1,5 s", verdict(first["lcp"], MAX_LCP)],
        [name, "Websocket ouverte", lasted(first["open"]), "après la peinture", "tenu" if painted_first else "**non**"],
        [name, "Utilisable", lasted(first["usable"]), "—", ""],
        [name, "Décalages de mise en page (CLS)", number(first["shift"], 3), "—", ""],
        [
            name,
            "Deuxième visite : poids, demandes, LCP, utilisable",
            f"{kilobytes(again['bytes'])}, {number(again['requests'])}, {lasted(again['lcp'])}, {lasted(again['usable'])}",
            "—",
            "",
        ],
    ]


def measure() -> None:
    line = f"{machine()} ; {PROFILE} ; médianes de {RUNS} visites."
    port = free_port()
    url = f"http://localhost:{port}"
    with scratch() as folder, relay(port) as between, running(folder, PORTAIL_PUBLIC_URL=url) as server:
        between.target = int(server.url.rpartition(":")[2])
        session = asyncio.run(session_of(url, PARENT))
        with launched() as browser:
            public = load(browser, between, "/", "", FORM_READY)
            private = load(browser, between, "/accueil", session, DATA_SHOWN)
    found = [*rows("Accueil public", *public), *rows("Accueil privé", *private)]
    table("Premier affichage", line, ("Page", "Mesure", "Valeur", "But", ""), found)


if __name__ == "__main__":
    main(measure)
