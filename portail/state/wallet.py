"""« Mon porte-monnaie » : le solde, les mouvements, l'activation, et le retour à la sélection en cours."""

from dataclasses import replace
from typing import Any

from portail.domain.accounts import safe_next
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.wallet import mine, refunding
from portail.services.wallet.statement import Wanted
from portail.state.base import Audience, PortalState, action, clock
from portail.views.wallet import WalletView


class WalletState(PortalState):
    wallet: WalletView = WalletView()
    back: str = ""  # la page qui a mené ici, s'il faut y revenir
    fault: str = ""
    refund_errors: dict[str, str] = {}
    refund_fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.back = safe_next(str(self.router.url.query_parameters.get("suite", "")), "")
        self.fault, self.busy, self.refund_errors, self.refund_fault = "", False, {}, ""
        await self._show(Wanted())

    @action(Audience.PARENT)
    async def choose_family(self, family_id: str) -> None:
        self.fault = ""
        await self._show(Wanted(int(family_id) if family_id.isascii() and family_id.isdigit() else -1))

    @action(Audience.PARENT)
    async def show_kind(self, kind: str) -> None:
        await self._show(replace(self._wanted(), kind=kind))

    @action(Audience.PARENT)
    async def show_period(self, period: str) -> None:
        await self._show(replace(self._wanted(), period=period))

    @action(Audience.PARENT)
    async def show_child(self, child: str) -> None:
        await self._show(replace(self._wanted(), child=row_number(child)))

    @action(Audience.PARENT)
    async def turn(self, page: int) -> None:
        await self._show(replace(self._wanted(), page=page))

    @action(Audience.PARENT)
    async def activate(self, form_data: dict[str, Any]) -> Any:
        self.fault, self.busy = "", True
        yield
        given = {"family_id": self.wallet.family_id, "is_accepted": bool(form_data.get("accepted"))}
        try:
            await self._call(mine.activate, actor=self._actor(), now=clock.now(), **given)
            is_new = not self.wallet.is_active
            self._say("Votre compte famille est activé." if is_new else "Vous avez accepté les nouvelles conditions.")
            await self._show(self._wanted())
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def ask_refund(self, form_data: dict[str, Any]) -> Any:
        self.refund_errors, self.refund_fault, self.busy = {}, "", True
        yield
        given = {"family_id": self.wallet.family_id, "form": form_data, "now": clock.now()}
        try:
            self._say(await self._call(refunding.ask, actor=self._actor(), **given))
            await self._show(self._wanted())
        except FormRefusedError as refusal:
            self.refund_errors, self.refund_fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.refund_fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def withdraw_refund(self) -> Any:
        self.busy = True
        yield
        given = {"family_id": self.wallet.family_id, "now": clock.now()}
        try:
            said = await self._attempt(refunding.withdraw, actor=self._actor(), **given)
            if said:
                self._say(said)
            await self._show(self._wanted())
        finally:
            self.busy = False

    def _wanted(self) -> Wanted:
        shown = self.wallet.statement
        return Wanted(self.wallet.family_id, shown.kind, shown.period, child=row_number(shown.child))

    async def _show(self, wanted: Wanted) -> None:
        shown = await self._attempt(mine.show, actor=self._actor(), wanted=wanted, now=clock.now())
        self.wallet = shown or self.wallet
