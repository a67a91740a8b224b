"""Une activité : la lire, y inscrire un enfant, y mettre fin."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services import enrolments
from portail.services.enrolments import activity_page
from portail.state.base import Audience, PortalState, action, clock
from portail.views.activities import ActivityPage, Enrolled


class EnrolmentState(PortalState):
    activity: ActivityPage = ActivityPage()
    done: Enrolled = Enrolled()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.done, self.busy = Enrolled(), False
        await self._show(self._number(), str(self.router.url.query_parameters.get("enfant", "")))

    @action(Audience.PARENT)
    async def choose(self, child_id: str) -> None:
        """Un autre enfant : d'autres formules, d'autres documents."""
        await self._show(self.activity.id, child_id)

    @action(Audience.PARENT)
    async def enrol(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        given = {"activity_id": self.activity.id, "form": form_data, "now": clock.now()}
        try:
            self.done = await self._call(enrolments.enrol, actor=self._actor(), **given)
            await self._show(self.activity.id, "")
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def end(self, child_id: int) -> None:
        given = {"activity_id": self.activity.id, "child_id": child_id, "now": clock.now()}
        if await self._done(enrolments.end, actor=self._actor(), **given):
            self.done = Enrolled()
            self._say("L’inscription est terminée. Ce qui était réservé le reste.")
            await self._show(self.activity.id, "")

    async def _show(self, activity_id: int, child_id: str) -> None:
        self.errors, self.fault = {}, ""
        number = int(child_id) if child_id.isascii() and child_id.isdigit() and len(child_id) < 10 else 0  # noqa: PLR2004
        given = {"activity_id": activity_id, "child_id": number, "now": clock.now()}
        shown = await self._attempt(activity_page.show, actor=self._actor(), **given)
        self.activity = shown or ActivityPage()
