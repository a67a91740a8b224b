"""Les compteurs : un numéro suivant par suite, sans trou ni doublon."""

from sqlmodel import Field, SQLModel


class Counter(SQLModel, table=True):
    __tablename__ = "counter"

    name: str = Field(max_length=60, primary_key=True)
    last: int
