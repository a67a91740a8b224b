"""Le service d'essai sur le réseau : le contrat, les appels SOAP, la page de paiement et la notification."""

import logging
from dataclasses import dataclass
from html import escape

import requests
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from portail.domain.money import euros
from portail.standins.payfip import soap
from portail.standins.payfip.treasury import RESULTS, Treasury

log = logging.getLogger("portail.standins")
NOTICE_SECONDS = 5
SERVICE, PAGE = "/tpa/services/securite", "/tpa/paiementws.web"


def create(treasury: Treasury) -> Starlette:
    here = _Service(treasury)
    return Starlette(
        routes=[
            Route(SERVICE, here.contract, methods=["GET"]),
            Route(SERVICE, here.call, methods=["POST"]),
            Route(PAGE, here.page, methods=["GET"]),
            Route(PAGE, here.decide, methods=["POST"]),
        ]
    )


@dataclass(frozen=True)
class _Service:
    treasury: Treasury

    async def contract(self, request: Request) -> Response:
        """Le contrat, où l'adresse du service est la nôtre."""
        address = str(request.url).partition("?")[0]
        return Response(await run_in_threadpool(soap.contract, address), media_type="text/xml")

    async def call(self, request: Request) -> Response:
        try:
            body, status = await run_in_threadpool(self._answer, await request.body()), 200
        except soap.Fault as fault:
            body, status = soap.refusal(fault), 500
        return Response(body, status, media_type="text/xml; charset=utf-8")

    def _answer(self, body: bytes) -> bytes:
        operation, asked = soap.read(body)
        return soap.answer(operation, self.treasury.serve(operation, asked))

    async def page(self, request: Request) -> Response:
        key = request.query_params.get("idop", "")
        try:
            found = await run_in_threadpool(self.treasury.known, key)
        except soap.Fault as fault:
            return _page("Paiement introuvable", f"<p>{escape(str(fault))}</p>", 404)
        return _page("Paiement de démonstration", _choices(key, found))

    async def decide(self, request: Request) -> Response:
        form = await request.form()
        key, result = str(form.get("idop", "")), str(form.get("resultat", ""))
        if result not in RESULTS:
            return _page("Choix impossible", "<p>Revenez à la page de paiement.</p>", 400)
        try:
            done = await run_in_threadpool(self.treasury.finish, key, result)
        except soap.Fault as fault:
            return _page("Paiement impossible", f"<p>{escape(str(fault))}</p>", 409)
        told = BackgroundTask(notify, done["urlnotif"], key)
        return RedirectResponse(done["urlredirect"], 303, background=told)


def notify(address: str, key: str) -> None:
    """Perdue si personne ne répond, comme la vraie peut l'être : le portail redemande de lui-même."""
    try:
        requests.post(address, data={"idop": key}, timeout=NOTICE_SECONDS)
    except requests.RequestException as error:
        log.info("notification non prise", extra={"reason": type(error).__name__})


def _choices(key: str, found: dict[str, str]) -> str:
    buttons = [
        f'<button class="btn{"" if rank == 0 else " ghost"}" name="resultat" value="{value}">{words}</button>'
        for rank, (value, words) in enumerate(RESULTS.items())
    ]
    return (
        f"<p>{escape(found['objet'])}, référence {escape(found['refdet'])}</p>"
        f'<p class="balance">{euros(int(found["montant"]))}</p>'
        f'<form method="post" class="after"><input type="hidden" name="idop" value="{key}">{"".join(buttons)}</form>'
    )


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """Aux couleurs du portail d'essai ; sans sa feuille de style, la page reste utilisable."""
    page = (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title} · PayFiP d’essai</title>"
        '<link rel="icon" href="/favicon.svg">'
        '<link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/ville/couleurs.css"></head>'
        '<body><main class="main narrow standin"><div class="card pad stack">'
        '<p class="pill alert">Ceci n’est pas PayFiP\u00a0: rien n’est débité.</p>'
        f"<h1>{title}</h1>{body}</div></main></body></html>"
    )
    return HTMLResponse(page, status)
