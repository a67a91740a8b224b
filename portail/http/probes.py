"""Les sondes : /sante (le processus vit), /pret (la base répond et son schéma est à jour)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from portail.services.upkeep.probes import is_ready


async def alive(_: Request) -> JSONResponse:
    return JSONResponse({"etat": "vivant"}, headers={"cache-control": "no-store"})


async def ready(_: Request) -> JSONResponse:
    good = await run_in_threadpool(is_ready)
    return JSONResponse(
        {"etat": "pret" if good else "pas pret"}, 200 if good else 503, headers={"cache-control": "no-store"}
    )


routes = [Route("/sante", alive), Route("/pret", ready)]
