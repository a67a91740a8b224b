"""« Modification avancée » : remplir, voir ce qui changerait, confirmer, défaire."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.weekly import fields_of
from portail.services.bookings import undoing
from portail.services.bookings.advanced import confirming, form, preview
from portail.services.bookings.advanced.confirming import WeeklyOrder
from portail.state.base import Audience, PortalState, action, clock
from portail.views.weekly import WeeklyForm, WeeklyOutcome, WeeklyPreview


class WeeklyState(PortalState):
    form: WeeklyForm = WeeklyForm()
    preview: WeeklyPreview = WeeklyPreview()
    outcome: WeeklyOutcome = WeeklyOutcome()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        """L'adresse peut remplir le formulaire : c'est là que mène une inscription régulière."""
        self.preview, self.outcome, self.errors, self.fault, self.busy = WeeklyPreview(), WeeklyOutcome(), {}, "", False
        fields = {name: str(value) for name, value in self.router.url.query_parameters.items()}
        given = {"activity_id": self._number(), "fields": fields, "now": clock.now()}
        self.form = await self._attempt(form.show, actor=self._actor(), **given) or WeeklyForm()

    @action(Audience.PARENT)
    async def prepare(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        self.preview, self.outcome = WeeklyPreview(), WeeklyOutcome()
        yield
        given = {"fields": fields_of(form_data), "now": clock.now()}
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
        finally:
            self.busy = False

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
