"""Les documents demandés : leurs types, ce que chaque activité exige, ce que les familles ont donné."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from portail.domain.documents import DocumentScope, DocumentState, DocumentValidity
from portail.models.base import Row, among, instant, optional_instant


class DocumentType(Row, table=True):
    """`for_tariff` : sert au calcul du prix (avis d'imposition) ; sans lui, tarif maximum, jamais de refus."""

    __tablename__ = "document_type"
    __table_args__ = (among("scope", DocumentScope), among("validity", DocumentValidity))

    name: str = Field(max_length=80, unique=True)
    scope: str = Field(max_length=10)
    validity: str = Field(default=DocumentValidity.SCHOOL_YEAR, max_length=20)
    needs_validation: bool = True
    for_tariff: bool = False
    position: int = 0
    closed_at: datetime | None = optional_instant()


class ActivityDocument(Row, table=True):
    """Sans ce document, l'activité ne se réserve pas."""

    __tablename__ = "activity_document"
    __table_args__ = (UniqueConstraint("activity_id", "type_id"),)

    activity_id: int = Field(foreign_key="activity.id", ondelete="CASCADE")
    type_id: int = Field(foreign_key="document_type.id", index=True, ondelete="CASCADE")


class FamilyDocument(Row, table=True):
    """`child_id` vide : pour la famille."""

    __tablename__ = "family_document"
    __table_args__ = (among("state", DocumentState),)

    type_id: int = Field(foreign_key="document_type.id", index=True)
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    child_id: int | None = Field(default=None, foreign_key="child.id", index=True, ondelete="CASCADE")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    state: str = Field(default=DocumentState.SENT, max_length=10)
    valid_until: date | None = None
    why: str = Field(default="", max_length=300)
    created_at: datetime = instant()
    decided_at: datetime | None = optional_instant()
