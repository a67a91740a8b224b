"""La fiche sanitaire d'un enfant : champs scellés, vaccins, contacts, autorisations et réponses signées."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, false
from sqlmodel import Field

from portail.domain.health import MOST_CONTACTS, Answer
from portail.domain.vaccinations import Vaccine
from portail.models.base import Row, among, instant, optional_instant
from portail.models.sealed import SealedRow


class ChildRow(SealedRow):
    """Ce qui est scellé pour un enfant."""

    child_id: int

    @property
    def place(self) -> str:
        return f"{super().place}/{self.child_id}"


class HealthRecord(ChildRow, table=True):
    """`version` grandit à chaque enregistrement ; `touched` retient la version où chaque partie a changé."""

    __tablename__ = "health_record"
    SEALED: ClassVar[tuple[str, ...]] = (
        "doctor_name",
        "doctor_phone",
        "allergies",
        "drug_allergies",
        "food_allergies",
        "other_allergies",
        "asthma",
        "illnesses",
        "blood_group",
        "pai",
        "pai_until",
        "advice",
        "diet",
        "exempt",
    )

    child_id: int = Field(foreign_key="child.id", unique=True, ondelete="CASCADE")
    doctor_name: bytes | None = None
    doctor_phone: bytes | None = None
    allergies: bytes | None = None
    drug_allergies: bytes | None = None
    food_allergies: bytes | None = None
    other_allergies: bytes | None = None
    asthma: bytes | None = None
    illnesses: bytes | None = None
    blood_group: bytes | None = None
    pai: bytes | None = None
    pai_until: bytes | None = None
    advice: bytes | None = None
    diet: bytes | None = None
    exempt: bytes | None = None
    version: int = 0
    touched: dict[str, int] = Field(default_factory=dict, sa_column=Column("touched", JSON, nullable=False))
    updated_at: datetime = instant()
    updated_by: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    confirmed_at: datetime | None = optional_instant()
    confirmed_by: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")


class Vaccination(ChildRow, table=True):
    """Les dates d'un vaccin ; la ligne existe pour chaque vaccin dès le premier enregistrement, même sans date."""

    __tablename__ = "vaccination"
    __table_args__ = (UniqueConstraint("child_id", "vaccine"), among("vaccine", Vaccine))
    SEALED: ClassVar[tuple[str, ...]] = ("dates",)

    child_id: int = Field(foreign_key="child.id", ondelete="CASCADE")
    vaccine: str = Field(max_length=20)
    dates: bytes | None = None

    @property
    def place(self) -> str:
        return f"{super().place}/{self.vaccine}"


class HealthContact(Row, table=True):
    __tablename__ = "health_contact"
    __table_args__ = (
        UniqueConstraint("child_id", "position"),
        CheckConstraint(f"position >= 0 and position < {MOST_CONTACTS}", name="position"),
    )

    child_id: int = Field(foreign_key="child.id", ondelete="CASCADE")
    position: int
    first_name: str = Field(max_length=120)
    last_name: str = Field(max_length=120)
    relation: str = Field(max_length=120)
    phone: str = Field(max_length=20)
    emergency: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    may_collect: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Consent(Row, table=True):
    """Une autorisation demandée aux familles ; changer son texte change sa version, et la redemande.

    `revision` grandit à chaque geste d'un agent, celui qui change le texte comme les autres.
    """

    __tablename__ = "consent"

    code: str = Field(max_length=40, unique=True)
    label: str = Field(max_length=120)
    text: str = Field(max_length=1000)
    version: int = 1
    active: bool = True
    compulsory: bool = True
    position: int = 0
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime | None = optional_instant()
    updated_by: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")


class ConsentAnswer(Row, table=True):
    """Une réponse signée ; une nouvelle réponse est une nouvelle ligne. `text` : ce qui a été signé, mot pour mot."""

    __tablename__ = "consent_answer"
    __table_args__ = (
        among("answer", Answer),
        Index("ix_consent_answer_child_consent", "child_id", "consent_id", "version"),
    )

    child_id: int = Field(foreign_key="child.id", ondelete="CASCADE")
    consent_id: int = Field(foreign_key="consent.id", index=True)
    version: int
    text: str = Field(max_length=1000)
    answer: str = Field(max_length=3)
    answered_at: datetime = instant()
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    signed_name: str = Field(max_length=161)
