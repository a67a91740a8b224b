"""La régie : les paiements en ligne, leurs remboursements, ceux qui demandent un regard."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.payments import desk, refunding
from portail.state.base import Audience, PortalState, action, clock
from portail.views.payments import OnlinePayments


class OnlinePaymentsState(PortalState):
    listing: OnlinePayments = OnlinePayments()
    editing: int = 0  # le paiement que l'on rembourse
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
    async def refund(self, form_data: dict[str, Any]) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        given = {"payment_id": self.editing, "form": form_data, "now": clock.now()}
        try:
            said = await self._call(refunding.refund, actor=self._actor(), slow=True, **given)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self._shut()
            self._say(said)
            await self._refresh()
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def reviewed(self, attempt_id: int) -> None:
        if await self._done(desk.reviewed, actor=self._actor(), attempt_id=attempt_id, now=clock.now()):
            self._say("C’est noté : ce paiement ne demande plus rien.")
            await self._refresh()

    async def _refresh(self) -> None:
        await self._find(self.listing.words, self.listing.only, self.listing.page)

    async def _find(self, words: str, only: str, page: int) -> None:
        found = await self._attempt(desk.find, actor=self._actor(), words=words, only=only, page=page)
        self.listing = found or self.listing

    def _shut(self) -> None:
        self.editing, self.errors, self.fault, self.busy = 0, {}, "", False
