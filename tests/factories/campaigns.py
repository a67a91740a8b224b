"""Une campagne et ses activités."""

from datetime import UTC, date, datetime
from typing import Any

from portail.models.campaigns import Campaign, CampaignActivity
from portail.models.database import transaction

RESIDENTS = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # le lundi à 18 h, à Paris
EVERYONE = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def make_campaign(*activities: int, **options: Any) -> int:
    """Les jours de décembre, ouverts aux habitants le lundi 23 novembre et à tous le mercredi ; soixante à la minute."""
    known: dict[str, Any] = {
        "name": "Vacances de Noël",
        "first_day": date(2026, 12, 1),
        "last_day": date(2026, 12, 31),
        "residents_at": RESIDENTS,
        "everyone_at": EVERYONE,
        "admitted_a_minute": 60,
    }
    with transaction() as db:
        campaign = Campaign(**(known | options))
        db.add(campaign)
        db.flush()
        db.add_all(CampaignActivity(campaign_id=campaign.key, activity_id=one) for one in activities)
        return campaign.key
