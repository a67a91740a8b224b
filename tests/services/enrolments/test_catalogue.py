"""Le catalogue : ce qui s'ouvre à chaque enfant, à quel prix, et pourquoi le reste ne s'ouvre pas."""

from dataclasses import dataclass
from datetime import date, time

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.activities import ActivityKind
from portail.domain.refusals import NotOpenError
from portail.domain.tariffs import QuotientSource, TariffMethod
from portail.models.activities import Activity, Offering
from portail.models.database import reading, transaction
from portail.models.families import Family, Guardian
from portail.models.tariffs import FamilyQuotient, Tariff, TariffBracket, TariffGrid
from portail.services.enrolments import activity_page, catalogue
from portail.settings import current
from portail.views.activities import ActivityCard
from tests.conftest import NOW
from tests.factories.activities import (
    make_activity,
    make_document,
    make_document_type,
    make_enrolment,
    make_offering,
    make_tariff,
)
from tests.factories.families import make_child, make_family, make_school
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

NBSP = "\u00a0"


@dataclass(frozen=True)
class Home:
    actor: Actor
    family: int
    lea: int  # dix ans, CM2
    noe: int  # cinq ans


def home() -> Home:
    account = make_account()
    family = make_family("Durand", account)
    lea = make_child("Léa", family)
    return Home(open_session(account)[1], family, lea, make_child("Noé", family, birth=date(2021, 4, 16)))


def canteen(**options) -> int:
    activity = make_activity(name="Cantine", place="Jean-Macé", **options)
    make_offering(activity, name="Repas", tariff_id=make_tariff(320))
    return activity


def wednesdays(**options) -> int:
    known = {"name": "Mercredis", "enrolment_mode": "direct", "day_kinds": ["wednesday"]}
    activity = make_activity(ActivityKind.EXTRA, **(known | options))
    hours = {"starts_at": time(8), "ends_at": time(18), "weekdays": [2], "min_age": 6, "max_age": 11}
    make_offering(activity, name="Journée", tariff_id=make_tariff(1240), **hours)
    make_offering(activity, name="Matin", tariff_id=make_tariff(530), **hours)
    return activity


def shown(at: Home, kind: str = "", child: int = 0):
    return catalogue.show(actor=at.actor, kind=kind, child_id=child, now=NOW)


def states(card: ActivityCard) -> dict[str, str]:
    return {child.first_name: child.state for child in card.children}


def test_what_needs_no_enrolment_is_already_mine_and_leads_to_the_calendar(base: Engine) -> None:
    at, activity = home(), canteen()
    seen = shown(at)
    (card,) = seen.mine
    assert seen.others == []
    assert (card.title, card.kind, card.price) == ("Cantine · Jean-Macé", "Restauration", f"3,20{NBSP}€")
    assert card.hours == f"Jours d’école, de 11{NBSP}h{NBSP}45 à 13{NBSP}h{NBSP}30"
    assert [(one.first_name, one.link, one.action) for one in card.children] == [
        ("Léa", f"/reservations/{activity}", "Réserver"),
        ("Noé", f"/reservations/{activity}", "Réserver"),
    ]


def test_a_child_who_cannot_come_is_shown_with_the_sentence(base: Engine) -> None:
    at, activity = home(), wednesdays()
    (card,) = shown(at).others
    assert states(card) == {"Léa": "enrol", "Noé": "closed"}
    lea, noe = card.children
    assert (lea.link, lea.action) == (f"/activites/{activity}?enfant={at.lea}", "Inscrire")
    assert noe.why == "Noé a 5 ans le 20 novembre ; cette activité accueille les enfants de 6 à 11 ans."
    assert noe.action == ""


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"levels": ["CP", "CE1"]}, "Léa est en CM2 ; cette activité accueille les enfants de CP et CE1."),
        ({"school_ids": [1]}, "Cette activité est réservée aux enfants de certaines écoles : École Jean-Macé."),
    ],
)
def test_level_and_school_say_why_too(base_sqlite: Engine, options, why: str) -> None:
    at = home()
    make_school()
    wednesdays(**options)
    (card,) = shown(at, child=at.lea).others
    assert [child.why for child in card.children] == [why]


@pytest.mark.parametrize(
    ("state", "part", "name"),
    [
        ("accepted", "mine", "enrolled"),
        ("submitted", "mine", "submitted"),
        ("refused", "others", "refused"),
        ("ended", "others", "enrol"),
    ],
)
def test_each_state_of_an_enrolment_has_its_place(base: Engine, state: str, part: str, name: str) -> None:
    at, activity = home(), wednesdays()
    make_enrolment(at.lea, at.family, activity, state=state)
    (card,) = getattr(shown(at, child=at.lea), part)
    assert states(card) == {"Léa": name}
    assert card.children[0].can_end == (part == "mine")


def test_one_activity_is_in_both_parts_when_one_child_only_is_in(base_sqlite: Engine) -> None:
    at, activity = home(), wednesdays()
    make_enrolment(at.lea, at.family, activity)
    seen = shown(at)
    assert [states(card) for card in seen.mine] == [{"Léa": "enrolled"}]
    assert [states(card) for card in seen.others] == [{"Noé": "closed"}]


def test_what_opens_to_a_child_comes_before_what_opens_to_none(base_sqlite: Engine) -> None:
    at = home()
    wednesdays(name="Fermée", levels=["PS"])
    wednesdays(name="Ouverte")
    assert [card.title for card in shown(at).others] == ["Ouverte", "Fermée"]


def test_the_catalogue_is_filtered_by_kind_and_by_child(base_sqlite: Engine) -> None:
    at = home()
    canteen()
    wednesdays()
    assert [card.title for card in shown(at, kind="extra").others] == ["Mercredis"]
    assert shown(at, kind="extra").mine == []
    assert [states(card) for card in shown(at, child=at.noe).mine] == [{"Noé": "open"}]


@pytest.mark.parametrize("kind", ["", "cheval", "EXTRA", "' or 1=1"])
@pytest.mark.parametrize("child", [0, -1, 999_999, 2**53])
def test_an_unknown_kind_or_a_foreign_child_filters_nothing(base_sqlite: Engine, kind: str, child: int) -> None:
    at = home()
    canteen()
    seen = shown(at, kind=kind, child=child)
    assert (seen.kind, [len(card.children) for card in seen.mine]) == ("", [2])


def test_closed_activities_and_those_without_any_offering_are_not_shown(base_sqlite: Engine) -> None:
    at, activity = home(), canteen()
    make_activity(name="Vide")
    assert len(shown(at).mine) == 1
    with transaction() as db:
        db.get_one(Activity, activity).closed_at = NOW
    assert shown(at).mine == []
    with transaction() as db:
        db.get_one(Activity, activity).closed_at = None
        db.exec(select(Offering)).one().closed_at = NOW
    assert shown(at).mine == []


def test_who_may_not_book_reads_why(base_sqlite: Engine) -> None:
    at = home()
    canteen()
    with transaction() as db:
        db.exec(select(Guardian)).one().can_book = False
    (card,) = shown(at).others
    assert {child.why for child in card.children} == {"Vous n’avez pas le droit de réserver pour cette famille."}


def test_a_parent_without_a_family_sees_the_activities_without_price(base_sqlite: Engine) -> None:
    canteen()
    _, actor = open_session(make_account("seul@famille.example"))
    seen = catalogue.show(actor=actor, kind="", child_id=0, now=NOW)
    assert [(card.title, card.price, card.children) for card in seen.others] == [("Cantine · Jean-Macé", "", [])]


def bracketed() -> int:
    with transaction() as db:
        tariff = Tariff(name="Par tranche")
        db.add(tariff)
        db.flush()
        grid = TariffGrid(tariff_id=tariff.key, valid_from=date(2020, 1, 1), method=TariffMethod.BRACKETS)
        db.add(grid)
        db.flush()
        for quotient, cents in ((0, 100), (800, 320), (1200, 450)):
            db.add(TariffBracket(grid_id=grid.key, is_resident=True, from_quotient=quotient, care_cents=cents))
        db.add(TariffBracket(grid_id=grid.key, is_resident=False, care_cents=700))
        return tariff.key


@pytest.mark.parametrize(
    ("quotient", "city", "price", "maximum"),
    [
        (850, "", f"3,20{NBSP}€", False),
        (200, "", f"1,00{NBSP}€", False),
        (None, "", f"4,50{NBSP}€", True),
        (850, "Ailleurs", f"7,00{NBSP}€", False),
    ],
)
def test_the_price_is_this_familys(base: Engine, quotient, city, price, maximum) -> None:
    at = home()
    make_offering(make_activity(), tariff_id=bracketed())
    with transaction() as db:
        db.get_one(Family, at.family).city = city or current().town_name
        if quotient is not None:
            dates = {"valid_from": date(2026, 9, 1), "valid_to": date(2027, 8, 31), "created_at": NOW}
            source = QuotientSource.CAF
            db.add(FamilyQuotient(family_id=at.family, value=quotient, source=source, **dates))
    (card,) = shown(at).mine
    assert (card.price, bool(card.price_note)) == (price, maximum)


def test_several_prices_are_a_range_of_those_of_the_childs_age(base_sqlite: Engine) -> None:
    at, activity = home(), wednesdays()
    make_offering(activity, name="Petits", tariff_id=make_tariff(99_00), min_age=3, max_age=5)
    assert shown(at, child=at.lea).others[0].price == f"de 5,30{NBSP}€ à 12,40{NBSP}€"


def test_the_catalogue_reads_as_much_for_twenty_activities_as_for_one(base: Engine) -> None:
    at = home()
    canteen()
    with counted(base) as one:
        shown(at)
    for _ in range(10):
        canteen()
        wednesdays()
    with counted(base) as many:
        shown(at)
    assert len(one) == len(many) <= 7


def page(at: Home, activity: int, child: int = 0):
    return activity_page.show(actor=at.actor, activity_id=activity, child_id=child, now=NOW)


def test_the_page_of_an_activity_says_all_that_is_needed_to_decide(base: Engine) -> None:
    at, activity = home(), wednesdays()
    insurance = make_document_type("Assurance", activity)
    make_document(insurance, at.family, at.lea, state="refused", why="Illisible.")
    seen = page(at, activity)
    assert (seen.title, seen.needs_enrolment, seen.is_validated) == ("Mercredis", True, False)
    assert [(one.name, one.price) for one in seen.offerings] == [
        ("Journée", f"12,40{NBSP}€"),
        ("Matin", f"5,30{NBSP}€"),
    ]
    assert seen.rules[0].startswith("Réserver : ")
    assert [(one.value, one.label) for one in seen.to_enrol] == [(str(at.lea), "Léa")]
    assert seen.child == at.lea
    assert [[box.label for box in part.boxes] for part in seen.days] == [["Mercredi"], ["Mercredi"]]
    assert [(one.name, one.word, one.why) for one in seen.documents] == [("Assurance", "Refusé", "Illisible.")]


def test_the_form_is_for_the_child_asked_for_if_they_can_be_enrolled(base_sqlite: Engine) -> None:
    at, activity = home(), wednesdays()
    zoe = make_child("Zoé", at.family, birth=date(2018, 1, 1))
    assert page(at, activity, zoe).child == zoe
    for other in (at.noe, 0, -5, 999_999):
        assert page(at, activity, other).child == at.lea


def test_nobody_left_to_enrol_leaves_no_form(base_sqlite: Engine) -> None:
    at, activity = home(), wednesdays()
    make_enrolment(at.lea, at.family, activity)
    seen = page(at, activity)
    assert (seen.to_enrol, seen.child, seen.days, seen.documents) == ([], 0, [], [])
    with reading() as db:
        offering = db.exec(select(Offering)).first()
    assert offering is not None
    assert [child.can_end for child in seen.children] == [True, False]


@pytest.mark.parametrize("number", [0, -1, 999, 2**31, 2**53])
def test_an_activity_that_is_not_there_is_not_open(base: Engine, number: int) -> None:
    at = home()
    canteen()
    with pytest.raises(NotOpenError):
        page(at, number)
