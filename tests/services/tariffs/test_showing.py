"""Les tarifs tels qu'un service les lit, et le quotient qu'un agent enregistre."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.adjustments import Adjustment, Surcharge
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError
from portail.domain.tariffs import Bracket, Grid, Payer, Quotient, QuotientSource, TariffMethod, price
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.tariffs import FamilyQuotient
from portail.services import tariffs
from tests.conftest import NOW
from tests.factories.families import make_family
from tests.factories.money import add_quotient, add_tariff
from tests.factories.people import make_account, open_session
from tests.factories.queries import counted
from tests.factories.settings import configured

AUTUMN, WINTER = date(2026, 9, 1), date(2027, 1, 1)
MEAL = Grid(
    AUTUMN,
    TariffMethod.BRACKETS,
    (Bracket(0, 100, 50), Bracket(801, 320, 100)),
    (Bracket(0, 600, 200),),
    Surcharge(Adjustment.AMOUNT, 160),
)
FORM = {"value": "850", "source": "document", "valid_from": "2026-09-01", "valid_to": "2027-08-31"}


@pytest.fixture
def regie(base: Engine) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


def read(*tariff_ids: int) -> dict[int, tuple[Grid, ...]]:
    with reading() as db:
        return tariffs.load(db, tariff_ids)


def history(family_id: int) -> tuple[Quotient, ...]:
    with reading() as db:
        return tariffs.quotients_of(db, [family_id])[family_id]


def test_grids_come_back_as_they_were_written_oldest_first(base: Engine) -> None:
    dearer = replace(MEAL, valid_from=WINTER, resident=(Bracket(0, 900),))
    fixed = Grid(AUTUMN, TariffMethod.FIXED, (Bracket(0, 0, 250),), (Bracket(0, 0, 400),))
    meal, care = add_tariff("Repas", dearer, MEAL), add_tariff("Matin", fixed)
    assert read(meal, care) == {meal: (MEAL, dearer), care: (fixed,)}
    assert price(read(meal)[meal], date(2026, 12, 3), Payer(850)).cents == 420


def test_an_unknown_tariff_has_no_grid(base: Engine) -> None:
    assert read(404) == {404: ()}
    assert read() == {}


def test_every_tariff_comes_in_one_read(base: Engine) -> None:
    keys = [add_tariff(f"Tarif {rank}", MEAL, replace(MEAL, valid_from=WINTER)) for rank in range(5)]
    with reading() as db, counted(base) as queries:
        assert len(tariffs.load(db, keys)) == 5
    assert len(queries) == 1


def test_quotients_come_oldest_first_and_the_latest_counts(base: Engine) -> None:
    family, other = make_family("Un"), make_family("Deux")
    add_quotient(family, 900, AUTUMN, WINTER, now=NOW)
    add_quotient(family, 400, AUTUMN, WINTER, now=NOW - timedelta(days=3))
    assert [one.value for one in history(family)] == [400, 900]
    assert tariffs.quotient_on(history(family), AUTUMN) == 900
    assert history(other) == ()


def test_an_agent_of_the_regie_sets_a_quotient_and_the_past_stays(regie: Actor, now: datetime) -> None:
    family = make_family("Durand")
    tariffs.set_quotient(actor=regie, family_id=family, form=FORM, now=now)
    tariffs.set_quotient(actor=regie, family_id=family, form=FORM | {"value": "0", "source": "caf"}, now=now)
    found = history(family)
    assert [(one.value, one.source) for one in found] == [(850, QuotientSource.DOCUMENT), (0, QuotientSource.CAF)]
    assert tariffs.quotient_on(found, date(2027, 8, 31)) == 0
    assert tariffs.quotient_on(found, date(2027, 9, 1)) is None
    with reading() as db:
        assert {row.author_id for row in db.exec(select(FamilyQuotient))} == {regie.account_id}
        lines = db.exec(select(AuditEntry).where(AuditEntry.action == "family.quotient_set")).all()
    assert [(line.subject_id, line.actor_id, line.detail) for line in lines] == [(family, regie.account_id, "")] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        *({"value": value} for value in ("", "-1", "8,5", "850 €", "100000", "NaN", "٨٥٠", "1e3", "²")),
        *({"source": source} for source in ("", "mairie", "DOCUMENT")),
        *({"valid_from": day} for day in ("", "hier", "2026-02-30", "1999-12-31", "2027-09-01", "01/09/2026")),
        *({"valid_to": day} for day in ("", "2026-08-31", "2101-01-01", "2029-09-01")),
    ],
)
def test_an_impossible_quotient_is_refused_and_nothing_is_kept(regie: Actor, wrong: dict[str, str]) -> None:
    family = make_family("Durand")
    with pytest.raises(FormRefusedError) as refusal:
        tariffs.set_quotient(actor=regie, family_id=family, form=FORM | wrong, now=NOW)
    assert set(refusal.value.fields) in ({*wrong}, {"valid_to"})
    assert history(family) == ()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_sets_a_quotient(base: Engine, role: Role) -> None:
    family = make_family("Durand")
    _, actor = open_session(make_account("autre@mairie.example", role=role))
    with pytest.raises(NotOpenError):
        tariffs.set_quotient(actor=actor, family_id=family, form=FORM, now=NOW)
    assert history(family) == ()


@pytest.mark.parametrize("family_id", [0, -1, 999, 2**40])
def test_a_missing_family_has_no_quotient_to_set(regie: Actor, family_id: int) -> None:
    with pytest.raises(NotOpenError):
        tariffs.set_quotient(actor=regie, family_id=family_id, form=FORM, now=NOW)


@pytest.mark.parametrize(
    ("city", "resident"), [("VALBOURG", True), ("Valbourg", True), ("", False), ("Saint-Aubin", False)]
)
def test_a_family_is_of_the_town_by_its_address(base: Engine, city: str, resident: bool) -> None:
    key = make_family("Durand")
    with transaction() as db:
        db.get_one(Family, key).city = city
    with configured(PORTAIL_TOWN_NAME="Valbourg"), reading() as db:
        assert tariffs.is_resident(db.get_one(Family, key)) is resident
