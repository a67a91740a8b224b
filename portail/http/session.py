"""Le cookie de connexion : posé contre un ticket, retiré à la déconnexion."""

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portail import clock
from portail.domain.accounts import safe_next
from portail.domain.refusals import DeadLinkError
from portail.http.pages import refusal_page
from portail.services.accounts import sessions
from portail.settings import current

_DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def is_same_origin(request: Request) -> bool:
    """Un formulaire d'un autre site n'ouvre ni ne ferme de connexion."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    return origin in current().allowed_origins or origin.partition("://")[2] == request.headers.get("host", "\0")


def device_name(user_agent: str) -> str:
    """« Chrome sur Android » : assez pour se reconnaître, pas assez pour pister."""
    system = next((label for mark, label in _DEVICES if mark in user_agent), "")
    browser = next((label for mark, label in _BROWSERS if mark in user_agent), "Navigateur")
    return f"{browser} sur {system}" if system else browser


def _fields(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=4)
    except ValueError:  # trop de champs : ce n'est pas notre formulaire
        return {}


async def open_session(request: Request) -> Response:
    if not is_same_origin(request):
        return refusal_page(403, "Cette demande vient d’un autre site.")
    form = _fields(await request.body())
    ticket, suite = form.get("ticket", [""])[0], form.get("suite", [""])[0]
    if not ticket:  # le formulaire est parti avant que la page ne soit prête
        return RedirectResponse("/connexion", 303, headers={"cache-control": "no-store"})
    browser = request.cookies.get(sessions.cookie_name("navigateur"), "")
    try:
        opened = await run_in_threadpool(
            sessions.open_from_ticket,
            ticket=ticket,
            browser=browser,
            device=device_name(request.headers.get("user-agent", "")),
            now=clock.now(),
        )
    except DeadLinkError:
        return refusal_page(403, "Cette connexion n’a pas pu s’ouvrir. Recommencez depuis la page de connexion.")
    response = RedirectResponse(safe_next(suite, opened.landing), 303, headers={"cache-control": "no-store"})
    response.set_cookie(
        sessions.cookie_name("session"),
        opened.token,
        max_age=opened.max_age,
        httponly=True,
        secure=current().is_https,
        samesite="lax",
        path="/",
    )
    return response


async def close_session(request: Request) -> Response:
    if not is_same_origin(request):
        return refusal_page(403, "Cette demande vient d’un autre site.")
    token = request.cookies.get(sessions.cookie_name("session"), "")
    if token:
        await run_in_threadpool(sessions.sign_out, token, clock.now())
    response = RedirectResponse(
        "/connexion", 303, headers={"cache-control": "no-store", "clear-site-data": '"cache", "storage"'}
    )
    response.delete_cookie(
        sessions.cookie_name("session"), path="/", secure=current().is_https, httponly=True, samesite="lax"
    )
    return response


routes = [
    Route("/session", open_session, methods=["POST"]),
    Route("/deconnexion", close_session, methods=["POST"]),
]
