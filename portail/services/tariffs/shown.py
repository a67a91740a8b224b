"""Une grille en clair : ses tranches, ses parts, ses suppléments, et un prix expliqué pas à pas."""

from datetime import date

from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.money import euros, said_rate, signed_euros
from portail.domain.tariff_forms import Side, fill_grid
from portail.domain.tariffs import WHOLE_EFFORT, Bracket, Grid, Price, bracket_label, is_flat
from portail.views import wording
from portail.views.tariffs import Explained, GridCard, PriceRow, SideTable, StepLine

FREE = "gratuit"


def card_of(grid: Grid, key: int, standing: tuple[str, str], locked: str = "") -> GridCard:
    sides = zip(Side, (grid.resident, grid.non_resident), strict=True)
    return GridCard(
        id=key,
        since=f"À partir du {wording.long_date(grid.valid_from)}",
        standing=standing[0],
        tone=standing[1],
        method=grid.method.label,
        sides=[SideTable(side.label, rows_of(brackets)) for side, brackets in sides],
        notes=notes_of(grid),
        locked=locked,
        known=fill_grid(grid),
    )


def rows_of(side: tuple[Bracket, ...]) -> list[PriceRow]:
    if is_flat(side):
        return [PriceRow("Prix unique", said_price(side[0].cents), said_parts(side[0].meal_cents, side[0].care_cents))]
    return [
        _effort_row(one)
        if one.rate
        else PriceRow(
            wording.capitalised(bracket_label(side, rank)),
            said_price(one.cents),
            said_parts(one.meal_cents, one.care_cents),
        )
        for rank, one in enumerate(side)
    ]


def _effort_row(one: Bracket) -> PriceRow:
    label = f"{said_rate(one.rate, WHOLE_EFFORT)} du quotient familial"
    said = f"de {said_price(one.floor_cents)} à {said_price(one.cents)}"
    parts = said_parts(one.meal_cents, one.care_cents)
    return PriceRow(label, said, f"{parts} au plafond" if parts else "")


def notes_of(grid: Grid) -> list[str]:
    """Ce qui s'ajoute et se retire, et le tarif maximum."""
    notes = []
    if not is_flat(grid.resident):
        highest = max(one.cents for one in grid.resident)
        notes.append(f"Quotient familial inconnu ou périmé : tarif maximum, {euros(highest)}.")
    notes += _said_siblings(grid.siblings)
    notes += _said_surcharge("Réservation hors délais", grid.late)
    notes += _said_surcharge("Présence non prévue", grid.unplanned)
    return notes


def _said_siblings(siblings: SiblingDiscount) -> list[str]:
    if siblings.method is Adjustment.NONE or not siblings.values:
        return []
    ends = {len(siblings.values) - 1: " et les suivants"}
    parts = [
        f"−{siblings.method.said(value)} pour le {rank + 2}e enfant{ends.get(rank, '')}"
        for rank, value in enumerate(siblings.values)
        if value or rank in ends
    ]
    return [f"Fratrie : {', '.join(parts)} (enfants mineurs du dossier, du plus âgé au plus jeune)."]


def _said_surcharge(name: str, surcharge: Surcharge) -> list[str]:
    return [f"{name} : +{surcharge.method.said(surcharge.value)}."] if surcharge.value else []


def said_price(cents: int) -> str:
    return euros(cents) if cents else FREE


def said_parts(meal: int, care: int) -> str:
    """Seulement quand le prix en a deux : « repas 2,00 €, garde 1,20 € »."""
    return f"repas {euros(meal)}, garde {euros(care)}" if meal and care else ""


def explained(who: str, price: Price) -> Explained:
    return Explained(
        who=who,
        price=said_price(price.cents),
        parts=said_parts(price.meal_cents, price.care_cents),
        steps=[
            StepLine(wording.capitalised(step.label), signed_euros(step.cents) if rank else euros(step.cents))
            for rank, step in enumerate(price.steps)
        ],
        is_maximum=price.is_maximum,
    )


def standing_of(grid: Grid, grids: tuple[Grid, ...], today: date) -> tuple[str, str]:
    """« en vigueur », « à venir » ou « remplacée », et sa couleur."""
    if grid.valid_from > today:
        return "à venir", "warn"
    latest = max(one.valid_from for one in grids if one.valid_from <= today)
    return ("en vigueur", "ok") if grid.valid_from == latest else ("remplacée", "")
