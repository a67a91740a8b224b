"""Ce qu'une nouvelle grille change pour les foyers d'aujourd'hui : par tranche, combien paient plus ou moins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portail.domain.money import half_up
from portail.domain.siblings import elders_of, rank_on
from portail.domain.tariffs import Grid, Payer, is_flat, price

UNKNOWN = -1  # le rang de la ligne des foyers sans quotient valable


@dataclass(frozen=True)
class Customer:
    """Un foyer dont des enfants viennent : ce dont son prix dépend, et le rang de chacun."""

    quotient: int | None
    is_resident: bool
    ranks: tuple[int, ...]

    def payers(self) -> list[Payer]:
        return [Payer(self.quotient, self.is_resident, rank) for rank in self.ranks]


@dataclass(frozen=True)
class LineEffect:
    """Une tranche : ses foyers, le prix d'un premier enfant avant et après (du plus bas au plus haut), les écarts."""

    is_resident: bool
    rank: int  # celui de la tranche ; `UNKNOWN`
    families: int = 0
    children: int = 0
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    change_cents: int = 0  # de tous ses enfants, pour une séance
    more: int = 0
    less: int = 0

    @property
    def average_cents(self) -> int:
        """Par enfant, au centime, la moitié loin de zéro : une hausse et une baisse égales se disent pareil."""
        if not self.children:
            return 0
        size = half_up(abs(self.change_cents), self.children)
        return size if self.change_cents > 0 else -size


def customer(births: Mapping[int, date], children: Iterable[int], home: tuple[int | None, bool], day: date) -> Customer:
    """`births` : tous les enfants du foyer ; `children` : ceux qui viennent ; `home` : son quotient, sa commune."""
    return Customer(*home, tuple(rank_on(elders_of(births, child), day) for child in sorted(children)))


def effect(now: Grid | None, then: Grid, customers: Iterable[Customer]) -> list[LineEffect]:
    """Une ligne par tranche de la nouvelle grille, des deux côtés, et une sans quotient dès que le prix en dépend."""
    prices = _Prices(now, then)
    found: dict[tuple[bool, int], list[Customer]] = defaultdict(list)
    for one in customers:
        found[one.is_resident, _line_of(prices, one)].append(one)
    return [
        _line(prices, key, found[key])
        for is_resident in (True, False)
        for key in _lines(prices, is_resident=is_resident)
    ]


class _Prices:
    """Le prix de chaque payeur, calculé une fois par grille ; sans grille en vigueur, aucun prix d'avant."""

    def __init__(self, now: Grid | None, then: Grid) -> None:
        self.now, self.then = now, then
        self._known: dict[tuple[Payer, bool], int] = {}

    def before(self, payer: Payer) -> int | None:
        return self._of(payer, self.now, is_new=False) if self.now else None

    def after(self, payer: Payer) -> int:
        return self._of(payer, self.then, is_new=True)

    def change(self, payer: Payer) -> int:
        before = self.before(payer)
        return 0 if before is None else self.after(payer) - before

    def _of(self, payer: Payer, grid: Grid, *, is_new: bool) -> int:
        key = payer, is_new
        if key not in self._known:
            self._known[key] = price([grid], grid.valid_from, payer).cents
        return self._known[key]


def _depends(prices: _Prices, *, is_resident: bool) -> bool:
    grids = [grid for grid in (prices.now, prices.then) if grid]
    return not all(is_flat(grid.side(is_resident=is_resident)) for grid in grids)


def _line_of(prices: _Prices, one: Customer) -> int:
    if one.quotient is None:
        return UNKNOWN if _depends(prices, is_resident=one.is_resident) else 0
    side = prices.then.side(is_resident=one.is_resident)
    return max(rank for rank, bracket in enumerate(side) if bracket.from_quotient <= one.quotient)


def _lines(prices: _Prices, *, is_resident: bool) -> list[tuple[bool, int]]:
    ranks = list(range(len(prices.then.side(is_resident=is_resident))))
    return [(is_resident, rank) for rank in ranks + [UNKNOWN] * _depends(prices, is_resident=is_resident)]


def _line(prices: _Prices, key: tuple[bool, int], homes: Sequence[Customer]) -> LineEffect:
    changes = [sum(prices.change(payer) for payer in one.payers()) for one in homes]
    firsts = {Payer(one.quotient, one.is_resident) for one in homes} or _nobody(prices, *key)
    before = sorted({cents for payer in firsts if (cents := prices.before(payer)) is not None})
    after = sorted({prices.after(payer) for payer in firsts})
    return LineEffect(
        *key,
        families=len(homes),
        children=sum(len(one.ranks) for one in homes),
        before=tuple(before),
        after=tuple(after),
        change_cents=sum(changes),
        more=sum(change > 0 for change in changes),
        less=sum(change < 0 for change in changes),
    )


def _nobody(prices: _Prices, is_resident: bool, rank: int) -> set[Payer]:
    """Une tranche sans foyer dit quand même son prix : celui de son premier quotient."""
    if rank == UNKNOWN:
        return {Payer(None, is_resident)}
    bracket = prices.then.side(is_resident=is_resident)[rank]
    return set() if bracket.rate else {Payer(bracket.from_quotient, is_resident)}
