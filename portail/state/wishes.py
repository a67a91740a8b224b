"""« Mes vœux » : préparer ses jours avant l'ouverture, les réserver d'un geste ensuite."""

from typing import Any

from portail.domain.campaigns import NotAdmittedError
from portail.domain.refusals import RefusalError
from portail.services.bookings import confirming, selection, undoing
from portail.services.bookings.confirming import Order
from portail.services.campaigns import board, wishes
from portail.services.payments import keeping
from portail.state.base import Audience, PortalState, action, clock
from portail.views.bookings import Outcome, Recap
from portail.views.campaigns import WishPage


class WishesState(PortalState):
    wishes: WishPage = WishPage()
    recap: Recap = Recap()
    outcome: Outcome = Outcome()
    busy: bool = False
    now: str = ""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.wishes, self.recap, self.outcome = WishPage(), Recap(), Outcome()
        await self._refresh()

    @action(Audience.PARENT)
    async def open_now(self) -> None:
        """Le compte à rebours est à zéro : le serveur dit si c'est vrai."""
        await self._refresh()

    @action(Audience.PARENT)
    async def touch(self, slot_id: int, child_id: int) -> None:
        given = {"activity_id": self._number(), "slot_id": slot_id, "child_id": child_id}
        await self._attempt(board.touch, actor=self._actor(), now=clock.now(), **given)
        await self._refresh()

    @action(Audience.PARENT)
    async def submit(self) -> None:
        given = {"actor": self._actor(), "activity_id": self._number(), "now": clock.now()}
        self.recap = await self._attempt(wishes.submit, **given) or Recap()

    @action(Audience.PARENT)
    async def wait_for_place(self, key: str) -> None:
        """Un jour complet entre-temps : le récapitulatif de la liste d'attente."""
        given = {"actor": self._actor(), "activity_id": self._number(), "now": clock.now()}
        self.recap = await self._attempt(selection.preview, choices=f"{key}=wait", **given) or Recap()

    @action(Audience.PARENT, is_long=True)
    async def confirm(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        typed = {name: str(form_data.get(name, "")) for name in ("choices", "token")}
        order = Order(self._number(), **typed, partial=bool(form_data.get("partial")))
        try:
            done = await self._call(confirming.confirm, actor=self._actor(), order=order, now=clock.now())
        except NotAdmittedError as refusal:
            self._say(refusal.full_sentence, "err")
            self.wishes = await self._seen()
        except RefusalError as refusal:
            self._say(refusal.full_sentence, "err")
        else:
            self.outcome, self.recap = done, done.retry
            self._say(done.message, "ok" if done.batch else "err")
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def settle_first(self) -> Any:
        """L'argent manque : les jours se gardent, et l'on va au porte-monnaie."""
        self.busy = True
        yield
        try:
            yield await self._leave(keeping.keep_days, choices=self.recap.choices, activity_id=self._number())
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def undo(self) -> None:
        given = {"actor": self._actor(), "batch_id": self.outcome.batch, "now": clock.now()}
        done = await self._attempt(undoing.undo, **given)
        if done is not None:
            self.outcome = Outcome()
            self._say(done.message)

    @action(Audience.PARENT)
    def close_recap(self) -> None:
        self.recap = Recap()

    @action(Audience.PARENT)
    def close_outcome(self) -> None:
        self.outcome = Outcome()

    async def _refresh(self) -> None:
        self.wishes = await self._seen()

    async def _seen(self) -> WishPage:
        now = clock.now()
        self.now = now.isoformat()
        found = await self._attempt(board.show, actor=self._actor(), activity_id=self._number(), now=now)
        return found or WishPage()
