"""Changer d'adresse e-mail : la demande dans « Mon compte », la confirmation par le lien reçu."""

from typing import Any

from portail.domain.refusals import AddressTakenError, DeadLinkError, RefusalError
from portail.services.accounts import email_change
from portail.state.account import AccountState
from portail.state.base import ACTOR, Audience, PortalState, action, clock
from portail.views.accounts import EmailLink


class EmailChangeState(AccountState):
    @action(Audience.SIGNED_IN)
    async def change_email(self, form_data: dict[str, Any]) -> Any:
        self.busy, self.email_error = True, ""
        yield
        try:
            await self._call(
                email_change.ask,
                actor=self._actor(),
                email=form_data.get("email", ""),
                password=form_data.get("password", ""),
                browser=self._browser(),
                now=clock.now(),
                slow=True,
            )
            self._say("Regardez les courriels de votre nouvelle adresse : un lien la confirme.")
            await self._refresh()
        except RefusalError as refusal:
            self.email_error = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.SIGNED_IN)
    async def give_up_email(self) -> None:
        await self._attempt(email_change.give_up, actor=self._actor(), now=clock.now())
        self._say("Votre adresse ne changera pas.")
        await self._refresh()


class ConfirmationState(PortalState):
    link: EmailLink = EmailLink()
    busy: bool = False
    _token: str = ""

    @action(Audience.PUBLIC, when_confined=True)
    async def open_link(self) -> None:
        """Regarde le lien sans le consommer : seul « Confirmer » le fait."""
        self._token = self.router.url.path.rstrip("/").rpartition("/")[2][:200]
        self.link = await self._call(
            email_change.open_link, actor=ACTOR.get(), token=self._token, browser=self._browser(), now=clock.now()
        )

    @action(Audience.PUBLIC, when_confined=True)
    async def confirm(self) -> Any:
        self.busy = True
        yield
        try:
            await self._call(
                email_change.confirm, actor=ACTOR.get(), token=self._token, browser=self._browser(), now=clock.now()
            )
            self.link = EmailLink("done", self.link.email)
            self._say("Votre adresse est changée.")
        except AddressTakenError:
            self.link = EmailLink("taken")
        except DeadLinkError:
            self.link = EmailLink("invalid")
        finally:
            self.busy = False
