"""Des activités, leurs formules, leurs séances, leurs tarifs et des porte-monnaie : des lignes écrites directement."""

from datetime import date, time, timedelta
from typing import Any

from portail.domain.activities import ActivityKind
from portail.domain.tariffs import TariffMethod
from portail.domain.wallet import TERMS_VERSION, LedgerAccountKind, MovementKind
from portail.models.activities import Activity, ActivityRule, Enrolment, Offering, Slot
from portail.models.database import transaction
from portail.models.documents import ActivityDocument, DocumentType, FamilyDocument
from portail.models.tariffs import Tariff, TariffBracket, TariffGrid
from portail.services.wallet.accounts import wallet_and_common
from portail.services.wallet.posting import Line, Movement, post
from tests.conftest import NOW
from tests.factories.ranks import RANKS

EVE_AT_NOON: dict[str, Any] = {"kind": "days_before", "days": 1, "hour": "12:00"}
RULE: dict[str, Any] = {"valid_from": "2020-01-01", "add": EVE_AT_NOON, "cancel": EVE_AT_NOON}
THURSDAY = date(2026, 12, 3)  # un jour d'école, à deux semaines de NOW


def make_tariff(cents: int = 320, *, meal: int = 0, name: str = "") -> int:
    """Un prix unique pour tous : `cents` en tout, dont `meal` de repas."""
    with transaction() as db:
        tariff = Tariff(name=name or f"Tarif {RANKS.next()}")
        db.add(tariff)
        db.flush()
        grid = TariffGrid(tariff_id=tariff.key, valid_from=date(2020, 1, 1), method=TariffMethod.FIXED)
        db.add(grid)
        db.flush()
        parts = {"meal_cents": meal, "care_cents": cents - meal}
        db.add_all(TariffBracket(grid_id=grid.key, is_resident=resident, **parts) for resident in (True, False))
        return tariff.key


def make_activity(
    kind: ActivityKind = ActivityKind.CANTEEN, *, rule: dict[str, Any] | None = None, **options: Any
) -> int:
    """Une activité des jours d'école, réservable jusqu'à la veille midi ; sans fiche sanitaire à moins qu'on le dise."""
    known = {"name": f"Activité {RANKS.next()}", "day_kinds": ["class"], "needs_health": False, "created_at": NOW}
    with transaction() as db:
        activity = Activity(kind=kind, **(known | options))
        db.add(activity)
        db.flush()
        content = rule or RULE
        valid_from = date.fromisoformat(content["valid_from"])
        db.add(ActivityRule(activity_id=activity.key, valid_from=valid_from, content=content))
        return activity.key


def make_offering(activity_id: int, *, tariff_id: int = 0, **options: Any) -> int:
    known: dict[str, Any] = {"name": f"Formule {RANKS.next()}", "starts_at": time(11, 45), "ends_at": time(13, 30)}
    known |= {"capacity": 10, "weekdays": [0, 1, 3, 4]}
    tariff = tariff_id or make_tariff()
    with transaction() as db:
        offering = Offering(activity_id=activity_id, tariff_id=tariff, **(known | options))
        db.add(offering)
        db.flush()
        return offering.key


def make_slot(offering_id: int, day: date = THURSDAY, **options: Any) -> int:
    """Une séance ; la capacité est celle de la formule, sauf mention contraire."""
    with transaction() as db:
        offering = db.get_one(Offering, offering_id)
        known = {"activity_id": offering.activity_id, "capacity": offering.capacity}
        slot = Slot(offering_id=offering_id, day=day, **(known | options))
        db.add(slot)
        db.flush()
        return slot.key


def make_slots(offering_id: int, first: date, last: date) -> list[int]:
    """Une séance par jour de semaine de la formule, du premier au dernier jour compris."""
    with transaction() as db:
        weekdays = db.get_one(Offering, offering_id).weekdays
    days = (first + timedelta(days=rank) for rank in range((last - first).days + 1))
    return [make_slot(offering_id, day) for day in days if day.weekday() in weekdays]


def make_canteen(*, cents: int = 320, capacity: int = 10, day: date = THURSDAY, **options: Any) -> tuple[int, int]:
    """Une cantine d'une seule séance : l'activité, la séance."""
    activity = make_activity(**options)
    offering = make_offering(activity, tariff_id=make_tariff(cents, meal=cents // 2), capacity=capacity)
    return activity, make_slot(offering, day)


def make_enrolment(child_id: int, family_id: int, activity_id: int, **options: Any) -> int:
    with transaction() as db:
        known = {"child_id": child_id, "family_id": family_id, "activity_id": activity_id}
        row = Enrolment(**(known | {"rules_accepted_at": NOW, "created_at": NOW} | options))
        db.add(row)
        db.flush()
        return row.key


def make_wallet(family_id: int, cents: int = 0, *, active: bool = True) -> int:
    """Un porte-monnaie, alimenté au guichet en partie double."""
    with transaction() as db:
        wallet, desk = wallet_and_common(db, family_id, LedgerAccountKind.DESK, NOW)
        if active:
            wallet.activated_at, wallet.terms_version = NOW, TERMS_VERSION
        if cents:
            post(db, Movement(MovementKind.TOP_UP, "Au guichet", (Line(wallet, cents), Line(desk, -cents)), NOW))
        return wallet.key


def make_document_type(name: str = "Assurance scolaire", *activities: int, **options: Any) -> int:
    """Un type de document, exigé par ces activités."""
    with transaction() as db:
        kind = DocumentType(name=name, **({"scope": "child"} | options))
        db.add(kind)
        db.flush()
        db.add_all(ActivityDocument(activity_id=one, type_id=kind.key) for one in activities)
        return kind.key


def make_document(type_id: int, family_id: int, child_id: int | None = None, **options: Any) -> int:
    """Un document donné, validé sauf mention contraire."""
    with transaction() as db:
        known = {"type_id": type_id, "family_id": family_id, "child_id": child_id, "state": "accepted"}
        document = FamilyDocument(**(known | {"created_at": NOW} | options))
        db.add(document)
        db.flush()
        return document.key
