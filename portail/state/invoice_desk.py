"""La facturation, côté régie : les traitements du mois, les factures, les avoirs."""

from typing import Any

import reflex as rx

from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.invoices import crediting, desk, run_desk, run_preview, runs
from portail.services.invoices.crediting import Credit
from portail.state.base import Audience, PortalState, action, clock
from portail.views.invoices import InvoiceFile, InvoiceSearch, RunFile, RunList

LINE = "ligne-"


class InvoiceRunsState(PortalState):
    listing: RunList = RunList()
    file: RunFile = RunFile()
    busy: bool = False

    @action(Audience.MONEY)
    async def load_list(self) -> None:
        self.busy = False
        await self._list()

    @action(Audience.MONEY)
    async def start(self, form_data: dict[str, Any]) -> Any:
        """Deux agents au même instant ouvrent le même traitement."""
        self.busy = True
        yield
        wanted = {"regie_id": row_number(str(form_data.get("regie", "")))}
        month = run_desk.month_of(str(form_data.get("month", "")))
        try:
            number = await self._attempt(runs.start, actor=self._actor(), now=clock.now(), month=month, **wanted)
        finally:
            self.busy = False
        if number:
            yield rx.redirect(f"/admin/facturation/{number}")

    @action(Audience.MONEY)
    async def load_one(self) -> None:
        self.file, self.busy = RunFile(), False
        await self._show("", 1)

    @action(Audience.MONEY)
    async def look(self) -> None:
        """Redemandé toutes les secondes tant que le travail avance."""
        if self.file.row.is_busy:
            await self._show(self.file.only, self.file.page)

    @action(Audience.MONEY)
    async def look_at_all(self) -> None:
        if self.listing.is_busy:
            await self._list()

    @action(Audience.MONEY)
    async def show_only(self, only: str) -> None:
        await self._show(only, 1)

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._show(self.file.only, 1, str(form_data.get("words", "")))

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._show(self.file.only, page)

    @action(Audience.MONEY)
    async def issue(self) -> Any:
        self.busy = True
        yield
        try:
            if await self._done(runs.issue, actor=self._actor(), run_id=self._number(), now=clock.now()):
                self._say("L’émission a commencé.")
            await self._show("", 1, "")
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def cancel(self) -> Any:
        self.busy = True
        yield
        try:
            if await self._done(runs.cancel, actor=self._actor(), run_id=self._number(), now=clock.now()):
                self._say("La facturation est annulée : aucune facture n’est partie.")
            await self._show("", 1, "")
        finally:
            self.busy = False

    async def _list(self) -> None:
        found = await self._attempt(run_desk.show_all, actor=self._actor(), now=clock.now())
        self.listing = found or self.listing

    async def _show(self, only: str, page: int, words: str | None = None) -> None:
        """Filtrer ou tourner la page garde les mots cherchés."""
        wanted = {"run_id": self._number(), "only": only, "page": page}
        searched = self.file.words if words is None else words
        found = await self._attempt(run_preview.show, actor=self._actor(), words=searched, **wanted)
        self.file = found or self.file


class InvoiceDeskState(PortalState):
    listing: InvoiceSearch = InvoiceSearch()
    file: InvoiceFile = InvoiceFile()
    fault: str = ""
    busy: bool = False

    @action(Audience.MONEY)
    async def load_list(self) -> None:
        """Depuis les encaissements d'une famille, l'adresse dit déjà quoi chercher."""
        await self._find(str(self.router.url.query_parameters.get("mots", "")), "", 1)

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> None:
        await self._find(str(form_data.get("words", "")), self.listing.standing, 1)

    @action(Audience.MONEY)
    async def show_standing(self, how: str) -> None:
        await self._find(self.listing.words, how, 1)

    @action(Audience.MONEY)
    async def turn(self, page: int) -> None:
        await self._find(self.listing.words, self.listing.standing, page)

    @action(Audience.MONEY)
    async def load_one(self) -> None:
        self.file, self.fault, self.busy = InvoiceFile(), "", False
        await self._show()

    @action(Audience.MONEY)
    async def give_back(self, form_data: dict[str, Any]) -> Any:
        """Les lignes cochées, ou le montant saisi, deviennent un avoir."""
        self.fault, self.busy = "", True
        yield
        lines = [name.removeprefix(LINE) for name, value in form_data.items() if name.startswith(LINE) and value]
        wanted = Credit(
            self._number(),
            ",".join(lines),
            str(form_data.get("reason", "")),
            is_whole=bool(form_data.get("whole")),
            amount=str(form_data.get("amount") or ""),
            seen_cents=row_number(str(form_data.get("seen", ""))),
        )
        try:
            self._say(await self._call(crediting.credit, actor=self._actor(), wanted=wanted, now=clock.now()))
            await self._show()
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    async def _find(self, words: str, how: str, page: int) -> None:
        given = {"words": words, "how": how, "page": page}
        found = await self._attempt(desk.find, actor=self._actor(), now=clock.now(), **given)
        self.listing = found or self.listing

    async def _show(self) -> None:
        found = await self._attempt(desk.show, actor=self._actor(), invoice_id=self._number(), now=clock.now())
        self.file = found or self.file
