"""L'occupation par jour et la liste d'une séance : les comptes, les personnes, et qui peut les lire."""

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.models.database import transaction
from portail.models.families import Child
from portail.services.occupancy import by_day, slot_list
from portail.services.waitlist import queue
from portail.services.waitlist.queue import Asked
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted
from tests.factories.settled import book, traces

THURSDAY = date(2026, 12, 3)


def actor_of(role: Role) -> Actor:
    return open_session(make_account(f"{role}@mairie.example", role=role))[1]


def a_slot(capacity: int = 2, **options: object) -> tuple[int, int]:
    key = make_activity(name="Cantine")
    return key, make_slot(make_offering(key, name="Midi", capacity=capacity), THURSDAY, **options)


def book_one(slot: int, name: str = "Lou", state: str = "booked") -> int:
    family = make_family(f"Foyer {name}", make_account(f"{name.casefold()}@famille.example"))
    child = make_child(name, family, school_id=make_school(f"École {name}"))
    book(slot, child, family, state)
    return child


def period(first: date = THURSDAY, last: date = THURSDAY, **more: str) -> dict[str, str]:
    return {"first": first.isoformat(), "last": last.isoformat()} | more


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.REGIE, Role.DIRECTION, Role.ANIMATION, Role.ADMIN])
def test_every_agent_reads_the_places_taken(base: Engine, role: Role) -> None:
    key, slot = a_slot()
    book_one(slot)
    shown = by_day.show(actor=actor_of(role), form=period(), now=NOW)
    (row,) = shown.rows
    assert (shown.activity, shown.title) == (str(key), "Cantine")
    assert (row.id, row.day, row.part) == (slot, "Jeudi 3 décembre", "Midi")
    assert (row.words, row.share, row.tone, row.waiting) == ("1 sur 2 places", 50, "ok", "")
    assert shown.summary == "1 séance, 1 réservation"


def test_a_full_day_says_so_and_who_waits(base: Engine) -> None:
    _, slot = a_slot(capacity=1)
    book_one(slot)
    family = make_family("Attente", make_account("zoe@famille.example"))
    asked = Asked(slot, make_child("Zoé", family), family, None, NOW + timedelta(days=3))
    with transaction() as db:
        queue.join(db, asked, NOW)
    (row,) = by_day.show(actor=actor_of(Role.REGIE), form=period(), now=NOW).rows
    assert (row.words, row.share, row.tone, row.waiting) == ("Complet, 1 place", 100, "err", "1 en attente")
    shown = slot_list.show(actor=actor_of(Role.ANIMATION), slot_id=slot)
    assert [one.name for one in shown.rows] == ["Essai Lou"]
    assert [(one.name, one.state) for one in shown.waiting] == [("Essai Zoé", "En attente")]


def test_without_dates_two_weeks_from_monday_are_shown(base: Engine) -> None:
    shown = by_day.show(actor=actor_of(Role.REGIE), form={}, now=NOW)
    assert (shown.first, shown.last, shown.rows, shown.title) == ("2026-11-16", "2026-11-29", [], "")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"first": "hier"}, "first"),
        ({"first": "0001-01-01"}, "first"),
        ({"last": "9999-12-31"}, "last"),
        ({"first": "2026-12-03", "last": "2026-12-02"}, "last"),
        ({"first": "2026-12-03", "last": "2027-12-02"}, "last"),
    ],
)
def test_dates_that_make_no_sense_are_said(base: Engine, form: dict[str, str], field: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        by_day.show(actor=actor_of(Role.REGIE), form=form, now=NOW)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("asked", ["999", "-1", "²", "x" * 50])
def test_an_unknown_activity_shows_the_first(base: Engine, asked: str) -> None:
    key, _ = a_slot()
    shown = by_day.show(actor=actor_of(Role.REGIE), form=period(activity_id=asked), now=NOW)
    assert shown.activity == str(key)


def test_the_list_of_a_slot_names_children_families_and_phones(base: Engine) -> None:
    _, slot = a_slot()
    child = book_one(slot)
    book_one(slot, "Zoé", "cancelled")
    shown = slot_list.show(actor=actor_of(Role.RECEPTION), slot_id=slot)
    (row,) = shown.rows
    assert (shown.title, shown.day, shown.words) == ("Cantine · Midi", "Jeudi 3 décembre 2026", "1 sur 2 places")
    assert (row.child, row.group, row.number) == (child, "CM2 · École Lou", "F-Foyer Lou")
    assert (row.state, row.phones) == ("Réservé", "Lou 06 00 00 00 01")
    assert (shown.opens_files, shown.opens_health) == (True, True)


@pytest.mark.parametrize(
    ("role", "files", "health"),
    [
        (Role.ANIMATION, False, False),
        (Role.REGIE, False, False),
        (Role.ADMIN, True, False),
        (Role.DIRECTION, True, True),
    ],
)
def test_files_and_health_are_opened_by_who_may(base: Engine, role: Role, files: bool, health: bool) -> None:
    _, slot = a_slot()
    shown = slot_list.show(actor=actor_of(role), slot_id=slot)
    assert (shown.opens_files, shown.opens_health) == (files, health)


@pytest.mark.parametrize("slot", [0, -1, 999, 2**40])
def test_an_unknown_slot_is_a_closed_door(base: Engine, slot: int) -> None:
    agent = actor_of(Role.REGIE)
    with pytest.raises(NotOpenError):
        slot_list.show(actor=agent, slot_id=slot)
    with pytest.raises(NotOpenError):
        slot_list.export(agent, slot, NOW)


def test_a_parent_reads_nothing(base: Engine) -> None:
    _, slot = a_slot()
    parent = open_session(make_account())[1]
    for work in (
        lambda: by_day.show(actor=parent, form={}, now=NOW),
        lambda: slot_list.show(actor=parent, slot_id=slot),
        lambda: slot_list.export(parent, slot, NOW),
    ):
        with pytest.raises(NotOpenError):
            work()
    assert traces("activity.list_exported") == []


def test_the_exported_list_opens_in_a_spreadsheet_and_runs_nothing(base: Engine) -> None:
    _, slot = a_slot()
    child = book_one(slot)
    with transaction() as db:
        db.get_one(Child, child).last_name = "=1+1"
    file = slot_list.export(actor_of(Role.ANIMATION), slot, NOW)
    rows = list(csv.reader(io.StringIO(file.body.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Enfant", "Niveau et école", "Dossier", "État", "Téléphones"]
    assert rows[1] == ["'=1+1 Lou", "CM2 · École Lou", "F-Foyer Lou", "Réservé", "Lou 06 00 00 00 01"]
    assert (file.name, file.media_type) == ("Cantine · Midi - Jeudi 3 décembre 2026.csv", "text/csv; charset=utf-8")
    assert traces("activity.list_exported") == ["Cantine · Midi, Jeudi 3 décembre 2026"]


def test_the_list_reads_as_little_for_many_children(base: Engine) -> None:
    _, slot = a_slot(capacity=30)
    agent = actor_of(Role.RECEPTION)
    book_one(slot)
    with counted(base) as small:
        slot_list.show(actor=agent, slot_id=slot)
    for rank in range(6):
        book_one(slot, f"Enfant{rank}")
    with counted(base) as large:
        slot_list.show(actor=agent, slot_id=slot)
    assert len(small) == len(large) <= 4
