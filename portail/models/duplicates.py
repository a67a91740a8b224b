"""Les clés par lesquelles une personne se retrouve malgré l'orthographe ; tout s'y recalcule depuis les foyers."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from portail.models.base import Row


class PersonKey(Row, table=True):
    """`value` commence par sa sorte : nom, son, naissance, téléphone, e-mail, adresse, ou mot entier (« w: »).

    `whole_word` met les mots entiers à part : ils font le vocabulaire de la recherche.
    """

    __tablename__ = "person_key"
    __table_args__ = (
        UniqueConstraint("family_id", "value"),
        Index("ix_person_key_value", "value", "family_id"),
        Index("ix_person_key_words", "whole_word", "value"),
    )

    family_id: int = Field(foreign_key="family.id", ondelete="CASCADE")
    value: str = Field(max_length=80)
    whole_word: bool = False
