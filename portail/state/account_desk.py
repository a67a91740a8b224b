"""Les comptes, pour les agents : la liste, un compte ouvert et ce qu'on y fait."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.accounts import care, desk, invitations
from portail.services.accounts.desk import Search
from portail.services.families import rights
from portail.state.base import Audience, PortalState, action, clock
from portail.views.account_desk import AccountFile, AccountPage


class AccountDeskState(PortalState):
    listing: AccountPage = AccountPage()
    opened: AccountFile = AccountFile()
    given_password: str = ""  # montré une fois, à l'agent qui vient de le demander
    error: str = ""
    refused: int = 0  # chaque refus redessine les cases telles que la base les garde
    words: str = ""
    standing: str = ""
    busy: bool = False

    @action(Audience.FILES)
    async def load(self) -> None:
        self.words = self.standing = ""
        self._shut()
        await self._list(1)

    @action(Audience.FILES)
    async def search(self, form_data: dict[str, Any]) -> None:
        self.words, self.standing = form_data.get("words", ""), form_data.get("standing", "")
        await self._list(1)

    @action(Audience.FILES)
    async def turn(self, page: int) -> None:
        await self._list(page)

    @action(Audience.FILES)
    async def show(self, account_id: int) -> None:
        self._shut()
        await self._open(account_id)

    @action(Audience.FILES)
    def hide(self) -> None:
        self._shut()

    @action(Audience.FILES)
    async def resend(self, account_id: int, form_data: dict[str, Any]) -> Any:
        about = {"account_id": account_id, "email": form_data.get("email", "")}
        async for step in self._busily("L’invitation est repartie.", invitations.resend, **about):
            yield step

    @action(Audience.FILES)
    async def issue_password(self, account_id: int, form_data: dict[str, Any]) -> Any:
        if form_data.get("identity_checked") != "on":
            self.error = "Vérifiez d’abord l’identité de la personne, puis cochez la case."
            return
        self.busy = True
        yield
        try:
            self.given_password = await self._do("", care.issue_password, account_id=account_id, slow=True) or ""
        finally:
            self.busy = False

    @action(Audience.FILES)
    def forget_password(self) -> None:
        self.given_password = ""

    @action(Audience.FILES)
    async def close_account(self, account_id: int, form_data: dict[str, Any]) -> Any:
        about = {"account_id": account_id, "reason": form_data.get("reason", "")}
        async for step in self._busily("Le compte est fermé.", care.close, **about):
            yield step

    @action(Audience.FILES)
    async def reopen_account(self, account_id: int) -> Any:
        async for step in self._busily("Le compte est rouvert.", care.reopen, account_id=account_id):
            yield step

    @action(Audience.ADMIN)
    async def change_role(self, account_id: int, form_data: dict[str, Any]) -> Any:
        about = {"account_id": account_id, "role": form_data.get("role", "")}
        async for step in self._busily("Le rôle est changé.", care.change_role, **about):
            yield step

    @action(Audience.FILES)
    async def save_rights(self, form_data: dict[str, Any]) -> Any:
        """Le numéro de l'adulte vient du formulaire : dans une liste, Reflex n'en passe pas d'autre à l'envoi."""
        guardian_id = row_number(form_data.get("guardian_id", ""))
        wanted = frozenset(right for right in FamilyRight if form_data.get(right))
        about = {"guardian_id": guardian_id, "rights": wanted}
        async for step in self._busily("Les droits sont enregistrés.", rights.set_rights, **about):
            yield step

    async def _busily(self, done: str, service: Callable[..., Any], **what: Any) -> AsyncIterator[None]:
        """Un geste à la fois : les boutons s'éteignent tant que la réponse n'est pas là."""
        self.busy = True
        yield
        try:
            await self._do(done, service, **what)
        finally:
            self.busy = False

    async def _do(self, done: str, service: Callable[..., Any], *, slow: bool = False, **what: Any) -> Any:
        """Appelle un service ; réussi ou refusé, la liste et le compte ouvert disent ce qu'il en est."""
        self.error = self.given_password = ""
        result = None
        try:
            result = await self._call(service, actor=self._actor(), now=clock.now(), slow=slow, **what)
            self._say(done)
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.error, self.refused = refusal.full_sentence, self.refused + 1
        await self._list(self.listing.page)
        if self.opened.id and not self.closed:
            await self._open(self.opened.id)
        return result

    async def _list(self, page: int) -> None:
        search = Search(self.words, self.standing, page)
        shown = await self._attempt(desk.show_page, actor=self._actor(), search=search, now=clock.now())
        self.listing = shown or self.listing

    async def _open(self, account_id: int) -> None:
        shown = await self._attempt(desk.show_one, actor=self._actor(), account_id=account_id, now=clock.now())
        self.opened = shown or AccountFile()

    def _shut(self) -> None:
        self.opened, self.given_password, self.error, self.busy = AccountFile(), "", "", False
