"""Les papiers vérifiables : une référence, l'initiale et la date ; rien d'autre n'en est gardé."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portail.models.base import Row, instant


class Paper(Row, table=True):
    """Un enfant a un papier de chaque sorte par jour au plus : le retélécharger donne la même référence."""

    __tablename__ = "paper"
    __table_args__ = (
        UniqueConstraint("child_id", "kind", "made_on"),
        CheckConstraint("kind in ('registration')", name="kind"),
    )

    reference: str = Field(max_length=12, unique=True)
    kind: str = Field(max_length=20)
    child_id: int = Field(foreign_key="child.id", ondelete="CASCADE")
    initial: str = Field(max_length=4)
    made_on: date
    made_at: datetime = instant(index=True)
