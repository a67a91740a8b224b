"""L'histoire d'un quotient sur la page de la régie : d'où il vient, quand il vaut, lequel compte."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.tariffs import Quotient, QuotientSource
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.services import tariffs
from portail.services.tariffs.standing import quotient_lines
from portail.services.wallet import desk
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
FORM = {"value": "850", "source": "document", "valid_from": "2026-09-01", "valid_to": "2027-08-31"}


def standings(*quotients: Quotient) -> list[str]:
    return [line.standing for line in quotient_lines(quotients, TODAY)]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (TODAY, TODAY, "en vigueur"),
        (TODAY - DAY, TODAY - DAY, "expiré"),
        (TODAY + DAY, TODAY + DAY, "à venir"),
    ],
)
def test_each_day_of_a_validity_counts_and_no_other(first: date, last: date, said: str) -> None:
    assert standings(Quotient(850, first, last)) == [said]


def test_of_two_that_overlap_the_latest_recorded_counts_and_comes_first() -> None:
    old, new = Quotient(900, TODAY - DAY, TODAY + DAY), Quotient(300, TODAY, TODAY)
    assert standings(old, new) == ["en vigueur", "remplacé"]
    assert [line.value for line in quotient_lines((old, new), TODAY)] == ["300", "900"]


def test_once_the_shorter_has_expired_the_longer_counts_again() -> None:
    long, short = Quotient(900, TODAY - 9 * DAY, TODAY + 9 * DAY), Quotient(300, TODAY - 2 * DAY, TODAY - DAY)
    assert standings(long, short) == ["expiré", "en vigueur"]


def test_two_identical_lines_have_one_that_counts() -> None:
    same = Quotient(850, TODAY, TODAY)
    assert standings(same, same).count("en vigueur") == 1


def test_no_history_is_no_line() -> None:
    assert quotient_lines((), TODAY) == []


@pytest.fixture
def regie(base: Engine) -> Actor:
    return open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]


def test_the_desk_reads_value_source_dates_and_moment(regie: Actor) -> None:
    family = make_family("Durand")
    for value, source in (("0", "declared"), ("99999", "caf")):
        tariffs.set_quotient(actor=regie, family_id=family, form=FORM | {"value": value, "source": source}, now=NOW)
    lines = desk.show(actor=regie, wanted=Wanted(family), now=NOW).quotients
    assert [(line.value, line.source, line.standing) for line in lines] == [
        ("99999", QuotientSource.CAF.label, "en vigueur"),
        ("0", QuotientSource.DECLARED.label, "remplacé"),
    ]
    assert all(line.validity.startswith("du ") and line.set_on for line in lines)


@pytest.mark.parametrize(
    ("income", "shares", "value"),
    [
        ("18000", "3", "500"),
        ("18 000 €", "2,5", "600"),
        ("0", "1", "0"),
        ("17999", "3", "500"),
        ("10001", "1.5", "556"),
        ("9999999", "1", "99999"),
    ],
)
def test_a_tax_notice_gives_a_quotient(regie: Actor, income: str, shares: str, value: str) -> None:
    family = make_family("Durand")
    typed = FORM | {"value": "", "income": income, "shares": shares}
    tariffs.set_quotient(actor=regie, family_id=family, form=typed, now=NOW)
    (line,) = desk.show(actor=regie, wanted=Wanted(family), now=NOW).quotients
    assert line.value == value


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        *(({"income": income, "shares": "2"}, "income") for income in ("-1", "1,5", "NaN", "10000000", "1e3")),
        *(({"income": "18000", "shares": shares}, "shares") for shares in ("", "0", "0,5", "2,3", "21", "-2", "deux")),
        ({"income": "18000", "shares": "2", "value": "850"}, "value"),
    ],
)
def test_an_impossible_tax_notice_is_refused_beside_its_field(regie: Actor, typed: dict[str, str], field: str) -> None:
    family = make_family("Durand")
    with pytest.raises(FormRefusedError) as refusal:
        tariffs.set_quotient(actor=regie, family_id=family, form=FORM | {"value": ""} | typed, now=NOW)
    assert list(refusal.value.fields) == [field]
    assert desk.show(actor=regie, wanted=Wanted(family), now=NOW).quotients == []


def test_the_same_quotient_sent_twice_is_one_line(regie: Actor) -> None:
    family = make_family("Durand")
    send = partial(tariffs.set_quotient, actor=regie, family_id=family, form=FORM, now=NOW)
    together(send, send, send)
    lines = desk.show(actor=regie, wanted=Wanted(family), now=NOW).quotients
    assert [line.value for line in lines] == ["850"]
    with reading() as db:
        said = db.exec(select(AuditEntry).where(AuditEntry.action == "family.quotient_set")).all()
    assert len(said) == 1


@pytest.mark.parametrize("change", [{"value": "851"}, {"source": "caf"}, {"valid_to": "2027-08-30"}])
def test_another_value_source_or_date_is_another_line_and_the_first_may_come_back(
    regie: Actor, change: dict[str, str]
) -> None:
    family = make_family("Durand")
    for typed in (FORM, FORM | change, FORM):
        tariffs.set_quotient(actor=regie, family_id=family, form=typed, now=NOW)
    assert len(desk.show(actor=regie, wanted=Wanted(family), now=NOW).quotients) == 3


def test_an_expired_quotient_may_be_recorded_and_says_so(regie: Actor) -> None:
    family = make_family("Durand")
    past = FORM | {"valid_from": "2025-09-01", "valid_to": "2026-08-31"}
    tariffs.set_quotient(actor=regie, family_id=family, form=past, now=NOW)
    (line,) = desk.show(actor=regie, wanted=Wanted(family), now=NOW).quotients
    assert (line.standing, line.is_current) == ("expiré", False)
