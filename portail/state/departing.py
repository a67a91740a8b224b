"""Partir vers une page de paiement : l'adresse, et la marque qui fait que le navigateur n'y part qu'une fois."""

from portail.ids import new_token


def departure(url: str) -> str:
    """« marque adresse » ; revenir en arrière retrouve la même marque, un autre paiement en a une autre."""
    return f"{new_token()[:12]} {url}"
