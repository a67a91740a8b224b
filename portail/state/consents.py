"""« Autorisations » : la liste que les parents signent, réglée par la direction."""

from collections.abc import Callable
from typing import Any

from portail.domain.consents import ConsentChangedError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.services.health import consent_desk
from portail.services.health.consent_desk import Seen
from portail.state.base import Audience, PortalState, action, clock
from portail.views.health import ConsentList

NOTHING = -1


class ConsentsState(PortalState):
    listing: ConsentList = ConsentList()
    editing: int = NOTHING  # l'autorisation ouverte ; 0 : à ajouter
    revision: int = 0  # sa révision, quand le formulaire s'est ouvert
    errors: dict[str, str] = {}
    fault: str = ""

    @action(Audience.TOWN)
    async def load(self) -> None:
        self._shut()
        await self._refresh()

    @action(Audience.TOWN)
    def edit(self, consent_id: int, revision: int) -> None:
        self._shut()
        self.editing, self.revision = consent_id, revision

    @action(Audience.TOWN)
    def cancel(self) -> None:
        self._shut()

    @action(Audience.TOWN)
    async def save(self, form_data: dict[str, Any]) -> None:
        seen = Seen(self.editing, self.revision)
        await self._do("L’autorisation est enregistrée.", consent_desk.save, seen=seen, form=form_data)

    @action(Audience.TOWN)
    async def move(self, consent_id: int, revision: int, up: bool) -> None:
        seen = Seen(consent_id, revision)
        await self._do("L’ordre est changé.", consent_desk.move, seen=seen, up=up)

    @action(Audience.TOWN)
    async def ask_for(self, consent_id: int, revision: int, active: bool) -> None:
        done = "L’autorisation est demandée de nouveau." if active else "L’autorisation est retirée."
        await self._do(done, consent_desk.set_active, seen=Seen(consent_id, revision), active=active)

    async def _do(self, done: str, service: Callable[..., None], **what: Any) -> None:
        """Un refus reste dans le formulaire ouvert, la saisie intacte ; sans formulaire, il devient un message."""
        self.errors, self.fault = {}, ""
        try:
            await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self._shut()
            self._say("Cette autorisation n’existe plus.", "err")
        except RefusalError as refusal:
            await self._refused(refusal)
        else:
            self._shut()
            self._say(done)
        await self._refresh()

    async def _refused(self, refusal: RefusalError) -> None:
        if self.editing == NOTHING:
            self._say(refusal.full_sentence, "err")
            return
        self.fault = refusal.full_sentence
        if isinstance(refusal, ConsentChangedError):  # relue, elle peut être enregistrée de nouveau
            await self._refresh()
            self.revision = next((one.revision for one in self.listing.rows if one.id == self.editing), 0)

    async def _refresh(self) -> None:
        self.listing = await self._attempt(consent_desk.show, actor=self._actor()) or ConsentList()

    def _shut(self) -> None:
        self.editing, self.revision, self.errors, self.fault = NOTHING, 0, {}, ""
