"""Les cas d'usage. Quel que soit celui qui écrit une personne, les clés de ressemblance suivent."""

from portail.services.merging import person_keys

__all__ = ["person_keys"]
