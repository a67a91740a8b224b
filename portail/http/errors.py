"""Une panne montre un numéro, jamais une trace ; la trace va au journal avec le même numéro."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portail.http.pages import refusal_page
from portail.ids import incident_reference

log = logging.getLogger("portail.http")
SERVER_ERROR = 500


class Incidents:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        held: list[Message] = []  # Starlette écrit sa propre page 500 avant de relancer l'erreur : on la retient

        async def watched(message: Message) -> None:
            nonlocal started
            if held or (message["type"] == "http.response.start" and message["status"] == SERVER_ERROR):
                held.append(message)
                return
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
            for message in held:
                await send(message)
        except Exception:
            if scope["type"] != "http" or started:
                raise
            reference = incident_reference()
            log.exception("incident", extra={"reference": reference, "method": scope["method"]})
            await refusal_page(SERVER_ERROR, "Un incident est survenu.", reference)(scope, receive, send)
