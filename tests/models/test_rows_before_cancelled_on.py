"""Une base d'avant le jour d'annulation : ses encaissements annulés le reçoivent, celui de Paris, sur les deux bases."""

from datetime import UTC, date, datetime

from sqlalchemy import Engine, text

from portail.models import migrations
from tests.tools.older import add

BEFORE = "c9d961db40a8"
LATE_EVENING = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # le 21 à Paris
SUMMER_NIGHT = datetime(2026, 7, 1, 22, 15, tzinfo=UTC)  # le 2 à Paris


def test_a_payment_cancelled_so_far_says_its_day_of_paris(first_schema: Engine) -> None:
    migrations.upgrade(first_schema, BEFORE)
    with first_schema.execution_options(writes=True).begin() as db:
        add(db, "regie", id=1, name="Régie", code="ENF", holds_wallets=True, providers=[], due_days=30)
        add(db, "family", id=1, number="F-1", name="Durand", status="active")
        for key, at in ((1, None), (2, LATE_EVENING), (3, SUMMER_NIGHT)):
            values = {"regie_id": 1, "family_id": 1, "means": "cheque", "amount_cents": 500 * key, "token": f"t{key}"}
            add(db, "payment", id=key, cancelled_at=at, **values)
    migrations.upgrade(first_schema)
    assert migrations.differences(first_schema) == []
    with first_schema.connect() as db:
        kept = db.execute(text("select id, amount_cents, cancelled_on, cancelled_why from payment order by id")).all()
    days = [None if on is None else date.fromisoformat(str(on)) for _, _, on, _ in kept]
    assert days == [None, date(2026, 11, 21), date(2026, 7, 2)]
    assert [(key, cents, why) for key, cents, _, why in kept] == [(1, 500, ""), (2, 1_000, ""), (3, 1_500, "")]
