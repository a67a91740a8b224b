"""Une ligne scellée qui change de place : autre enfant, autre numéro ; ses valeurs sont scellées pour la nouvelle."""

from collections.abc import Mapping
from typing import Any

from portail.services.health import vault
from portail.services.health.rotation import MODELS


def resealed(table: str, row: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """`values`, à écrire dans cette ligne ; avec ce qu'elle scelle, si sa place en est changée."""
    model = MODELS.get(table)
    if model is None:
        return values
    before, after = model(**row), model(**{**row, **values, **dict.fromkeys(model.SEALED)})
    if before.place == after.place:
        return values
    known = vault.read(before)
    if not known:
        return values
    vault.write(after, known)
    return values | {name: getattr(after, name) for name in ("key_id", *model.SEALED)}
