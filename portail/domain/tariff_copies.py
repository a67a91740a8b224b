"""Une grille copiée : les mêmes prix, montés ou baissés d'un pourcentage, à partir d'un autre jour."""

import re
from dataclasses import replace

from portail.domain.adjustments import WHOLE, Adjustment, SiblingDiscount, Surcharge
from portail.domain.money import LONGEST, half_up
from portail.domain.refusals import BadInputError
from portail.domain.tariffs import Bracket, Grid

LARGEST_CHANGE = 5_000  # en centièmes de pour cent : au-delà, la grille se retape
_SPACES = re.compile("[ \u00a0\u202f]")
_CHANGE = re.compile(r"([+\-−]?)([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")


def typed_change(typed: str) -> int:
    """« 2,5 % », « -1 » : en centièmes de pour cent ; zéro copie à l'identique, vide ne dit rien."""
    if not typed.strip():
        raise BadInputError("Indiquez de combien les prix changent, par exemple « 2,5 » ; 0 pour une copie identique.")
    found = _CHANGE.fullmatch(_SPACES.sub("", typed).removesuffix("%")) if len(typed) <= LONGEST else None
    if found is None:
        raise BadInputError("Écrivez un pourcentage, par exemple « 2,5 » ou « -1 » ; 2 chiffres après la virgule.")
    change = int(found[2] + (found[3] or "").ljust(2, "0"))
    if change > LARGEST_CHANGE:
        raise BadInputError("Une copie change les prix de −50 à +50\u00a0%.", "Au-delà, tapez une nouvelle grille.")
    return change if found[1] in {"", "+"} else -change


def changed(grid: Grid, change: int) -> Grid:
    """Chaque montant s'arrondit au centime, la moitié au-dessus ; les pourcentages restent, ils suivent le prix."""
    resident, non_resident = (
        tuple(_bracket(one, change) for one in side) for side in (grid.resident, grid.non_resident)
    )
    return replace(
        grid,
        resident=resident,
        non_resident=non_resident,
        late=_surcharge(grid.late, change),
        unplanned=_surcharge(grid.unplanned, change),
        siblings=_siblings(grid.siblings, change),
    )


def _bracket(one: Bracket, change: int) -> Bracket:
    """Le prix entier s'arrondit, puis le repas ; la garde est le reste : leur somme est le prix que l'on attend."""
    whole, meal = _amount(one.meal_cents + one.care_cents, change), _amount(one.meal_cents, change)
    floor = min(_amount(one.floor_cents, change), whole)
    return replace(one, meal_cents=meal, care_cents=whole - meal, rate=_amount(one.rate, change), floor_cents=floor)


def _surcharge(one: Surcharge, change: int) -> Surcharge:
    return replace(one, value=_amount(one.value, change)) if one.method is Adjustment.AMOUNT else one


def _siblings(one: SiblingDiscount, change: int) -> SiblingDiscount:
    if one.method is not Adjustment.AMOUNT:
        return one
    return replace(one, values=tuple(_amount(value, change) for value in one.values))


def _amount(value: int, change: int) -> int:
    return half_up(value * (WHOLE + change), WHOLE)
