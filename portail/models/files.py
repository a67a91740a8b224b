"""Les fichiers gardés, et les pièces jointes qui les montrent : d'une démarche ou d'une fiche sanitaire."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from portail.domain.uploads import KEPT_SUFFIX
from portail.models.base import Row, instant

_KINDS = ",".join(f"'{kind}'" for kind in KEPT_SUFFIX)


class StoredFile(Row, table=True):
    """Un fichier du stockage : `name` l'y trouve, `key_id` dit sa clé. Si rien ne le désigne, il part.

    `digest` est une empreinte avec clé : elle reconnaît un envoi refait sans rien dire du contenu.
    """

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint(f"media_type in ({_KINDS})", name="media_type"),)

    name: str = Field(max_length=64, unique=True)
    key_id: str = Field(max_length=20, index=True)
    media_type: str = Field(max_length=20)
    size: int
    digest: str = Field(max_length=64)
    created_at: datetime = instant(index=True)


class Attachment(Row, table=True):
    """Une pièce jointe ; elle vient avec un message d'une démarche, ou accompagne la fiche d'un enfant."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(event_id is null) <> (child_id is null)", name="one_place"),
        CheckConstraint("(event_id is null) = (request_id is null)", name="event_of_request"),
    )

    file_id: int = Field(foreign_key="stored_file.id", unique=True)
    request_id: int | None = Field(default=None, foreign_key="request.id", index=True, ondelete="CASCADE")
    event_id: int | None = Field(default=None, foreign_key="request_event.id", index=True, ondelete="CASCADE")
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True, ondelete="CASCADE")
    owner_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    name: str = Field(max_length=120)
    created_at: datetime = instant()
