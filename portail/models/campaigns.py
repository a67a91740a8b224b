"""Les campagnes : une ouverture datée, les habitants d'abord, une salle d'attente, des vœux préparés."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from portail.models.base import Row, instant, optional_instant


class Campaign(Row, table=True):
    """Les séances de ces activités, entre ces deux jours, ne se réservent qu'à partir de l'ouverture."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("residents_at <= everyone_at", name="residents_first"),
        CheckConstraint("admitted_a_minute >= 0", name="admitted_a_minute"),
    )

    name: str = Field(max_length=80)
    first_day: date
    last_day: date
    residents_at: datetime = instant()
    everyone_at: datetime = instant()
    closes_at: datetime | None = optional_instant()
    admitted_a_minute: int = 0  # 0 : pas de salle d'attente


class CampaignActivity(Row, table=True):
    __tablename__ = "campaign_activity"
    __table_args__ = (UniqueConstraint("campaign_id", "activity_id"),)

    campaign_id: int = Field(foreign_key="campaign.id", ondelete="CASCADE")
    activity_id: int = Field(foreign_key="activity.id", index=True, ondelete="CASCADE")


class WaitingTicket(Row, table=True):
    """Une place dans la salle d'attente."""

    __tablename__ = "waiting_ticket"
    __table_args__ = (UniqueConstraint("campaign_id", "account_id"),)

    campaign_id: int = Field(foreign_key="campaign.id", ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    rank: int
    joined_at: datetime = instant()
    seen_at: datetime = instant()
    admitted_at: datetime | None = optional_instant()


class WishList(Row, table=True):
    """Les jours préparés avant l'ouverture ; une liste par foyer et par campagne."""

    __tablename__ = "wish_list"
    __table_args__ = (UniqueConstraint("campaign_id", "family_id"),)

    campaign_id: int = Field(foreign_key="campaign.id", ondelete="CASCADE")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    wishes: list[Any] = Field(default_factory=list, sa_column=Column("wishes", JSON, nullable=False))
    changed_at: datetime = instant()
    submitted_at: datetime | None = optional_instant()
