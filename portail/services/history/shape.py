"""Les colonnes que toutes les sources de l'histoire ont en commun."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, String, cast, literal

from portail.domain.history import HistoryKind


@dataclass(frozen=True)
class Common:
    """`by` : qui a agi, `ref` : le numéro de la ligne d'origine."""

    at: Any
    child: Any
    by: Any
    what: Any
    detail: Any
    ref: Any

    def of(self, kind: HistoryKind) -> list[Any]:
        return [
            self.at.label("at"),
            cast(literal(kind.value), String).label("kind"),
            cast(self.child, Integer).label("child_id"),
            cast(self.by, Integer).label("actor_id"),
            cast(self.what, String).label("what"),
            cast(self.detail, String).label("detail"),
            cast(self.ref, Integer).label("ref"),
        ]
