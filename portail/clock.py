"""L'heure, lue à un seul endroit ; en démonstration elle peut partir d'un autre instant."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portail.settings import current

PARIS = ZoneInfo("Europe/Paris")
_started = time.monotonic()


def now() -> datetime:
    """L'instant présent, en UTC."""
    start = current().now
    if start is None:
        return datetime.now(UTC)
    aware = start if start.tzinfo else start.replace(tzinfo=PARIS)
    elapsed = time.monotonic() - _started
    return datetime.fromtimestamp(aware.timestamp() + elapsed, UTC)
