"""Les activités : leurs règles datées, leurs formules (une séance du jour pour une tranche d'âge), leurs séances."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, true
from sqlmodel import Field

from portail.domain.activities import (
    ActivityKind,
    EnrolmentKind,
    EnrolmentMode,
    EnrolmentState,
    PeriodKind,
    WaitlistMode,
    WaitlistPriority,
)
from portail.ids import new_token
from portail.models.base import Row, among, instant, optional_instant


def _listed(name: str) -> Any:
    return Field(default_factory=list, sa_column=Column(name, JSON, nullable=False))


class Activity(Row, table=True):
    """`day_kinds` : jours d'école, mercredis, vacances ; `school_ids` et `levels` vides : tous."""

    __tablename__ = "activity"
    __table_args__ = (
        among("kind", ActivityKind),
        among("enrolment_mode", EnrolmentMode),
        among("waitlist_mode", WaitlistMode),
        among("waitlist_priority", WaitlistPriority),
        CheckConstraint("kind <> 'canteen' or waitlist_priority = 'order'", name="canteen_without_priority"),
        CheckConstraint("offer_hours between 1 and 168", name="offer_hours"),
        CheckConstraint("months_ahead between 0 and 12", name="months_ahead"),
    )

    name: str = Field(max_length=80)
    place: str = Field(default="", max_length=80)
    summary: str = Field(default="", max_length=2000)
    kind: str = Field(max_length=20)
    regie_id: int | None = Field(default=None, foreign_key="regie.id", index=True, ondelete="SET NULL")
    position: int = 0
    day_kinds: list[str] = _listed("day_kinds")
    school_ids: list[int] = _listed("school_ids")
    levels: list[str] = _listed("levels")
    is_prepaid: bool = False  # débitée du porte-monnaie ; sinon facturée en fin de mois
    needs_health: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    needs_validation: bool = False  # chaque réservation attend un agent (RES-8)
    enrolment_mode: str = Field(default=EnrolmentMode.NONE, max_length=20)
    waitlist_mode: str = Field(default=WaitlistMode.AUTOMATIC, max_length=20)
    waitlist_priority: str = Field(default=WaitlistPriority.ORDER, max_length=20)
    offer_hours: int = 24
    months_ahead: int = 0  # les séances ouvertes d'avance chaque nuit ; zéro : un agent les ouvre lui-même
    stamp: str = Field(default_factory=new_token, max_length=64)  # change à chaque réglage
    created_at: datetime = instant()
    closed_at: datetime | None = optional_instant()

    @property
    def title(self) -> str:
        return f"{self.name} · {self.place}" if self.place else self.name


class ActivityRule(Row, table=True):
    """Les délais en vigueur à partir d'une date ; `content` est ce que BookingRule.load relit."""

    __tablename__ = "activity_rule"
    __table_args__ = (UniqueConstraint("activity_id", "valid_from"),)

    activity_id: int = Field(foreign_key="activity.id", ondelete="CASCADE")
    valid_from: date
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column("content", JSON, nullable=False))


class Offering(Row, table=True):
    """Une séance du jour pour une tranche d'âge : « Matin », « Journée · 3-5 ans »."""

    __tablename__ = "offering"
    __table_args__ = (
        UniqueConstraint("activity_id", "name"),
        CheckConstraint("ends_at > starts_at", name="hours_in_order"),
        CheckConstraint("capacity between 0 and 5000", name="capacity"),
        CheckConstraint("min_age <= max_age", name="ages_in_order"),
    )

    activity_id: int = Field(foreign_key="activity.id", ondelete="CASCADE")
    tariff_id: int = Field(foreign_key="tariff.id", index=True)
    name: str = Field(max_length=60)
    position: int = 0
    starts_at: time
    ends_at: time
    min_age: int = 0
    max_age: int = 17
    capacity: int = 0
    weekdays: list[int] = _listed("weekdays")
    closed_at: datetime | None = optional_instant()


class Slot(Row, table=True):
    """Une formule un jour donné ; `taken` ne monte que par une écriture conditionnelle, au plus à `capacity`."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("offering_id", "day"),
        Index("ix_slot_month", "activity_id", "day"),
        CheckConstraint("taken >= 0 and taken <= capacity", name="never_oversold"),
        CheckConstraint("waiting >= 0", name="waiting"),
    )

    activity_id: int = Field(foreign_key="activity.id", ondelete="CASCADE")
    offering_id: int = Field(foreign_key="offering.id", ondelete="CASCADE")
    day: date = Field(index=True)
    capacity: int
    taken: int = 0
    waiting: int = 0
    closed_why: str = Field(default="", max_length=120)  # non vide : la séance n'a pas lieu


class Enrolment(Row, table=True):
    """L'inscription d'un enfant à une activité ; `template` : les jours d'une inscription régulière."""

    __tablename__ = "enrolment"
    __table_args__ = (
        among("kind", EnrolmentKind),
        among("state", EnrolmentState),
        UniqueConstraint("child_id", "activity_id"),
    )

    child_id: int = Field(foreign_key="child.id", ondelete="CASCADE")
    activity_id: int = Field(foreign_key="activity.id", index=True, ondelete="CASCADE")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    request_id: int | None = Field(default=None, foreign_key="request.id", index=True, ondelete="SET NULL")
    kind: str = Field(default=EnrolmentKind.OCCASIONAL, max_length=20)
    state: str = Field(default=EnrolmentState.ACCEPTED, max_length=20)
    template: dict[str, Any] = Field(default_factory=dict, sa_column=Column("template", JSON, nullable=False))
    rules_version: int = 1  # la version du règlement acceptée
    rules_accepted_at: datetime = instant()
    created_at: datetime = instant()
    decided_at: datetime | None = optional_instant()


class CalendarPeriod(Row, table=True):
    """Une fermeture (de la commune ou d'une activité), ou des vacances que la commune corrige ou ajoute."""

    __tablename__ = "calendar_period"
    __table_args__ = (
        among("kind", PeriodKind),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("kind = 'closure' or activity_id is null", name="holidays_for_all"),
        Index("ix_calendar_period_days", "last_day", "first_day"),
    )

    kind: str = Field(max_length=10)
    first_day: date
    last_day: date
    name: str = Field(max_length=80)
    activity_id: int | None = Field(default=None, foreign_key="activity.id", index=True, ondelete="CASCADE")
