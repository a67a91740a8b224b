"""Le numéro suivant d'une suite, pris dans la transaction qui s'en sert : annulée, elle le rend."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def next_number(db: Session, series: str) -> int:
    """Une seule instruction : la ligne du compteur reste prise jusqu'à la fin de la transaction."""
    counter = SQLModel.metadata.tables["counter"]
    insert = postgresql.insert if db.connection().dialect.name == "postgresql" else sqlite.insert
    first = insert(counter).values(name=series, last=1)
    query = first.on_conflict_do_update(index_elements=["name"], set_={"last": counter.c.last + 1})
    return int(db.connection().execute(query.returning(counter.c.last)).scalar_one())
