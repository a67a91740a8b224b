"""Le calendrier d'une famille, tenu par un agent : les mêmes gestes, en son nom, et passer outre avec un motif."""

import re
from dataclasses import replace
from typing import Any

from portail.services.bookings import overriding
from portail.services.bookings.confirming import Order
from portail.state.base import Audience, action, clock
from portail.state.bookings import CalendarState, choices_of
from portail.views.bookings import Month, Outcome, Recap

_ADDRESS = re.compile(r"/admin/familles/([0-9]{1,9})/reservations/([0-9]{1,9})/?")


class DeskCalendarState(CalendarState):
    """Les vars sont celles du calendrier ; les actions, celles d'un agent qui tient les dossiers."""

    reason_error: str = ""

    @action(Audience.FILES)
    async def load_desk(self) -> None:
        self.month, self.recap, self.outcome, self.busy, self.reason_error = Month(), Recap(), Outcome(), False, ""
        await self._show(child_id=0)

    @action(Audience.FILES)
    async def turn_desk(self, wanted: str) -> None:
        await self._show(month=wanted)

    @action(Audience.FILES)
    async def look_desk(self, span: str) -> None:
        await self._show(span=span, month="" if any(day.is_today for day in self.month.days) else self.month.month)

    @action(Audience.FILES)
    async def choose_desk(self, child_id: int) -> None:
        await self._show(child_id=child_id)

    @action(Audience.FILES, is_long=True)
    async def preview_desk(self, form_data: dict[str, Any]) -> None:
        self.reason_error = ""
        await self._prepare(choices_of(form_data))

    @action(Audience.FILES)
    async def wait_desk(self, key: str) -> None:
        await self._prepare(f"{key}=wait")

    @action(Audience.FILES, is_long=True)
    async def override(self, form_data: dict[str, Any]) -> None:
        """Les lignes cochées rejoignent le récapitulatif, si le motif est donné."""
        forced = [name for name, value in form_data.items() if "=" in name and value in {True, "on"}]
        choices = ",".join(filter(None, [self.recap.choices, *forced]))
        order = self._order({**form_data, "choices": choices})
        found = await self._attempt(overriding.override, actor=self._actor(), order=order, now=clock.now())
        self.reason_error = "" if found else self.notice
        self.recap = found or self.recap

    @action(Audience.FILES, is_long=True)
    async def confirm_desk(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._confirm(self._order(form_data))

    @action(Audience.FILES)
    async def undo_desk(self) -> None:
        await self._take_back()

    @action(Audience.FILES)
    def close_desk_recap(self) -> None:
        self.recap, self.reason_error = Recap(), ""

    @action(Audience.FILES)
    def close_desk_outcome(self) -> None:
        self.outcome = Outcome()

    def _where(self) -> dict[str, int]:
        """Le dossier et l'activité de l'adresse ; zéro, qui n'existe jamais, pour toute autre."""
        found = _ADDRESS.fullmatch(self.router.url.path)
        family, activity = (int(found[1]), int(found[2])) if found else (0, 0)
        return {"activity_id": activity, "family_id": family}

    def _order(self, form: dict[str, Any]) -> Order:
        return replace(super()._order(form), reason=str(form.get("reason", "")), bill="bill" in form)
