"""Un enfant, un adulte, une situation : demandés par la famille, vérifiés avant de partir en démarche."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from portail.domain.forms import FormRefusedError
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.requests import AlreadySentError, RequestKind
from portail.models.database import reading, transaction
from portail.models.families import Child, Guardian, SchoolClass
from portail.models.requests import Request
from portail.services.families import children, household
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted


class Home:
    def __init__(self) -> None:
        self.account = make_account("zoe@famille.example")
        self.actor = open_session(self.account)[1]
        self.family = make_family("Un", self.account)
        self.school = make_school()
        self.child = make_child("Noé", self.family, birth=date(2020, 3, 2), school_id=self.school)
        with reading() as db:
            self.me = db.exec(select(Guardian.id)).one()

    def kid(self, **changed: object) -> dict[str, object]:
        known = {
            "family_id": str(self.family),
            "first_name": "Maé",
            "last_name": "Un",
            "birth_date": "2023-04-05",
            "school_id": str(self.school),
            "level": "PS",
        }
        return known | changed


@pytest.fixture
def home(base: Engine) -> Home:
    return Home()


def requests() -> list[Request]:
    with reading() as db:
        return list(db.exec(select(Request).order_by(col(Request.id))))


def test_the_child_page_says_what_the_town_knows(home: Home, now: datetime) -> None:
    with transaction() as db:
        group = SchoolClass(school_id=home.school, name="CE1 de Mme Ali", levels="CE1")
        db.add(group)
        db.flush()
        db.get_one(Child, home.child).class_id = group.key
    page = children.show(actor=home.actor, child_id=home.child, now=now)
    assert (page.first_name, page.age, page.school, page.level, page.class_name) == (
        "Noé",
        "6 ans",
        "École Jean-Macé",
        "CM2",
        "CE1 de Mme Ali",
    )
    assert (page.birth, page.birth_date, page.shared, page.can_edit) == ("lundi 2 mars 2020", "2020-03-02", False, True)


def test_the_child_page_costs_the_same_with_more_brothers(home: Home, base: Engine, now: datetime) -> None:
    with counted(base) as few:
        children.show(actor=home.actor, child_id=home.child, now=now)
    for rank in range(6):
        make_child(f"Enfant{rank}", home.family)
    with counted(base) as many:
        children.show(actor=home.actor, child_id=home.child, now=now)
    assert len(few) == len(many) <= 5


def test_a_correction_waits_and_says_so(home: Home, now: datetime) -> None:
    form = home.kid(first_name="Noë", birth_date="2020-03-02", level="CM2")
    number = children.ask_change(actor=home.actor, child_id=home.child, form=form, now=now)
    (request,) = requests()
    assert (request.kind, request.child_id, request.content["after"]["first_name"]) == (
        "child_change",
        home.child,
        "Noë",
    )
    page = children.show(actor=home.actor, child_id=home.child, now=now)
    assert page.first_name == "Noé"
    assert page.waiting == [f"Correction de la fiche d’un enfant : démarche n° {number}"]


def test_a_correction_of_nothing_is_not_sent(home: Home, now: datetime) -> None:
    with reading() as db:
        known = children.as_content(children.file_of(db.get_one(Child, home.child)))
    same = {name: str(value) for name, value in known.items()}
    with pytest.raises(BadInputError, match="Rien n’a changé"):
        children.ask_change(actor=home.actor, child_id=home.child, form=same, now=now)
    assert requests() == []


def test_a_child_of_two_families_says_so_without_naming_the_other(home: Home, now: datetime) -> None:
    other = make_family("Autrefamille")
    shared = make_child("Jade", home.family, other)
    page = children.show(actor=home.actor, child_id=shared, now=now)
    assert page.shared
    assert "Autrefamille" not in str(page)


def test_a_new_child_is_asked_once(home: Home, now: datetime) -> None:
    children.ask_addition(actor=home.actor, form=home.kid(), now=now)
    with pytest.raises(AlreadySentError):
        children.ask_addition(actor=home.actor, form=home.kid(), now=now)
    with pytest.raises(FormRefusedError) as refusal:
        children.ask_addition(actor=home.actor, form=home.kid(first_name="Noé", birth_date="2020-03-02"), now=now)
    assert refusal.value.fields == {"first_name": "Noé est déjà dans ce dossier."}
    assert [request.kind for request in requests()] == [RequestKind.CHILD_ADD]


@pytest.mark.parametrize(
    ("field", "value"),
    [("birth_date", "2026-11-21"), ("school_id", "987654"), ("level", "X"), ("first_name", ""), ("last_name", "a\x07")],
)
def test_a_child_with_a_fault_is_not_sent(home: Home, now: datetime, field: str, value: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        children.ask_addition(actor=home.actor, form=home.kid(**{field: value}), now=now)
    assert set(refusal.value.fields) == {field}
    assert requests() == []


def test_another_family_answers_as_a_missing_one(home: Home, now: datetime) -> None:
    stranger = make_account("ali@famille.example")
    foreign = make_family("Deux", stranger)
    child = make_child("Ilan", foreign)
    for key in (foreign, 0, 999):
        for call, form in (
            (children.ask_addition, home.kid(family_id=str(key))),
            (household.ask_adult, {"family_id": str(key), "first_name": "A", "last_name": "B", "role": "father"}),
            (
                household.tell_situation,
                {"family_id": str(key), "change": "other", "since": "2026-11-01", "detail": "x"},
            ),
        ):
            with pytest.raises(NotOpenError):
                call(actor=home.actor, form=form, now=now)
    for key in (child, 0, 999, 2**40):
        with pytest.raises(NotOpenError):
            children.show(actor=home.actor, child_id=key, now=now)
        with pytest.raises(NotOpenError):
            children.ask_removal(actor=home.actor, child_id=key, form={"reason": "x"}, now=now)
        with pytest.raises(NotOpenError):
            children.ask_change(actor=home.actor, child_id=key, form=home.kid(), now=now)
    assert requests() == []


def test_a_removal_needs_a_reason(home: Home, now: datetime) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        children.ask_removal(actor=home.actor, child_id=home.child, form={"reason": " "}, now=now)
    assert set(refusal.value.fields) == {"reason"}
    children.ask_removal(actor=home.actor, child_id=home.child, form={"reason": "Il vit chez son père."}, now=now)
    assert requests()[0].content == {"name": "Noé Essai", "detail": "Il vit chez son père."}


def test_an_adult_is_asked_with_a_checked_phone(home: Home, now: datetime) -> None:
    form = {
        "family_id": str(home.family),
        "first_name": "Léo",
        "last_name": "Un",
        "role": "father",
        "phone": "0612345678",
    }
    household.ask_adult(actor=home.actor, form=form, now=now)
    assert requests()[0].content["after"]["phone"] == "06 12 34 56 78"
    with pytest.raises(FormRefusedError) as refusal:
        household.ask_adult(
            actor=home.actor, form=form | {"phone": "12", "email": "x", "role": "chef", "first_name": ""}, now=now
        )
    assert set(refusal.value.fields) == {"phone", "email", "role", "first_name"}


def test_the_only_adult_cannot_leave_and_a_foreign_one_is_unknown(home: Home, now: datetime) -> None:
    foreign = make_family("Deux", make_account("ali@famille.example"))
    with reading() as db:
        theirs = db.exec(select(Guardian.id).where(Guardian.family_id == foreign)).one()
    said = set()
    for key in (theirs, 0, 999_999):
        with pytest.raises(FormRefusedError) as refusal:
            household.ask_adult_removal(actor=home.actor, form={"guardian_id": str(key), "detail": "x"}, now=now)
        said.add(refusal.value.fields["guardian_id"])
    assert said == {"Choisissez une personne du dossier."}
    with pytest.raises(FormRefusedError, match="seul responsable"):
        household.ask_adult_removal(actor=home.actor, form={"guardian_id": str(home.me), "detail": "x"}, now=now)


def test_a_second_adult_can_leave(home: Home, now: datetime) -> None:
    with transaction() as db:
        other = Guardian(family_id=home.family, first_name="Léo", last_name="Un", role="father")
        db.add(other)
        db.flush()
        key = other.key
    household.ask_adult_removal(actor=home.actor, form={"guardian_id": str(key), "detail": "Séparation."}, now=now)
    assert requests()[0].content == {"guardian_id": key, "name": "Léo Un", "detail": "Séparation."}


def situation(home: Home, **changed: object) -> dict[str, object]:
    known = {
        "family_id": str(home.family),
        "change": "marriage",
        "since": "2026-10-01",
        "detail": "Mariés à la mairie.",
    }
    return known | changed


def test_a_marriage_can_bring_a_new_name(home: Home, now: datetime) -> None:
    household.tell_situation(actor=home.actor, form=situation(home, last_name="Duval"), now=now)
    household.tell_situation(actor=home.actor, form=situation(home, change="work", last_name="Duval"), now=now)
    married, worked = requests()
    assert married.content["after"] == {"last_name": "Duval"}
    assert "after" not in worked.content


@pytest.mark.parametrize(
    ("field", "value"),
    [("change", ""), ("change", "x"), ("since", ""), ("since", "2030-01-01"), ("since", "1950-01-01"), ("detail", "")],
)
def test_a_situation_with_a_fault_is_not_sent(home: Home, now: datetime, field: str, value: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        household.tell_situation(actor=home.actor, form=situation(home, **{field: value}), now=now)
    assert set(refusal.value.fields) == {field}


def test_without_the_right_to_edit_nothing_is_asked(home: Home, now: datetime) -> None:
    with transaction() as db:
        db.exec(update(Guardian).values(can_edit=False))
    assert household.choices(actor=home.actor).families == []
    for call in (
        lambda: children.ask_addition(actor=home.actor, form=home.kid(), now=now),
        lambda: children.ask_removal(actor=home.actor, child_id=home.child, form={"reason": "x"}, now=now),
        lambda: household.tell_situation(actor=home.actor, form=situation(home), now=now),
        lambda: household.ask_adult_removal(
            actor=home.actor, form={"guardian_id": str(home.me), "detail": "x"}, now=now
        ),
    ):
        with pytest.raises(RefusalError, match="ne permet pas"):
            call()


def test_choices_name_only_mine(home: Home) -> None:
    make_child("Ilan", make_family("Deux", make_account("ali@famille.example")))
    shown = household.choices(actor=home.actor)
    assert [one.label for one in shown.families] == ["Un"]
    assert [one.label for one in shown.children] == ["Noé"]
    assert [one.label for one in shown.adults] == ["Zoe Essai"]
