"""De qui parle un mouvement : les prénoms du foyer, jamais ceux d'un autre ; le grand livre n'en garde aucun."""

import pytest
from sqlalchemy import Engine
from sqlmodel import col, delete, select

from portail.domain.bookings import Intent
from portail.models.accounts import Account
from portail.models.bookings import BookingBatch
from portail.models.database import transaction
from portail.models.families import Child, FamilyChild
from portail.models.wallet import LedgerTransaction
from portail.services.bookings import undoing
from portail.services.wallet import desk, files, mine
from portail.services.wallet.statement import Wanted
from portail.views.wallet import Statement
from tests.conftest import NOW
from tests.factories.booking import Home, make_canteen, make_home
from tests.factories.desk import agent
from tests.factories.families import make_child, make_family
from tests.factories.money import fill
from tests.factories.people import open_session
from tests.factories.queries import counted
from tests.tools.pdfs import text_of


@pytest.fixture
def home(base: Engine) -> Home:
    return make_home()


def shown(home: Home, **wanted: object) -> Statement:
    return mine.show(actor=home.actor, wanted=Wanted(home.family, **wanted), now=NOW).statement


def said(statement: Statement) -> list[tuple[str, str]]:
    return [(row.kind, row.child) for row in statement.rows]


def csv(home: Home, **given: str) -> list[str]:
    return files.make(home.actor, home.family, given, NOW).body.decode("utf-8-sig").splitlines()[1:]


def test_each_movement_says_whose_days_it_pays(home: Home) -> None:
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3]))
    home.confirm(activity, home.choices(slots[3], child=home.sibling))
    both = ",".join((home.choices(slots[4]), home.choices(slots[4], child=home.sibling)))
    home.confirm(activity, both)
    home.confirm(activity, home.choices(slots[3], intent=Intent.REMOVE))
    assert said(shown(home)) == [
        ("Annulation", "Léa Alba"),
        ("Réservation", "Léa Alba, Noé Alba"),
        ("Réservation", "Noé Alba"),
        ("Réservation", "Léa Alba"),
        ("Alimentation", ""),
    ]


def test_a_child_is_a_filter_with_the_others(home: Home) -> None:
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3]))
    home.confirm(activity, home.choices(slots[4], child=home.sibling))
    found = shown(home, child=home.sibling)
    assert (said(found), found.child) == ([("Réservation", "Noé Alba")], str(home.sibling))
    assert [one.label for one in found.children] == ["Léa Alba", "Noé Alba"]
    assert said(shown(home, child=home.sibling, kind="cancellation")) == []
    assert [line.split(";")[3] for line in csv(home, enfant=str(home.child))] == ["Léa Alba"]
    assert [line.split(";")[3] for line in csv(home)] == ["Noé Alba", "Léa Alba", ""]


@pytest.mark.parametrize("child", [0, -1, 999, 2**40])
def test_an_unknown_child_filters_nothing(home: Home, child: int) -> None:
    found = shown(home, child=child)
    assert (len(found.rows), found.child) == (1, "")
    assert len(csv(home, enfant=str(child))) == len(csv(home, enfant="x' or 1=1")) == 1


def test_the_paper_says_kind_child_and_filter(home: Home) -> None:
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3]))
    given = {"format": "pdf", "enfant": str(home.child)}
    made = " ".join(text_of(files.make(home.actor, home.family, given, NOW).body).split())
    assert "Sorte" in made
    assert "Tous les mouvements, Léa Alba, depuis l’ouverture" in made
    assert "Réservation" in made
    assert "Solde 96,80" not in made


def test_the_child_of_the_other_home_stays_unseen(home: Home) -> None:
    """Jade est des deux foyers ; son demi-frère, d'un seul : ni nommé, ni proposé, ni filtrable chez l'autre."""
    other = make_home("Boris")
    jade = make_child("Jade", home.family, other.family)
    half = make_child("Tom", other.family)
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3], child=jade))
    other.confirm(activity, other.choices(slots[4], child=half))
    assert said(shown(home))[0] == ("Réservation", "Jade")
    assert "Tom" not in str(shown(home)) + str(csv(home))
    found = shown(home, child=half)
    assert (len(found.rows), found.child) == (2, "")
    assert said(shown(other))[0] == ("Réservation", "Tom")
    assert said(shown(other, child=jade)) == []


def test_a_child_who_left_the_home_is_no_longer_named(home: Home) -> None:
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3]))
    with transaction() as db:
        db.exec(delete(FamilyChild).where(col(FamilyChild.child_id) == home.child))
    assert said(shown(home))[0] == ("Réservation", "")
    assert [one.label for one in shown(home).children] == ["Noé Alba"]


def test_the_ledger_names_nobody_and_forgotten_bookings_leave_the_money(home: Home) -> None:
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3]))
    with transaction() as db:
        names = [one.first_name for one in db.exec(select(Child))]
        assert not [one.label for one in db.exec(select(LedgerTransaction)) if any(name in one.label for name in names)]
        db.exec(delete(BookingBatch))
    assert said(shown(home)) == [("Réservation", ""), ("Alimentation", "")]


def test_an_undone_booking_keeps_both_movements(home: Home) -> None:
    activity, slots = make_canteen()
    outcome = home.confirm(activity, home.choices(slots[3]))
    undoing.undo(actor=home.actor, batch_id=outcome.batch, now=NOW)
    assert [kind for kind, _ in said(shown(home))] == ["Annulation", "Réservation", "Alimentation"]


def test_the_regie_filters_the_same_way_and_takes_the_same_file(home: Home) -> None:
    activity, slots = make_canteen()
    home.confirm(activity, home.choices(slots[3]))
    home.confirm(activity, home.choices(slots[4], child=home.sibling))
    regie = agent()
    wanted = Wanted(home.family, "booking", "month", child=home.child)
    found = desk.show(actor=regie, wanted=wanted, now=NOW).statement
    assert (said(found), found.kind, found.period) == ([("Réservation", "Léa Alba")], "booking", "month")
    given = {"sorte": "booking", "periode": "month", "enfant": str(home.child)}
    assert len(files.make(regie, home.family, given, NOW).body.decode().splitlines()) == 2


def test_a_long_history_costs_the_same(home: Home, base: Engine) -> None:
    activity, slots = make_canteen(cents=10)
    home.confirm(activity, home.choices(slots[3]))
    with counted(base) as short:
        shown(home)
    for slot in slots[4:]:
        home.confirm(activity, home.choices(slot))
    with counted(base) as long:
        shown(home)
    assert len(long) == len(short)


def test_a_family_without_children_has_no_filter(base: Engine) -> None:
    home = make_home()
    with transaction() as db:
        account = db.get_one(Account, home.actor.account_id)
    family = make_family("Sans", account)
    fill(family, 1_000)
    found = mine.show(actor=open_session(account)[1], wanted=Wanted(family), now=NOW).statement
    assert (found.children, said(found)) == ([], [("Alimentation", "")])
