"""Les adresses du prestataire d'essai : l'API que la bibliothèque `stripe` appelle, et la page de paiement."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from portail.standins.stripe import pages
from portail.standins.stripe.bank import Bank, Outcome, RefusedError
from portail.standins.stripe.store import Thing

Work = Callable[[Request, Thing], Thing]
MOST_FIELDS = 100


def nested(body: bytes) -> Thing:
    """« line_items[0][price_data][currency]=eur » : des dictionnaires dans des dictionnaires."""
    found: Thing = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS):
        *path, last = name.replace("]", "").split("[")
        inside = found
        for step in path:
            inside = inside.setdefault(step, {})
            if not isinstance(inside, dict):
                raise RefusedError(400, "parameter_unknown", f"Paramètre impossible : {step}.")
        inside[last] = value
    return found


def create(bank: Bank) -> Starlette:
    api = _Api(bank)
    page = _Page(bank)
    return Starlette(
        routes=[
            Route("/v1/checkout/sessions", api.answer(api.open_session), methods=["POST"]),
            Route("/v1/checkout/sessions/{key}", api.answer(api.session)),
            Route("/v1/payment_intents/{key}", api.answer(api.intent)),
            Route("/v1/refunds", api.answer(api.open_refund), methods=["POST"]),
            Route("/v1/refunds", api.answer(api.refunds)),
            Route("/v1/refunds/{key}", api.answer(api.one_refund)),
            Route("/v1/events", api.answer(api.events)),
            Route("/v1/events/{key}", api.answer(api.event)),
            Route("/payer/{key}", page.show),
            Route("/payer/{key}", page.pay, methods=["POST"]),
        ]
    )


class _Api:
    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def answer(self, work: Work) -> Callable[[Request], Any]:
        async def answered(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {self.bank.config.key}":
                return _error(RefusedError(401, "api_key_invalid", "Cette clé n’est pas la bonne."))
            try:
                asked = nested(await request.body())
                return JSONResponse(await run_in_threadpool(work, request, asked))
            except RefusedError as refusal:
                return _error(refusal)

        return answered

    def open_session(self, request: Request, asked: Thing) -> Thing:
        return self.bank.once(_key(request), asked, lambda base: self.bank.open_session(base, asked))

    def session(self, request: Request, _: Thing) -> Thing:
        found = self.bank.session(request.path_params["key"])
        if "payment_intent" in request.query_params.getlist("expand[0]") and found["payment_intent"]:
            found["payment_intent"] = self.bank.thing(found["payment_intent"], "payment_intent")
        return found

    def intent(self, request: Request, _: Thing) -> Thing:
        return self.bank.thing(request.path_params["key"], "payment_intent")

    def open_refund(self, request: Request, asked: Thing) -> Thing:
        return self.bank.once(_key(request), asked, lambda base: self.bank.open_refund(base, asked))

    def one_refund(self, request: Request, _: Thing) -> Thing:
        return self.bank.thing(request.path_params["key"], "refund")

    def refunds(self, request: Request, _: Thing) -> Thing:
        wanted = request.query_params.get("payment_intent")
        found = self.bank.store.every("refund")
        return _listed("/v1/refunds", [one for one in found if wanted in (None, one["payment_intent"])])

    def event(self, request: Request, _: Thing) -> Thing:
        return self.bank.thing(request.path_params["key"], "event")

    def events(self, _: Request, __: Thing) -> Thing:
        return _listed("/v1/events", self.bank.store.every("event"))


def _key(request: Request) -> str:
    return request.headers.get("idempotency-key", "")


def _listed(url: str, found: list[Thing]) -> Thing:
    return {"object": "list", "url": url, "has_more": False, "data": found}


def _error(refusal: RefusedError) -> JSONResponse:
    said = {"type": refusal.kind, "code": refusal.code, "message": str(refusal)}
    return JSONResponse({"error": said}, refusal.status)


class _Page:
    """Ce que voit la personne qui paie."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    async def show(self, request: Request) -> Response:
        try:
            session = await run_in_threadpool(self.bank.session, request.path_params["key"])
        except RefusedError:
            return HTMLResponse(pages.unknown(), 404)
        return HTMLResponse(pages.payment(session))

    async def pay(self, request: Request) -> Response:
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        wanted = sent.get("outcome", [Outcome.SUCCESS.value])[0]
        outcome = Outcome(wanted) if wanted in set(Outcome) else Outcome.DECLINE
        try:
            if outcome is Outcome.CONFIRM:
                return HTMLResponse(pages.confirmation(await run_in_threadpool(self.bank.session, _path(request))))
            session = await run_in_threadpool(self.bank.pay, _path(request), outcome)
        except RefusedError:
            return HTMLResponse(pages.unknown(), 404)
        if session["payment_status"] == "paid":
            return RedirectResponse(session["success_url"], 303)
        return HTMLResponse(pages.payment(session, is_refused=True), 402)


def _path(request: Request) -> str:
    return str(request.path_params["key"])
