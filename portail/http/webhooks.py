"""Les notifications des prestataires de paiement : les octets reçus vont tels quels à la vérification."""

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from portail import clock
from portail.services.payments import notified, payfip_notices

FIELDS = 20


async def stripe(request: Request) -> JSONResponse:
    body, signature = await request.body(), request.headers.get("stripe-signature", "")
    status = await run_in_threadpool(notified.take_stripe, body, signature, clock.now())
    return JSONResponse({"recu": status == notified.TAKEN}, status, headers={"cache-control": "no-store"})


async def payfip(request: Request) -> JSONResponse:
    """PayFiP envoie un formulaire ; selon ses réglages, le numéro est aussi dans l'adresse."""
    operation = _operation(await request.body()) or request.query_params.get("idop", "")
    status = await run_in_threadpool(payfip_notices.take, operation, clock.now())
    return JSONResponse({"recu": status == notified.TAKEN}, status, headers={"cache-control": "no-store"})


def _operation(body: bytes) -> str:
    try:
        found = parse_qs(body.decode("ascii", "replace"), max_num_fields=FIELDS)
    except ValueError:  # trop de champs pour une notification
        return ""
    return found.get("idop", [""])[0]


routes = [
    Route("/webhooks/stripe", stripe, methods=["POST"]),
    Route("/webhooks/payfip", payfip, methods=["POST"]),
]
