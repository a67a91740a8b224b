"""« Mon compte » : conditions à accepter, mot de passe, appareils connectés, second facteur, préférences."""

from typing import Any

import reflex as rx

from portail.domain.accounts import Notification, landing_path
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services import accounts
from portail.services.accounts import preferences, second_factor, sessions, terms
from portail.state.base import Audience, PortalState, action, clock
from portail.views.accounts import AccountView, TotpSetup


class AccountState(PortalState):
    account: AccountView = AccountView()
    setup: TotpSetup = TotpSetup()
    codes: list[str] = []
    password_error: str = ""
    email_error: str = ""
    terms_error: str = ""
    code_error: str = ""
    busy: bool = False

    @action(Audience.SIGNED_IN, when_confined=True)
    async def load(self) -> None:
        self.setup = TotpSetup()
        self.password_error = self.email_error = self.terms_error = self.code_error = ""
        await self._refresh()

    @action(Audience.SIGNED_IN, when_confined=True)
    async def change_password(self, form_data: dict[str, Any]) -> Any:
        if form_data.get("password") != form_data.get("password_again"):
            self.password_error = "Les deux mots de passe ne sont pas les mêmes."
            return
        self.busy, self.password_error = True, ""
        yield
        try:
            await self._call(
                accounts.change_password,
                actor=self._actor(),
                old=form_data.get("current", ""),
                password=form_data.get("password", ""),
                now=clock.now(),
                slow=True,
            )
            self._say("Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
            await self._refresh()
        except RefusalError as refusal:
            self.password_error = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.SIGNED_IN, when_confined=True)
    async def accept_terms(self, form_data: dict[str, Any]) -> Any:
        self.terms_error = ""
        if not form_data.get("terms"):
            self.terms_error = "Cochez la case pour accepter les conditions."
            return
        actor, version = self._actor(), self.account.terms_version
        self.busy = True
        yield
        try:
            await self._call(terms.accept, actor=actor, version=version, now=clock.now())
            self._say("Merci, votre accord est enregistré.")
            await self._refresh()
            if not (self.account.must_change_password or self.account.second_factor_required):
                yield rx.redirect(landing_path(actor.role))
        except RefusalError as refusal:
            self.terms_error = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.SIGNED_IN)
    async def save_preferences(self, form_data: dict[str, Any]) -> Any:
        display = form_data.get("display", "")
        wanted = frozenset(one for one in Notification if form_data.get(one.value))
        self.busy = True
        yield
        try:
            await self._call(preferences.save, actor=self._actor(), display=display, wanted=wanted)
            self._say("Vos préférences sont enregistrées.")
            await self._refresh()
            self.me = await self._call(accounts.me, self._actor())
        except RefusalError as refusal:
            self._say(refusal.full_sentence, "err")
        finally:
            self.busy = False

    @action(Audience.SIGNED_IN)
    async def end_session(self, session_id: int) -> None:
        try:
            await self._call(sessions.end_session, actor=self._actor(), session_id=session_id, now=clock.now())
            self._say("Cet appareil est déconnecté.")
        except NotOpenError:
            self._say("Cet appareil était déjà déconnecté.", "err")
        await self._refresh()

    @action(Audience.SIGNED_IN)
    async def end_others(self) -> None:
        await self._attempt(sessions.end_others, actor=self._actor(), now=clock.now())
        self._say("Vos autres appareils sont déconnectés.")
        await self._refresh()

    @action(Audience.SIGNED_IN, when_confined=True)
    async def start_totp(self) -> None:
        self.code_error = ""
        self.setup = await self._attempt(second_factor.propose, actor=self._actor()) or TotpSetup()

    @action(Audience.SIGNED_IN, when_confined=True)
    async def confirm_totp(self, form_data: dict[str, Any]) -> Any:
        self.code_error = ""
        yield
        try:
            self.codes = await self._call(
                second_factor.enable,
                actor=self._actor(),
                secret=self.setup.secret,
                code=form_data.get("code", ""),
                now=clock.now(),
            )
            self.setup, self.code_error = TotpSetup(), ""
            self._say("Le second facteur est actif.")
            await self._refresh()
        except RefusalError as refusal:
            self.code_error = refusal.full_sentence

    @action(Audience.SIGNED_IN)
    async def disable_totp(self, form_data: dict[str, Any]) -> Any:
        self.code_error = ""
        yield
        try:
            await self._call(
                second_factor.disable,
                actor=self._actor(),
                password=form_data.get("password", ""),
                now=clock.now(),
                slow=True,
            )
            self.code_error, self.codes = "", []
            self._say("Le second facteur est retiré.")
            await self._refresh()
        except RefusalError as refusal:
            self.code_error = refusal.full_sentence

    @action(Audience.SIGNED_IN)
    def forget_codes(self) -> None:
        self.codes = []

    async def _refresh(self) -> None:
        self.account = await self._attempt(accounts.show, actor=self._actor(), now=clock.now()) or AccountView()
