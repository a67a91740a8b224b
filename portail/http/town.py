"""L'identité de la commune : feuille de couleurs et logo."""

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portail.services.town import identity

_CACHE = {"cache-control": "public, max-age=300"}


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return identity.stylesheet()


async def colors(_: Request) -> Response:
    return Response(_stylesheet(), media_type="text/css", headers=_CACHE)


async def logo(_: Request) -> Response:
    body, kind = identity.logo()
    return Response(body, media_type=kind, headers=_CACHE)


routes = [Route("/ville/couleurs.css", colors), Route("/ville/logo", logo)]
