"""Les comptes, pour les agents : la liste, un compte ouvert et ce qu'on y fait."""

from collections.abc import Callable
from typing import Any

from portail.domain.families import FamilyRight
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services import account_care, account_desk, invitations, rights
from portail.services.account_desk import Search
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
    async def resend(self, account_id: int, form_data: dict[str, Any]) -> None:
        email = form_data.get("email", "")
        await self._do("L’invitation est repartie.", invitations.resend, account_id=account_id, email=email)

    @action(Audience.FILES)
    async def issue_password(self, account_id: int, form_data: dict[str, Any]) -> Any:
        if form_data.get("identity_checked") != "on":
            self.error = "Vérifiez d’abord l’identité de la personne, puis cochez la case."
            return
        self.busy = True
        yield
        given = await self._do("", account_care.issue_password, account_id=account_id, slow=True)
        self.given_password, self.busy = given or "", False

    @action(Audience.FILES)
    def forget_password(self) -> None:
        self.given_password = ""

    @action(Audience.FILES)
    async def close_account(self, account_id: int, form_data: dict[str, Any]) -> None:
        reason = form_data.get("reason", "")
        await self._do("Le compte est fermé.", account_care.close, account_id=account_id, reason=reason)

    @action(Audience.FILES)
    async def reopen_account(self, account_id: int) -> None:
        await self._do("Le compte est rouvert.", account_care.reopen, account_id=account_id)

    @action(Audience.ADMIN)
    async def change_role(self, account_id: int, form_data: dict[str, Any]) -> None:
        role = form_data.get("role", "")
        await self._do("Le rôle est changé.", account_care.change_role, account_id=account_id, role=role)

    @action(Audience.FILES)
    async def save_rights(self, form_data: dict[str, Any]) -> None:
        """Le numéro de l'adulte vient du formulaire : dans une liste, Reflex n'en passe pas d'autre à l'envoi."""
        guardian_id = row_number(form_data.get("guardian_id", ""))
        wanted = frozenset(right for right in FamilyRight if form_data.get(right))
        await self._do("Les droits sont enregistrés.", rights.set_rights, guardian_id=guardian_id, rights=wanted)

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
        shown = await self._attempt(account_desk.show_page, actor=self._actor(), search=search, now=clock.now())
        self.listing = shown or self.listing

    async def _open(self, account_id: int) -> None:
        shown = await self._attempt(account_desk.show_one, actor=self._actor(), account_id=account_id, now=clock.now())
        self.opened = shown or AccountFile()

    def _shut(self) -> None:
        self.opened, self.given_password, self.error = AccountFile(), "", ""
