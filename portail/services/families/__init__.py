"""Les dossiers des familles : les lire, les corriger, y régler les droits de chacun."""

from portail.services.families.mine import cards_of, show_mine

__all__ = ["cards_of", "show_mine"]
