"""Les démarches : les ouvrir, les suivre, les traiter, appliquer ce qu'elles demandent."""

from portail.services.requests.opening import NewRequest, open_request

__all__ = ["NewRequest", "open_request"]
