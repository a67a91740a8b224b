"""Les relances à plusieurs : le calendrier de chaque régie, et les tournées faites ou en cours."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from portail.domain.desk import ReminderWay
from portail.models.base import Row, among, instant, optional_instant

_SCHEDULED, _ASKED_FOR = text("is_scheduled"), text("done_at is null and not is_scheduled")


class ReminderPlan(Row, table=True):
    """Combien de jours après l'échéance partent les deux premières relances ; la dernière reste un geste d'agent."""

    __tablename__ = "reminder_plan"
    __table_args__ = (
        CheckConstraint("first_days between 1 and 365", name="first_days"),
        CheckConstraint("second_days between 1 and 365", name="second_days"),
        CheckConstraint("first_days is null or second_days is null or second_days > first_days", name="in_order"),
    )

    regie_id: int = Field(foreign_key="regie.id", unique=True, ondelete="CASCADE")
    first_days: int | None = None
    second_days: int | None = None


class ReminderRound(Row, table=True):
    """Une tournée : par courriel, foyer après foyer ; à poster, d'un coup. Celle du calendrier : une par jour."""

    __tablename__ = "reminder_round"
    __table_args__ = (
        among("way", ReminderWay),
        CheckConstraint("1 <= first_level and first_level <= last_level and last_level <= 3", name="levels"),
        Index("ix_reminder_round_day", "day", unique=True, sqlite_where=_SCHEDULED, postgresql_where=_SCHEDULED),
        Index("ix_reminder_round_way", "way", unique=True, sqlite_where=_ASKED_FOR, postgresql_where=_ASKED_FOR),
    )

    way: str = Field(max_length=10)
    regie_id: int | None = Field(default=None, foreign_key="regie.id")  # rien : toutes
    first_level: int
    last_level: int
    is_scheduled: bool = False
    day: date
    last_family_id: int = 0  # le dernier foyer relancé : la reprise part du suivant
    letters: int = 0
    invoices: int = 0
    silent: int = 0  # les foyers laissés : ni compte, ni adresse e-mail
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    asked_at: datetime = instant()
    done_at: datetime | None = optional_instant()
