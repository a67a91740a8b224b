"""« Modification avancée » : remplir, voir ce qui changerait, confirmer, défaire."""

from typing import Any
from urllib.parse import parse_qsl

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.weekly import fields_of
from portail.services.bookings import undoing
from portail.services.bookings.advanced import confirming, form, preview
from portail.services.bookings.advanced.confirming import WeeklyOrder
from portail.services.payments import keeping, resuming
from portail.state.base import Audience, PortalState, action, clock
from portail.views.payments import Draft
from portail.views.weekly import WeeklyForm, WeeklyOutcome, WeeklyPreview


class WeeklyState(PortalState):
    form: WeeklyForm = WeeklyForm()
    preview: WeeklyPreview = WeeklyPreview()
    outcome: WeeklyOutcome = WeeklyOutcome()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False
    draft: Draft = Draft()  # la demande retrouvée en revenant du porte-monnaie

    @action(Audience.PARENT)
    async def load(self) -> None:
        """L'adresse peut remplir le formulaire : une inscription régulière y mène, le porte-monnaie y ramène."""
        self.preview, self.outcome, self.errors, self.fault, self.busy = WeeklyPreview(), WeeklyOutcome(), {}, "", False
        fields = {name: str(value) for name, value in self.router.url.query_parameters.items()}
        self.draft = await self._resumed(reference) if (reference := fields.get("reprise", "")) else Draft()
        fields |= dict(parse_qsl(self.draft.wish))
        given = {"activity_id": self._number(), "fields": fields, "now": clock.now()}
        self.form = await self._attempt(form.show, actor=self._actor(), **given) or WeeklyForm()
        if self.draft.wish and self.form.ready:
            await self._preview(fields)

    @action(Audience.PARENT)
    async def prepare(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        self.preview, self.outcome = WeeklyPreview(), WeeklyOutcome()
        yield
        await self._preview(fields_of(form_data))

    async def _preview(self, fields: dict[str, str]) -> None:
        given = {"fields": fields, "now": clock.now()}
        try:
            self.preview = await self._call(preview.preview, actor=self._actor(), **given)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def confirm(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        texts = {name: str(form_data.get(name, "")) for name in ("wish", "seen", "token")}
        order = WeeklyOrder(**texts, partial="partial" in form_data)
        try:
            outcome = await self._attempt(confirming.confirm, actor=self._actor(), order=order, now=clock.now())
            if outcome is not None:
                self.outcome, self.preview = outcome, outcome.retry
                self._say(outcome.message, "ok" if outcome.batch else "err")
                await self._forget_draft(outcome)
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def settle_first(self) -> Any:
        """L'argent manque : la demande se garde, et l'on va au porte-monnaie."""
        self.busy = True
        yield
        try:
            yield await self._leave(keeping.keep_week, wish=self.preview.wish, activity_id=self._number())
        finally:
            self.busy = False

    async def _resumed(self, reference: str) -> Draft:
        given = {"reference": reference, "activity_id": self._number(), "now": clock.now()}
        found = await self._attempt(resuming.week, actor=self._actor(), **given) or Draft()
        self._say(found.sentence or resuming.LOST)
        return found

    async def _forget_draft(self, outcome: WeeklyOutcome) -> None:
        if outcome.batch and self.draft.reference:
            given = {"reference": self.draft.reference, "now": clock.now()}
            self.draft = Draft()
            await self._call(resuming.finish, actor=self._actor(), **given)

    @action(Audience.PARENT)
    async def undo(self) -> None:
        given = {"batch_id": self.outcome.batch, "now": clock.now()}
        undone = await self._attempt(undoing.undo, actor=self._actor(), **given)
        self.outcome = WeeklyOutcome()
        if undone is not None:
            self._say(undone.message)

    @action(Audience.PARENT)
    def close_preview(self) -> None:
        self.preview = WeeklyPreview()
