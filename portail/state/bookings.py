"""Le calendrier d'une activité : montrer un mois, préparer ce qui est choisi, confirmer, défaire."""

from dataclasses import replace
from datetime import date
from typing import Any

from portail.services.bookings import confirming, month, selection, undoing
from portail.services.bookings.confirming import Order
from portail.services.bookings.places import Period
from portail.services.families import chosen
from portail.services.payments import keeping, resuming
from portail.state import live
from portail.state.base import Audience, PortalState, action, clock
from portail.views.bookings import Cell, Month, Outcome, Recap
from portail.views.payments import Draft

MOST_CHANGED = 30


def choices_of(form: dict[str, Any]) -> str:
    """Le navigateur réunit tout dans « choices » ; sans ses quelques lignes, chaque case cochée est un champ."""
    return form["choices"] if "choices" in form else ",".join(f"{key}={gesture}" for key, gesture in form.items())


def _period(shown: Month) -> Period:
    first, last = shown.days[0].date, shown.days[-1].date
    return Period(shown.activity, date.fromisoformat(first), date.fromisoformat(last))


def _places(shown: Month) -> dict[int, int]:
    return {cell.slot: cell.places for day in shown.days for cell in day.cells}


class CalendarState(PortalState):
    """`changed` : les cases qui ont changé depuis que le mois est lu, pour ne pas le renvoyer en entier."""

    month: Month = Month()
    changed: dict[str, Cell] = {}
    places: dict[str, int] = {}  # séance → places qui restent, quand d'autres familles réservent
    balance_cents: int = 0
    recap: Recap = Recap()
    outcome: Outcome = Outcome()
    draft: Draft = Draft()  # la sélection retrouvée après un paiement
    done: int = 0  # grandit à chaque confirmation : le navigateur oublie alors ce qui était choisi
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.month, self.recap, self.outcome, self.busy, self.draft = Month(), Recap(), Outcome(), False, Draft()
        await self._show(child_id=await self._call(chosen.kept, actor=self._actor()))
        if (reference := str(self.router.url.query_parameters.get("reprise", ""))) and self.month.activity:
            await self._resume(reference)

    @action(Audience.PARENT)
    async def turn(self, wanted: str) -> None:
        await self._show(month=wanted)

    @action(Audience.PARENT)
    async def look(self, span: str) -> None:
        """Au mois ou à la semaine ; la semaine d'aujourd'hui quand le mois montré est le nôtre."""
        is_current = any(day.is_today for day in self.month.days)
        await self._show(span=span, month="" if is_current else self.month.month)

    @action(Audience.PARENT)
    async def choose_child(self, child_id: int) -> None:
        if await self._attempt(chosen.choose, actor=self._actor(), child_id=child_id):
            await self._show(child_id=child_id)

    @action(Audience.PARENT, is_long=True)
    async def preview(self, form_data: dict[str, Any]) -> None:
        await self._prepare(choices_of(form_data))

    @action(Audience.PARENT)
    async def wait_for_place(self, key: str) -> None:
        await self._prepare(f"{key}=wait")

    @action(Audience.PARENT, is_long=True)
    async def confirm(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._confirm(self._order(form_data))

    @action(Audience.PARENT)
    async def settle_first(self) -> Any:
        """L'argent manque : la sélection se garde, et l'on va au porte-monnaie."""
        self.busy = True
        yield
        try:
            yield await self._leave(keeping.keep_days, choices=self.recap.choices, activity_id=self._number())
        finally:
            self.busy = False

    @action(Audience.PARENT)
    async def undo(self) -> None:
        await self._take_back()

    @action(Audience.PARENT)
    def close_recap(self) -> None:
        self.recap = Recap()

    @action(Audience.PARENT)
    def close_outcome(self) -> None:
        self.outcome = Outcome()

    async def _resume(self, reference: str) -> None:
        """De retour du porte-monnaie : la sélection telle qu'elle était, à confirmer d'un geste."""
        given = {"reference": reference, "activity_id": self.month.activity, "now": clock.now()}
        self.draft = await self._attempt(resuming.days, actor=self._actor(), **given) or Draft()
        self._say(self.draft.sentence or resuming.LOST)
        if self.draft.choices:
            await self._prepare(self.draft.choices)

    def _where(self) -> dict[str, int]:
        """De quelle activité ; un agent dit aussi au nom de quel dossier."""
        return {"activity_id": self._number()}

    def _order(self, form: dict[str, Any]) -> Order:
        texts = {"choices": form.get("choices", ""), "token": form.get("token", "")}
        return Order(**self._where(), **texts, partial="partial" in form)

    async def _confirm(self, order: Order) -> None:
        try:
            outcome = await self._attempt(confirming.confirm, actor=self._actor(), order=order, now=clock.now())
            if outcome is not None:
                self._tell(outcome)
                self.done += bool(outcome.batch)
                await self._forget_draft(outcome)
                await self._reread_if_heavy()
        finally:
            self.busy = False

    async def _forget_draft(self, outcome: Outcome) -> None:
        if outcome.batch and self.draft.reference:
            given = {"reference": self.draft.reference, "now": clock.now()}
            self.draft = Draft()
            await self._call(resuming.finish, actor=self._actor(), **given)

    async def _take_back(self) -> None:
        given = {"batch_id": self.outcome.batch, "now": clock.now(), "family_id": self._where().get("family_id", 0)}
        outcome = await self._attempt(undoing.undo, actor=self._actor(), **given)
        if outcome is not None:
            self._tell(outcome)
        else:
            self.outcome = replace(self.outcome, can_undo=False)

    async def _show(self, **changes: Any) -> None:
        wanted = {"child_id": self.month.chosen, "month": self.month.month, "span": self.month.span} | changes
        asked = month.Asked(**wanted)
        shown = await self._attempt(month.show, actor=self._actor(), asked=asked, now=clock.now(), **self._where())
        if shown is not None:
            self.month, self.changed, self.places = shown, {}, {}
            self.balance_cents = shown.balance_cents
            live.show(self.router.session.client_token, _period(shown), _places(shown))

    async def _reread_if_heavy(self) -> None:
        """Les cases changées repartent ensemble à chaque fois : au-delà, relire le mois pèse moins."""
        if len(self.changed) > MOST_CHANGED:
            await self._show()

    def _drawn(self, cell: Cell) -> Cell:
        """Le prénom ne se dit que si plusieurs enfants sont montrés."""
        return replace(cell, child="", color="") if self.month.chosen else cell

    async def _prepare(self, choices: str) -> None:
        found = await self._attempt(
            selection.preview, actor=self._actor(), choices=choices, now=clock.now(), **self._where()
        )
        self.recap = found or Recap()

    def _tell(self, outcome: Outcome) -> None:
        """Seules les cases changées repartent vers le navigateur ; ce qui reste possible rouvre le récapitulatif."""
        self.changed = self.changed | {cell.key: self._drawn(cell) for cell in outcome.changed}
        if outcome.changed:
            self.balance_cents = outcome.balance_cents
        self.recap = outcome.retry
        self.outcome = replace(outcome, changed=[], retry=Recap())
        self._say(outcome.message, "ok" if outcome.batch else "err")
