"""Les numéros légaux : sans trou ni doublon par régie et par année, pris dans la transaction qui émet."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def take(db: Session, regie_id: int, year: int, count: int) -> range:
    """Les `count` numéros suivants ; la ligne du compteur reste prise jusqu'à la fin, annulée elle les rend."""
    counter = SQLModel.metadata.tables["invoice_counter"]
    insert = postgresql.insert if db.connection().dialect.name == "postgresql" else sqlite.insert
    first = insert(counter).values(regie_id=regie_id, year=year, last=count)
    query = first.on_conflict_do_update(
        index_elements=["regie_id", "year"], set_={"last": counter.c.last + count}
    ).returning(counter.c.last)
    last = int(db.connection().execute(query).scalar_one())
    return range(last - count + 1, last + 1)
