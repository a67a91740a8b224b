"""Mot de passe oublié, activation : demander un lien, l'ouvrir, choisir son mot de passe."""

from typing import Any

from portail.domain.refusals import RefusalError
from portail.services.accounts import recovery
from portail.services.registration import activation
from portail.state.base import Audience, PortalState, action, clock
from portail.views.accounts import LinkView


class RecoveryState(PortalState):
    sent: bool = False
    error: str = ""
    link: LinkView = LinkView()
    busy: bool = False
    _token: str = ""

    @action(Audience.PUBLIC)
    def start(self) -> None:
        self.sent, self.error = False, ""

    @action(Audience.PUBLIC)
    async def ask_link(self, form_data: dict[str, Any]) -> Any:
        self.busy, self.error = True, ""
        yield
        try:
            await self._call(
                recovery.ask_link,
                identifier=form_data.get("identifier", ""),
                address=self._address(),
                now=clock.now(),
            )
            self.sent = True
        except RefusalError as refusal:
            self.error = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PUBLIC)
    async def open_activation(self) -> None:
        await self._open(activation=True)

    @action(Audience.PUBLIC)
    async def open_reset(self) -> None:
        await self._open(activation=False)

    @action(Audience.PUBLIC)
    async def choose_password(self, form_data: dict[str, Any]) -> Any:
        password = form_data.get("password", "")
        if password != form_data.get("password_again", ""):
            self.error = "Les deux mots de passe ne sont pas les mêmes."
            return
        self.busy, self.error = True, ""
        yield
        try:
            await self._call(
                recovery.choose_password,
                token=self._token,
                activation=self.link.kind == "activation",
                password=password,
                terms=bool(form_data.get("terms")),
                now=clock.now(),
                slow=True,
            )
            self.link = LinkView("done", self.link.kind, self.link.first_name, self.link.username)
            self._token = ""
        except RefusalError as refusal:
            self.error = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PUBLIC)
    async def confirm_activation(self) -> Any:
        """Qui s'est inscrit a déjà choisi son mot de passe."""
        self.busy, self.error = True, ""
        yield
        try:
            joined = await self._call(activation.confirm, token=self._token, now=clock.now())
            status = "joined" if joined else "alone"
            self.link = LinkView(status, self.link.kind, self.link.first_name, self.link.username)
            self._token = ""
        except RefusalError:
            self.link = LinkView("invalid", self.link.kind)
        finally:
            self.busy = False

    async def _open(self, *, activation: bool) -> None:
        self.error = ""
        self._token = self.router.url.path.rstrip("/").rpartition("/")[2][:200]
        self.link = await self._call(recovery.open_link, token=self._token, activation=activation, now=clock.now())
