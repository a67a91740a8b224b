"""Le navigateur des tests : un Chromium par processus, un contexte par test, une connexion par compte."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from portail import launcher
from tests.e2e import visits
from tests.e2e.visits import DESKTOP, Screen, Visit
from tests.tools import browser as chromium
from tests.tools import twins
from tests.tools.server import Running

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def interface_built() -> None:
    """L'interface est construite une fois, par le premier des processus de test."""
    with (Path(os.environ["PORTAIL_TEST_HOME"]) / "interface.verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        launcher.prepare_environment()
        launcher.build()


@pytest.fixture(scope="session")
def portal(interface_built: None, portal: Running) -> Running:
    return portal


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.ensure(), args=list(chromium.ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def _loop(chrome: Browser) -> Iterator[asyncio.AbstractEventLoop]:
    loop = chrome._loop
    yield loop
    asyncio._set_running_loop(loop)


@pytest.fixture(autouse=True)
def _leave_the_loop_free(_loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Playwright laisse sa boucle « en marche » dans le fil : entre deux de ses tests, on la retire."""
    asyncio._set_running_loop(_loop)
    yield
    asyncio._set_running_loop(None)


@pytest.fixture
def new_context(chrome: Browser, portal: Running) -> Iterator[Callable[..., BrowserContext]]:
    """Des navigateurs neufs (cookies, onglets), fermés à la fin du test."""
    opened: list[BrowserContext] = []

    def create(screen: Screen = DESKTOP, **options: object) -> BrowserContext:
        context = chrome.new_context(
            base_url=portal.url,
            viewport=screen.viewport,
            color_scheme=screen.scheme,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion=options.pop("reduced_motion", "reduce"),
            **options,
        )
        context.set_default_timeout(visits.PATIENCE_MS)
        context.add_init_script(visits.WATCH_HYDRATION)
        opened.append(context)
        return context

    yield create
    for context in opened:
        context.close()


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext]) -> Open:
    """Une page dans un navigateur neuf."""
    return lambda *args, **options: new_context(*args, **options).new_page()


@pytest.fixture(scope="session")
def _kept_sessions() -> dict[str, StorageState]:
    return {}


@pytest.fixture
def open_as(new_context: Callable[..., BrowserContext], _kept_sessions: dict[str, StorageState]) -> Open:
    """Une page déjà connectée ; le compte ne se connecte qu'une fois par processus de test."""

    def enter(account: str, screen: Screen = DESKTOP, **options: object) -> Page:
        if account not in _kept_sessions:
            first = new_context().new_page()
            visits.sign_in(first, account)
            _kept_sessions[account] = first.context.storage_state()
        return new_context(screen, storage_state=_kept_sessions[account], **options).new_page()

    return enter


@pytest.fixture
def own_account(portal: Running) -> Callable[..., str]:
    """Un compte que ce test peut changer : le jumeau de celui-ci, avec son propre foyer s'il le faut."""
    return lambda like, **options: twins.twin(portal, like, **options)


@pytest.fixture
def visit(open_page: Open, open_as: Open, portal: Running) -> Callable[..., Visit]:
    """Ouvre une adresse comme cette personne, attend que la page soit prête, et retient tout ce qui s'y passe."""

    def go(path: str, account: str = "", screen: Screen = DESKTOP, **options: object) -> Visit:
        page = open_as(account, screen, **options) if account else open_page(screen, **options)
        return visits.watched(page, portal.url, path)

    return go
