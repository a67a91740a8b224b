"""« Caisse » : la journée, ses encaissements, l'arrêté en deux temps, les remboursements à virer."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.cash_desk import board, closing, closings, finding, undoing
from portail.services.wallet import refunding
from portail.state.base import Audience, PortalState, action, clock
from portail.views.cash_desk import CashView, ClosingList, DayCount, PaymentList
from portail.views.wallet import RefundLine


class CashDeskState(PortalState):
    cash: CashView = CashView()
    count: DayCount = DayCount()
    closings: ClosingList = ClosingList()
    payments: PaymentList = PaymentList()
    refunds: list[RefundLine] = []
    errors: dict[str, str] = {}
    fault: str = ""
    refund_fault: str = ""
    month: str = ""
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        self.errors, self.fault, self.refund_fault, self.busy, self.count = {}, "", "", False, DayCount()
        await self._show(self.cash.regie_id)
        self.month = self.cash.month
        await self._find("", 1)
        self.refunds = await self._attempt(refunding.waiting, actor=self._actor()) or []

    @action(Audience.MONEY)
    async def choose_regie(self, regie_id: str) -> None:
        self.errors, self.fault, self.count = {}, "", DayCount()
        await self._show(row_number(regie_id))
        await self._find(self.payments.words, 1)

    @action(Audience.MONEY)
    def choose_month(self, month: str) -> None:
        self.month = month

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._find(str(form_data.get("words", "")), 1)
        self.busy = False

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._find(self.payments.words, page)

    @action(Audience.MONEY)
    async def turn_closings(self, page: int) -> None:
        await self._list_closings(page)

    @action(Audience.MONEY)
    async def undo(self, payment_id: int) -> Any:
        self.busy = True
        yield
        await self._change(undoing.undo, payment_id=payment_id)

    @action(Audience.MONEY)
    async def bounce(self, payment_id: int) -> Any:
        self.busy = True
        yield
        await self._change(undoing.bounce, payment_id=payment_id)

    @action(Audience.MONEY)
    async def correct(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        number, reason = row_number(str(form_data.get("payment_id", ""))), str(form_data.get("reason", ""))
        await self._change(undoing.correct, payment_id=number, reason=reason)

    @action(Audience.MONEY)
    async def count_day(self, form_data: dict[str, Any]) -> Any:
        """Le premier temps : les totaux du jour choisi."""
        self.errors, self.fault, self.busy = {}, "", True
        yield
        await self._answer(self._count, form_data)

    @action(Audience.MONEY)
    async def count_left_open(self, day: str) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        await self._answer(self._count, {"day": day})

    @action(Audience.MONEY)
    def choose_another_day(self) -> None:
        self.errors, self.fault, self.count = {}, "", DayCount()

    @action(Audience.MONEY)
    async def close_day(self, form_data: dict[str, Any]) -> Any:
        """Le second : les espèces comptées, et plus rien ne bouge."""
        self.errors, self.fault, self.busy = {}, "", True
        yield
        await self._answer(self._close, form_data)

    @action(Audience.MONEY)
    async def reopen(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        number, reason = row_number(str(form_data.get("closing_id", ""))), str(form_data.get("reason", ""))
        await self._change(closing.reopen, closing_id=number, reason=reason)

    @action(Audience.MONEY)
    async def pay_refund(self, refund_id: int) -> Any:
        self.refund_fault, self.busy = "", True
        yield
        await self._change(refunding.pay, refund_id=refund_id)

    @action(Audience.MONEY)
    async def refuse_refund(self, form_data: dict[str, Any]) -> Any:
        self.refund_fault, self.busy = "", True
        yield
        number, reason = row_number(str(form_data.get("refund_id", ""))), str(form_data.get("reason", ""))
        given = {"refund_id": number, "reason": reason, "now": clock.now()}
        try:
            self._say(await self._call(refunding.refuse, actor=self._actor(), **given))
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.refund_fault = refusal.full_sentence
        finally:
            self.busy = False
        self.refunds = await self._attempt(refunding.waiting, actor=self._actor()) or []

    async def _count(self, form: dict[str, Any]) -> None:
        given = {"regie_id": self.cash.regie_id, "form": form, "now": clock.now()}
        self.count = await self._call(closing.count, actor=self._actor(), **given)

    async def _close(self, form: dict[str, Any]) -> None:
        given = {"regie_id": self.cash.regie_id, "form": form, "now": clock.now()}
        self._say(await self._call(closing.close, actor=self._actor(), **given))
        self.count = DayCount()
        await self._refresh()

    async def _answer(self, step: Callable[[dict[str, Any]], Any], form: dict[str, Any]) -> None:
        """Un des deux temps de l'arrêté ; refusé, il garde ce qui est saisi."""
        try:
            await step(form)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    async def _change(self, service: Callable[..., str], **about: Any) -> None:
        try:
            said = await self._attempt(service, actor=self._actor(), now=clock.now(), **about)
            if said:
                self._say(said)
                self.count = DayCount()
                await self._refresh()
        finally:
            self.busy = False

    async def _refresh(self) -> None:
        await self._show(self.cash.regie_id)
        await self._find(self.payments.words, self.payments.page)
        self.refunds = await self._attempt(refunding.waiting, actor=self._actor()) or []

    async def _show(self, regie_id: int) -> None:
        shown = await self._attempt(board.show, actor=self._actor(), regie_id=regie_id, now=clock.now())
        self.cash = shown or self.cash
        await self._list_closings(1)

    async def _list_closings(self, page: int) -> None:
        given = {"regie_id": self.cash.regie_id, "page": page}
        self.closings = await self._attempt(closings.show, actor=self._actor(), **given) or self.closings

    async def _find(self, words: str, page: int) -> None:
        """Avec plusieurs régies, la liste suit celle que l'on regarde."""
        regie_id = self.cash.regie_id if len(self.cash.regies) > 1 else 0
        given = {"words": words, "page": page, "now": clock.now(), "regie_id": regie_id}
        self.payments = await self._attempt(finding.find, actor=self._actor(), **given) or self.payments
