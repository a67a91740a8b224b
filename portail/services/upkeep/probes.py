"""Le portail va-t-il bien ? Ce que demandent les sondes."""

from sqlalchemy import text

from portail.models.database import engine, reading
from portail.models.migrations import is_current


def is_ready() -> bool:
    """La base répond et son schéma est à jour."""
    try:
        with reading() as db:
            db.connection().execute(text("select 1"))
        return is_current(engine())
    except Exception:  # noqa: BLE001 — quelle que soit la panne, la réponse est non
        return False
