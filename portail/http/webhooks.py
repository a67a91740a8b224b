"""Les notifications des prestataires de paiement : les octets reçus vont tels quels à la vérification."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from portail import clock
from portail.services.payments import notified


async def stripe(request: Request) -> JSONResponse:
    body, signature = await request.body(), request.headers.get("stripe-signature", "")
    status = await run_in_threadpool(notified.take_stripe, body, signature, clock.now())
    return JSONResponse({"recu": status == notified.TAKEN}, status, headers={"cache-control": "no-store"})


routes = [Route("/webhooks/stripe", stripe, methods=["POST"])]
