"""Un Stripe d'essai : la même API, les mêmes notifications signées, une page de paiement où l'on choisit la suite."""

from portail.standins.stripe.app import create
from portail.standins.stripe.bank import Bank, Config

__all__ = ["Bank", "Config", "create"]
