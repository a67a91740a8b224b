"""Une grille est juste si elle dit le prix de tout le monde : ni trou, ni doublon ; sinon, la tranche est nommée."""

from collections.abc import Sequence
from itertools import pairwise

from portail.domain.adjustments import WHOLE, Adjustment
from portail.domain.money import LARGEST_CENTS, euros
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.tariffs import HIGHEST_QUOTIENT, WHOLE_EFFORT, Bracket, Grid, TariffMethod


class WrongGridError(BadInputError):
    """La grille a un trou, un doublon ou un montant impossible ; la tranche est nommée."""


class TariffChangedError(RefusalError):
    """Deux agents règlent le même tarif : le second l'apprend, rien de ce qu'il a tapé n'est perdu."""

    def __init__(self) -> None:
        super().__init__(
            "Un autre agent a changé ce tarif pendant que vous l’aviez sous les yeux : rien n’est enregistré.",
            "La page montre maintenant ses grilles : relisez-les, puis dites si vous gardez votre saisie.",
        )


def check_grid(grid: Grid) -> None:
    """Une grille qui ne saurait pas dire le prix de tout le monde n'est pas enregistrée."""
    for where, side in (("commune", grid.resident), ("hors commune", grid.non_resident)):
        _check_side(grid.method, where, side)
    extras = (("Majoration hors délais", grid.late), ("Présence non prévue", grid.unplanned))
    for name, surcharge in extras:
        _check_value(name, surcharge.method, surcharge.value)
    for value in grid.siblings.values:
        _check_value("Réduction de la fratrie", grid.siblings.method, value)


def _check_value(name: str, method: Adjustment, value: int) -> None:
    if not 0 <= value <= (WHOLE if method is Adjustment.PERCENT else LARGEST_CENTS):
        raise WrongGridError(f"{name} : indiquez un montant, ou un taux de 0 à 100\u00a0%.")


def _check_side(method: TariffMethod, where: str, side: Sequence[Bracket]) -> None:
    if not side:
        raise WrongGridError(f"Tarif « {where} » : il manque, indiquez au moins un prix.")
    if side[0].from_quotient != 0:
        raise WrongGridError(
            f"Tarif « {where} » : la première tranche part de {side[0].from_quotient}, elle doit partir de 0.",
        )
    if method is not TariffMethod.BRACKETS and len(side) > 1:
        raise WrongGridError(
            f"Tarif « {where} » : un {method.label.lower()} n’a qu’une tranche, cette grille en a {len(side)}."
        )
    for before, after in pairwise(side):
        if after.from_quotient <= before.from_quotient:
            raise WrongGridError(
                f"Tarif « {where} » : la tranche à partir de {after.from_quotient} recouvre celle qui commence à"
                f" {before.from_quotient}.",
            )
    for one in side:
        _check_bracket(method, f"Tarif « {where} »", one)


def _check_bracket(method: TariffMethod, where: str, one: Bracket) -> None:
    if not (0 <= one.meal_cents <= LARGEST_CENTS and 0 <= one.care_cents <= LARGEST_CENTS):
        raise WrongGridError(f"{where}, tranche à partir de {one.from_quotient} : montant impossible.")
    if one.from_quotient > HIGHEST_QUOTIENT:
        raise WrongGridError(f"{where} : le quotient {one.from_quotient} est trop grand.")
    if one.rate and method is not TariffMethod.EFFORT:
        raise WrongGridError(f"{where} : seul le taux d’effort a un taux.")
    if not 0 <= one.rate <= WHOLE_EFFORT:
        raise WrongGridError(f"{where} : le taux d’effort va de 0 à 100\u00a0%.")
    if one.rate and not 0 <= one.floor_cents <= one.cents:
        raise WrongGridError(
            f"{where} : le plancher ({euros(one.floor_cents)}) dépasse le plafond ({euros(one.cents)})."
        )
