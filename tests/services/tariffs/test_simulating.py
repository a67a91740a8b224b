"""« Simulations » : ouvert à tous, rempli pour un parent, juste, rapide, et ferme sur ce qui est tapé."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.adjustments import Adjustment, SiblingDiscount
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.services.tariffs import simulating
from portail.settings import current
from portail.views.tariffs import Simulated
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering
from tests.factories.families import make_child, make_family
from tests.factories.money import add_quotient, add_tariff
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

NBSP = "\u00a0"
AUTUMN, LAST = date(2026, 9, 1), date(2027, 8, 31)
MEAL = Grid(
    AUTUMN,
    TariffMethod.BRACKETS,
    (Bracket(0, 100, 0), Bracket(801, 200, 100)),
    (Bracket(0, 400, 100),),
    siblings=SiblingDiscount(Adjustment.PERCENT, (1_000,)),
)


def canteen(name: str = "Cantine", tariff: int = 0, **options: object) -> int:
    activity = make_activity(name=name, **options)
    return make_offering(activity, name="Repas", tariff_id=tariff or add_tariff(f"Repas {activity}", MEAL))


def asked(offering: int, **typed: str) -> dict[str, str]:
    known = {"activity": str(offering), "quotient": "850", "residence": "in", "children": "2", "days": "4"}
    return known | typed


def simulate(offering: int, **typed: str) -> Simulated:
    return simulating.simulate(form=asked(offering, **typed), now=NOW)


def cents(said: str) -> int:
    return int("".join(char for char in said if char.isdigit()))


def test_a_month_and_a_year_for_two_children(base: Engine) -> None:
    found = simulate(canteen())
    assert (found.ready, found.title) == (True, "Cantine : repas")
    assert [(one.who, one.price) for one in found.prices] == [
        ("1er enfant", f"3,00{NBSP}€"),
        ("2e enfant", f"2,70{NBSP}€"),
    ]
    days = sum(int(bar.days) for bar in found.bars)
    assert cents(found.year) == days * 570
    assert sum(cents(bar.amount) for bar in found.bars) == cents(found.year)
    assert [bar.month for bar in found.bars][::11] == ["Septembre 2026", "Août 2027"]
    assert max(int(bar.width.removesuffix("%")) for bar in found.bars) == 100
    assert "2 enfants, 4 jours par semaine" in found.detail


@pytest.mark.parametrize(
    ("typed", "who", "price"),
    [
        ({"children": "1"}, "Votre enfant", "3,00"),
        ({"children": "1", "quotient": "800"}, "Votre enfant", "1,00"),
        ({"children": "1", "quotient": ""}, "Votre enfant", "3,00"),
        ({"children": "1", "residence": "out"}, "Votre enfant", "5,00"),
        ({"children": "1", "quotient": "99999"}, "Votre enfant", "3,00"),
    ],
)
def test_the_price_follows_what_is_typed(base: Engine, typed: dict[str, str], who: str, price: str) -> None:
    (line,) = simulate(canteen(), **typed).prices
    assert (line.who, line.price) == (who, f"{price}{NBSP}€")


def test_a_day_less_costs_less(base: Engine) -> None:
    offering = canteen()
    assert cents(simulate(offering, days="2").year) < cents(simulate(offering, days="4").year)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        *(({"quotient": value}, "quotient") for value in ("-1", "100000", "8,5", "NaN", "1e9")),
        *(({"children": value}, "children") for value in ("0", "7", "-1", "", "2.5")),
        *(({"days": value}, "days") for value in ("0", "8", "", "x")),
        *(({"residence": value}, "residence") for value in ("", "moon")),
        *(({"activity": value}, "activity") for value in ("", "0", "-1", "404", "99999999999", "x")),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(base: Engine, typed: dict[str, str], field: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        simulate(canteen(), **typed)
    assert list(refusal.value.fields) == [field]


def test_every_fault_is_said_at_once(base: Engine) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        simulating.simulate(form={}, now=NOW)
    assert set(refusal.value.fields) == {"children", "days", "residence", "activity"}


def test_a_tariff_without_a_grid_says_that_nothing_can_be_estimated(base: Engine) -> None:
    found = simulate(canteen(tariff=add_tariff("Vide")))
    assert (found.ready, found.bars) == (False, [])
    assert found.problem.startswith("Le prix de « Cantine : repas » n’est pas encore fixé")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Quotient familial 850, habitants de la commune. 2 enfants"),
        ({"quotient": "", "residence": "out"}, "Quotient familial inconnu, hors commune. 2 enfants"),
    ],
)
def test_an_estimate_names_whom_it_is_for(base: Engine, typed: dict[str, str], said: str) -> None:
    assert simulate(canteen(), **typed).detail.startswith(said)


def test_the_same_service_in_several_schools_is_listed_once(base: Engine) -> None:
    tariff = add_tariff("Repas", MEAL)
    first = canteen(tariff=tariff, place="Jean-Macé")
    canteen(tariff=tariff, place="Jules-Ferry")
    canteen("Mercredis")
    canteen("Fermée", closed_at=NOW)
    known = simulating.form(actor=None, now=NOW)
    assert [one.label for one in known.activities] == ["Cantine : repas", "Mercredis : repas"]
    assert (known.activity, known.is_family, known.quotient) == (str(first), False, "")


def test_a_parent_finds_the_quotient_the_town_and_the_children(base: Engine) -> None:
    account = make_account()
    family = make_family("Durand", account)
    make_child("Léa", family)
    make_child("Noé", family)
    add_quotient(family, 620, AUTUMN, LAST)
    actor = open_session(account)[1]
    known = simulating.form(actor=actor, now=NOW)
    assert (known.is_family, known.quotient, known.residence, known.children) == (True, "620", "out", "2")
    with transaction() as db:
        db.get_one(Family, family).city = current().town_name
    assert simulating.form(actor=actor, now=NOW + timedelta(days=1)).residence == "in"


def test_only_minors_count_as_siblings(base: Engine) -> None:
    account = make_account()
    family = make_family("Durand", account)
    make_child("Léa", family)
    make_child("Hugo", family, birth=date(2008, 11, 20))
    make_child("Zoé", family, birth=date(2008, 11, 21))
    actor = open_session(account)[1]
    assert simulating.form(actor=actor, now=NOW).children == "2"
    assert simulating.form(actor=actor, now=NOW + timedelta(days=1)).children == "1"


def test_a_parent_of_two_homes_chooses_one_and_no_other(base: Engine) -> None:
    account = make_account()
    family = make_family("Durand", account)
    add_quotient(family, 620, AUTUMN, LAST)
    stranger = make_family("Martin", make_account("martin@famille.example"))
    with transaction() as db:
        second = Family(number="F-2", name="Autre", created_at=NOW)
        db.add(second)
        db.flush()
        names = {"first_name": "Camille", "last_name": "Durand", "phone": ""}
        db.add(Guardian(family_id=second.key, account_id=account.key, role="mother", **names))
    actor = open_session(account)[1]
    first = simulating.form(actor=actor, now=NOW)
    assert ([one.label for one in first.homes], first.quotient) == (["Autre", "Durand"], "")
    chosen = simulating.form(actor=actor, now=NOW, family_id=family)
    assert (chosen.family_id, chosen.quotient) == (family, "620")
    for key in (stranger, -1, 404):
        with pytest.raises(NotOpenError):
            simulating.form(actor=actor, now=NOW, family_id=key)


def test_nothing_is_written_and_little_is_read(base: Engine) -> None:
    offering = canteen()
    with counted(base) as queries:
        simulate(offering)
    assert len(queries) == 3
    assert all(one.startswith("SELECT") for one in queries)


@pytest.mark.parametrize(
    ("kinds", "typed", "months"),
    [
        (["holiday"], {"days": "1", "children": "1"}, 8),
        (["class"], {"days": "1", "children": "1"}, 10),
        (["class", "wednesday", "holiday"], {"days": "7", "children": "6"}, 12),
    ],
)
def test_a_month_a_day_or_a_child_more_reads_nothing_more(
    base: Engine, kinds: list[str], typed: dict[str, str], months: int
) -> None:
    """La vitesse se mesure dans `benchmarks` ; ici, une réponse ne relit rien par mois, par jour ni par enfant."""
    offering = canteen(day_kinds=kinds)
    with counted(base) as queries:
        found = simulate(offering, **typed)
    assert sum(int(bar.days) > 0 for bar in found.bars) == months
    assert len(queries) == 3
