"""La régie : les paiements en ligne, leurs remboursements, ceux qui demandent un regard."""

from dataclasses import replace
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.payments import desk, doubtful, recovering, refunding
from portail.state.base import Audience, PortalState, action, clock
from portail.views.payments import OnlinePayments, RefundPlan


class OnlinePaymentsState(PortalState):
    listing: OnlinePayments = OnlinePayments()
    editing: int = 0  # le paiement que l'on rembourse
    plan: RefundPlan = RefundPlan()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        self._shut()
        await self._find("", str(self.router.url.query_parameters.get("voir", "")), 1)

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        self._shut()
        await self._find(str(form_data.get("words", "")), self.listing.only, 1)

    @action(Audience.MONEY)
    async def show_only(self, only: str) -> None:
        self._shut()
        await self._find(self.listing.words, only, 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        self._shut()
        await self._find(self.listing.words, self.listing.only, page)

    @action(Audience.MONEY)
    def edit(self, payment_id: int) -> None:
        self._shut()
        self.editing = payment_id

    @action(Audience.MONEY)
    async def check(self, form_data: dict[str, Any]) -> Any:
        """Le premier temps : les chiffres se relisent, rien n'est encore rendu."""
        self.errors, self.fault, self.busy = {}, "", True
        yield
        typed = RefundPlan(amount=str(form_data.get("amount", "")), reason=str(form_data.get("reason", "")))
        try:
            given = {"payment_id": self.editing, "form": form_data}
            self.plan = await self._call(refunding.preview, actor=self._actor(), **given)
        except FormRefusedError as refusal:
            self.plan, self.errors, self.fault = typed, refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.plan, self.fault = typed, refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.MONEY)
    def rework(self) -> None:
        self.plan = replace(self.plan, ready=False)

    @action(Audience.MONEY)
    async def refund(self) -> Any:
        self.fault, self.busy = "", True
        yield
        form = {"amount": self.plan.amount, "reason": self.plan.reason, "token": self.plan.token}
        given = {"payment_id": self.editing, "form": form, "now": clock.now()}
        try:
            said = await self._call(refunding.refund, actor=self._actor(), slow=True, **given)
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.rework()
            self.fault = refusal.full_sentence
        else:
            self._shut()
            self._say(said)
            await self._refresh()
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def recover(self, refund_id: int) -> Any:
        self.busy = True
        yield
        try:
            given = {"refund_id": refund_id, "now": clock.now()}
            if said := await self._attempt(recovering.recover, actor=self._actor(), **given):
                self._say(said)
                await self._refresh()
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def reviewed(self, attempt_id: int) -> Any:
        self.busy = True
        yield
        try:
            if await self._done(desk.reviewed, actor=self._actor(), attempt_id=attempt_id, now=clock.now()):
                self._say("C’est noté : ce paiement ne demande plus rien.")
                await self._refresh()
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def credit(self, attempt_id: int) -> Any:
        self.busy = True
        yield
        given = {"attempt_id": attempt_id, "now": clock.now()}
        try:
            said = await self._attempt(doubtful.credit, actor=self._actor(), slow=True, **given)
            if said:
                self._say(said)
                await self._refresh()
        finally:
            self.busy = False

    async def _refresh(self) -> None:
        await self._find(self.listing.words, self.listing.only, self.listing.page)

    async def _find(self, words: str, only: str, page: int) -> None:
        found = await self._attempt(desk.find, actor=self._actor(), words=words, only=only, page=page)
        self.listing = found or self.listing

    def _shut(self) -> None:
        self.editing, self.errors, self.fault, self.busy = 0, {}, "", False
        self.plan = RefundPlan()
