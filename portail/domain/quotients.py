"""Le quotient familial tel qu'il se tape, ou calculé d'après l'avis d'imposition quand la CAF n'en donne pas."""

import re

from portail.domain.money import half_up
from portail.domain.refusals import BadInputError
from portail.domain.tariffs import HIGHEST_QUOTIENT

HIGHEST_INCOME = 9_999_999
MOST_SHARES = 20
_HIGHEST = f"{HIGHEST_QUOTIENT:,}".replace(",", "\u00a0")
_SHARES = re.compile(r"([0-9]{1,2})(?:[.,]([05])0?)?")


def typed_quotient(typed: str) -> int:
    digits = typed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST_QUOTIENT))):
        raise BadInputError(f"Quotient familial : un nombre entier de 0 à {_HIGHEST} est attendu.")
    return int(digits)


def typed_income(typed: str) -> int:
    """« 18 000 » : le revenu fiscal de référence, en euros entiers comme sur l'avis."""
    digits = re.sub("[ \u00a0\u202f]", "", typed).removesuffix("€")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST_INCOME))):
        raise BadInputError("Indiquez le revenu fiscal de référence, en euros, sans centimes.")
    return int(digits)


def typed_half_shares(typed: str) -> int:
    """« 2,5 » parts : cinq demi-parts."""
    found = _SHARES.fullmatch(typed.strip())
    halves = 2 * int(found[1]) + (found[2] == "5") if found else 0
    if not 2 <= halves <= 2 * MOST_SHARES:  # noqa: PLR2004 — une part au moins
        raise BadInputError(f"Indiquez le nombre de parts, de 1 à {MOST_SHARES}, par demi-part : « 2,5 ».")
    return halves


def quotient_of_income(income: int, half_shares: int) -> int:
    """Revenu ÷ 12 ÷ parts, à l'euro le plus proche, la moitié au-dessus."""
    return min(half_up(2 * income, 12 * half_shares), HIGHEST_QUOTIENT)
