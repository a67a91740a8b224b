"""Les versions des conditions d'utilisation : celle qui vaut, et ce que chacune a changé."""

from portail.domain import accounts

CHANGES: dict[int, tuple[str, ...]] = {
    1: (
        "Chaque adulte a son propre compte, qui ne se prête pas.",
        "Vous donnez des informations exactes et signalez tout changement à la mairie.",
        "Les données de votre famille ne sont ni vendues ni utilisées à des fins commerciales.",
    ),
}


def latest() -> int:
    return accounts.CURRENT_TERMS


def is_due(accepted: int) -> bool:
    """Une version plus récente que celle qui a été acceptée attend un accord."""
    return accepted < latest()


def changes_since(accepted: int) -> list[str]:
    """Ce qui a changé depuis la version acceptée, version après version."""
    return [change for version in range(accepted + 1, latest() + 1) for change in CHANGES.get(version, ())]
