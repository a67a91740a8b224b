"""Les courbes du tableau de bord : des chiffres justes, et l'argent pour qui peut le voir, sans aucun nom."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Role
from portail.domain.payments import Means
from portail.models.accounts import Account
from portail.models.database import reading
from portail.services.home import dashboard
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering, make_slot
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_payment, make_regie
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

MONDAY = date(2026, 11, 16)  # NOW est le vendredi 20
MONEY = {Role.REGIE, Role.ADMIN, Role.DIRECTION}


def show(role: Role = Role.ADMIN, now: datetime = NOW) -> Any:
    actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
    return dashboard.show(actor=actor, now=now)


def offer(title: str, *days: tuple[date, int, int], **options: Any) -> None:
    """Une activité et ses séances : (jour, places, prises)."""
    offering = make_offering(make_activity(name=title))
    for day, capacity, taken in days:
        make_slot(offering, day, capacity=capacity, taken=taken, **options)


def test_bookings_by_week_go_from_three_weeks_ahead_to_four_weeks_ago(base: Engine) -> None:
    offer("Cantine", (MONDAY, 10, 4), (MONDAY + timedelta(days=4), 10, 4), (MONDAY + timedelta(weeks=3), 20, 2))
    offer("Garderie", (MONDAY, 20, 2), (MONDAY - timedelta(weeks=4), 10, 5))
    offer("Ailleurs", (MONDAY - timedelta(weeks=4, days=1), 10, 9), (MONDAY + timedelta(weeks=4), 10, 9))
    weeks = show().weeks
    assert [one.label for one in weeks][:4] == [
        "Semaine du 7 déc.",
        "Semaine du 30 nov.",
        "Semaine du 23 nov.",
        "Semaine du 16 nov. (celle-ci)",
    ]
    assert [(one.total, one.detail, one.share) for one in weeks] == [
        ("2", "10\u00a0% des 20 places", 20),
        ("0", "aucune séance", 0),
        ("0", "aucune séance", 0),
        ("10", "25\u00a0% des 40 places", 100),
        ("0", "aucune séance", 0),
        ("0", "aucune séance", 0),
        ("0", "aucune séance", 0),
        ("5", "50\u00a0% des 10 places", 50),
    ]


def test_bookings_by_month_count_whole_months(base: Engine) -> None:
    offer("Cantine", (date(2026, 11, 1), 10, 3), (date(2026, 11, 30), 10, 5), (date(2026, 10, 31), 8, 8))
    offer("Trop tôt", (date(2026, 5, 31), 10, 10), (date(2026, 12, 1), 10, 10))
    offer("Fermée", (date(2026, 11, 12), 10, 7), closed_why="Grève")
    months = show().months
    assert [(one.label, one.total, one.detail) for one in months[:3]] == [
        ("Novembre 2026", "8", "40\u00a0% des 20 places"),
        ("Octobre 2026", "8", "100\u00a0% des 8 places"),
        ("Septembre 2026", "0", "aucune séance"),
    ]
    assert [one.label for one in months][-1] == "Juin 2026"


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 28)])
def test_the_year_turns_without_losing_a_day(base: Engine, day: date) -> None:
    offer("Cantine", (day, 10, 1))
    view = show(now=datetime(day.year, day.month, day.day, 9, tzinfo=NOW.tzinfo))
    assert sum(int(one.total) for one in view.months) == sum(int(one.total) for one in view.weeks) == 1
    assert (len(view.months), len(view.weeks)) == (6, 8)


def test_the_fullest_activity_comes_first(base: Engine) -> None:
    offer("Cantine", (MONDAY, 10, 5), (MONDAY + timedelta(days=27), 10, 0))
    offer("Judo", (MONDAY, 4, 3))
    offer("Passée", (MONDAY - timedelta(days=1), 4, 4))
    offer("Plus tard", (MONDAY + timedelta(days=28), 4, 4))
    offer("Sans place", (MONDAY, 0, 0))
    assert [(one.label, one.total, one.detail, one.share) for one in show().occupancy] == [
        ("Judo", "75\u00a0%", "3 sur 4 places", 75),
        ("Cantine", "25\u00a0%", "5 sur 20 places", 25),
    ]


def test_income_and_unpaid_are_those_of_every_regie(base: Engine) -> None:
    family, sport = make_family("Durand"), make_regie("SPO")
    make_payment(family, 20_00, means=Means.CASH)
    make_payment(family, 30_00, regie_id=sport)
    make_payment(family, 5_00, now=NOW - timedelta(days=31))
    make_invoice(family, 10_00, now=NOW - timedelta(days=40), regie_id=sport)
    make_invoice(family, 10_00, now=NOW - timedelta(days=200))
    view = show(Role.REGIE)
    assert [(one.label, one.total, one.share) for one in view.income[:2]] == [
        ("Novembre 2026", "50,00\u00a0€", 100),
        ("Octobre 2026", "5,00\u00a0€", 10),
    ]
    assert [(one.total, one.detail) for one in view.ages] == [
        ("10,00\u00a0€", "1 facture"),
        ("0,00\u00a0€", "0 facture"),
        ("0,00\u00a0€", "0 facture"),
        ("10,00\u00a0€", "1 facture"),
    ]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PARENT}))
def test_money_is_told_to_whoever_may_and_names_nobody(base: Engine, role: Role) -> None:
    family = make_family("Zygmuntowicz")
    make_invoice(family, 10_00, now=NOW - timedelta(days=40))
    make_payment(family, 20_00)
    offer("Cantine", (MONDAY, 10, 4))
    view = show(role)
    assert bool(view.income) is bool(view.ages) is (role in MONEY)
    unpaid = [(one.value, one.href) for one in view.figures if one.label == "Impayés"]
    led = "" if role is Role.DIRECTION else "/admin/impayes"
    assert unpaid == ([("10,00\u00a0€", led)] if role in MONEY else [])
    assert sum(int(one.total) for one in view.weeks) == 4, "les réservations sont à tous les agents"
    told = json.dumps(asdict(view), ensure_ascii=False)
    assert "Zygmuntowicz" not in told
    assert ("€" in told) is (role in MONEY)


def test_the_dashboard_reads_little(base: Engine) -> None:
    with counted(base) as few:
        show()
    for rank in range(5):
        offer(f"Activité {rank}", (MONDAY, 10, 4))
        make_payment(make_family(f"F{rank}"), 5_00)
    with counted(base) as many:
        dashboard.show(actor=open_session(make_account("b@mairie.example", role=Role.ADMIN))[1], now=NOW)
    assert len(many) <= len(few)


def test_the_demo_town_is_alive(settled: Engine) -> None:
    with reading() as db:
        account = db.exec(select(Account).where(Account.email == "direction@mairie.example")).one()
    view = dashboard.show(actor=open_session(account)[1], now=NOW)
    assert sum(int(one.total) > 0 for one in view.weeks) >= 4
    assert sum(int(one.total) > 0 for one in view.months) >= 2
    assert len(view.occupancy) >= 3
    assert sum(not one.total.startswith("0,00") for one in view.income) >= 2
    assert any(not one.total.startswith("0,00") for one in view.ages)
