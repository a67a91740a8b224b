"""Les courriels, pour l'administrateur."""

from typing import Any

from portail.services.mails import desk
from portail.state.base import Audience, PortalState, action, clock
from portail.views.mails import MailPage, MailView


class MailsState(PortalState):
    listing: MailPage = MailPage()
    mail: MailView = MailView()
    words: str = ""

    @action(Audience.ADMIN)
    async def load(self) -> None:
        self.mail, self.words = MailView(), ""
        await self._list(1)

    @action(Audience.ADMIN)
    async def search(self, form_data: dict[str, Any]) -> None:
        self.words = form_data.get("words", "")
        await self._list(1)

    @action(Audience.ADMIN)
    async def turn(self, page: int) -> None:
        await self._list(page)

    @action(Audience.ADMIN)
    async def show(self, mail_id: int) -> None:
        self.mail = (
            await self._attempt(desk.show_one, actor=self._actor(), mail_id=mail_id, now=clock.now()) or MailView()
        )

    @action(Audience.ADMIN)
    def close(self) -> None:
        self.mail = MailView()

    @action(Audience.ADMIN)
    async def resend(self, mail_id: int) -> None:
        await self._attempt(desk.resend, actor=self._actor(), mail_id=mail_id, now=clock.now())
        self.mail = MailView()
        await self._list(self.listing.page)

    async def _list(self, page: int) -> None:
        self.listing = (
            await self._attempt(desk.show_page, actor=self._actor(), page=page, words=self.words) or self.listing
        )
