"""« Calendrier » : l'année de la commune, ses fermetures et ses vacances corrigées."""

from collections.abc import Callable
from typing import Any

from portail.domain.calendar_periods import PeriodWish
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.town import calendar_desk, calendar_year
from portail.state.base import Audience, PortalState, action, clock
from portail.views.town_calendar import CalendarYear


class TownCalendarState(PortalState):
    shown: CalendarYear = CalendarYear()
    adding: bool = False
    wish: str = PeriodWish.TOWN_CLOSURE
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.TOWN)
    async def load(self) -> None:
        self._shut(adding=False)
        await self._refresh("")

    @action(Audience.TOWN)
    async def turn(self, year: str) -> None:
        await self._refresh(year)

    @action(Audience.TOWN)
    def start(self) -> None:
        self._shut(adding=True)

    @action(Audience.TOWN)
    def cancel(self) -> None:
        self._shut(adding=False)

    @action(Audience.TOWN)
    def choose(self, wish: str) -> None:
        if wish in set(PeriodWish):
            self.wish = wish

    @action(Audience.TOWN)
    async def add(self, form_data: dict[str, Any]) -> None:
        done = "Le calendrier est complété ; les séances de ces jours suivent."
        await self._do(done, calendar_desk.add, form=form_data)

    @action(Audience.TOWN)
    async def remove(self, period_id: int) -> None:
        done = "La période est retirée ; les séances de ces jours suivent."
        await self._do(done, calendar_desk.remove, period_id=period_id)

    async def _do(self, done: str, service: Callable[..., None], **what: Any) -> None:
        """Un refus reste dans le formulaire ouvert ; sans formulaire, il devient un message."""
        self.errors, self.fault = {}, ""
        try:
            await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self._say("Cette période n’est plus au calendrier.", "err")
        except RefusalError as refusal:
            if self.adding:
                self.fault = refusal.full_sentence
            else:
                self._say(refusal.full_sentence, "err")
        else:
            self._shut(adding=False)
            self._say(done)
        await self._refresh(self.shown.year)

    async def _refresh(self, year: str) -> None:
        found = await self._attempt(calendar_year.show, actor=self._actor(), year=year, now=clock.now())
        self.shown = found or CalendarYear()

    def _shut(self, *, adding: bool) -> None:
        self.adding, self.wish, self.errors, self.fault = adding, PeriodWish.TOWN_CLOSURE.value, {}, ""
