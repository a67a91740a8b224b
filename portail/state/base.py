"""Le socle des états : qui est là, que lui dire, et comment appeler un service."""

import contextvars
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import reflex as rx

from portail import clock
from portail.domain.accounts import Actor, Audience
from portail.domain.refusals import NotOpenError, RefusalError, SignedOutError
from portail.services import accounts
from portail.services.accounts import sessions
from portail.state import live, threads
from portail.state.policy import action
from portail.views.accounts import Me

Result = TypeVar("Result")
NOTICE_OUTLIVES_A_PAGE = timedelta(seconds=5)  # dit juste avant de mener ailleurs, un message se lit à l'arrivée
ACTOR: contextvars.ContextVar[Actor | None] = contextvars.ContextVar("actor", default=None)
_NUMBER = re.compile(r"/([0-9]{1,10})(?:/|$)")
_REFERENCE = re.compile(r"[A-Z2-9]{8}")


class PortalState(rx.State):
    """Une vue jetable : tout s'y refait depuis le cookie et la base."""

    me: Me = Me()
    notice: str = ""
    notice_tone: str = ""
    notice_reference: str = ""
    _said_at: datetime | None = None
    closed: bool = False
    _owner: str = ""  # l'empreinte de la connexion, ou du navigateur, à qui cet onglet appartient ; vide : à personne

    @action(Audience.PUBLIC, when_confined=True)
    async def enter(self) -> None:
        """Chaque page commence ici : qui est là. Le calendrier d'avant n'est plus à l'écran, ni un message déjà lu."""
        live.forget(self.router.session.client_token)
        if self._said_at and clock.now() - self._said_at > NOTICE_OUTLIVES_A_PAGE:
            self._say("")
        self.me = await self._call(accounts.me, ACTOR.get())

    @action(Audience.PUBLIC, when_confined=True)
    def dismiss_notice(self) -> None:
        self._say("")

    @action(Audience.PUBLIC, when_confined=True)
    def report_incident(self, reference: str) -> None:
        """La porte laisse passer celle-ci sans rien relire : elle vérifie donc son argument elle-même."""
        if isinstance(reference, str) and _REFERENCE.fullmatch(reference):
            self._say("Un incident est survenu. Réessayez ; s’il se répète, donnez ce numéro à la mairie.", "err")
            self.notice_reference = reference

    def _say(self, sentence: str, tone: str = "ok") -> None:
        self.notice, self.notice_tone, self.notice_reference = sentence, tone if sentence else "", ""
        self._said_at = clock.now() if sentence else None

    def _actor(self) -> Actor:
        actor = ACTOR.get()
        if actor is None:
            raise SignedOutError
        return actor

    async def _call(self, service: Callable[..., Result], *args: Any, slow: bool = False, **kwargs: Any) -> Result:
        return await threads.run(service, *args, slow=slow, **kwargs)

    async def _attempt(
        self, service: Callable[..., Result], *args: Any, slow: bool = False, **kwargs: Any
    ) -> Result | None:
        """Appelle un service ; un refus devient un message, une panne reste une panne."""
        try:
            return await self._call(service, *args, slow=slow, **kwargs)
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self._say(refusal.full_sentence, "err")
        return None

    async def _leave(self, service: Callable[..., str], **kwargs: Any) -> Any:
        """Un service rend une adresse : on y va ; un refus reste sur la page."""
        href = await self._attempt(service, actor=self._actor(), now=clock.now(), **kwargs)
        return rx.redirect(href) if href else None

    async def _done(self, service: Callable[..., object], *args: Any, **kwargs: Any) -> bool:
        """Comme `_attempt`, pour un service qui ne rend rien : est-ce fait ?"""

        def perform() -> bool:
            service(*args, **kwargs)
            return True

        return bool(await self._attempt(perform))

    def _number(self) -> int:
        """Le numéro que porte l'adresse de la page ; zéro, qui n'existe jamais, si elle n'en porte pas."""
        found = _NUMBER.search(self.router.url.path)
        return int(found[1]) if found else 0

    def _address(self) -> str:
        return str(self.router.session.client_ip)

    def _browser(self) -> str:
        """Le navigateur d'où l'on vient : un cookie que le serveur a posé avec la page."""
        cookies = self._get_root_state().router_data.get("headers", {}).get("cookie", "")
        return sessions.read_cookie(cookies, "navigateur")


__all__ = ["ACTOR", "Actor", "Audience", "PortalState", "action", "clock"]
