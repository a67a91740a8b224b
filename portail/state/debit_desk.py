"""La régie : préparer une remise de prélèvements, la suivre, enregistrer les rejets."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.text import row_number
from portail.services.direct_debits import desk, listing, mandates, outcomes, preparing, sending, undoing
from portail.state.base import Audience, PortalState, action, clock
from portail.views.direct_debits import BatchFile, BatchList, DebitDesk, MandateList, Preview

PAGE = "/admin/prelevements"


class DebitDeskState(PortalState):
    desk: DebitDesk = DebitDesk()
    preview: Preview = Preview()
    batches: BatchList = BatchList()
    mandates: MandateList = MandateList()
    file: BatchFile = BatchFile()
    errors: dict[str, str] = {}
    fault: str = ""
    busy: bool = False

    @action(Audience.MONEY)
    async def load(self) -> None:
        """L'adresse peut nommer ce qui est cherché : un mandat, depuis la page d'une famille."""
        self._forget_faults()
        self.preview, self.busy = Preview(), False
        await self._show()
        await self._find(str(self.router.url.query_parameters.get("mots", "")))

    @action(Audience.MONEY)
    async def search(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        try:
            await self._find(str(form_data.get("words", "")))
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def turn_batches(self, page: int) -> None:
        await self._find_batches(self.mandates.words, page)

    @action(Audience.MONEY)
    async def turn_mandates(self, page: int) -> None:
        await self._find_mandates(self.mandates.words, page)

    @action(Audience.MONEY)
    async def look(self, form_data: dict[str, Any]) -> Any:
        """Ce qui serait prélevé ; rien n'est écrit."""
        self._forget_faults()
        self.preview, self.busy = Preview(), True
        yield
        try:
            seen = await self._call(preparing.preview, actor=self._actor(), form=form_data, now=clock.now())
            self.preview = seen
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def announce(self) -> Any:
        self.busy = True
        yield
        form = {"regie": str(self.preview.regie_id), "day": self.preview.day, "stamp": self.preview.stamp}
        try:
            batch = await self._attempt(preparing.prepare, actor=self._actor(), form=form, now=clock.now())
        finally:
            self.busy, self.preview = False, Preview()
        if batch:
            self._say("La remise est prête. Les familles sont prévenues.")
            yield rx.redirect(f"{PAGE}/{batch}")
        else:
            await self._show()

    @action(Audience.MONEY)
    async def give_up(self) -> None:
        self.preview = Preview()

    @action(Audience.MONEY)
    async def see(self, debit_id: int) -> Any:
        self.busy = True
        yield
        if await self._done_said(outcomes.see, debit_id=debit_id):
            await self._show()

    @action(Audience.MONEY)
    async def end_mandate(self, mandate_id: int) -> Any:
        self.busy = True
        yield
        if await self._done_said(mandates.end_at_desk, mandate_id=mandate_id):
            await self._find_mandates(self.mandates.words, self.mandates.page)
            await self._find_batches(self.mandates.words, self.batches.page)

    @action(Audience.MONEY)
    async def load_one(self) -> None:
        self._forget_faults()
        self.file, self.busy = BatchFile(), False
        await self._show_one(self._number())

    @action(Audience.MONEY)
    async def make_file(self) -> Any:
        self.busy = True
        yield
        await self._step(sending.make_file, batch_id=self.file.batch.id)

    @action(Audience.MONEY)
    async def collect(self) -> Any:
        self.busy = True
        yield
        await self._step(outcomes.collect, batch_id=self.file.batch.id)

    @action(Audience.MONEY)
    async def cancel(self) -> Any:
        self.busy = True
        yield
        if await self._done_said(undoing.cancel, batch_id=self.file.batch.id):
            yield rx.redirect(PAGE)

    @action(Audience.MONEY)
    async def take_back(self, form_data: dict[str, Any]) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        given = {"batch_id": self.file.batch.id, "form": form_data, "now": clock.now()}
        try:
            self._say(await self._call(undoing.take_back, actor=self._actor(), slow=True, **given))
            yield rx.redirect(PAGE)
        except FormRefusedError as refusal:
            self.errors, self.fault = refusal.fields, refusal.full_sentence
        except NotOpenError:
            self.closed = True
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def reject(self, form_data: dict[str, Any]) -> Any:
        self._forget_faults()
        self.busy = True
        yield
        await self._step(outcomes.reject, debit_id=row_number(str(form_data.get("debit", ""))), form=form_data)

    async def _step(self, service: Callable[..., str], **what: Any) -> None:
        """Refusé, la page se relit aussi : un autre agent est passé, ou une note l'explique."""
        await self._done_said(service, **what)
        await self._show_one(self.file.batch.id)

    async def _done_said(self, service: Callable[..., str], **what: Any) -> bool:
        """Fait et dit ; un refus se dit de même."""
        try:
            said = await self._attempt(service, actor=self._actor(), now=clock.now(), slow=True, **what)
        finally:
            self.busy = False
        if said:
            self._say(said)
        return bool(said)

    def _forget_faults(self) -> None:
        self.errors, self.fault = {}, ""

    async def _show(self) -> None:
        shown = await self._attempt(desk.show, actor=self._actor(), now=clock.now())
        self.desk = shown or self.desk

    async def _show_one(self, batch_id: int) -> None:
        shown = await self._attempt(desk.show_one, actor=self._actor(), batch_id=batch_id, now=clock.now())
        self.file = shown or self.file

    async def _find(self, words: str) -> None:
        await self._find_mandates(words, 1)
        await self._find_batches(words, 1)

    async def _find_batches(self, words: str, page: int) -> None:
        found = await self._attempt(listing.find_batches, actor=self._actor(), words=words, page=page)
        self.batches = found or self.batches

    async def _find_mandates(self, words: str, page: int) -> None:
        found = await self._attempt(listing.find_mandates, actor=self._actor(), words=words, page=page)
        self.mandates = found or self.mandates
