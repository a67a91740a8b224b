"""Les lignes dont des colonnes sont scellées : fiches sanitaires, IBAN."""

from typing import ClassVar

from sqlmodel import Field

from portail.models.base import Row


class SealedRow(Row):
    """Toutes ses colonnes scellées le sont sous la clé de ce nom."""

    SEALED: ClassVar[tuple[str, ...]] = ()

    key_id: str = Field(default="", max_length=20, index=True)

    @property
    def place(self) -> str:
        """Où vivent ces valeurs : ailleurs (autre table, autre ligne), elles ne s'ouvrent pas."""
        return f"{self.__tablename__}/{self.key}"
