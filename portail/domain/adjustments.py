"""Ce qui s'ajoute à un prix ou s'en retire : majorations et réduction de la fratrie, en montant ou en pour cent."""

from dataclasses import dataclass
from enum import StrEnum

from portail.domain.money import euros, half_up, said_rate

WHOLE = 10_000  # cent pour cent, en centièmes de pour cent


class Adjustment(StrEnum):
    """Comment une majoration s'ajoute, ou une réduction s'enlève."""

    NONE = "none"
    AMOUNT = "amount"
    PERCENT = "percent"

    @property
    def label(self) -> str:
        return ADJUSTMENT_LABELS[self]

    def on(self, cents: int, value: int) -> int:
        """Un montant en centimes, ou un taux en centièmes de pour cent, arrondi comme tout prix."""
        if self is Adjustment.PERCENT:
            return half_up(cents * value, WHOLE)
        return value if self is Adjustment.AMOUNT else 0

    def said(self, value: int) -> str:
        return said_rate(value) if self is Adjustment.PERCENT else euros(value)


ADJUSTMENT_LABELS = {Adjustment.NONE: "aucune", Adjustment.AMOUNT: "un montant", Adjustment.PERCENT: "un pourcentage"}


class Timing(StrEnum):
    """Quand la séance a été réservée."""

    IN_TIME = "in_time"
    LATE = "late"
    UNPLANNED = "unplanned"

    @property
    def label(self) -> str:
        return TIMING_LABELS[self]


TIMING_LABELS = {
    Timing.IN_TIME: "dans les délais",
    Timing.LATE: "hors délais",
    Timing.UNPLANNED: "présence non prévue",
}


@dataclass(frozen=True)
class Surcharge:
    """Ce qu'une réservation hors délais, ou une présence non prévue, coûte en plus."""

    method: Adjustment = Adjustment.NONE
    value: int = 0

    def on(self, cents: int) -> int:
        return self.method.on(cents, self.value)

    def formula(self, timing: Timing) -> str:
        why = "hors délais" if timing is Timing.LATE else "pour présence non prévue"
        return f"majoration {why} de {self.method.said(self.value)}"


@dataclass(frozen=True)
class SiblingDiscount:
    """La réduction du deuxième enfant, du troisième… ; la dernière vaut pour les suivants."""

    method: Adjustment = Adjustment.NONE
    values: tuple[int, ...] = ()

    def value_for(self, rank: int) -> int:
        if self.method is Adjustment.NONE or rank < 2 or not self.values:  # noqa: PLR2004 — le premier paie le plein tarif
            return 0
        return self.values[min(rank - 2, len(self.values) - 1)]

    def on(self, cents: int, rank: int) -> int:
        """Jamais plus que le prix."""
        return min(cents, self.method.on(cents, self.value_for(rank)))


NO_SURCHARGE, NO_DISCOUNT = Surcharge(), SiblingDiscount()
