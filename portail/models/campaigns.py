"""Les campagnes : une ouverture datée, les habitants d'abord, une salle d'attente, des vœux préparés."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from portail.ids import new_token
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
    arrivals: int = 0  # combien sont entrés en salle d'attente : leur ordre d'arrivée
    admitted_to: datetime | None = optional_instant()  # jusqu'à quel instant les entrées ont été comptées
    stamp: str = Field(default_factory=new_token, max_length=64)  # change à chaque réglage


class CampaignActivity(Row, table=True):
    __tablename__ = "campaign_activity"
    __table_args__ = (UniqueConstraint("campaign_id", "activity_id"),)

    campaign_id: int = Field(foreign_key="campaign.id", ondelete="CASCADE")
    activity_id: int = Field(foreign_key="activity.id", index=True, ondelete="CASCADE")


class WaitingTicket(Row, table=True):
    """Une place dans la salle : un tirage au sort avant l'ouverture, puis l'ordre d'arrivée."""

    __tablename__ = "waiting_ticket"
    __table_args__ = (
        UniqueConstraint("campaign_id", "account_id"),
        Index("ix_waiting_ticket_queue", "campaign_id", "admitted_at", "rank"),
    )

    campaign_id: int = Field(foreign_key="campaign.id", ondelete="CASCADE")
    account_id: int = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    rank: int
    joined_at: datetime = instant()
    seen_at: datetime = instant()
    admitted_at: datetime | None = optional_instant()


class WishList(Row, table=True):
    """Les jours préparés avant l'ouverture ; une liste par foyer, par campagne et par activité."""

    __tablename__ = "wish_list"
    __table_args__ = (UniqueConstraint("campaign_id", "family_id", "activity_id"),)

    campaign_id: int = Field(foreign_key="campaign.id", ondelete="CASCADE")
    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    activity_id: int = Field(foreign_key="activity.id", index=True, ondelete="CASCADE")
    choices: str = Field(default="", sa_type=Text)  # « 412.7=add,413.7=add »
    changed_at: datetime = instant()
    submitted_at: datetime | None = optional_instant()
