"""Une école et sa cantine, pour les mesures : des foyers connectés, leurs enfants, des séances, des réservations."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import common  # noqa: F401 — le chemin du dépôt
from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel

from portail.domain.accounts import CURRENT_TERMS, Actor, Role
from portail.domain.families import GuardianRole
from portail.domain.wallet import TERMS_VERSION
from portail.ids import fingerprint
from portail.models.database import transaction
from portail.services.bookings.confirming import Order, confirm
from portail.views.bookings import Outcome
from tests.factories import activities

CENTS = 320
CHARGED = 2_000_000
KINDS = ["class", "wednesday", "holiday"]  # tous les jours de semaine : le calendrier scolaire n'est pas le sujet


@dataclass(frozen=True)
class Canteen:
    """Une activité prépayée d'une séance par jour de semaine."""

    key: int
    slots: tuple[int, ...]
    days: tuple[date, ...]

    def after(self, day: date) -> list[int]:
        return [slot for slot, at in zip(self.slots, self.days, strict=True) if at > day]


def session_of(home: int) -> str:
    """Le jeton de la connexion, toujours ouverte, du foyer de ce rang."""
    return f"connexion-de-mesure-{home:06d}"


def actor(home: int) -> Actor:
    return Actor(home, Role.PARENT, home, fingerprint(session_of(home)))


def child_of(home: int, rank: int = 0) -> int:
    return home * 2 - 1 + rank


def homes(count: int, now: datetime) -> None:
    """Des foyers numérotés à partir de 1 : un compte connecté, deux enfants, un porte-monnaie bien rempli."""
    ranks = range(1, count + 1)
    with transaction() as db:
        _insert(db, "account", [_account(rank, now) for rank in ranks])
        _insert(db, "login_session", [_session(rank, now) for rank in ranks])
        _insert(db, "family", [_family(rank, now) for rank in ranks])
        _insert(db, "guardian", [_guardian(rank) for rank in ranks])
        _insert(db, "child", [_child(rank, one) for rank in ranks for one in (0, 1)])
        _insert(db, "family_child", [_place(rank, one) for rank in ranks for one in (0, 1)])
        _insert(db, "ledger_account", [_wallet(rank, now) for rank in ranks])
        if db.connection().dialect.name == "postgresql":  # les numéros qui suivent, pour ce que les services ajoutent
            for table in ("account", "login_session", "family", "child"):
                db.connection().execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count * 2})"))


def canteen(first: date, last: date, *, capacity: int = 5_000) -> Canteen:
    activity = activities.make_activity(is_prepaid=True, day_kinds=KINDS, waitlist_mode="automatic")
    tariff = activities.make_tariff(CENTS, meal=CENTS)
    options = {"tariff_id": tariff, "capacity": capacity, "weekdays": [0, 1, 2, 3, 4]}
    offering = activities.make_offering(activity, **options)
    every = (first + timedelta(days=rank) for rank in range((last - first).days + 1))
    days = [day for day in every if day.weekday() < 5]
    known = {"activity_id": activity, "offering_id": offering, "capacity": capacity}
    fixed = {"taken": 0, "waiting": 0, "closed_why": ""}
    with transaction() as db:
        slot = SQLModel.metadata.tables["slot"]
        query = insert(slot).returning(slot.c.id, sort_by_parameter_order=True)
        keys = db.connection().execute(query, [known | fixed | {"day": day} for day in days]).scalars().all()
    return Canteen(activity, tuple(keys), tuple(days))


def book_everyone(slots: list[int], now: datetime) -> int:
    """Chaque enfant réserve chacune de ces séances, en un ordre ; rend le nombre de réservations en base."""
    book = """
        INSERT INTO booking
            (slot_id, child_id, family_id, state, meal_cents, care_cents, surcharge_cents, is_paid, formula, changed_at)
        SELECT slot.id, place.child_id, place.family_id, 'booked', :cents, 0, 0, :paid, '3,20 €', :now
        FROM slot CROSS JOIN family_child place WHERE slot.id BETWEEN :first AND :last
    """
    count = "UPDATE slot SET taken = (SELECT count(*) FROM family_child) WHERE id BETWEEN :first AND :last"
    bounds = {"first": min(slots), "last": max(slots)}
    with transaction() as db:
        db.connection().execute(text(book), bounds | {"cents": CENTS, "paid": True, "now": now})
        db.connection().execute(text(count), bounds)
        return int(db.connection().execute(text("SELECT count(*) FROM booking")).scalar_one())


def choices(home: int, slots: list[int], intent: str = "add", rank: int = 0) -> str:
    return ",".join(f"{slot}.{child_of(home, rank)}={intent}" for slot in slots)


def reserve(home: int, activity: int, slots: list[int], now: datetime, token: str = "") -> Outcome:
    wanted = choices(home, slots)
    order = Order(activity, wanted, (token or f"mesure-{home}-{slots[0]}").ljust(16, "-"))
    return confirm(actor=actor(home), order=order, now=now)


def _insert(db: Session, table: str, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(SQLModel.metadata.tables[table]), rows)


def _account(rank: int, now: datetime) -> dict[str, Any]:
    email = f"foyer{rank}@famille.example"
    names = {"first_name": "Alex", "last_name": f"Foyer {rank}", "role": "parent", "status": "active"}
    return {"id": rank, "username": f"foyer{rank}", "email": email, "password_hash": "aucun"} | names | {
        "terms_version": CURRENT_TERMS, "created_at": now, "activated_at": now, "terms_accepted_at": now,
    }  # fmt: skip


def _session(rank: int, now: datetime) -> dict[str, Any]:
    opened = {"created_at": now, "last_seen_at": now, "device": "Mesure", "remember": True}
    return {"id": rank, "account_id": rank, "token_hash": fingerprint(session_of(rank))} | opened


def _family(rank: int, now: datetime) -> dict[str, Any]:
    place = {"address": "1 rue Pasteur", "postcode": "49999", "city": "Valbourg"}
    return {"id": rank, "number": f"M-{rank}", "name": f"Foyer {rank}", "created_at": now} | place


def _guardian(rank: int) -> dict[str, Any]:
    names = {"first_name": "Alex", "last_name": f"Foyer {rank}", "role": GuardianRole.MOTHER}
    return {"family_id": rank, "account_id": rank, "phone": "06 00 00 00 00"} | names


def _child(rank: int, one: int) -> dict[str, Any]:
    name = {"first_name": ("Léa", "Noé")[one], "last_name": f"Foyer {rank}", "level": "CP"}
    return {"id": child_of(rank, one), "birth_date": date(2018 + one, 5, 4)} | name


def _place(rank: int, one: int) -> dict[str, Any]:
    return {"family_id": rank, "child_id": child_of(rank, one), "position": one}


def _wallet(rank: int, now: datetime) -> dict[str, Any]:
    opened = {"opened_at": now, "activated_at": now, "terms_version": TERMS_VERSION}
    return {"kind": "wallet", "family_id": rank, "balance_cents": CHARGED, "floor_cents": 0} | opened
