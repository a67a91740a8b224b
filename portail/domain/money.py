"""Les montants : des centimes entiers, lus et dits en euros à un seul endroit."""

import re

from portail.domain.refusals import BadInputError

LARGEST_CENTS = 1_000_000_00  # au-delà, c'est une faute de frappe
LONGEST = 30
_SPACES = re.compile("[ \u00a0\u202f]")
_TYPED = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")


class WrongAmountError(BadInputError):
    def __init__(self) -> None:
        super().__init__(
            "Ce montant n’a pas la forme attendue.", "Écrivez-le en euros, par exemple « 20 » ou « 20,50 »."
        )


def euros(cents: int) -> str:
    """« 3,20 € », « −1 240,00 € » ; le montant ne se coupe pas en bout de ligne."""
    whole = f"{abs(cents) // 100:,}".replace(",", "\u00a0")
    return f"{'−' if cents < 0 else ''}{whole},{abs(cents) % 100:02d}\u00a0€"


def signed_euros(cents: int) -> str:
    """« + 20,00 € », « − 3,20 € » : le sens se lit sans la couleur."""
    return f"{'+' if cents >= 0 else '−'}\u00a0{euros(abs(cents))}"


def typed_cents(typed: str, *, highest: int = LARGEST_CENTS) -> int:
    """« 20 », « 20,5 », « 20,50 € » : des centimes, plus que zéro et au plus `highest`."""
    found = _TYPED.fullmatch(_SPACES.sub("", typed).removesuffix("€")) if len(typed) <= LONGEST else None
    if found is None:
        raise WrongAmountError
    cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if not cents:
        raise BadInputError("Le montant doit être supérieur à zéro.")
    if cents > highest:
        raise BadInputError(f"Le montant ne peut pas dépasser {euros(highest)}.", "Vérifiez la virgule.")
    return cents


def half_up(numerator: int, denominator: int) -> int:
    """Le quotient de deux entiers positifs, arrondi au plus proche ; la moitié monte."""
    return (2 * numerator + denominator) // (2 * denominator)
