"""« Campagnes » : les ajouter, les régler, changer le débit de la salle d'attente en direct."""

from typing import Any

from portail.domain.custody import WrongFieldError
from portail.domain.refusals import RefusalError
from portail.domain.text import row_number
from portail.services.campaigns import settings
from portail.state.base import Audience, PortalState, action, clock
from portail.views.campaigns import CampaignForm, CampaignPage

MARK = "activite-"
TYPED = ("name", "first_day", "last_day", "residents_at", "everyone_at", "closes_at", "admitted_a_minute")


class CampaignsState(PortalState):
    campaigns: CampaignPage = CampaignPage()
    typed: CampaignForm = CampaignForm()
    editing: bool = False
    fault: str = ""
    faulty: str = ""

    @action(Audience.TOWN)
    async def load(self) -> None:
        self.campaigns = CampaignPage()
        self._shut()
        await self._refresh()

    @action(Audience.TOWN)
    async def watch(self) -> None:
        """Le jour de l'ouverture : qui attend, qui est entré."""
        await self._refresh()

    @action(Audience.TOWN)
    async def edit(self, campaign_id: int) -> None:
        """Zéro : une nouvelle."""
        self._shut()
        found = CampaignForm()
        if campaign_id:
            found = await self._attempt(settings.show_one, actor=self._actor(), campaign_id=campaign_id) or found
        self.typed, self.editing = found, not campaign_id or found.id > 0

    @action(Audience.TOWN)
    def shut(self) -> None:
        self._shut()

    @action(Audience.TOWN)
    async def save(self, form_data: dict[str, Any]) -> None:
        """Ce qui a été tapé reste, refusé ou non."""
        chosen = [name.removeprefix(MARK) for name in form_data if name.startswith(MARK)]
        typed = {name: str(form_data.get(name, "")) for name in TYPED}
        self.typed = CampaignForm(id=self.typed.id, stamp=self.typed.stamp, activities=chosen, **typed)
        self.fault = self.faulty = ""
        try:
            await self._call(settings.save, actor=self._actor(), form=self.typed, now=clock.now())
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
            self.faulty = refusal.field if isinstance(refusal, WrongFieldError) else "name"
        else:
            self._shut()
            self._say("La campagne est enregistrée.")
        await self._refresh()

    @action(Audience.TOWN)
    async def change_rate(self, form_data: dict[str, Any]) -> None:
        number, typed = row_number(str(form_data.get("campaign", ""))), str(form_data.get("rate", ""))
        given = {"campaign_id": number, "typed": typed, "now": clock.now()}
        if await self._done(settings.set_rate, actor=self._actor(), **given):
            self._say("Le débit est changé, il vaut dès maintenant.")
        await self._refresh()

    @action(Audience.TOWN)
    async def remove(self, campaign_id: int) -> None:
        if await self._done(settings.remove, actor=self._actor(), campaign_id=campaign_id, now=clock.now()):
            self._say("La campagne est retirée.")
        self._shut()
        await self._refresh()

    async def _refresh(self) -> None:
        found = await self._attempt(settings.show, actor=self._actor(), now=clock.now())
        self.campaigns = found or CampaignPage()

    def _shut(self) -> None:
        self.editing, self.typed, self.fault, self.faulty = False, CampaignForm(), "", ""
