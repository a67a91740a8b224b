"""Un tarif : ses grilles datées, une nouvelle version relue avant d'être enregistrée, et ce que paiera une famille."""

from collections.abc import Callable
from typing import Any

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.tariff_forms import MOST_ROWS, Side
from portail.domain.tariffs import TariffMethod
from portail.domain.text import row_number
from portail.services.tariffs import desk, listing
from portail.services.tariffs.desk import GridEdit
from portail.state.base import Audience, PortalState, action, clock
from portail.views.tariffs import GridCard, RowFields, TariffFile, TariffPreview

LEAST_ROWS = 3


class TariffFileState(PortalState):
    file: TariffFile = TariffFile()
    editing: str = ""  # « name », « grid-12 » ; « grid-0 » : une nouvelle grille
    typed: dict[str, str] = {}
    method: str = TariffMethod.FIXED.value
    inside: list[RowFields] = []
    outside: list[RowFields] = []
    reviewed: list[GridCard] = []  # la grille relue ; vide tant qu'elle ne l'est pas
    seen: TariffPreview = TariffPreview()
    errors: dict[str, str] = {}
    fault: str = ""
    preview_errors: dict[str, str] = {}

    @action(Audience.MONEY)
    async def load(self) -> None:
        self._shut()
        self.file, self.seen, self.preview_errors = TariffFile(), TariffPreview(), {}
        await self._refresh(self._number())

    @action(Audience.MONEY)
    def edit(self, what: str) -> None:
        """Ouvre un formulaire ; une grille apporte ses valeurs, une nouvelle part de la dernière."""
        self._shut()
        self.editing = what
        grids = {f"grid-{one.id}": one.known for one in self.file.grids} | {"grid-0": self.file.blank}
        self.typed = grids.get(what, {})
        self.method = self.typed.get("method", TariffMethod.FIXED.value)
        self.inside, self.outside = (_fields(side, self.typed) for side in Side)

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
    async def review(self, form_data: dict[str, Any]) -> None:
        """Relire avant d'enregistrer ; ce qui est tapé reste."""
        self.errors, self.fault, self.typed = {}, "", {name: str(value) for name, value in form_data.items()}
        card = await self._tried(desk.review, edit=self._edit(), form=self.typed)
        self.reviewed = [card] if card else []

    @action(Audience.MONEY)
    def correct(self) -> None:
        self.reviewed, self.fault = [], ""

    @action(Audience.MONEY)
    async def save(self) -> None:
        said = "La grille est enregistrée. Ce qui est déjà réservé garde son prix."
        await self._do(said, desk.save, edit=self._edit(), form=self.typed)

    @action(Audience.MONEY)
    async def remove(self, grid_id: int) -> None:
        edit = GridEdit(self.file.id, self.file.stamp, grid_id)
        await self._do("La grille est retirée.", desk.remove, edit=edit)

    @action(Audience.MONEY)
    async def rename(self, form_data: dict[str, Any]) -> None:
        await self._do("Le nom est changé.", desk.rename, tariff_id=self.file.id, form=form_data)

    @action(Audience.MONEY)
    async def preview(self, form_data: dict[str, Any]) -> None:
        self.preview_errors = {}
        given = {"tariff_id": self.file.id, "form": form_data, "now": clock.now()}
        try:
            self.seen = await self._call(listing.preview, actor=self._actor(), **given)
        except FormRefusedError as refusal:
            self.preview_errors = refusal.fields
        except NotOpenError:
            self.closed = True

    def _edit(self) -> GridEdit:
        return GridEdit(self.file.id, self.file.stamp, max(row_number(self.editing.removeprefix("grid-")), 0))

    async def _do(self, done: str, service: Callable[..., Any], **what: Any) -> None:
        """Un refus reste dans le formulaire ouvert ; la page se relit dans tous les cas."""
        self.errors, self.fault = {}, ""
        await self._tried(service, **what)
        if not self.fault:
            self._shut()
            self._say(done)
        await self._refresh(self.file.id)

    async def _tried(self, service: Callable[..., Any], **what: Any) -> Any:
        try:
            return await self._call(service, actor=self._actor(), now=clock.now(), **what)
        except FormRefusedError as refusal:
            self.errors, self.fault, self.reviewed = refusal.fields, refusal.full_sentence, []
        except RefusalError as refusal:
            self.fault = refusal.full_sentence
        return None

    async def _refresh(self, tariff_id: int) -> None:
        found = await self._attempt(listing.show, actor=self._actor(), tariff_id=tariff_id, now=clock.now())
        self.file = found or self.file

    def _shut(self) -> None:
        self.editing, self.typed, self.reviewed, self.errors, self.fault = "", {}, [], {}, ""


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
