"""Un tarif : ses grilles datées, une nouvelle version relue avant d'être enregistrée, et ce que paiera une famille."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.tariff_forms import MOST_ROWS, Side
from portail.domain.tariff_grids import TariffChangedError
from portail.domain.tariffs import TariffMethod
from portail.domain.text import row_number
from portail.services.tariffs import desk, effects, listing
from portail.services.tariffs.desk import GridEdit
from portail.state.base import Audience, PortalState, action, clock
from portail.views.tariffs import GridCard, GridEffect, RowFields, TariffFile, TariffPreview

LEAST_ROWS = 3
NEW = "grid-0"


class TariffFileState(PortalState):
    file: TariffFile = TariffFile()
    editing: str = ""  # « name », « grid-12 », « copy-12 » ; « grid-0 » : une nouvelle grille
    typed: dict[str, str] = {}
    method: str = TariffMethod.FIXED.value
    inside: list[RowFields] = []
    outside: list[RowFields] = []
    reviewed: list[GridCard] = []  # la grille relue ; vide tant qu'elle ne l'est pas
    effect: GridEffect = GridEffect()  # de la grille relue, ou d'une grille à venir
    seen: TariffPreview = TariffPreview()
    errors: dict[str, str] = {}
    fault: str = ""
    preview_errors: dict[str, str] = {}
    stale: bool = False  # un autre agent est passé : rien ne s'enregistre avant d'avoir relu
    busy: bool = False
    _stamp: str = ""  # le signe du tarif au moment où cet agent l'a lu

    @action(Audience.MONEY)
    async def load(self) -> None:
        self._shut()
        self.busy = False
        self.file, self.seen, self.preview_errors = TariffFile(), TariffPreview(), {}
        await self._refresh(self._number())
        self._stamp = self.file.stamp

    @action(Audience.MONEY)
    def edit(self, what: str) -> None:
        """Ouvre un formulaire ; une grille apporte ses valeurs, une nouvelle part de la dernière."""
        self._shut()
        self._stamp = self.file.stamp
        grids = {f"grid-{one.id}": one.known for one in self.file.grids} | {NEW: self.file.blank}
        self._open(what, grids.get(what, {}))

    @action(Audience.MONEY)
    def shape(self, method: str) -> None:
        self.method = method if method in set(TariffMethod) else self.method

    @action(Audience.MONEY)
    def more(self, side: str) -> None:
        """Une tranche de plus, tant que le formulaire peut la porter."""
        if side == Side.INSIDE:
            self.inside = _named(Side.INSIDE, len(self.inside) + 1)
        elif side == Side.OUTSIDE:
            self.outside = _named(Side.OUTSIDE, len(self.outside) + 1)

    @action(Audience.MONEY)
    async def review(self, form_data: dict[str, Any]) -> Any:
        """Relire avant d'enregistrer ; ce qui est tapé reste."""
        self.errors, self.fault, self.typed = {}, "", {name: str(value) for name, value in form_data.items()}
        self.busy = True
        yield
        try:
            await self._read_again(await self._tried(desk.review, edit=self._edit(), form=self.typed))
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def copy(self, form_data: dict[str, Any]) -> Any:
        """La copie se relit comme une nouvelle grille ; « Corriger » en montre tous les prix."""
        self.errors, self.fault, self.typed = {}, "", {name: str(value) for name, value in form_data.items()}
        self.busy = True
        yield
        try:
            card = await self._tried(desk.copy, edit=self._edit(), form=self.typed)
            if card:
                self._open(NEW, card.known)
                await self._read_again(card)
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def weigh(self, grid_id: int) -> Any:
        """L'effet d'une grille déjà enregistrée, à la demande."""
        self._shut()
        self.busy = True
        yield
        try:
            edit = GridEdit(self.file.id, self._stamp, grid_id)
            self.effect = await self._tried(effects.of_saved, edit=edit) or GridEffect()
        finally:
            self.busy = False

    @action(Audience.MONEY)
    def correct(self) -> None:
        self.reviewed, self.fault = [], ""

    @action(Audience.MONEY)
    def keep_mine(self) -> None:
        """L'agent a relu ce qu'un autre vient de changer, et garde sa saisie : elle se relit avant de s'enregistrer."""
        self.reviewed, self.fault, self.stale, self._stamp = [], "", False, self.file.stamp

    @action(Audience.MONEY)
    async def save(self) -> Any:
        self.busy = True
        yield
        said = "La grille est enregistrée. Ce qui est déjà réservé garde son prix."
        await self._do(said, desk.save, edit=self._edit(), form=self.typed)

    @action(Audience.MONEY)
    async def remove(self, grid_id: int) -> Any:
        self.busy = True
        yield
        await self._do("La grille est retirée.", desk.remove, edit=GridEdit(self.file.id, self._stamp, grid_id))

    @action(Audience.MONEY)
    async def discard(self) -> Any:
        self.errors, self.fault, self.busy = {}, "", True
        yield
        try:
            await self._tried(desk.discard, tariff_id=self.file.id, stamp=self._stamp)
            if not self.fault:
                self._say("Le tarif est supprimé.")
                yield rx.redirect("/admin/tarifs")
        finally:
            self.busy = False

    @action(Audience.MONEY)
    async def rename(self, form_data: dict[str, Any]) -> Any:
        self.busy = True
        yield
        await self._do("Le nom est changé.", desk.rename, tariff_id=self.file.id, form=form_data)

    @action(Audience.MONEY)
    async def preview(self, form_data: dict[str, Any]) -> Any:
        self.preview_errors, self.busy = {}, True
        yield
        given = {"tariff_id": self.file.id, "form": form_data, "now": clock.now()}
        try:
            self.seen = await self._call(listing.preview, actor=self._actor(), **given)
        except FormRefusedError as refusal:
            self.preview_errors = refusal.fields
        except NotOpenError:
            self.closed = True
        finally:
            self.busy = False

    def _open(self, what: str, typed: dict[str, str]) -> None:
        self.editing, self.typed = what, typed
        self.method = typed.get("method", TariffMethod.FIXED.value)
        self.inside, self.outside = (_fields(side, typed) for side in Side)

    def _edit(self) -> GridEdit:
        """La grille que désigne le formulaire ouvert : celle qui change, ou celle que l'on copie."""
        return GridEdit(self.file.id, self._stamp, max(row_number(self.editing.partition("-")[2]), 0))

    async def _do(self, done: str, service: Callable[..., Any], **what: Any) -> None:
        """Un refus reste dans le formulaire ouvert ; la page se relit dans tous les cas, le signe lu reste le sien."""
        self.errors, self.fault = {}, ""
        try:
            await self._tried(service, **what)
            await self._refresh(self.file.id)
            if not self.fault:
                self._shut()
                self._say(done)
                self._stamp = self.file.stamp
        finally:
            self.busy = False

    async def _tried(self, service: Callable[..., Any], **what: Any) -> Any:
        try:
            return await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault, self.reviewed = refusal.fields, refusal.full_sentence, []
        except RefusalError as refusal:
            self.fault, self.stale = refusal.full_sentence, isinstance(refusal, TariffChangedError)
        return None

    async def _read_again(self, card: GridCard | None) -> None:
        """La grille relue, et son effet à côté."""
        self.reviewed, self.effect = [card] if card else [], GridEffect()
        if card:
            self.effect = await self._tried(effects.of_typed, edit=self._edit(), form=self.typed) or GridEffect()

    async def _refresh(self, tariff_id: int) -> None:
        found = await self._attempt(listing.show, actor=self._actor(), tariff_id=tariff_id, now=clock.now())
        self.file = found or self.file

    def _shut(self) -> None:
        self.editing, self.typed, self.reviewed, self.errors, self.fault, self.stale = "", {}, [], {}, "", False
        self.effect = GridEffect()


def _fields(side: Side, typed: dict[str, str]) -> list[RowFields]:
    """Autant de lignes que de tranches remplies, et assez pour en ajouter."""
    filled = sum(f"{side}-{rank}-from" in typed for rank in range(MOST_ROWS[side]))
    least = LEAST_ROWS if side is Side.INSIDE else 1
    return _named(side, max(filled, least))


def _named(side: Side, count: int) -> list[RowFields]:
    return [
        RowFields(str(rank + 1), *(f"{side}-{rank}-{end}" for end in ("from", "to", "meal", "care")))
        for rank in range(min(count, MOST_ROWS[side]))
    ]
