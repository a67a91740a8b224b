"""« Simulations » : un formulaire, une estimation ; rien n'est gardé."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.services.tariffs import simulating
from portail.state.base import ACTOR, Audience, PortalState, action, clock
from portail.views.tariffs import Simulated, SimulationForm


class SimulationState(PortalState):
    known: SimulationForm = SimulationForm()
    found: Simulated = Simulated()
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.PUBLIC)
    async def load(self) -> None:
        self.errors, self.fault, self.found = {}, "", Simulated()
        self.known = await self._call(simulating.form, actor=ACTOR.get(), now=clock.now())

    @action(Audience.PUBLIC)
    async def estimate(self, form_data: dict[str, Any]) -> None:
        self.errors, self.fault = {}, ""
        try:
            self.found = await self._call(simulating.simulate, form=form_data, now=clock.now())
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
