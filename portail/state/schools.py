"""« Écoles » : les écoles, leurs classes d'une année, ouvertes, fermées ou retirées par la direction."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.schools import desk, shown
from portail.state.base import Audience, PortalState, action, clock
from portail.views.schools import SchoolList


class SchoolsState(PortalState):
    listing: SchoolList = SchoolList()
    editing: str = ""  # « school-12 », « class-12-3 » ; un zéro : à ajouter
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.TOWN)
    async def load(self) -> None:
        self._shut()
        await self._refresh("")

    @action(Audience.TOWN)
    async def turn(self, year: str) -> None:
        self._shut()
        await self._refresh(year)

    @action(Audience.TOWN)
    def edit(self, what: str) -> None:
        self._shut()
        self.editing = what

    @action(Audience.TOWN)
    async def save(self, form_data: dict[str, Any]) -> None:
        """Le formulaire ouvert dit quoi enregistrer ; le service vérifie que cela existe."""
        what, school, group = (*self.editing.split("-"), "", "")[:3]
        if what == "class":
            form = form_data | {"year": self.listing.year}
            given = {"class_id": row_number(group), "form": form}
            await self._do("La classe est enregistrée.", desk.save_class, school_id=row_number(school), **given)
        else:
            await self._do("L’école est enregistrée.", desk.save_school, school_id=row_number(school), form=form_data)

    @action(Audience.TOWN)
    async def open_school(self, school_id: int, opened: bool) -> None:
        done = "L’école est rouverte." if opened else "L’école ne prend plus d’inscriptions."
        await self._do(done, desk.set_school_open, school_id=school_id, opened=opened)

    @action(Audience.TOWN)
    async def remove_school(self, school_id: int) -> None:
        await self._do("L’école est retirée.", desk.remove_school, school_id=school_id)

    @action(Audience.TOWN)
    async def open_class(self, class_id: int, opened: bool) -> None:
        done = "La classe est rouverte." if opened else "La classe est fermée."
        await self._do(done, desk.set_class_open, class_id=class_id, opened=opened)

    async def _do(self, done: str, service: Callable[..., None], **what: Any) -> None:
        """Un refus reste dans le formulaire ouvert ; sans formulaire, il devient un message."""
        self.errors, self.fault = {}, ""
        try:
            await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self._say("Cette école ou cette classe n’existe plus.", "err")
            self._shut()
        except RefusalError as refusal:
            self._say(refusal.full_sentence, "err")
        else:
            self._shut()
            self._say(done)
        await self._refresh(self.listing.year)

    async def _refresh(self, year: str) -> None:
        found = await self._attempt(shown.show, actor=self._actor(), year=year, now=clock.now())
        self.listing = found or SchoolList()

    def _shut(self) -> None:
        self.editing, self.errors, self.fault = "", {}, ""
