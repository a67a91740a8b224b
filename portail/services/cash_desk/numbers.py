"""Le numéro d'un bordereau, tel qu'il se lit partout."""

from portail.models.payments import DepositSlip
from portail.models.regies import Regie


def number_of(slip: DepositSlip, regie: Regie) -> str:
    """« ENF-B00012 »."""
    return f"{regie.code}-B{slip.number:05d}"
