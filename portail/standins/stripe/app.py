"""Les adresses du prestataire d'essai : l'API que la bibliothèque `stripe` appelle, et la page de paiement."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from portail.domain.money import typed_cents
from portail.domain.refusals import RefusalError
from portail.standins.stripe import dashboard_pages, pages
from portail.standins.stripe.bank import Bank, Outcome, RefusedError
from portail.standins.stripe.dashboard import Dashboard, RefundOutcome
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
    page, board = _Page(bank), _Board(bank)
    return Starlette(
        routes=[
            Route("/v1/checkout/sessions", api.answer(api.open_session), methods=["POST"]),
            Route("/v1/checkout/sessions/{key}", api.answer(api.session)),
            Route("/v1/payment_intents/{key}", api.answer(api.intent)),
            Route("/v1/refunds", api.answer(api.open_refund), methods=["POST"]),
            Route("/v1/refunds", api.answer(api.refunds)),
            Route("/v1/refunds/{key}", api.answer(api.one_refund)),
            Route("/v1/disputes/{key}", api.answer(api.dispute)),
            Route("/v1/events", api.answer(api.events)),
            Route("/v1/events/{key}", api.answer(api.event)),
            Route("/payer/{key}", page.show),
            Route("/payer/{key}", page.pay, methods=["POST"]),
            Route("/tableau", board.listing),
            Route("/tableau/{key}", board.show),
            Route("/tableau/{key}", board.act, methods=["POST"]),
        ]
    )


class _Api:
    def __init__(self, bank: Bank) -> None:
        self.bank, self.dashboard = bank, Dashboard(bank)

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
        return self.bank.once(_key(request), asked, lambda base: self.dashboard.open_refund(base, asked))

    def one_refund(self, request: Request, _: Thing) -> Thing:
        return self.bank.thing(request.path_params["key"], "refund")

    def refunds(self, request: Request, _: Thing) -> Thing:
        wanted = {name: request.query_params.get(name) for name in ("payment_intent", "charge")}
        found = self.bank.store.every("refund")
        mine = [one for one in found if all(asked in (None, one[name]) for name, asked in wanted.items())]
        return _listed("/v1/refunds", mine)

    def dispute(self, request: Request, _: Thing) -> Thing:
        return self.bank.thing(request.path_params["key"], "dispute")

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


class _Board:
    """Le tableau de bord : un paiement fait, et ce qui peut lui arriver."""

    def __init__(self, bank: Bank) -> None:
        self.bank, self.dashboard = bank, Dashboard(bank)

    async def listing(self, _: Request) -> Response:
        return HTMLResponse(dashboard_pages.listing(await run_in_threadpool(self.dashboard.paid)))

    async def show(self, request: Request) -> Response:
        return await run_in_threadpool(self._shown, _path(request))

    async def act(self, request: Request) -> Response:
        sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        given = {name: values[0] for name, values in sent.items()}
        try:
            await run_in_threadpool(self._do, _path(request), given)
        except RefusedError as refusal:
            return await run_in_threadpool(self._shown, _path(request), str(refusal))
        return RedirectResponse(_path(request), 303)

    def _shown(self, key: str, said: str = "") -> Response:
        try:
            intent = self.dashboard.intent_of(key)
        except RefusedError:
            return HTMLResponse(pages.unknown(), 404)
        number = intent["id"]
        lists = self.dashboard.refunds(number), self.dashboard.disputes(number)
        return HTMLResponse(dashboard_pages.one(self.bank.session(key), intent, *lists, said), 400 if said else 200)

    def _do(self, key: str, given: dict[str, str]) -> None:
        """Une demande inconnue ne fait rien."""
        about, wanted = given.get("about", ""), given.get("outcome", "")
        match given.get("do", ""):
            case "refund":
                self.dashboard.refund(key, _cents(given.get("amount", "")))
            case "choose" if wanted in set(RefundOutcome):
                self.dashboard.choose(key, RefundOutcome(wanted))
            case "advance":
                self.dashboard.advance(about)
            case "contest":
                self.dashboard.contest(key)
            case "lose" | "win" as end:
                self.dashboard.close(about, is_lost=end == "lose")


def _cents(typed: str) -> int:
    try:
        return typed_cents(typed)
    except RefusalError as refusal:
        raise RefusedError(400, "parameter_invalid_integer", refusal.full_sentence) from None


def _path(request: Request) -> str:
    return str(request.path_params["key"])
