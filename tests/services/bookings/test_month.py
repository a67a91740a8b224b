"""Le mois d'un enfant : chaque jour dit ce qu'il est, ce qu'on peut en faire, et sinon pourquoi."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.bookings import Intent
from portail.domain.refusals import NotOpenError
from portail.models.activities import Activity, Slot
from portail.models.database import transaction
from portail.services.bookings import month
from portail.views.bookings import Cell, Month
from tests.conftest import NOW
from tests.factories import families
from tests.factories.activities import make_activity, make_document, make_document_type, make_offering, make_slot
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


def shown(home: Home, activity: int, asked: str = "2026-12", now: datetime = NOW, **more: object) -> Month:
    known = {"child_id": home.child, "span": "month"} | more
    return month.show(actor=home.actor, activity_id=activity, month=asked, now=now, **known)


def cells(drawn: Month) -> dict[str, Cell]:
    """La première case de chaque jour."""
    return {day.date: day.cells[0] for day in drawn.days if day.cells}


def test_an_open_day_says_its_price_and_its_places(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    cell = cells(shown(home, activity))["2026-12-03"]
    assert cell.name == "jeudi 3 décembre 2026, réservable, 3,20\u00a0€, 10 places"
    assert (cell.status, cell.word, cell.gesture, cell.cents, cell.places) == ("open", "3,20\u00a0€", "add", 320, 10)
    assert cell.key == f"{slots[1]}.{home.child}"


def test_a_booked_day_can_be_cancelled_until_its_deadline(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen()
    home.book(activity, slots[1])
    cell = cells(shown(home, activity))["2026-12-03"]
    assert (cell.status, cell.gesture, cell.cents) == ("booked", "remove", -320)
    late = cells(shown(home, activity, now=datetime(2026, 12, 2, 11, 0, 1, tzinfo=UTC)))["2026-12-03"]
    assert (late.status, late.gesture) == ("booked_locked", "")
    assert "depuis" in late.why


def test_days_without_a_slot_say_why(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    days = {day.date: day for day in shown(home, activity).days}
    assert (days["2026-12-02"].word, days["2026-12-02"].why) == ("Fermé", "Ouvert seulement les jours d’école.")
    assert days["2026-12-21"].word == "Vacances"
    assert "vacances de Noël" in days["2026-12-21"].why.replace("Vacances", "vacances")
    assert days["2026-12-25"].word == "Férié"
    assert days["2026-11-30"].number == ""


def test_a_weekday_month_has_five_columns_and_a_saturday_seven(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    assert len(shown(home, activity).weekdays) == 5
    with transaction() as db:
        offering = db.exec(select(Slot.offering_id).where(Slot.activity_id == activity)).first()
    make_slot(offering, date(2026, 12, 5))
    drawn = shown(home, activity)
    assert len(drawn.weekdays) == 7
    assert len(drawn.days) % 7 == 0


def test_a_full_day_offers_the_waiting_list(base: Engine) -> None:
    home, (activity, slots) = make_home(), make_canteen(capacity=1)
    make_home("Bruno").book(activity, slots[1])
    cell = cells(shown(home, activity))["2026-12-03"]
    assert (cell.status, cell.gesture, cell.places) == ("full", "wait", 0)
    home.confirm(activity, home.choices(slots[1], intent=Intent.WAIT))
    cell = cells(shown(home, activity))["2026-12-03"]
    assert (cell.status, cell.word, cell.gesture) == ("waitlisted", "Attente n°\u00a01", "leave")


def test_all_the_children_are_in_one_calendar(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    drawn = shown(home, activity, child_id=0)
    day = next(day for day in drawn.days if day.date == "2026-12-03")
    assert [cell.child for cell in day.cells] == ["Léa Alba", "Noé Alba"]
    assert drawn.chosen == 0


def test_another_familys_child_is_not_shown(base: Engine) -> None:
    home, other, (activity, _) = make_home(), make_home("Bruno"), make_canteen()
    drawn = shown(home, activity, child_id=other.child)
    assert {cell.key.split(".")[1] for cell in cells(drawn).values()} <= {str(home.child), str(home.sibling)}


def test_a_child_too_old_sees_why_on_top_of_the_page(base: Engine) -> None:
    home = make_home()
    activity = make_activity()
    make_slot(make_offering(activity, min_age=3, max_age=5))
    drawn = shown(home, activity)
    assert "de 3 à 5 ans" in drawn.notice
    assert (drawn.notice_link, cells(drawn)["2026-12-03"].status) == ("/activites", "closed")


def test_only_the_age_groups_of_the_child_are_shown(base: Engine) -> None:
    home = make_home()
    activity = make_activity()
    for name, ages in (("Petits", (3, 5)), ("Grands", (6, 12))):
        make_slot(make_offering(activity, name=name, min_age=ages[0], max_age=ages[1]))
    day = next(day for day in shown(home, activity).days if day.cells)
    assert [cell.gesture for cell in day.cells] == ["add"]


def test_several_slots_of_a_day_carry_their_part(base: Engine) -> None:
    home = make_home()
    activity = make_activity()
    for name, hours in (("Matin", (time(7, 30), time(8, 20))), ("Soir", (time(16, 30), time(18, 30)))):
        make_slot(make_offering(activity, name=name, starts_at=hours[0], ends_at=hours[1]))
    day = next(day for day in shown(home, activity).days if day.cells)
    assert [cell.part for cell in day.cells] == ["Matin", "Soir"]
    assert day.cells[0].name.endswith(", Matin")


def test_an_incomplete_health_record_is_said_once_with_its_link(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen(needs_health=True)
    drawn = shown(home, activity)
    assert "fiche sanitaire de Léa Alba est incomplète" in drawn.notice
    assert drawn.notice_link == f"/dossier/enfants/{home.child}/sante"
    assert {cell.gesture for cell in cells(drawn).values()} == {""}


def test_a_setting_changed_is_seen_at_once(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    assert shown(home, activity).title.startswith("Activité")
    with transaction() as db:
        row = db.get_one(Activity, activity)
        row.name, row.stamp = "Cantine rouverte", "un-autre-timbre"
    assert shown(home, activity).title == "Cantine rouverte"


@pytest.mark.parametrize("asked", ["", "2026-13", "jamais", "9999-12", "0001-01", "\0", "2026-12-99", "-1"])
def test_an_impossible_month_falls_back_on_a_possible_one(base: Engine, asked: str) -> None:
    home, (activity, _) = make_home(), make_canteen()
    drawn = shown(home, activity, asked)
    assert drawn.days
    assert drawn.label


def test_months_follow_each_other_within_their_bounds(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    drawn = shown(home, activity)
    assert (drawn.previous, drawn.next) == ("2026-11", "2027-01")
    far = shown(home, activity, "2035-01")
    assert far.next == ""
    assert shown(home, activity, "2001-01").previous == ""


def test_a_week_is_shown_whole(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    drawn = shown(home, activity, "2026-12-03", span="week")
    assert [day.date for day in drawn.days] == ["2026-11-30"] + [f"2026-12-0{rank}" for rank in range(1, 5)]
    assert (drawn.month, drawn.previous, drawn.next) == ("2026-11-30", "2026-11-23", "2026-12-07")


def test_the_night_of_the_clock_change_keeps_its_deadlines(base: Engine) -> None:
    """02:30 n'existe pas le 28 mars 2027 : la limite est le premier instant après, 03:00 à Paris."""
    at_night = {"kind": "days_before", "days": 1, "hour": "02:30"}
    rule = {"valid_from": "2020-01-01", "add": at_night, "cancel": at_night}
    home = make_home()
    activity = make_activity(rule=rule)
    slot = make_slot(make_offering(activity), date(2027, 3, 29))
    limit = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert cells(shown(home, activity, "2027-03", limit))["2027-03-29"].gesture == "add"
    assert cells(shown(home, activity, "2027-03", limit + timedelta(seconds=1)))["2027-03-29"].gesture == ""
    assert home.confirm(activity, home.choices(slot), limit + timedelta(seconds=1)).batch == 0
    assert home.confirm(activity, home.choices(slot), limit).batch > 0


def test_a_stranger_and_an_unknown_activity_find_nothing(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    _, alone = open_session(make_account("seul@famille.example"))
    with pytest.raises(NotOpenError):
        month.show(actor=alone, activity_id=activity, child_id=0, month="2026-12", span="month", now=NOW)
    for unknown in (0, -1, 999_999, 2**40):
        with pytest.raises(NotOpenError):
            shown(home, unknown)


@pytest.mark.parametrize("others", [0, 12])
def test_a_month_takes_eight_reads_at_most_whatever_the_others_booked(base: Engine, others: int) -> None:
    home, (activity, slots) = make_home(), make_canteen(needs_health=True, capacity=50)
    for rank in range(others):
        with transaction() as db:
            db.get_one(Activity, activity).needs_health = False
        make_home(f"Foyer{rank}").book(activity, *slots)
    with transaction() as db:
        row = db.get_one(Activity, activity)
        row.needs_health, row.stamp = True, f"timbre-{others}"
    shown(home, activity)  # la fiche de l'activité est en mémoire
    with counted(base) as seen:
        shown(home, activity)
    assert len(seen) <= 8, seen


def test_two_children_read_no_more_than_one(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen(needs_health=True)
    for rank in range(3):
        families.make_child(f"Frère{rank}", home.family)
    shown(home, activity)
    with counted(base) as one:
        shown(home, activity)
    with counted(base) as every:
        shown(home, activity, child_id=0)
    assert len(every) == len(one)


def test_a_missing_document_closes_the_days_it_does_not_cover(base: Engine) -> None:
    home, (activity, _) = make_home(), make_canteen()
    insurance = make_document_type("Assurance scolaire", activity)
    drawn = shown(home, activity)
    assert drawn.notice == "Il manque un document pour Léa Alba : Assurance scolaire."
    make_document(insurance, home.family, home.child, valid_until=date(2026, 12, 4))
    day = cells(shown(home, activity))
    assert (day["2026-12-04"].gesture, day["2026-12-07"].gesture) == ("add", "")
    assert "Assurance scolaire" in day["2026-12-07"].why
