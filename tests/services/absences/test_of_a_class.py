"""Une classe qui ne vient pas : l'aperçu dit juste, le geste fait exactement cela, chacun est prévenu et remboursé."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Child, Guardian, SchoolClass
from portail.services import wallet
from portail.services.absences import collective
from portail.services.absences.collective import NobodyError, StaleError
from portail.views.absences import GroupPreview
from tests.conftest import NOW
from tests.factories.activities import THURSDAY, make_activity, make_offering, make_slot, make_wallet
from tests.factories.booked import book, state_of, taken
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family, make_school
from tests.factories.letters import last_text, recipients, subjects_to
from tests.factories.people import make_account, open_session

FRIDAY = date(2026, 12, 4)


@dataclass
class Town:
    agent: Actor
    school: int
    school_class: int
    canteen: int
    slots: dict[date, int]
    families: list[int]
    children: list[int]

    def form(self, **changed: str) -> dict[str, str]:
        known = {"school": str(self.school), "first": "2026-12-03", "last": "2026-12-04", "why": "Classe de mer"}
        return known | {f"activity-{self.canteen}": "on"} | changed

    def look(self, **changed: str) -> GroupPreview:
        return collective.preview(actor=self.agent, form=self.form(**changed), now=NOW)

    def cancel(self, stamp: str, **changed: str) -> str:
        return collective.cancel(actor=self.agent, form=self.form(**changed), stamp=stamp, now=NOW)


@pytest.fixture
def town(base: Engine) -> Town:
    """Deux familles de l'école, une d'ailleurs ; la première a deux jours payés d'avance."""
    school, elsewhere = make_school("Jean-Macé"), make_school("Jules-Ferry")
    with transaction() as db:
        group = SchoolClass(school_id=school, name="CM2 B", year="2026-2027", levels="CM2")
        db.add(group)
        db.flush()
        class_id = group.key
    canteen = make_activity(name="Cantine")
    offering = make_offering(canteen)
    slots = {day: make_slot(offering, day) for day in (THURSDAY, FRIDAY)}
    families, children = [], []
    for name, where in (("Un", school), ("Deux", school), ("Ailleurs", elsewhere)):
        family = make_family(name, make_account(f"{name.lower()}@famille.example"))
        families.append(family)
        children.append(make_child(f"Enfant{name}", family, school_id=where))
    make_wallet(families[0], 0)
    agent = open_session(make_account("direction@mairie.example", role=Role.DIRECTION))[1]
    return Town(agent, school, class_id, canteen, slots, families, children)


def fill(town: Town) -> list[int]:
    paid = {"meal_cents": 320, "is_paid": True}
    first = [book(town.slots[day], town.children[0], town.families[0], **paid) for day in town.slots]
    second = book(town.slots[THURSDAY], town.children[1], town.families[1], BookingState.PENDING, meal_cents=320)
    away = book(town.slots[THURSDAY], town.children[2], town.families[2])
    return [*first, second, away]


def test_the_preview_counts_and_touches_nothing(town: Town) -> None:
    keys = fill(town)
    seen = town.look()
    assert seen.summary == "3 réservations · 2 enfants, 2 familles"
    assert seen.refund == "6,40\u00a0€ rendus sur les porte-monnaie"
    assert [(line.title, line.count) for line in seen.lines] == [("Cantine", "3 réservations")]
    assert (seen.days, seen.button) == (
        "Du 3 décembre au 4 décembre 2026",
        "Confirmer : annuler 3 réservations",
    )
    assert [state_of(key) for key in keys] == ["booked", "booked", "pending", "booked"]


def test_confirming_cancels_refunds_frees_and_tells_each_family(town: Town) -> None:
    keys = fill(town)
    said = town.cancel(town.look().stamp)
    assert said == "3 réservations annulées, 6,40\u00a0€ rendus ; 2 familles prévenues."
    assert [state_of(key) for key in keys] == ["cancelled", "cancelled", "cancelled", "booked"]
    assert [taken(slot) for slot in town.slots.values()] == [1, 0]
    with reading() as db:
        assert wallet.balance_of(db, town.families[0]).cents == 640
        (trace,) = db.exec(select(AuditEntry).where(AuditEntry.action == "booking.group_cancelled")).all()
    assert (trace.actor_id, trace.detail) == (town.agent.account_id, "Classe de mer : 3 réservations annulées")
    assert sorted(recipients()) == ["deux@famille.example", "un@famille.example"]
    assert subjects_to("un@famille.example") == ["Réservations annulées : Classe de mer"]
    assert "jeudi 3 décembre, EnfantUn, Cantine" in last_text("un@famille.example")
    assert "6,40" in last_text("un@famille.example")
    assert "EnfantUn" not in last_text("deux@famille.example")
    assert "ne vous seront pas facturés" in last_text("deux@famille.example")


def test_one_class_one_level_one_day(town: Town) -> None:
    fill(town)
    with transaction() as db:
        db.exec(update(Child).where(col(Child.id) == town.children[1]).values(class_id=town.school_class, level="CE1"))
    assert town.look(school="", **{"class": str(town.school_class)}).summary.startswith("1 réservation · 1 enfant")
    assert town.look(school="", level="CM2").summary.startswith("3 réservations")
    assert town.look(last="").summary.startswith("2 réservations")
    assert town.look(last="").days == "Le jeudi 3 décembre"
    assert town.look(level="CP").is_empty


def test_what_changed_since_the_preview_stops_everything(town: Town) -> None:
    keys = fill(town)
    stamp = town.look().stamp
    late = make_child("Tardif", town.families[1], school_id=town.school)
    book(town.slots[FRIDAY], late, town.families[1])
    with pytest.raises(StaleError, match="rien n’a été annulé"):
        town.cancel(stamp)
    assert state_of(keys[0]) == "booked"
    assert recipients() == []
    with pytest.raises(StaleError):
        town.cancel("faux")


def test_a_double_click_cancels_once(town: Town) -> None:
    fill(town)
    stamp = town.look().stamp
    done = together(*[lambda: town.cancel(stamp)] * 3)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert all(isinstance(one, str | NobodyError | StaleError) for one in done)
    with reading() as db:
        assert wallet.balance_of(db, town.families[0]).cents == 640


def test_nobody_concerned_is_said(town: Town) -> None:
    assert town.look().is_empty
    with pytest.raises(NobodyError):
        town.cancel(town.look().stamp)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"school": ""}, "school"),
        ({"first": ""}, "first"),
        ({"first": "2026-13-45"}, "first"),
        ({"first": "2019-01-01", "last": "2019-01-02"}, "first"),
        ({"last": "2026-12-01"}, "last"),
        ({"last": "2027-02-01"}, "last"),
        ({"last": "bientôt"}, "last"),
        ({"why": ""}, "why"),
        ({"why": "x" * 101}, "why"),
    ],
)
def test_each_fault_is_beside_its_field(town: Town, changed: dict[str, str], field: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        town.look(**changed)
    assert field in refusal.value.fields


@pytest.mark.parametrize("junk", [{}, {"activity-x": "on"}, {"activity-": "on"}, {"activity--3": "on"}])
def test_an_activity_must_be_chosen(town: Town, junk: dict[str, Any]) -> None:
    form = {name: value for name, value in town.form().items() if not name.startswith("activity")} | junk
    with pytest.raises(FormRefusedError, match="au moins une activité"):
        collective.preview(actor=town.agent, form=form, now=NOW)


@pytest.mark.parametrize("role", [Role.REGIE, Role.ANIMATION, Role.PARENT])
def test_others_may_not(town: Town, role: Role) -> None:
    fill(town)
    stamp = town.look().stamp
    actor = open_session(make_account("autre@famille.example", role=role))[1]
    for refused in (
        lambda: collective.show_form(actor=actor, now=NOW),
        lambda: collective.preview(actor=actor, form=town.form(), now=NOW),
        lambda: collective.cancel(actor=actor, form=town.form(), stamp=stamp, now=NOW),
    ):
        with pytest.raises(NotOpenError):
            refused()


def test_an_adult_who_neither_books_nor_edits_is_not_written_to(town: Town) -> None:
    fill(town)
    with transaction() as db:
        values = {"can_book": False, "can_edit": False}
        db.exec(update(Guardian).where(col(Guardian.family_id) == town.families[0]).values(**values))
    town.cancel(town.look().stamp)
    assert recipients() == ["deux@famille.example"]


def test_the_form_lists_what_can_be_chosen(town: Town) -> None:
    form = collective.show_form(actor=town.agent, now=NOW)
    assert [one.label for one in form.schools] == ["Jean-Macé", "Jules-Ferry"]
    assert [one.label for one in form.activities] == ["Cantine"]
    assert (form.ready, form.today, form.waiting) == (True, "2026-11-20", 0)
    assert any("CM2 B" in one.label for one in form.classes)
