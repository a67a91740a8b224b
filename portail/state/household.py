"""« Signaler un changement » : chaque formulaire devient une démarche."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.families import children, household
from portail.state.base import Audience, PortalState, action, clock
from portail.views.families import ChangeChoices

SENDERS: dict[str, Callable[..., str]] = {
    "child": children.ask_addition,
    "adult": household.ask_adult,
    "departure": household.ask_adult_removal,
    "situation": household.tell_situation,
}


class HouseholdState(PortalState):
    choices: ChangeChoices = ChangeChoices()
    opened: str = ""  # le formulaire ouvert
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.opened, self.errors, self.fault, self.busy = "", {}, "", False
        self.choices = await self._attempt(household.choices, actor=self._actor()) or ChangeChoices(ready=True)

    @action(Audience.PARENT)
    def choose(self, form: str) -> None:
        self.opened, self.errors, self.fault = (form if form in SENDERS else ""), {}, ""

    @action(Audience.PARENT)
    async def send(self, form_data: dict[str, Any]) -> Any:
        if self.opened not in SENDERS:
            return
        self.errors, self.fault, self.busy = {}, "", True
        yield
        try:
            number = await self._call(SENDERS[self.opened], actor=self._actor(), form=form_data, now=clock.now())
            self.opened = ""
            self._say(f"Votre demande est envoyée : démarche n° {number}.")
            yield rx.redirect("/demarches")
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.fault = "Choisissez une famille de la liste."
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False
