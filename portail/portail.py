"""Le lieu où tout s'assemble : l'application, ses pages, ses routes, sa porte. Aucune logique ici."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator

import reflex as rx
from reflex.event import EventSpec
from starlette.applications import Starlette

from portail import logs
from portail.components import connection
from portail.http import agenda, downloads, payment_return, probes, session, town, uploads, webhooks
from portail.http.errors import Incidents
from portail.http.headers import SecurityHeaders
from portail.http.limits import BodyLimit, SocketLimit
from portail.ids import incident_reference
from portail.pages import layout, not_found
from portail.pages.routes import PAGES
from portail.standins import mounting
from portail.state import doorstep, live, presence
from portail.state.base import PortalState
from portail.state.bookings import CalendarState
from portail.state.gate import Gate

log = logging.getLogger("portail.events")
logs.configure()


def on_event_error(exception: Exception) -> EventSpec:
    reference = incident_reference()
    log.error("incident", extra={"reference": reference}, exc_info=exception)
    return PortalState.report_incident(reference)  # type: ignore[no-any-return]


def on_browser_error(exception: Exception) -> None:
    """Ce que le navigateur raconte n'est pas fiable : on en garde la trace, bornée."""
    log.warning("browser_error", extra={"report": str(exception)[:500]})


@contextlib.asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Ramasse-miettes apaisé (les attentes longues sous charge venaient de lui), onglets et places surveillés."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    watches = [asyncio.create_task(presence.watch(app)), asyncio.create_task(live.watch(app, CalendarState))]
    yield
    for watch in watches:
        watch.cancel()
    await asyncio.gather(*watches, return_exceptions=True)


app = rx.App(
    stylesheets=["/style.css"],
    head_components=layout.HEAD,
    html_lang="fr",
    toaster=None,
    app_wraps={(55, "ErrorBoundary"): lambda _: connection.boundary()},
    backend_exception_handler=on_event_error,
    frontend_exception_handler=on_browser_error,
    api_transformer=[
        Starlette(
            routes=[
                *session.routes,
                *uploads.routes,
                *downloads.routes,
                *agenda.routes,
                *probes.routes,
                *town.routes,
                *webhooks.routes,
                *payment_return.routes,
                *mounting.routes(),
            ]
        ),
        BodyLimit,
        SocketLimit,
        Incidents,
        SecurityHeaders,
    ],
)
app.add_middleware(Gate())
doorstep.guard(app)
doorstep.watch_once(app)
app.register_lifespan_task(lifespan)

for page in PAGES:
    app.add_page(
        page.draw,
        route=page.route,
        title=page.title,
        description=page.description,
        image="/favicon.svg",
        on_load=page.on_load,
    )
app.add_page(
    not_found.draw,
    route="404",
    title="Page introuvable · Portail Famille",
    image="/favicon.svg",
    on_load=[PortalState.enter],
)
