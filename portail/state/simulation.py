"""« Simulations » : un formulaire, une estimation ; rien n'est gardé."""

from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.text import row_number
from portail.services.tariffs import simulating
from portail.state.base import ACTOR, Audience, PortalState, action, clock
from portail.views.tariffs import Simulated, SimulationForm


class SimulationState(PortalState):
    known: SimulationForm = SimulationForm()
    found: Simulated = Simulated()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PUBLIC)
    async def load(self) -> None:
        await self._fill(0)

    @action(Audience.PUBLIC)
    async def choose_family(self, family_id: str) -> None:
        await self._fill(row_number(family_id))

    @action(Audience.PUBLIC)
    async def estimate(self, form_data: dict[str, Any]) -> Any:
        """Refusée, elle laisse la précédente à l'écran : la page dit laquelle on lit."""
        self.errors, self.fault, self.busy = {}, "", True
        yield
        try:
            self.found = await self._call(simulating.simulate, form=form_data, now=clock.now())
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        finally:
            self.busy = False

    async def _fill(self, family_id: int) -> None:
        self.errors, self.fault, self.found, self.busy = {}, "", Simulated(), False
        given = {"actor": ACTOR.get(), "now": clock.now(), "family_id": family_id}
        self.known = await self._attempt(simulating.form, **given) or self.known
