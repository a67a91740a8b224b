"""« Recettes par jour » : le mois et la régie que l'on regarde."""

from portail.domain.text import row_number
from portail.services.cash_desk import daily_income
from portail.state.base import Audience, PortalState, action, clock
from portail.views.cash_desk import DailyIncome


class DailyIncomeState(PortalState):
    view: DailyIncome = DailyIncome()

    @action(Audience.MONEY)
    async def load(self) -> None:
        await self._show("", 0)

    @action(Audience.MONEY)
    async def choose_month(self, month: str) -> None:
        await self._show(month, self.view.regie_id)

    @action(Audience.MONEY)
    async def choose_regie(self, regie_id: str) -> None:
        await self._show(self.view.month, row_number(regie_id))

    async def _show(self, month: str, regie_id: int) -> None:
        given = {"month": month, "regie_id": regie_id, "now": clock.now()}
        self.view = await self._attempt(daily_income.show, actor=self._actor(), **given) or self.view
