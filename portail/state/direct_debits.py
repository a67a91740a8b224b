"""« Mes prélèvements » : les mandats du dossier, en signer un, y mettre fin."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.direct_debits import mandates, mine
from portail.state.base import Audience, PortalState, action, clock
from portail.views.direct_debits import MyDebits


class DirectDebitsState(PortalState):
    page: MyDebits = MyDebits()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self._forget_faults()
        self.page, self.busy = MyDebits(), False
        await self._show(0)

    @action(Audience.PARENT)
    async def choose_family(self, family_id: str) -> None:
        self._forget_faults()
        await self._show(row_number(family_id))

    @action(Audience.PARENT)
    async def sign(self, form_data: dict[str, Any]) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        given = {"family_id": self.page.family_id, "form": form_data, "now": clock.now()}
        try:
            self._say(await self._call(mandates.sign, actor=self._actor(), **given))
            await self._show(self.page.family_id)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def end(self, mandate_id: int) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        given = {"mandate_id": mandate_id, "now": clock.now()}
        try:
            said = await self._attempt(mandates.end_mine, actor=self._actor(), **given)
        finally:
            self.busy = False
        if said:
            self._say(said)
            await self._show(self.page.family_id)

    def _forget_faults(self) -> None:
        self.errors, self.fault = {}, ""

    async def _show(self, family_id: int) -> None:
        shown = await self._attempt(mine.show, actor=self._actor(), family_id=family_id)
        self.page = shown or self.page
