"""Chaque page du registre, ouverte une fois et montrée à plusieurs écrans : accessible, entière, calme, sans lien mort."""

import re
from collections.abc import Callable
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.examples import EXAMPLES, Example
from tests.e2e.visits import (
    ADMIN,
    CLOSED,
    DESKTOP,
    PARENT,
    PHONE,
    SCREENS,
    SMALL,
    Visit,
    axe,
    cut_off,
    sideways,
)

VisitPage = Callable[..., Visit]
Answers = Callable[[Page, str], int]
EVERY_PAGE = pytest.mark.parametrize("example", EXAMPLES, ids=str)
MENUS = ("Outils", "Rubriques", "Rubriques principales", "Menu", "Informations sur le site")
WAYS_OUT = {"Revenir à l’accueil": "/", "Voir le plan du site": "/plan-du-site", "Nous contacter": "/contact"}
LEADS_ELSEWHERE = {"mailto", "tel", "https", "http"}
SPACED_TEXT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}");
  document.adoptedStyleSheets = [sheet];
}"""
DOUBLED_TEXT = "() => { document.adoptedStyleSheets = []; document.documentElement.style.fontSize = '200%'; }"
PLAIN_TEXT = "() => { document.documentElement.style.fontSize = ''; }"
# Les pages ouvertes à tous gardent les menus de qui est connecté : quelques-unes, vues par un parent et par un agent.
SEEN_BY = [
    *[(PARENT, path) for path in ("/", "/actualites", "/plan-du-site")],
    *[(ADMIN, path) for path in ("/", "/actualites", "/compte", "/plan-du-site")],
]


def _titles(page: Page, example: Example) -> re.Pattern[str]:
    """Celui du registre ou, sur le calendrier d'une activité, celui que son titre lui donne."""
    heading = page.get_by_role("heading", level=1).first.inner_text()
    return re.compile(f"^({re.escape(example.page.title)}|{re.escape(heading)} · Portail Famille)$")


@EVERY_PAGE
def test_page_is_accessible_whole_and_quiet(visit: VisitPage, answers: Answers, example: Example) -> None:
    visited = visit(example.path, example.account, SCREENS[0])

    assert visited.answer is not None
    assert visited.answer.status == 200
    expect(visited.page).to_have_title(_titles(visited.page, example))
    for screen in SCREENS:
        visited.show(screen)
        _check(visited)
    _check_skip_link(visited.page)
    assert _dead_links(visited.page, answers) == []
    _check_zoom_and_spacing(visited.page)
    _check_print(visited.page)


@pytest.mark.parametrize(("account", "path"), SEEN_BY)
def test_open_page_keeps_the_menus_of_whoever_is_signed_in(visit: VisitPage, account: str, path: str) -> None:
    visited = visit(path, account)

    for screen in (DESKTOP, SMALL):
        visited.show(screen)
        _check(visited)
    expect(visited.page.get_by_role("button", name="Déconnexion")).to_have_count(1)


def test_unknown_address_answers_404_with_ways_out(visit: VisitPage) -> None:
    visited = visit("/adresse-inconnue")

    assert visited.answer is not None
    assert visited.answer.status == 404
    visited.problems = [said for said in visited.problems if "status of 404" not in said]
    for screen in SCREENS:
        visited.show(screen)
        _check(visited)
    main = visited.page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text("Page introuvable")
    expect(main).to_contain_text(CLOSED)
    for name, path in WAYS_OUT.items():
        expect(main.get_by_role("link", name=name)).to_have_attribute("href", path)


def _check(visited: Visit) -> None:
    page = visited.page
    assert axe(page) == []
    expect(page).to_have_title(re.compile(r"^\S.* · Portail Famille$"))
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\S"))).to_have_count(0)
    assert sideways(page) == 0
    assert cut_off(page) == []
    assert visited.problems == []
    assert visited.abroad == []


def _check_skip_link(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def _check_zoom_and_spacing(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 de large zoomé à 200 %
    assert (sideways(page), cut_off(page)) == (0, [])
    assert _moving(page) == []
    page.evaluate(SPACED_TEXT)  # WCAG 1.4.12
    page.set_viewport_size(PHONE.viewport)
    assert sideways(page) == 0
    page.evaluate(DOUBLED_TEXT)  # WCAG 1.4.4
    page.set_viewport_size(DESKTOP.viewport)
    assert sideways(page) == 0
    page.evaluate(PLAIN_TEXT)


def _check_print(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    for name in MENUS:
        expect(page.get_by_role("navigation", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Déconnexion")).to_have_count(0)


def _moving(page: Page) -> list[str]:
    """Ce qui bouge encore alors que la personne a demandé moins de mouvement."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll("*")].filter((one) => {
          const style = getComputedStyle(one), longest = (all) => Math.max(...all.split(",").map(parseFloat));
          return (style.animationName !== "none" && longest(style.animationDuration) > 0.011)
            || (style.transitionProperty !== "none" && longest(style.transitionDuration) > 0.011);
        }).map((one) => one.outerHTML.slice(0, 80))"""
        )
    )


def _dead_links(page: Page, answers: Answers) -> list[str]:
    """Les liens de la page qui ne mènent nulle part, ancres comprises."""
    links = page.eval_on_selector_all("a[href]", "(links) => links.map((link) => link.getAttribute('href'))")
    assert links
    dead = []
    for href in sorted(set(links)):
        url, anchor = urldefrag(urljoin(page.url, href))
        if urlsplit(url).netloc != urlsplit(page.url).netloc:
            assert urlsplit(url).scheme in LEADS_ELSEWHERE, href
        elif answers(page, url) != 200 or (anchor and page.locator(f"[id='{anchor}']").count() != 1):
            dead.append(href)
    return dead


@pytest.fixture(scope="session")
def _known_answers() -> dict[str, int]:
    return {}


@pytest.fixture
def answers(_known_answers: dict[str, int]) -> Answers:
    """Le statut d'une adresse, demandé une seule fois par processus de test."""

    def ask(page: Page, url: str) -> int:
        if url not in _known_answers:
            _known_answers[url] = page.context.request.get(url).status
        return _known_answers[url]

    return ask
