"""Lire les factures : une famille les siennes, la régie toutes ; l'aperçu à côté du mois d'avant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.accounts import Account
from portail.services import regies
from portail.services.invoices import desk, history, mine, run_desk, run_preview, runs
from tests.conftest import NOW
from tests.factories.billing import (
    carry_on,
    make_billed,
    make_regisseur,
    october,
    start,
)
from tests.factories.families import make_child, make_family
from tests.factories.invoices import make_invoice, make_payment, make_regie
from tests.factories.queries import counted

LATER = NOW + timedelta(days=60)


@pytest.fixture
def family(account: Account) -> int:
    return make_family("Alba", account)


@pytest.fixture
def agent(base: Engine) -> Actor:
    regies.prepare()
    return make_regisseur()


def test_the_list_says_what_remains_and_since_when(actor: Actor, family: int) -> None:
    paid, part, due = (make_invoice(family, cents) for cents in (10_00, 20_00, 30_00))
    make_payment(family, 15_00, (paid, 10_00), (part, 5_00))
    make_invoice(make_family("Bruno"), 99_00)
    listing = mine.show_all(actor=actor, now=NOW)
    assert [row.id for row in listing.rows] == [due, part, paid]
    assert [row.standing for row in listing.rows] == ["À payer", "Payée en partie", "Payée"]
    assert (listing.due, listing.is_due, listing.has_homes) == ("45,00\u00a0€", True, False)
    late = mine.show_all(actor=actor, now=LATER)
    assert [row.standing for row in late.rows] == ["En retard", "En retard", "Payée"]


def test_what_is_due_shows_however_old_it_is(actor: Actor, family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "MOST", 2)
    old = make_invoice(family, 10_00, now=NOW - timedelta(days=900))
    for _ in range(3):
        key = make_invoice(family, 10_00)
        make_payment(family, 10_00, (key, 10_00))
    assert old in [row.id for row in mine.show_all(actor=actor, now=NOW).rows]


def test_the_detail_counts_by_child_and_service(actor: Actor, family: int) -> None:
    meal = {"meal_cents": 150, "care_cents": 170, "child_name": "Léa"}
    key = make_invoice(family, meal, meal, {**meal, "child_name": "Noé", "label": "Goûter"}, {**meal, "care_cents": 70})
    file = mine.show(actor=actor, invoice_id=key, now=NOW)
    lea, noe = file.children
    assert (lea.name, lea.total, noe.name, noe.total) == ("Léa", "8,60\u00a0€", "Noé", "3,20\u00a0€")
    assert [(row.quantity, row.unit, row.amount) for row in lea.rows] == [
        ("2", "3,20\u00a0€", "6,40\u00a0€"),
        ("1", "2,20\u00a0€", "2,20\u00a0€"),
    ]
    assert lea.rows[0].days == "01/10, 02/10"


def test_a_foreign_invoice_does_not_exist(actor: Actor, family: int) -> None:
    other = make_invoice(make_family("Bruno"))
    for key in (other, 0, -1, 999, 2**63):
        with pytest.raises(NotOpenError):
            mine.show(actor=actor, invoice_id=key, now=NOW)


def test_a_year_of_invoices_is_two_queries(base: Engine, actor: Actor, family: int) -> None:
    for _ in range(12):
        make_invoice(family, 10_00)
    with counted(base) as seen:
        mine.show_all(actor=actor, now=NOW)
    assert len(seen) == 2, "les factures, puis ce qui sera prélevé"


def test_the_history_of_the_account_adds_up(actor: Actor, family: int, now: datetime) -> None:
    key = make_invoice(family, 45_00)
    make_payment(family, 20_00, (key, 20_00), now=now + timedelta(days=1))
    account = history.show(actor=actor, family_id=0)
    assert [(row.label, row.debit, row.credit, row.balance) for row in account.rows] == [
        ("Paiement : Chèque", "", "20,00\u00a0€", "25,00\u00a0€"),
        ("Facture ENF-2026-000001", "45,00\u00a0€", "", "45,00\u00a0€"),
    ]
    assert (account.balance, account.is_due) == ("25,00\u00a0€", True)
    with pytest.raises(NotOpenError):
        history.show(actor=actor, family_id=make_family("Bruno"))


@pytest.mark.parametrize("words", ["ENF-2026-000002", "enf-2026-2", "2", "2026-2", "Bruno", "bru", "30,00", "30 €"])
def test_the_regie_finds_by_number_name_or_amount(agent: Actor, words: str) -> None:
    make_invoice(make_family("Alba"), 45_00)
    wanted = make_invoice(make_family("Bruno"), 30_00)
    found = desk.find(actor=agent, words=words, how="", page=1, now=NOW)
    assert [row.id for row in found.rows] == [wanted]


@pytest.mark.parametrize("words", ["99999999999", "ENF-2027-1", "XXX-2026-1", "%", "_", "personne", "1e9", "NaN"])
def test_what_is_not_there_is_not_found(agent: Actor, words: str) -> None:
    make_invoice(make_family("Alba"), 45_00)
    assert desk.find(actor=agent, words=words, how="", page=1, now=NOW).rows == []


def test_a_search_too_long_is_refused(agent: Actor) -> None:
    with pytest.raises(BadInputError):
        desk.find(actor=agent, words="x" * 81, how="", page=1, now=NOW)


def test_the_regie_filters_by_standing(agent: Actor, family: int) -> None:
    paid, part, due = (make_invoice(family, cents) for cents in (10_00, 20_00, 30_00))
    make_payment(family, 15_00, (paid, 10_00), (part, 5_00))

    def keys(how: str, now: datetime = NOW) -> list[int]:
        return [row.id for row in desk.find(actor=agent, words="", how=how, page=1, now=now).rows]

    assert (keys("paid"), keys("partial"), keys("due")) == ([paid], [part], [due])
    assert (keys("late"), keys("credit"), keys("late", LATER)) == ([], [], [due, part])
    assert len(keys("autre chose")) == 3


def test_a_parent_searches_nothing(actor: Actor, family: int) -> None:
    key = make_invoice(family)
    with pytest.raises(NotOpenError):
        desk.find(actor=actor, words="", how="", page=1, now=NOW)
    with pytest.raises(NotOpenError):
        desk.show(actor=actor, invoice_id=key, now=NOW)
    with pytest.raises(NotOpenError):
        run_desk.show_all(actor=actor, now=NOW)
    with pytest.raises(NotOpenError):
        run_preview.show(actor=actor, run_id=1, only="", words="", page=1)


def test_the_progress_is_real(agent: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "FAMILIES", 1)
    canteen = make_billed()
    for name in ("Alba", "Bruno", "Clara", "Dora"):
        home = make_family(name)
        canteen.eat(home, make_child("Léa", home), *october(1, 2))
    run = start(agent)
    runs.advance(NOW)
    row = run_desk.show_all(actor=agent, now=NOW).rows[0]
    assert (row.id, row.percent, row.progress, row.is_busy) == (run, 25, "1 dossier examiné sur 4", True)
    carry_on()
    assert run_desk.show_all(actor=agent, now=NOW).is_busy is False
    runs.issue(actor=agent, run_id=run, now=NOW)
    carry_on()
    row = run_desk.show_all(actor=agent, now=NOW).rows[0]
    assert (row.progress, row.count, row.total) == ("0 PDF archivé sur 4", "4 factures", "25,60\u00a0€")


def test_the_months_offered_are_those_that_began(agent: Actor) -> None:
    regies.prepare()
    make_regie()
    listing = run_desk.show_all(actor=agent, now=datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert [one.value for one in listing.months][:2] == ["2026-10-01", "2026-09-01"]
    assert listing.months[-1].value == "2026-11-01"
    assert [one.label for one in listing.regies] == ["Régie enfance", "Régie SPO"]


@pytest.mark.parametrize("typed", ["", "2026", "x", "2026-13-01", "novembre"])
def test_a_forged_month_is_a_month_that_is_refused(agent: Actor, typed: str) -> None:
    assert run_desk.month_of(typed) == date.min
    with pytest.raises(BadInputError):
        start(agent, run_desk.month_of(typed))


@pytest.mark.parametrize("number", [0, -1, 999, 2**63])
def test_a_run_or_an_invoice_that_is_not_there(agent: Actor, number: int) -> None:
    with pytest.raises(NotOpenError):
        run_preview.show(actor=agent, run_id=number, only="", words="", page=1)
    with pytest.raises(NotOpenError):
        desk.show(actor=agent, invoice_id=number, now=NOW)


def test_the_agent_sees_which_lines_can_be_given_back(agent: Actor, family: int) -> None:
    key = make_invoice(family, 10_00, 5_00)
    file = desk.show(actor=agent, invoice_id=key, now=NOW)
    assert [line.amount for line in file.creditable] == ["10,00\u00a0€", "5,00\u00a0€"]
    assert file.creditable[0].label == "Léa · Cantine : Repas, le 01/10/2026"
