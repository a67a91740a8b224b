"""Ce qu'un versement au porte-monnaie peut être : ses bornes, les montants proposés, et quand il reste peu."""

import re
from dataclasses import dataclass

from portail.domain.forms import Reader
from portail.domain.money import euros, typed_cents
from portail.domain.refusals import BadInputError

CEILING_CENTS = 2_000_00  # d'un versement : au-delà, c'est une faute de frappe
LOW_CEILING_CENTS = 200_00
MOST_SUGGESTED = 4
LONGEST = 80
_APART = re.compile(r";|,\s|\s")  # « 20 ; 50 », « 20, 50 », « 20 50 » ; la virgule de « 12,50 » reste


@dataclass(frozen=True)
class TopUpRules:
    """Ce que règle la régie qui tient les porte-monnaie ; `low_cents` : en dessous, le solde est bas."""

    least_cents: int = 1_00
    most_cents: int = 500_00
    suggested: tuple[int, ...] = (20_00, 50_00, 100_00)
    low_cents: int = 10_00

    def wanted_for(self, missing_cents: int) -> int:
        """Ce qu'on propose de verser quand il manque cela : l'euro du dessus, un versement à la fois."""
        whole = -(-missing_cents // 100) * 100
        return min(self.most_cents, max(self.least_cents, whole)) if missing_cents else 0

    def read(self, typed: str) -> int:
        """Ce qu'une famille a tapé."""
        cents = typed_cents(typed, highest=self.most_cents)
        if cents < self.least_cents:
            raise BadInputError(f"Le montant est de {euros(self.least_cents)} au moins.")
        return cents


DEFAULT = TopUpRules()


def read_rules(reader: Reader) -> TopUpRules:
    """Chaque champ d'abord, puis ce qu'ils valent ensemble ; une faute déjà dite n'en fait pas dire une seconde."""
    least = reader.take("top_up_least", 0, lambda typed: typed_cents(typed, highest=CEILING_CENTS))
    most = reader.take("top_up_most", 0, lambda typed: typed_cents(typed, highest=CEILING_CENTS))
    none: tuple[int, ...] = ()
    suggested = reader.take("suggested", none, _read_suggested)
    low = reader.take("low", 0, lambda typed: typed_cents(typed, highest=LOW_CEILING_CENTS, may_be_free=True))
    if least and most and least > most:
        reader.errors.setdefault("top_up_most", f"Le plus grand versement ne peut pas être sous {euros(least)}.")
    elif outside := [cents for cents in suggested if least and most and not least <= cents <= most]:
        said = " et ".join(euros(cents) for cents in outside)
        reader.errors.setdefault("suggested", f"{said} : proposez de {euros(least)} à {euros(most)}.")
    return TopUpRules(least, most, suggested, low)


def _read_suggested(typed: str) -> tuple[int, ...]:
    """Rangés, chacun une fois ; rien : aucun n'est proposé."""
    if len(typed) > LONGEST:
        raise BadInputError(f"Proposez {MOST_SUGGESTED} montants au plus.")
    pieces = [piece for piece in _APART.split(typed.replace("€", " ")) if piece]
    found = {typed_cents(piece, highest=CEILING_CENTS) for piece in pieces}
    if len(found) > MOST_SUGGESTED:
        raise BadInputError(f"Proposez {MOST_SUGGESTED} montants au plus.")
    return tuple(sorted(found))
