"""Ce que font les tests d'une page : l'ouvrir, s'y connecter, l'écouter, la mesurer."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, Response, expect

from portail.demo.people import PASSWORD

PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
AXE = (Path(__file__).parent / "axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CLOSED = "Cette page n’existe pas ou ne vous est pas ouverte."
REFUSED = (
    "L’identifiant ou le mot de passe ne convient pas. Vérifiez la saisie ou choisissez « Mot de passe oublié ? »."
)
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PARENT, ADMIN = "camille.durand@famille.example", "admin@mairie.example"

# La page est prête quand l'état est arrivé du serveur : la promesse se tient à ce moment-là.
# Les connexions en direct sont retenues, pour qu'un test puisse les couper.
WATCH_HYDRATION = """(() => {
  const Native = window.WebSocket;
  window.lines = [];
  window.hydrated = new Promise((resolve, reject) => {
    window.WebSocket = class extends Native {
      constructor(...given) {
        super(...given);
        window.lines.push(this);
        this.addEventListener("message", (event) => {
          if (typeof event.data === "string" && /"is_hydrated[^"]*":true/.test(event.data)) resolve(true);
        });
      }
    };
    setTimeout(() => reject(new Error("l'état n'est pas arrivé")), 15000);
  });
  window.hydrated.catch(() => {});
})()"""


@dataclass(frozen=True)
class Screen:
    """Une taille d'écran et un thème."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"

    @property
    def viewport(self) -> Any:
        return {"width": self.width, "height": self.height}


PHONE = Screen("téléphone", 390, 844)
DARK = Screen("téléphone-sombre", 390, 844, "dark")
SMALL = Screen("petit-téléphone", 320, 640)
DESKTOP = Screen("ordinateur", 1280, 800)
SCREENS = (DESKTOP, SMALL, DARK)


@dataclass
class Visit:
    """Une page ouverte, et ce qu'elle a dit ou demandé."""

    page: Page
    origin: str
    answer: Response | None = None
    problems: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda said: said.type in {"error", "warning"} and self.problems.append(said.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))
        self.page.on("request", lambda request: self._requested(request.url))
        self.page.on("websocket", lambda socket: self._requested(socket.url.replace("ws", "http", 1)))

    def show(self, screen: Screen) -> None:
        """La même page à un autre écran ; deux images plus tard, elle a sa nouvelle forme."""
        self.page.set_viewport_size(screen.viewport)
        self.page.emulate_media(color_scheme=screen.scheme)
        self.page.evaluate(TWO_FRAMES)

    def _requested(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "data:", "blob:", "about:")):
            self.abroad.append(url)

    def _failed(self, url: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # un préchargement abandonné n'est pas une panne
            self.problems.append(f"{url} : {why}")


def watched(page: Page, origin: str, path: str) -> Visit:
    visit = Visit(page, origin)
    visit.listen()
    visit.answer = page.goto(path)
    settled(page)
    return visit


def settled(page: Page) -> None:
    """L'état est arrivé, les formes d'attente sont parties, les polices et les images sont là."""
    page.evaluate("() => window.hydrated")
    expect(page.locator(".bone")).to_have_count(0)
    page.wait_for_load_state("load")
    page.evaluate(TWO_FRAMES)


def fill_sign_in(page: Page, identifier: str, password: str = PASSWORD, *, remember: bool = False) -> None:
    page.get_by_label("Identifiant ou e-mail", exact=True).fill(identifier)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    if remember:
        page.get_by_label("Se rappeler de moi").check()


def submit_sign_in(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


def sign_in(page: Page, identifier: str, password: str = PASSWORD, *, remember: bool = False, suite: str = "") -> None:
    """Se connecte par la vraie page, jusqu'à la page d'arrivée."""
    page.goto(f"/connexion?suite={suite}" if suite else "/connexion")
    settled(page)
    fill_sign_in(page, identifier, password, remember=remember)
    submit_sign_in(page)
    arrived(page)


def arrived(page: Page) -> None:
    expect(page).not_to_have_url(re.compile(r"/(connexion|session)\b"))
    settled(page)


def lose_network(page: Page) -> None:
    """Le réseau tombe et la page l'apprend aussitôt (un vrai silence ne se remarque qu'au bout de 20 s)."""
    page.context.set_offline(True)
    page.evaluate("() => window.lines.forEach((line) => line.close())")


def find_network(page: Page) -> None:
    page.context.set_offline(False)


def axe(page: Page, **options: Any) -> list[str]:
    """Les manquements que trouve axe-core, un par règle, avec les éléments en cause."""
    page.evaluate(AXE)
    found = page.evaluate(
        "(options) => axe.run(document, options)",
        {
            "runOnly": {"type": "tag", "values": AXE_TAGS},
            "rules": {"target-size": {"enabled": True}},
            "resultTypes": ["violations"],
            **options,
        },
    )
    return [
        f"{rule['id']} : {rule['help']} → "
        + " ; ".join(
            f"{node['html'][:120]} ({(node.get('failureSummary') or '')[-200:]})" for node in rule["nodes"][:4]
        )
        for rule in found["violations"]
    ]


def sideways(page: Page) -> int:
    """De combien de pixels la page déborde en largeur."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def cut_off(page: Page) -> list[str]:
    """Les textes visibles qui sortent de l'écran, ou que leur boîte coupe."""
    return list(
        page.evaluate(
            """() => {
          const width = document.documentElement.clientWidth, found = [];
          for (const one of document.querySelectorAll("body *")) {
            if (!one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
            if (one.closest(".unseen, .skip, svg, [aria-hidden=true]")) continue;
            if (getComputedStyle(one).clipPath === "inset(50%)") continue;  // dit, pas montré
            const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            if (!own && !one.matches("img, input, button, iframe")) continue;
            const box = one.getBoundingClientRect(), style = getComputedStyle(one);
            if (!box.width || !box.height) continue;
            const said = `${one.tagName} « ${(one.innerText || one.name || "").slice(0, 40)} »`;
            if (box.right > width + 1 || box.left < -1) found.push(`${said} sort de l'écran`);
            for (let parent = one.parentElement; parent && parent !== document.body; parent = parent.parentElement) {
              const around = getComputedStyle(parent);
              if (!/hidden|clip/.test(around.overflowX + around.overflowY)) continue;
              const edge = parent.getBoundingClientRect();
              if (box.right > edge.right + 1 || box.bottom > edge.bottom + 1) found.push(`${said} est coupé`);
            }
            if (/hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1) found.push(`${said} est tronqué`);
          }
          return found;
        }"""
        )
    )


def focus_ring(page: Page) -> dict[str, Any]:
    """Ce qui a le focus, et si on le voit."""
    return dict(
        page.evaluate(
            """() => {
          const one = document.activeElement, style = getComputedStyle(one);
          const box = one.getBoundingClientRect();
          const spots = [[.5, .5], [.05, .1], [.95, .1], [.05, .9], [.95, .9]].map(([x, y]) =>
            document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
          return {
            name: (one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText || one.id || "").trim(),
            tag: one.tagName, id: one.id,
            covered: !spots.some((spot) => spot && (one.contains(spot) || spot.contains(one))),
            ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            onScreen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
          };
        }"""
        )
    )
