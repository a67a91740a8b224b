"""La garde partagée quand deux dossiers n'en font plus qu'un."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from portail.domain.refusals import RefusalError
from portail.services.merging.moving import Mover

_TABLES = SQLModel.metadata.tables
_PATTERN, _PLACE, _CHILD = _TABLES["custody_pattern"], _TABLES["family_child"], _TABLES["child"]


class SharedBetweenThemError(RefusalError):
    def __init__(self, first_name: str) -> None:
        super().__init__(
            f"{first_name} partage son temps entre ces deux dossiers : ils ne peuvent pas être fusionnés.",
            "S’ils n’en font vraiment qu’un, mettez d’abord fin à la garde partagée.",
        )


def unite_children(mover: Mover, old: int, new: int) -> None:
    """Le même enfant avait un rythme dans chaque dossier : celui du dossier conservé reste."""
    if _patterns(mover, _PATTERN.c.child_id == new):
        for row in _patterns(mover, _PATTERN.c.child_id == old):
            mover.drop(_PATTERN, row["id"])


def unite_homes(mover: Mover, source_id: int, target_id: int, today: date) -> None:
    """Un rythme d'un dossier à l'autre n'a plus de sens ; s'il règle encore la vie d'un enfant, rien ne se fait."""
    both = {source_id, target_id}
    between = _patterns(mover, _PATTERN.c.first_family_id.in_(both), _PATTERN.c.second_family_id.in_(both))
    for row in between:
        lasts = row["valid_to"] is None or row["valid_to"] >= today
        if lasts and _homes(mover, row["child_id"]) >= both:
            name = mover.connection.scalar(select(_CHILD.c.first_name).where(_CHILD.c.id == row["child_id"]))
            raise SharedBetweenThemError(str(name))
        mover.drop(_PATTERN, row["id"])


def _patterns(mover: Mover, *where: Any) -> list[dict[str, Any]]:
    query = select(_PATTERN).where(*where).order_by(_PATTERN.c.id)
    return [dict(row) for row in mover.connection.execute(query).mappings()]


def _homes(mover: Mover, child_id: int) -> set[int]:
    return set(mover.connection.scalars(select(_PLACE.c.family_id).where(_PLACE.c.child_id == child_id)))
