"""Le quotient familial tel qu'il se tape, calculé d'après l'avis d'imposition, ou à demander de nouveau."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from portail.domain.money import half_up
from portail.domain.refusals import BadInputError
from portail.domain.tariffs import HIGHEST_QUOTIENT, Quotient

HIGHEST_INCOME = 9_999_999
MOST_SHARES = 20
_HIGHEST = f"{HIGHEST_QUOTIENT:,}".replace(",", "\u00a0")
_SHARES = re.compile(r"([0-9]{1,2})(?:[.,]([05])0?)?")
SOON = timedelta(days=60)  # de quoi demander l'attestation avant que le tarif maximum s'applique


class Gap(StrEnum):
    """Pourquoi un quotient est à demander à la famille."""

    MISSING = "missing"
    EXPIRED = "expired"
    EXPIRING = "expiring"

    @property
    def label(self) -> str:
        return GAP_LABELS[self]


GAP_LABELS = {
    Gap.MISSING: "manquant",
    Gap.EXPIRED: "expiré",
    Gap.EXPIRING: f"expire dans les {SOON.days} jours",
}


def gap_of(history: Sequence[Quotient], today: date) -> Gap | None:
    """Rien quand un quotient vaut aujourd'hui et que lui, ou un autre, vaudra encore ensuite."""
    if any(one.is_valid_on(today) for one in history):
        return Gap.EXPIRING if max(one.valid_to for one in history) <= today + SOON else None
    return Gap.EXPIRED if any(one.valid_to < today for one in history) else Gap.MISSING


def last_of(history: Sequence[Quotient]) -> Quotient | None:
    """Celui qui finit le dernier ; de deux qui finissent ensemble, le dernier enregistré."""
    return max(enumerate(history), key=lambda one: (one[1].valid_to, one[0]))[1] if history else None


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
