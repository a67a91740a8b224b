"""« Inscription » : cinq étapes ; le mot de passe n'y reste jamais, seule son empreinte attend la fin."""

from dataclasses import replace
from typing import Any

import reflex as rx

from portail.domain.accounts import landing_path
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import RefusalError
from portail.domain.registration import Identity, StepNumber
from portail.services.registration import registering
from portail.services.registration.registering import Checked, NewRegistration
from portail.state.base import ACTOR, Audience, PortalState, action, clock
from portail.views.registration import SignUp

TERMS_MISSING = "Pour continuer, acceptez les conditions générales d’utilisation."
PRIVACY_MISSING = "Pour continuer, dites que vous avez lu comment vos données sont protégées."


class RegistrationState(PortalState):
    step: int = StepNumber.IDENTITY
    moved: bool = False  # une étape a déjà été passée : la suivante prend le focus
    typed: SignUp = SignUp()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False
    created: bool = False
    _password_hash: str = ""

    @action(Audience.PUBLIC)
    def load(self) -> Any:
        """Ce qui était commencé dans cet onglet se retrouve ; ce qui est fini s'oublie."""
        if actor := ACTOR.get():
            return rx.redirect(landing_path(actor.role))
        self.errors, self.fault, self.busy, self.moved = {}, "", False, False
        if self.created:
            self._forget()
            self.created = False
        return None

    @action(Audience.PUBLIC)
    async def submit_identity(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        try:
            checked = await self._call(
                registering.check_identity,
                form=form_data,
                kept=self._password_hash,
                address=self._address(),
                now=clock.now(),
                slow=True,
            )
        except RefusalError as refusal:
            self._refuse(refusal)
        else:
            who = checked.identity
            self._password_hash = checked.password_hash
            self.typed = replace(
                self.typed,
                first_name=who.first_name,
                last_name=who.last_name,
                email=who.email,
                username=who.username,
            )
            self._go(StepNumber.REFERENCE)
        finally:
            self.busy = False

    @action(Audience.PUBLIC)
    async def submit_reference(self, form_data: dict[str, Any]) -> None:
        self.errors, self.fault = {}, ""
        if form_data.get("with_file") != "yes":
            self.typed = replace(self.typed, with_file=False, number="", name="")
            self._go(StepNumber.TERMS)
            return
        try:
            number, name = await self._call(
                registering.check_reference, form=form_data, address=self._address(), now=clock.now()
            )
        except RefusalError as refusal:
            self._refuse(refusal)
            return
        self.typed = replace(self.typed, with_file=True, number=number, name=name)
        self._go(StepNumber.TERMS)

    @action(Audience.PUBLIC)
    def submit_terms(self, form_data: dict[str, Any]) -> None:
        self.typed = replace(self.typed, terms=bool(form_data.get("terms")))
        self._agree("terms", TERMS_MISSING, StepNumber.PRIVACY)

    @action(Audience.PUBLIC)
    def submit_privacy(self, form_data: dict[str, Any]) -> None:
        self.typed = replace(self.typed, privacy=bool(form_data.get("privacy")))
        self._agree("privacy", PRIVACY_MISSING, StepNumber.RECAP)

    @action(Audience.PUBLIC)
    def back(self) -> None:
        self.errors, self.fault = {}, ""
        self._go(max(StepNumber.IDENTITY, self.step - 1))

    @action(Audience.PUBLIC)
    async def finish(self) -> Any:
        """Rien ne part tant qu'une étape manque, quel que soit l'ordre des appels."""
        if missing := self._first_missing():
            self._go(missing)
            return
        self.fault, self.busy = "", True
        yield
        typed = self.typed
        identity = Identity(typed.first_name, typed.last_name, typed.email, typed.username)
        new = NewRegistration(Checked(identity, self._password_hash), typed.number, typed.name)
        try:
            await self._call(registering.register, new=new, now=clock.now())
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self._forget()
            self.created = True
        finally:
            self.busy = False

    def _first_missing(self) -> int:
        done = {
            StepNumber.IDENTITY: bool(self._password_hash),
            StepNumber.REFERENCE: bool(self.typed.number) or not self.typed.with_file,
            StepNumber.TERMS: self.typed.terms,
            StepNumber.PRIVACY: self.typed.privacy,
        }
        return next((step for step, is_done in done.items() if not is_done), 0)

    def _agree(self, name: str, missing: str, following: StepNumber) -> None:
        if getattr(self.typed, name):
            self.errors, self.fault = {}, ""
            self._go(following)
        else:
            self.errors, self.fault = {name: missing}, missing

    def _go(self, step: int) -> None:
        self.step, self.moved = int(step), True

    def _refuse(self, refusal: RefusalError) -> None:
        self.errors = refusal.fields if isinstance(refusal, FormRefusedError) else {}
        self.fault = refusal.full_sentence

    def _forget(self) -> None:
        self.typed, self._password_hash = SignUp(), ""
        self.step, self.moved = int(StepNumber.IDENTITY), False
