"""Ce qui a été payé, part par part : chaque centime reçu revient à une part, une seule fois."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

CARE_AGE = 6  # la garde d'un enfant de moins de six ans au 1er janvier ouvre droit au crédit d'impôt


@dataclass(frozen=True)
class Parts:
    """Le repas, la garde, et le reste (une majoration n'est pas de la garde)."""

    meal_cents: int = 0
    care_cents: int = 0
    other_cents: int = 0

    @property
    def total_cents(self) -> int:
        return self.meal_cents + self.care_cents + self.other_cents

    def __neg__(self) -> "Parts":
        return Parts(-self.meal_cents, -self.care_cents, -self.other_cents)

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            self.meal_cents + other.meal_cents,
            self.care_cents + other.care_cents,
            self.other_cents + other.other_cents,
        )


def share(cents: int, weights: Sequence[int]) -> list[int]:
    """Des centimes entiers, au prorata, dont la somme est exacte ; le plus grand reste d'abord, puis l'ordre.

    Un poids peut être négatif (une annulation) ; leur somme est positive.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("la somme des poids doit être positive")
    parts = [cents * weight // total for weight in weights]
    rests = [cents * weight % total for weight in weights]
    ranks = sorted(range(len(weights)), key=lambda rank: (-rests[rank], rank))
    for rank in ranks[: cents - sum(parts)]:
        parts[rank] += 1
    return parts


def share_payments(payments: Iterable[int], weights: Sequence[int]) -> list[list[int]]:
    """Chaque paiement, dans l'ordre, sur ce qui reste dû de chaque part ; soldées, elles valent leur poids exact.

    Ce qui dépasse le total (un avoir après le paiement) n'a plus rien payé.
    """
    left = list(weights)
    shared = []
    for payment in payments:
        cents = min(payment, max(0, sum(left)))
        parts = share(cents, left) if cents else [0] * len(left)
        left = [rest - part for rest, part in zip(left, parts, strict=True)]
        shared.append(parts)
    return shared


def is_young(birth: date, year: int) -> bool:
    """Moins de six ans au 1er janvier de cette année."""
    return birth > date(year - CARE_AGE, 1, 1)
