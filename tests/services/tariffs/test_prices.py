"""« Tarifs » : ce que paie ce foyer et pourquoi, en peu de lectures ; pour les autres, la grille de la commune."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.activities import ActivityKind
from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.refusals import NotOpenError
from portail.domain.tariffs import Bracket, Grid, TariffMethod
from portail.models.database import transaction
from portail.models.families import Family, Guardian
from portail.services.tariffs import prices
from portail.settings import current
from portail.views.tariffs import ActivityPrices, PricesPage
from tests.conftest import NOW
from tests.factories.activities import make_activity, make_offering
from tests.factories.families import make_child, make_family, make_school
from tests.factories.money import add_quotient, add_tariff
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted

NBSP = "\u00a0"
AUTUMN, LAST = date(2026, 9, 1), date(2027, 8, 31)
CENTRE = Grid(
    AUTUMN,
    TariffMethod.BRACKETS,
    (Bracket(0, 0, 500), Bracket(801, 200, 800)),
    (Bracket(0, 0, 2000),),
    Surcharge(Adjustment.PERCENT, 5_000),
    siblings=SiblingDiscount(Adjustment.PERCENT, (1_000,)),
)


class Home:
    """Un foyer de la commune, avec Léa (10 ans) et Noé (5 ans)."""

    def __init__(self, name: str = "Durand") -> None:
        account = make_account(f"{name.lower()}@famille.example")
        self.actor: Actor = open_session(account)[1]
        self.family = make_family(name, account)
        self.move_to(current().town_name)
        self.children = [make_child("Léa", self.family), make_child("Noé", self.family, birth=date(2021, 4, 16))]

    def move_to(self, city: str) -> None:
        with transaction() as db:
            db.get_one(Family, self.family).city = city

    def page(self, family_id: int = 0) -> PricesPage:
        return prices.show(actor=self.actor, family_id=family_id, now=NOW)


def centre(grid: Grid = CENTRE, **options: object) -> int:
    activity = make_activity(ActivityKind.EXTRA, **({"name": "Mercredis"} | options))
    hours = {"starts_at": time(8), "ends_at": time(18), "min_age": 3, "max_age": 11}
    make_offering(activity, name="Journée", tariff_id=add_tariff(f"Journée {activity}", grid), **hours)
    return activity


def only(page: PricesPage) -> ActivityPrices:
    (activity,) = page.activities
    return activity


def test_each_child_has_its_price_and_its_reason(base: Engine) -> None:
    home = Home()
    centre()
    add_quotient(home.family, 850, AUTUMN, LAST)
    page = home.page()
    assert (page.is_family, page.family, page.quotient, page.quotient_note) == (True, "Durand", "850", "")
    activity = only(page)
    assert (activity.title, activity.price) == ("Mercredis", f"de 9,00{NBSP}€ à 10,00{NBSP}€")
    lea, noe = activity.offerings[0].prices
    assert [(one.who, one.price) for one in (lea, noe)] == [("Léa", f"10,00{NBSP}€"), ("Noé", f"9,00{NBSP}€")]
    assert [(step.label, step.amount) for step in noe.steps] == [
        ("Quotient familial 850, tranche à partir de 801", f"10,00{NBSP}€"),
        (f"2e enfant du foyer : −10{NBSP}%", f"−{NBSP}1,00{NBSP}€"),
    ]
    assert noe.parts == f"repas 1,80{NBSP}€, garde 7,20{NBSP}€"
    assert activity.offerings[0].extras == [f"Hors délais : 15,00{NBSP}€ pour Léa, 13,50{NBSP}€ pour Noé"]
    assert activity.offerings[0].coming == []


def test_an_extra_that_all_pay_names_nobody(base: Engine) -> None:
    home = Home()
    flat = (Bracket(0, 0, 450),)
    centre(Grid(AUTUMN, TariffMethod.FIXED, flat, flat, Surcharge(Adjustment.AMOUNT, 100)))
    assert only(home.page()).offerings[0].extras == [f"Hors délais : 5,50{NBSP}€"]


def test_a_coming_grid_is_told_with_the_price_of_that_day(base: Engine) -> None:
    """Le quotient connu aujourd'hui aura expiré en septembre : le prix dit est celui de ce jour-là."""
    home = Home()
    january, september = date(2027, 1, 1), date(2027, 9, 1)
    dearer = replace(CENTRE, valid_from=january, resident=(Bracket(0, 0, 600), Bracket(801, 0, 1200)))
    activity = make_activity(ActivityKind.EXTRA, name="Mercredis")
    hours = {"starts_at": time(8), "ends_at": time(18), "min_age": 3, "max_age": 11}
    tariff = add_tariff("Journée", CENTRE, dearer, replace(dearer, valid_from=september, siblings=SiblingDiscount()))
    make_offering(activity, name="Journée", tariff_id=tariff, **hours)
    add_quotient(home.family, 500, AUTUMN, LAST)
    assert only(home.page()).offerings[0].coming == [
        f"À partir du 1er janvier 2027 : 6,00{NBSP}€ pour Léa, 5,40{NBSP}€ pour Noé",
        f"À partir du 1er septembre 2027 : 12,00{NBSP}€",
    ]


def test_a_price_not_fixed_yet_says_when_it_starts(base: Engine) -> None:
    home = Home()
    flat = (Bracket(0, 0, 450),)
    centre(Grid(date(2027, 1, 1), TariffMethod.FIXED, flat, flat))
    offering = only(home.page()).offerings[0]
    assert (offering.prices, offering.coming) == ([], [f"À partir du 1er janvier 2027 : 4,50{NBSP}€"])


def test_children_who_pay_the_same_share_a_line(base: Engine) -> None:
    home = Home()
    centre(Grid(AUTUMN, TariffMethod.FIXED, (Bracket(0, 0, 450),), (Bracket(0, 0, 700),)))
    (line,) = only(home.page()).offerings[0].prices
    assert line.price == f"4,50{NBSP}€"


@pytest.mark.parametrize(
    ("first", "last", "note"),
    [
        (None, None, "La mairie ne connaît pas votre quotient familial."),
        (date(2025, 9, 1), date(2026, 8, 31), "Votre quotient familial était valable jusqu’au 31 août 2026."),
        (date(2027, 1, 1), LAST, "La mairie ne connaît pas votre quotient familial."),
    ],
)
def test_an_unknown_or_expired_quotient_pays_the_maximum_and_is_told(
    base: Engine, first: date | None, last: date | None, note: str
) -> None:
    home = Home()
    centre()
    if first and last:
        add_quotient(home.family, 100, first, last)
    page = home.page()
    assert (page.quotient, page.quotient_note) == ("", note)
    lea = only(page).offerings[0].prices[0]
    assert (lea.price, lea.is_maximum) == (f"10,00{NBSP}€", True)


@pytest.mark.parametrize(("value", "price"), [(0, "5,00"), (800, "5,00"), (801, "10,00"), (99_999, "10,00")])
def test_the_smallest_and_the_largest_quotients_have_a_price(base: Engine, value: int, price: str) -> None:
    home = Home()
    centre()
    add_quotient(home.family, value, AUTUMN, LAST)
    assert only(home.page()).offerings[0].prices[0].price == f"{price}{NBSP}€"


def test_of_two_quotients_of_the_same_day_the_latest_recorded_counts(base: Engine) -> None:
    home = Home()
    centre()
    add_quotient(home.family, 900, AUTUMN, LAST, now=NOW - timedelta(days=2))
    add_quotient(home.family, 300, AUTUMN, LAST, now=NOW - timedelta(days=1))
    page = home.page()
    assert page.quotient == "300"
    assert only(page).offerings[0].prices[0].price == f"5,00{NBSP}€"


@pytest.mark.parametrize(
    ("city", "said"),
    [("Saint-Aubin", "tarif hors commune"), ("", "tarif hors commune : votre adresse n’est pas connue")],
)
def test_another_town_pays_the_outside_price_without_being_asked_for_a_quotient(
    base: Engine, city: str, said: str
) -> None:
    home = Home()
    centre()
    home.move_to(city)
    page = home.page()
    assert page.residence == said
    lea = only(page).offerings[0].prices[0]
    assert (lea.price, lea.is_maximum) == (f"20,00{NBSP}€", False)


def test_the_activities_of_another_school_are_not_theirs(base: Engine) -> None:
    mine, other = make_school("Jean-Macé"), make_school("Jules-Ferry")
    home = Home()
    make_child("Zoé", home.family, school_id=mine)
    centre(name="Cantine", school_ids=[mine])
    centre(name="Ailleurs", school_ids=[other])
    assert [one.title for one in home.page().activities] == ["Cantine"]


def test_an_activity_without_a_price_yet_says_so(base: Engine) -> None:
    home = Home()
    centre(Grid(LAST, TariffMethod.FIXED, (Bracket(0, 0, 450),), (Bracket(0, 0, 700),)))
    activity = only(home.page())
    assert (activity.price, activity.offerings[0].prices, activity.offerings[0].extras) == ("prix à venir", [], [])


def test_a_closed_activity_is_not_for_sale(base: Engine) -> None:
    home = Home()
    centre(closed_at=NOW)
    assert home.page().activities == []


def test_a_parent_of_two_homes_chooses_and_never_sees_anothers(base: Engine) -> None:
    home, stranger = Home(), Home("Martin")
    with transaction() as db:
        second = Family(number="F-2", name="Autre", created_at=NOW)
        db.add(second)
        db.flush()
        names = {"first_name": "Camille", "last_name": "Durand", "phone": ""}
        db.add(Guardian(family_id=second.key, account_id=home.actor.account_id, role="mother", **names))
        key = second.key
    page = home.page(key)
    assert (page.family, [one.label for one in page.homes]) == ("Autre", ["Autre", "Durand"])
    for family_id in (stranger.family, -1, 404, 2**40):
        with pytest.raises(NotOpenError):
            home.page(family_id)


def test_who_may_not_see_the_money_reads_the_public_grid(base: Engine) -> None:
    """Le quotient se lit dans l'explication d'un prix."""
    home = Home()
    centre()
    add_quotient(home.family, 850, AUTUMN, LAST)
    with transaction() as db:
        from sqlmodel import select

        for guardian in db.exec(select(Guardian).where(Guardian.family_id == home.family)):
            guardian.can_see_money = False
    page = home.page()
    assert (page.is_family, page.quotient, len(page.cards)) == (False, "", 1)


@pytest.mark.parametrize("role", [None, Role.REGIE, Role.RECEPTION])
def test_visitors_and_agents_read_the_grids_in_force_and_to_come(base: Engine, role: Role | None) -> None:
    past = Grid(date(2025, 9, 1), TariffMethod.FIXED, (Bracket(0, 0, 100),), (Bracket(0, 0, 100),))
    coming = Grid(date(2027, 9, 1), TariffMethod.FIXED, (Bracket(0, 0, 999),), (Bracket(0, 0, 999),))
    key = add_tariff("Repas", past, CENTRE, coming)
    make_offering(make_activity(name="Cantine"), tariff_id=key)
    add_tariff("Invendu", CENTRE)
    actor = open_session(make_account("agent@mairie.example", role=role))[1] if role else None
    page = prices.show(actor=actor, family_id=0, now=NOW)
    assert (page.is_family, page.activities) == (False, [])
    (card,) = page.cards
    assert (card.name, card.used, card.price) == ("Repas", "Cantine", f"de 5,00{NBSP}€ à 10,00{NBSP}€")
    assert [(one.standing, one.method) for one in card.grids] == [
        ("en vigueur", "Tranches de quotient familial"),
        ("à venir", "Prix unique"),
    ]


def test_a_visitor_asks_for_a_family_in_vain(base: Engine) -> None:
    home = Home()
    with pytest.raises(NotOpenError):
        prices.show(actor=None, family_id=home.family, now=NOW)


def test_the_page_of_a_family_reads_little_however_large_the_town(base: Engine) -> None:
    home = Home()
    centre()
    with counted(base) as small:
        home.page()
    for rank in range(8):
        centre(name=f"Activité {rank}")
        make_child(f"Enfant {rank}", home.family)
        add_quotient(home.family, rank, AUTUMN, LAST)
    with counted(base) as large:
        home.page()
    assert len(small) == len(large) <= 6
    with counted(base) as public:
        prices.show(actor=None, family_id=0, now=NOW)
    assert len(public) <= 3
