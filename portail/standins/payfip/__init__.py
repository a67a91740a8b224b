"""Un PayFiP d'essai : le même contrat SOAP, une page où l'on choisit la suite, la même notification."""

from portail.standins.payfip.app import create
from portail.standins.payfip.treasury import Treasury

__all__ = ["Treasury", "create"]
