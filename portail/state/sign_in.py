"""La connexion : mot de passe, second facteur, puis un ticket que la page échange contre le cookie."""

from typing import Any

import reflex as rx

from portail.domain.accounts import landing_path, safe_next
from portail.domain.refusals import RefusalError
from portail.services.accounts import sign_in
from portail.state.base import ACTOR, Audience, PortalState, action, clock


class SignInState(PortalState):
    step: str = "password"
    error: str = ""
    ticket: str = ""
    next_path: str = ""
    busy: bool = False
    _challenge: str = ""

    @action(Audience.PUBLIC)
    def load(self) -> Any:
        """La page de connexion ; qui est déjà connecté continue son chemin."""
        self.error, self.ticket, self.step, self._challenge = "", "", "password", ""
        suite = str(self.router.url.query_parameters.get("suite", ""))
        self.next_path = safe_next(suite, "")
        if actor := ACTOR.get():
            return rx.redirect(self.next_path or landing_path(actor.role))
        return None

    @action(Audience.PUBLIC)
    async def sign_in(self, form_data: dict[str, Any]) -> Any:
        identifier, password = form_data.get("identifier", "").strip(), form_data.get("password", "")
        if not identifier or not password:
            self.error = "Indiquez votre identifiant et votre mot de passe."
            return
        attempt = sign_in.Attempt(
            identifier, password, bool(form_data.get("remember")), self._address(), self._browser()
        )
        self.busy, self.error = True, ""
        yield
        await self._follow(sign_in.sign_in, attempt)

    @action(Audience.PUBLIC)
    async def enter_code(self, form_data: dict[str, Any]) -> Any:
        self.busy, self.error = True, ""
        yield
        await self._follow(sign_in.enter_code, self._challenge, form_data.get("code", ""))

    @action(Audience.PUBLIC)
    def back(self) -> None:
        self.step, self.error, self._challenge = "password", "", ""

    async def _follow(self, service: Any, *args: Any) -> None:
        try:
            outcome = await self._call(service, *args, clock.now(), slow=True)
        except RefusalError as refusal:
            self.error = refusal.full_sentence
        else:
            self.ticket, self._challenge = outcome.ticket, outcome.challenge or self._challenge
            self.step = "code" if outcome.challenge else self.step
        finally:
            self.busy = False
