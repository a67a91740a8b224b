"""La régie : les porte-monnaie et les quotients des familles."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from portail.domain.desk import Due, Split, oldest_first
from portail.domain.forms import FormRefusedError
from portail.domain.money import euros, typed_cents
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services import tariffs
from portail.services.cash_desk import paying, undoing
from portail.services.wallet import desk, overdrafts
from portail.services.wallet.statement import Wanted
from portail.state.base import Audience, PortalState, action, clock
from portail.views.wallet import DeskList, DeskWallet


class WalletDeskState(PortalState):
    listing: DeskList = DeskList()
    file: DeskWallet = DeskWallet()
    credit_errors: dict[str, str] = {}
    credit_fault: str = ""
    split: str = Split.AUTO.value
    quotient_errors: dict[str, str] = {}
    quotient_fault: str = ""
    overdraft_errors: dict[str, str] = {}
    overdraft_fault: str = ""
    busy: bool = False

    @action(Audience.MONEY)
    async def load_list(self) -> None:
        await self._list("", 1)

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._list(str(form_data.get("words", "")), 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._list(self.listing.words, page)

    @action(Audience.MONEY)
    async def load_one(self) -> None:
        self._forget_faults()
        self.file, self.busy, self.split = DeskWallet(), False, Split.AUTO.value
        await self._show(Wanted(self._number()))

    @action(Audience.MONEY)
    async def show_kind(self, kind: str) -> None:
        await self._show(replace(self._wanted(), kind=kind))

    @action(Audience.MONEY)
    async def show_period(self, period: str) -> None:
        await self._show(replace(self._wanted(), period=period))

    @action(Audience.MONEY)
    async def show_child(self, child: str) -> None:
        await self._show(replace(self._wanted(), child=row_number(child)))

    @action(Audience.MONEY)
    async def turn_movements(self, page: int) -> None:
        await self._show(replace(self._wanted(), page=page))

    @action(Audience.MONEY)
    def choose_split(self, split: str) -> None:
        """Les champs facture par facture ne paraissent que demandés."""
        self.split = split if split in set(Split) else Split.AUTO.value

    @action(Audience.MONEY)
    def propose(self, amount: str) -> None:
        """Ce que donnerait « la plus ancienne d'abord » ; un montant mal écrit ne propose rien."""
        try:
            cents = typed_cents(amount)
        except BadInputError:
            cents = 0
        dues = [Due(one.id, 0, one.left_cents) for one in self.file.dues]
        taken = dict(oldest_first(dues, cents))
        shown = [replace(one, proposed=euros(taken[one.id]) if one.id in taken else "") for one in self.file.dues]
        self.file = replace(self.file, dues=shown)

    @action(Audience.MONEY)
    async def credit(self, form_data: dict[str, Any]) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        given = {"family_id": self.file.family_id, "form": form_data, "now": clock.now()}
        try:
            self._say(await self._call(paying.record, actor=self._actor(), **given))
            self.split = Split.AUTO.value
            await self._show(self._wanted())
        except FormRefusedError as refusal:
            self.credit_errors, self.credit_fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.credit_fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def undo(self, payment_id: int) -> Any:
        self.busy = True
        yield
        await self._reverse(undoing.undo, payment_id=payment_id)

    @action(Audience.MONEY)
    async def bounce(self, payment_id: int) -> Any:
        self.busy = True
        yield
        await self._reverse(undoing.bounce, payment_id=payment_id)

    @action(Audience.MONEY)
    async def correct(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        number, reason = row_number(str(form_data.get("payment_id", ""))), str(form_data.get("reason", ""))
        await self._reverse(undoing.correct, payment_id=number, reason=reason)

    async def _reverse(self, service: Callable[..., str], **about: Any) -> None:
        self._forget_faults()
        try:
            said = await self._attempt(service, actor=self._actor(), now=clock.now(), **about)
            if said:
                self._say(said)
                await self._show(self._wanted())
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def save_quotient(self, form_data: dict[str, Any]) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        given = {"family_id": self.file.family_id, "form": form_data, "now": clock.now()}
        try:
            await self._call(tariffs.set_quotient, actor=self._actor(), **given)
            self._say("Le quotient familial est enregistré. Les réservations déjà faites gardent leur prix.")
            await self._show(self._wanted())
        except FormRefusedError as refusal:
            self.quotient_errors, self.quotient_fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def allow_overdraft(self, form_data: dict[str, Any]) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        given = {"family_id": self.file.family_id, "form": form_data, "now": clock.now()}
        try:
            self._say(await self._call(overdrafts.allow, actor=self._actor(), **given))
            await self._show(self._wanted())
        except FormRefusedError as refusal:
            self.overdraft_errors, self.overdraft_fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.overdraft_fault = refusal.full_sentence
        finally:
            self.busy = False

    def _forget_faults(self) -> None:
        self.credit_errors, self.credit_fault, self.quotient_errors, self.quotient_fault = {}, "", {}, ""
        self.overdraft_errors, self.overdraft_fault = {}, ""

    async def _list(self, words: str, page: int) -> None:
        shown = await self._attempt(desk.find, actor=self._actor(), words=words, page=page)
        self.listing = shown or self.listing

    def _wanted(self) -> Wanted:
        shown = self.file.statement
        return Wanted(self.file.family_id, shown.kind, shown.period, child=row_number(shown.child))

    async def _show(self, wanted: Wanted) -> None:
        shown = await self._attempt(desk.show, actor=self._actor(), wanted=wanted, now=clock.now())
        self.file = shown or self.file
