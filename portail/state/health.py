"""La fiche sanitaire d'un enfant : un parent la remplit partie par partie, un agent la lit."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from portail.domain.health import Part, StalePartError
from portail.domain.health_forms import BadFieldError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.services.health import consents, contacts, pai, parents, readings, records
from portail.state.base import Audience, PortalState, action, clock
from portail.views.health import HealthView, StaffHealthView

_CHILD = re.compile(r"/enfants/(\d{1,10})/sante$")
NOBODY = -1


def _child_in(path: str) -> int:
    """L'enfant que nomme l'adresse ; 0 n'est celui de personne."""
    found = _CHILD.search(path.rstrip("/"))
    return int(found[1]) if found else 0


def _refuse(**_: Any) -> None:
    raise BadInputError


_SAVERS: dict[str, Callable[..., None]] = {
    Part.DOCTOR: partial(records.save_part, part=Part.DOCTOR),
    Part.CARE: partial(records.save_part, part=Part.CARE),
    Part.MEALS: partial(records.save_part, part=Part.MEALS),
    Part.VACCINES: records.save_vaccines,
    Part.CONSENTS: consents.sign,
}


class HealthState(PortalState):
    """`editing` : la partie ouverte ; `contact` : le contact ouvert (0 : un nouveau)."""

    health: HealthView = HealthView()
    editing: str = ""
    contact: int = NOBODY
    error: str = ""
    error_field: str = ""
    busy: bool = False
    files_fault: str = ""

    @action(Audience.PARENT)
    async def load(self) -> None:
        self._close()
        self.health = HealthView()
        await self._refresh()

    @action(Audience.PARENT)
    def edit(self, part: str) -> None:
        self._close()
        self.editing = part if part in set(Part) else ""

    @action(Audience.PARENT)
    def edit_contact(self, contact_id: int) -> None:
        self._close()
        self.editing, self.contact = Part.CONTACTS.value, contact_id

    @action(Audience.PARENT)
    def cancel(self) -> None:
        self._close()

    @action(Audience.PARENT)
    async def save(self, form_data: dict[str, Any], part: str) -> Any:
        self.busy = True
        yield
        await self._save(_SAVERS.get(part, _refuse), form=form_data)

    @action(Audience.PARENT)
    async def save_contact(self, form_data: dict[str, Any], contact_id: int) -> Any:
        self.busy = True
        yield
        await self._save(contacts.save, form=form_data, contact_id=contact_id)

    @action(Audience.PARENT)
    async def remove_contact(self, contact_id: int) -> Any:
        self.busy = True
        yield
        await self._save(contacts.remove, contact_id=contact_id)

    @action(Audience.PARENT)
    async def confirm(self) -> Any:
        self.busy = True
        yield
        await self._save(records.confirm)
        if self.error:
            self._say(self.error, "err")

    @action(Audience.PARENT)
    async def joined(self) -> None:
        """Le document est arrivé par sa propre route : on relit la fiche."""
        self.files_fault = ""
        self._say("Le document est joint à la fiche.")
        await self._refresh()

    @action(Audience.PARENT)
    def refused(self, text: str, files: str) -> None:
        self.files_fault = files or text

    @action(Audience.PARENT)
    async def remove_document(self, attachment_id: int) -> None:
        if await self._done(pai.remove, actor=self._actor(), attachment_id=attachment_id, now=clock.now()):
            self._say("Le document est retiré.")
        await self._refresh()

    async def _save(self, service: Callable[..., None], **arguments: Any) -> None:
        """Un refus reste à côté du champ, la saisie intacte ; une fiche changée entre-temps est relue aussitôt."""
        wordings = {one.id: one.version for one in self.health.consents}
        edit = records.Edit(_child_in(self.router.url.path), self.health.version, wordings)
        self.error, self.error_field = "", ""
        try:
            await self._call(service, actor=self._actor(), edit=edit, now=clock.now(), **arguments)
            self._close()
            self._say("C’est enregistré.")
            await self._refresh()
        except NotOpenError:
            self.closed = True
        except BadFieldError as refusal:
            self.error, self.error_field = refusal.full_sentence, refusal.field
        except RefusalError as refusal:
            self.error = refusal.full_sentence
            if isinstance(refusal, StalePartError):
                await self._refresh()
        finally:
            self.busy = False

    def _close(self) -> None:
        self.editing, self.contact, self.error, self.error_field = "", NOBODY, "", ""
        self.files_fault = ""

    async def _refresh(self) -> None:
        shown = await self._attempt(
            parents.show, actor=self._actor(), child_id=_child_in(self.router.url.path), now=clock.now()
        )
        self.health = shown or HealthView()


class StaffHealthState(PortalState):
    health: StaffHealthView = StaffHealthView()

    @action(Audience.HEALTH)
    async def load(self) -> None:
        self.health = StaffHealthView()
        shown = await self._attempt(
            readings.read, actor=self._actor(), child_id=_child_in(self.router.url.path), now=clock.now()
        )
        self.health = shown or self.health
