"""Les foyers et les personnes qu'une démarche nomme dans son contenu, là où aucune clé étrangère ne le dit."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from portail.domain.requests import RequestKind

# Ce que chaque sorte nomme : le champ, et la table dont il porte un numéro.
NAMED: dict[RequestKind, dict[str, str]] = {
    RequestKind.CUSTODY: {"family": "family", "first": "family", "second": "family"},
    RequestKind.ADULT_REMOVE: {"guardian_id": "guardian"},
    RequestKind.SITUATION: {"guardian_id": "guardian"},
}


def renamed(connection: Connection, parent: str, old: int, new: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Les démarches qui nomment l'ancienne ligne, chacune avec un contenu qui nomme la nouvelle."""
    table = SQLModel.metadata.tables["request"]
    kinds = [kind for kind, fields in NAMED.items() if parent in fields.values()]
    query = select(table.c.id, table.c.kind, table.c.content).where(table.c.kind.in_(kinds)).order_by(table.c.id)
    for key, kind, content in connection.execute(query).all() if kinds else []:
        fields = [name for name, table_name in NAMED[RequestKind(kind)].items() if table_name == parent]
        changed = {name: new for name in fields if content.get(name) == old}
        if changed:
            yield key, content | changed
