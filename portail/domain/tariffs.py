"""Les tarifs : des grilles datées, et comment un prix se calcule et s'explique."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from portail.domain.money import LARGEST_CENTS, euros, half_up
from portail.domain.refusals import BadInputError, RefusalError
from portail.domain.text import fold

HIGHEST_QUOTIENT = 99_999
WHOLE = 10_000  # cent pour cent, en centièmes de pour cent


class TariffMethod(StrEnum):
    FIXED = "fixed"
    BRACKETS = "brackets"

    @property
    def label(self) -> str:
        return "Prix unique" if self is TariffMethod.FIXED else "Selon le quotient familial"


class QuotientSource(StrEnum):
    DECLARED = "declared"
    DOCUMENT = "document"
    CAF = "caf"

    @property
    def label(self) -> str:
        return SOURCE_LABELS[self]


SOURCE_LABELS = {
    QuotientSource.DECLARED: "déclaré par la famille",
    QuotientSource.DOCUMENT: "relevé sur un document par un agent",
    QuotientSource.CAF: "fourni par la CAF",
}


class LateMethod(StrEnum):
    """La majoration d'une réservation hors délais."""

    NONE = "none"
    AMOUNT = "amount"
    PERCENT = "percent"

    @property
    def label(self) -> str:
        return LATE_LABELS[self]


LATE_LABELS = {LateMethod.NONE: "aucune", LateMethod.AMOUNT: "un montant", LateMethod.PERCENT: "un pourcentage"}


@dataclass(frozen=True)
class Bracket:
    """La tranche qui commence à ce quotient, jusqu'à la suivante ; repas et garde à part."""

    from_quotient: int = 0
    meal_cents: int = 0
    care_cents: int = 0

    @property
    def cents(self) -> int:
        return self.meal_cents + self.care_cents


@dataclass(frozen=True)
class Late:
    """Un montant en centimes, ou un taux en centièmes de pour cent."""

    method: LateMethod = LateMethod.NONE
    value: int = 0

    def surcharge_on(self, cents: int) -> int:
        """La seule division d'un prix : arrondie au centime le plus proche, la moitié au-dessus."""
        if self.method is LateMethod.PERCENT:
            return half_up(cents * self.value, WHOLE)
        return self.value if self.method is LateMethod.AMOUNT else 0

    @property
    def formula(self) -> str:
        if self.method is LateMethod.PERCENT:
            whole, rest = divmod(self.value, 100)
            decimals = f",{rest:02d}".rstrip("0").rstrip(",")
            return f"majoration hors délais de {whole}{decimals}\u00a0%"
        return f"majoration hors délais de {euros(self.value)}"


@dataclass(frozen=True)
class Grid:
    """Une grille en vigueur à partir d'un jour ; les tranches montent, la première part de zéro."""

    valid_from: date
    method: TariffMethod = TariffMethod.FIXED
    resident: tuple[Bracket, ...] = ()
    non_resident: tuple[Bracket, ...] = ()
    late: Late = Late()

    def side(self, *, is_resident: bool) -> tuple[Bracket, ...]:
        return self.resident if is_resident else self.non_resident


@dataclass(frozen=True)
class Price:
    """Un prix et ses parts, avec la phrase qui l'explique."""

    meal_cents: int = 0
    care_cents: int = 0
    surcharge_cents: int = 0
    formula: str = ""
    is_maximum: bool = False  # faute de quotient connu

    @property
    def cents(self) -> int:
        return self.meal_cents + self.care_cents + self.surcharge_cents


@dataclass(frozen=True)
class Quotient:
    """Un quotient familial, d'où il vient et les jours où il vaut (compris)."""

    value: int
    valid_from: date
    valid_to: date
    source: QuotientSource = QuotientSource.DECLARED
    created_at: datetime | None = None

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


class NoTariffError(RefusalError):
    """Aucune grille ne dit le prix de ce jour."""

    def __init__(self, day: date) -> None:
        super().__init__(f"Aucun tarif n’est encore fixé pour le {day:%d/%m/%Y}.", "Choisissez un autre jour.")


class WrongGridError(BadInputError):
    """La grille a un trou, un doublon ou un montant impossible ; la tranche est nommée."""


def grid_on(grids: Iterable[Grid], day: date) -> Grid:
    """La grille en vigueur ce jour-là : la plus récente qui a commencé."""
    started = [grid for grid in grids if grid.valid_from <= day]
    if not started:
        raise NoTariffError(day)
    return max(started, key=lambda grid: grid.valid_from)


def quotient_on(quotients: Iterable[Quotient], day: date) -> int | None:
    """Le dernier enregistré de ceux qui valent ce jour-là (ils sont donnés du plus ancien au plus récent)."""
    valid = [quotient.value for quotient in quotients if quotient.is_valid_on(day)]
    return valid[-1] if valid else None


def price(grids: Sequence[Grid], day: date, *, quotient: int | None, is_resident: bool, is_late: bool = False) -> Price:
    """Le prix d'une séance de ce jour, pour ce foyer."""
    grid = grid_on(grids, day)
    side = grid.side(is_resident=is_resident)
    if not side:
        raise NoTariffError(day)
    bracket, said = _bracket(grid.method, side, quotient)
    words = [said] if is_resident else [said, "hors commune"]
    surcharge = grid.late.surcharge_on(bracket.cents) if is_late else 0
    if surcharge:
        words.append(grid.late.formula)
    is_maximum = grid.method is TariffMethod.BRACKETS and quotient is None
    return Price(bracket.meal_cents, bracket.care_cents, surcharge, ", ".join(words), is_maximum)


def _bracket(method: TariffMethod, side: tuple[Bracket, ...], quotient: int | None) -> tuple[Bracket, str]:
    if method is TariffMethod.FIXED:
        return side[0], "prix unique"
    if quotient is None:
        return max(side, key=lambda one: one.cents), "tarif maximum : quotient familial inconnu"
    rank = max(rank for rank, one in enumerate(side) if one.from_quotient <= quotient)
    return side[rank], f"quotient familial {quotient}, {bracket_label(side, rank)}"


def bracket_label(side: Sequence[Bracket], rank: int) -> str:
    """« tranche de 801 à 1100 », « tranche à partir de 1101 »."""
    first = side[rank].from_quotient
    if rank + 1 == len(side):
        return f"tranche à partir de {first}"
    return f"tranche de {first} à {side[rank + 1].from_quotient - 1}"


def check_grid(grid: Grid) -> None:
    """Une grille qui ne saurait pas dire le prix de tout le monde n'est pas enregistrée."""
    for where, side in (("commune", grid.resident), ("hors commune", grid.non_resident)):
        _check_side(grid.method, where, side)
    if not 0 <= grid.late.value <= (WHOLE if grid.late.method is LateMethod.PERCENT else LARGEST_CENTS):
        raise WrongGridError("Majoration : indiquez un montant, ou un taux de 0 à 100\u00a0%.")


def _check_side(method: TariffMethod, where: str, side: Sequence[Bracket]) -> None:
    if not side:
        raise WrongGridError(f"Tarif « {where} » : il manque, indiquez au moins un prix.")
    if side[0].from_quotient != 0:
        raise WrongGridError(
            f"Tarif « {where} » : la première tranche part de {side[0].from_quotient}, elle doit partir de 0.",
        )
    if method is TariffMethod.FIXED and len(side) > 1:
        raise WrongGridError(f"Tarif « {where} » : un prix unique n’a qu’une tranche, celle-ci en a {len(side)}.")
    for before, after in pairwise(side):
        if after.from_quotient <= before.from_quotient:
            raise WrongGridError(
                f"Tarif « {where} » : la tranche à partir de {after.from_quotient} recouvre celle qui commence à"
                f" {before.from_quotient}.",
            )
    for one in side:
        if not (0 <= one.meal_cents <= LARGEST_CENTS and 0 <= one.care_cents <= LARGEST_CENTS):
            raise WrongGridError(f"Tarif « {where} », tranche à partir de {one.from_quotient} : montant impossible.")
        if one.from_quotient > HIGHEST_QUOTIENT:
            raise WrongGridError(f"Tarif « {where} » : le quotient {one.from_quotient} est trop grand.")


@lru_cache(maxsize=1 << 10)
def same_town(city: str, town: str) -> bool:
    """La même commune, malgré la casse, les accents, les tirets et « St » pour « Saint » ; vide : non."""
    return bool(_plain(city)) and _plain(city) == _plain(town)


@lru_cache(maxsize=512)
def _plain(name: str) -> str:
    folded = "".join(char if char.isalnum() else " " for char in fold(name))
    short = {"st": "saint", "ste": "sainte"}
    return " ".join(short.get(word, word) for word in folded.split())
