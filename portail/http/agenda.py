"""L'abonnement à l'agenda : `/ical/<jeton>.ics`, sans cookie, pour les agendas des téléphones."""

import hashlib

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from portail import clock
from portail.domain.refusals import NotOpenError, TooManyAttemptsError
from portail.services.planning import feed

_PRIVATE = {"cache-control": "private, no-cache", "x-robots-tag": "noindex"}


async def read(request: Request) -> Response:
    try:
        body = await run_in_threadpool(feed.read, request.path_params["token"], clock.now())
    except NotOpenError as refusal:
        return PlainTextResponse(refusal.sentence, 404, headers={"cache-control": "no-store"})
    except TooManyAttemptsError as braked:
        headers = {"cache-control": "no-store", "retry-after": str(braked.seconds)}
        return PlainTextResponse("Trop de lectures de cet agenda.", 429, headers=headers)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_PRIVATE, "etag": tag}
    if tag in _known(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = 'inline; filename="agenda.ics"'
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _known(header: str) -> set[str]:
    """Les étiquettes que le client a déjà ; faible ou forte, l'une vaut l'autre ici."""
    return {one.strip().removeprefix("W/") for one in header.split(",")}


routes = [Route("/ical/{token}.ics", read, methods=["GET"])]
