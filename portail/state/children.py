"""La fiche d'un enfant : la voir, demander une correction ou son retrait du dossier."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.families import children
from portail.state.base import Audience, PortalState, action, clock
from portail.views.families import ChildPage


class ChildState(PortalState):
    child: ChildPage = ChildPage()
    editing: str = ""  # « change » ou « removal »
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self.editing, self.errors, self.fault = "", {}, ""
        await self._refresh(self._number())

    @action(Audience.PARENT)
    def edit(self, what: str) -> None:
        self.editing, self.errors, self.fault = what, {}, ""

    @action(Audience.PARENT)
    async def ask_change(self, form_data: dict[str, Any]) -> None:
        await self._ask(children.ask_change, form_data)

    @action(Audience.PARENT)
    async def ask_removal(self, form_data: dict[str, Any]) -> None:
        await self._ask(children.ask_removal, form_data)

    async def _ask(self, service: Callable[..., str], form_data: dict[str, Any]) -> None:
        self.errors, self.fault = {}, ""
        try:
            number = await self._call(
                service, actor=self._actor(), child_id=self.child.id, form=form_data, now=clock.now()
            )
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        else:
            self.editing = ""
            self._say(f"Votre demande est envoyée : démarche n° {number}.")
            await self._refresh(self.child.id)

    async def _refresh(self, child_id: int) -> None:
        shown = await self._attempt(children.show, actor=self._actor(), child_id=child_id, now=clock.now())
        self.child = shown or ChildPage()
