"""Un montant qui peut être nul : les espèces comptées d'une caisse vide."""

import re

from portail.domain.money import typed_cents

_NOTHING = re.compile(r"0{1,7}(?:[.,]0{1,2})?\s*€?")


def cents_or_zero(typed: str, *, highest: int) -> int:
    """« 0 » et « 0,00 » valent zéro ; un champ vide n'est pas un zéro."""
    return 0 if _NOTHING.fullmatch(typed.strip()) else typed_cents(typed, highest=highest)
