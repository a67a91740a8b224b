"""Une panne montre un numéro, jamais une trace ; la trace va au journal avec le même numéro."""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portail.http.pages import refusal_page
from portail.ids import incident_reference

log = logging.getLogger("portail.http")


class Incidents:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if scope["type"] != "http" or started:
                raise
            reference = incident_reference()
            log.exception("incident", extra={"reference": reference, "method": scope["method"]})
            await refusal_page(500, "Un incident est survenu.", reference)(scope, receive, send)
