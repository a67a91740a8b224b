"""Les tarifs : des grilles datées, et comment un prix se calcule et s'explique, pas à pas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portail.domain.adjustments import NO_DISCOUNT, NO_SURCHARGE, SiblingDiscount, Surcharge, Timing
from portail.domain.money import euros, half_up, said_rate
from portail.domain.refusals import RefusalError

HIGHEST_QUOTIENT = 99_999
WHOLE_EFFORT = 1_000_000  # cent pour cent, en dix-millièmes de pour cent
EURO_BY_EFFORT = 10_000  # un euro de quotient, à un dix-millième de pour cent : un dix-millième de centime


class TariffMethod(StrEnum):
    FIXED = "fixed"
    BRACKETS = "brackets"
    EFFORT = "effort"

    @property
    def label(self) -> str:
        return METHOD_LABELS[self]


METHOD_LABELS = {
    TariffMethod.FIXED: "Prix unique",
    TariffMethod.BRACKETS: "Tranches de quotient familial",
    TariffMethod.EFFORT: "Taux d’effort",
}


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


@dataclass(frozen=True)
class Bracket:
    """La tranche qui commence à ce quotient, jusqu'à la suivante ; repas et garde à part.

    Avec un taux (en dix-millièmes de pour cent), le prix est quotient × taux, entre le plancher et ce prix-ci, qui
    devient le plafond ; le repas et la garde se le partagent comme ils se partagent le plafond.
    """

    from_quotient: int = 0
    meal_cents: int = 0
    care_cents: int = 0
    rate: int = 0
    floor_cents: int = 0

    @property
    def cents(self) -> int:
        return self.meal_cents + self.care_cents

    def share(self, cents: int) -> tuple[int, int]:
        """Le repas et la garde d'un prix, dans les proportions de celui-ci ; un seul arrondi, la garde a le reste."""
        meal = half_up(cents * self.meal_cents, self.cents) if self.cents else 0
        return meal, cents - meal


@dataclass(frozen=True)
class Grid:
    """Une grille en vigueur à partir d'un jour ; les tranches montent, la première part de zéro."""

    valid_from: date
    method: TariffMethod = TariffMethod.FIXED
    resident: tuple[Bracket, ...] = ()
    non_resident: tuple[Bracket, ...] = ()
    late: Surcharge = NO_SURCHARGE
    unplanned: Surcharge = NO_SURCHARGE
    siblings: SiblingDiscount = NO_DISCOUNT

    def side(self, *, is_resident: bool) -> tuple[Bracket, ...]:
        return self.resident if is_resident else self.non_resident

    def surcharge(self, timing: Timing) -> Surcharge:
        if timing is Timing.IN_TIME:
            return NO_SURCHARGE
        return self.late if timing is Timing.LATE else self.unplanned


@dataclass(frozen=True)
class Payer:
    """De qui dépend le prix : le quotient du foyer (None : inconnu), la commune, et le rang de l'enfant au foyer."""

    quotient: int | None = None
    is_resident: bool = True
    rank: int = 1


@dataclass(frozen=True)
class Step:
    """Un pas du calcul, et ce qu'il ajoute au prix (ou en retire)."""

    label: str
    cents: int
    says_cents: bool = False  # le libellé dit déjà le montant


@dataclass(frozen=True)
class Price:
    """Un prix et ses parts, avec les pas qui l'expliquent : leur somme est le prix."""

    meal_cents: int = 0
    care_cents: int = 0
    surcharge_cents: int = 0
    steps: tuple[Step, ...] = ()
    is_maximum: bool = False  # faute de quotient connu
    surcharge_kind: Timing = Timing.IN_TIME  # ce que paie la majoration ; sans elle, « dans les délais »

    @property
    def cents(self) -> int:
        return self.meal_cents + self.care_cents + self.surcharge_cents

    @property
    def formula(self) -> str:
        """« 3,20 € (tranche de 801 à 1100), 2e enfant du foyer : −10 % = 2,88 € » : de quoi le refaire à la main."""
        said, total = [], 0
        for rank, step in enumerate(self.steps):
            total += step.cents
            if rank:
                said.append(f"{step.label} = {euros(total)}")
            else:
                said.append(step.label if step.says_cents else f"{euros(total)} ({step.label})")
        return ", ".join(said)


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


def price(grids: Sequence[Grid], day: date, payer: Payer, timing: Timing = Timing.IN_TIME) -> Price:
    """Le prix d'une séance de ce jour : la base, moins la réduction de la fratrie, plus la majoration.

    Chaque multiplication s'arrondit une fois, au centime le plus proche, la moitié au-dessus.
    """
    grid = grid_on(grids, day)
    side = grid.side(is_resident=payer.is_resident)
    if not side:
        raise NoTariffError(day)
    bracket, cents, said = _base(side, payer.quotient)
    is_effort = bool(bracket.rate) and payer.quotient is not None
    steps = [Step(said if payer.is_resident else f"{said}, hors commune", cents, says_cents=is_effort)]
    if discount := grid.siblings.on(cents, payer.rank):
        cents -= discount
        steps.append(Step(_said_discount(grid.siblings, payer.rank), -discount))
    surcharge = grid.surcharge(timing)
    if extra := surcharge.on(cents):
        steps.append(Step(surcharge.formula(timing), extra))
    meal, care = bracket.share(cents)
    is_maximum, why = payer.quotient is None and not is_flat(side), timing if extra else Timing.IN_TIME
    return Price(meal, care, extra, tuple(steps), is_maximum=is_maximum, surcharge_kind=why)


def is_flat(side: Sequence[Bracket]) -> bool:
    """Le même prix pour tous, quel que soit le quotient."""
    return len(side) == 1 and not side[0].rate


def _base(side: tuple[Bracket, ...], quotient: int | None) -> tuple[Bracket, int, str]:
    """La tranche, le prix avant réduction, et d'où il vient."""
    if is_flat(side):
        return side[0], side[0].cents, "prix unique"
    if quotient is None:
        highest = max(side, key=lambda one: one.cents)
        return highest, highest.cents, "tarif maximum : quotient familial inconnu ou expiré"
    rank = max(rank for rank, one in enumerate(side) if one.from_quotient <= quotient)
    bracket = side[rank]
    if bracket.rate:
        return bracket, *effort(bracket, quotient)
    return bracket, bracket.cents, f"quotient familial {quotient}, {bracket_label(side, rank)}"


def effort(bracket: Bracket, quotient: int) -> tuple[int, str]:
    """Quotient × taux, entre le plancher et le plafond."""
    cents = half_up(quotient * bracket.rate, EURO_BY_EFFORT)
    said = f"quotient familial {quotient} × {said_rate(bracket.rate, WHOLE_EFFORT)} = {euros(cents)}"
    if cents < bracket.floor_cents:
        return bracket.floor_cents, f"{said}, plancher de {euros(bracket.floor_cents)}"
    if cents > bracket.cents:
        return bracket.cents, f"{said}, plafond de {euros(bracket.cents)}"
    return cents, said


def _said_discount(siblings: SiblingDiscount, rank: int) -> str:
    return f"{rank}e enfant du foyer : −{siblings.method.said(siblings.value_for(rank))}"


def bracket_label(side: Sequence[Bracket], rank: int) -> str:
    """« tranche de 801 à 1100 », « tranche à partir de 1101 »."""
    first = side[rank].from_quotient
    if rank + 1 == len(side):
        return f"tranche à partir de {first}"
    return f"tranche de {first} à {side[rank + 1].from_quotient - 1}"
