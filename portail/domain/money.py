"""Les montants : des centimes entiers, lus et dits en euros à un seul endroit."""

import re

from portail.domain.refusals import BadInputError

LARGEST_CENTS = 1_000_000_00  # au-delà, c'est une faute de frappe
LONGEST = 30
_SPACES = re.compile("[ \u00a0\u202f]")
_TYPED = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
_RATE = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,4}))?")


class WrongAmountError(BadInputError):
    def __init__(self) -> None:
        super().__init__(
            "Ce montant n’a pas la forme attendue.",
            "Écrivez-le en euros, par exemple «\u00a020\u00a0» ou «\u00a020,50\u00a0».",
        )


def euros(cents: int) -> str:
    """« 3,20 € », « −1 240,00 € » ; le montant ne se coupe pas en bout de ligne."""
    whole = f"{abs(cents) // 100:,}".replace(",", "\u00a0")
    return f"{'−' if cents < 0 else ''}{whole},{abs(cents) % 100:02d}\u00a0€"


def as_typed(cents: int) -> str:
    """« 20 », « 20,50 » : comme on l'écrit dans un champ."""
    return f"{cents // 100},{cents % 100:02d}" if cents % 100 else str(cents // 100)


def signed_euros(cents: int) -> str:
    """« + 20,00 € », « − 3,20 € » : le sens se lit sans la couleur."""
    return f"{'+' if cents >= 0 else '−'}\u00a0{euros(abs(cents))}"


def typed_cents(typed: str, *, highest: int = LARGEST_CENTS, may_be_free: bool = False) -> int:
    """« 20 », « 20,5 », « 20,50 € » : des centimes, au plus `highest` ; zéro, si cela peut être gratuit."""
    found = _TYPED.fullmatch(_SPACES.sub("", typed).removesuffix("€")) if len(typed) <= LONGEST else None
    if found is None:
        raise WrongAmountError
    cents = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if not cents and not may_be_free:
        raise BadInputError("Le montant doit être supérieur à zéro.")
    if cents > highest:
        raise BadInputError(f"Le montant ne peut pas dépasser {euros(highest)}.", "Vérifiez la virgule.")
    return cents


def half_up(numerator: int, denominator: int) -> int:
    """Le quotient de deux entiers positifs, arrondi au plus proche ; la moitié monte."""
    return (2 * numerator + denominator) // (2 * denominator)


def typed_rate(typed: str, whole: int = 10_000) -> int:
    """« 12,5 % », en parts de cent pour cent : `whole` en fixe la finesse (10 000 : le centième de pour cent)."""
    decimals = len(str(whole // 100)) - 1
    found = _RATE.fullmatch(_SPACES.sub("", typed).removesuffix("%")) if len(typed) <= LONGEST else None
    if found is None or len(found[2] or "") > decimals:
        raise BadInputError(f"Écrivez un taux, par exemple « 12,5 » ; {decimals} chiffres au plus après la virgule.")
    rate = int(found[1] + (found[2] or "").ljust(decimals, "0"))
    if rate > whole:
        raise BadInputError("Un taux va de 0 à 100\u00a0%.")
    return rate


def said_rate(rate: int, whole: int = 10_000) -> str:
    """« 12,5 % »."""
    by_percent = whole // 100
    decimals = f"{rate % by_percent:0{len(str(by_percent)) - 1}d}".rstrip("0")
    return f"{rate // by_percent}{',' if decimals else ''}{decimals}\u00a0%"
