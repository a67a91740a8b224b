"""« Caisse » : la journée, ses encaissements, l'arrêté, les remboursements à virer."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.cash_desk import board, closing, finding, undoing
from portail.services.wallet import refunding
from portail.state.base import Audience, PortalState, action, clock
from portail.views.cash_desk import CashView, PaymentList
from portail.views.wallet import RefundLine


class CashDeskState(PortalState):
    cash: CashView = CashView()
    payments: PaymentList = PaymentList()
    refunds: list[RefundLine] = []
    errors: dict[str, str] = {}
    fault: str = ""
    refund_fault: str = ""
    month: str = ""
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        self.errors, self.fault, self.refund_fault, self.busy = {}, "", "", False
        await self._show(self.cash.regie_id)
        self.month = self.cash.month
        await self._find("", 1)
        self.refunds = await self._attempt(refunding.waiting, actor=self._actor()) or []

    @action(Audience.MONEY)
    async def choose_regie(self, regie_id: str) -> None:
        await self._show(row_number(regie_id))

    @action(Audience.MONEY)
    def choose_month(self, month: str) -> None:
        self.month = month

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._find(str(form_data.get("words", "")), 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._find(self.payments.words, page)

    @action(Audience.MONEY)
    async def undo(self, payment_id: int) -> None:
        await self._change(undoing.undo, payment_id=payment_id)

    @action(Audience.MONEY)
    async def bounce(self, payment_id: int) -> None:
        await self._change(undoing.bounce, payment_id=payment_id)

    @action(Audience.MONEY)
    async def close_day(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        given = {"regie_id": self.cash.regie_id, "form": form_data, "now": clock.now()}
        try:
            self._say(await self._call(closing.close, actor=self._actor(), **given))
            await self._show(self.cash.regie_id)
            await self._find(self.payments.words, self.payments.page)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def pay_refund(self, refund_id: int) -> None:
        self.refund_fault = ""
        await self._change(refunding.pay, refund_id=refund_id)

    @action(Audience.MONEY)
    async def refuse_refund(self, form_data: dict[str, Any]) -> None:
        self.refund_fault = ""
        number, reason = row_number(str(form_data.get("refund_id", ""))), str(form_data.get("reason", ""))
        try:
            self._say(
                await self._call(
                    refunding.refuse, actor=self._actor(), refund_id=number, reason=reason, now=clock.now()
                )
            )
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.refund_fault = refusal.full_sentence
        self.refunds = await self._attempt(refunding.waiting, actor=self._actor()) or []

    async def _change(self, service: Callable[..., str], **about: int) -> None:
        said = await self._attempt(service, actor=self._actor(), now=clock.now(), **about)
        if said:
            self._say(said)
            await self._show(self.cash.regie_id)
            await self._find(self.payments.words, self.payments.page)
            self.refunds = await self._attempt(refunding.waiting, actor=self._actor()) or []

    async def _show(self, regie_id: int) -> None:
        shown = await self._attempt(board.show, actor=self._actor(), regie_id=regie_id, now=clock.now())
        self.cash = shown or self.cash

    async def _find(self, words: str, page: int) -> None:
        given = {"words": words, "page": page, "now": clock.now()}
        shown = await self._attempt(finding.find, actor=self._actor(), **given)
        self.payments = shown or self.payments
