"""Ouvrir un compte : le dossier d'abord, puis l'adulte ; ou un agent."""

from collections.abc import AsyncIterator
from typing import Any

from portail.domain.accounts import Role
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.accounts import invitations
from portail.services.accounts.account import NewAccount
from portail.services.accounts.invitations import Adult
from portail.state.account_desk import AccountDeskState
from portail.state.base import Audience, action, clock
from portail.views.account_desk import FamilyChoice


class InvitationState(AccountDeskState):
    panel: str = ""  # le formulaire déplié : parent | staff
    family: FamilyChoice = FamilyChoice()
    invite_error: str = ""

    @action(Audience.FILES)
    def start_parent(self) -> None:
        self._unfold("parent")

    @action(Audience.ADMIN)
    def start_staff(self) -> None:
        self._unfold("staff")

    @action(Audience.FILES)
    def cancel(self) -> None:
        self._unfold("")

    @action(Audience.FILES)
    async def find_family(self, form_data: dict[str, Any]) -> None:
        self.family, self.invite_error = FamilyChoice(), ""
        try:
            self.family = await self._call(
                invitations.find_family, actor=self._actor(), number=form_data.get("number", "")
            )
        except RefusalError as refusal:
            self.invite_error = refusal.full_sentence

    @action(Audience.FILES)
    async def invite_parent(self, family_id: int, form_data: dict[str, Any]) -> Any:
        guardian = form_data.get("guardian", "")
        if not guardian:
            self.invite_error = "Choisissez l’adulte à qui ouvrir un compte."
            return
        adult = Adult(family_id, row_number(guardian), form_data.get("relation", ""))
        new = NewAccount(
            email=form_data.get("email", ""),
            first_name=form_data.get("first_name", ""),
            last_name=form_data.get("last_name", ""),
            username=form_data.get("username", ""),
        )
        async for step in self._invite(invitations.invite_guardian, adult=adult, new=new):
            yield step

    @action(Audience.ADMIN)
    async def invite_staff(self, form_data: dict[str, Any]) -> Any:
        role = form_data.get("role", "")
        new = NewAccount(
            email=form_data.get("email", ""),
            first_name=form_data.get("first_name", ""),
            last_name=form_data.get("last_name", ""),
            role=Role(role) if role in set(Role) else Role.PARENT,  # le service refuse alors, avec sa phrase
        )
        async for step in self._invite(invitations.invite_staff, new=new):
            yield step

    async def _invite(self, service: Any, **what: Any) -> AsyncIterator[None]:
        self.invite_error, self.busy = "", True
        yield
        try:
            await self._send(service, **what)
        finally:
            self.busy = False

    async def _send(self, service: Any, **what: Any) -> None:
        try:
            account_id = await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except NotOpenError:
            self.closed = True
            return
        except RefusalError as refusal:
            self.invite_error = refusal.full_sentence
            return
        self._unfold("")
        self._say("L’invitation est partie : le lien est valable 7 jours.")
        await self._list(1)
        await self._open(account_id)

    def _unfold(self, panel: str) -> None:
        self.panel, self.family, self.invite_error = panel, FamilyChoice(), ""
