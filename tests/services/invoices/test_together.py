"""Ce qui arrive en même temps ou après coup : deux émissions, deux foyers d'une enfant, un nouveau tarif."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.invoices import RunState
from portail.domain.tariffs import TariffMethod
from portail.models.activities import Offering
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.tariffs import TariffBracket, TariffGrid
from portail.services import wallet
from portail.services.invoices import runs
from portail.services.invoices.checking import check_invoices
from tests.conftest import NOW
from tests.factories import money
from tests.factories.billing import (
    NOVEMBER,
    Canteen,
    bill,
    carry_on,
    invoices_of,
    lines_of,
    make_regisseur,
    october,
    run,
    start,
)
from tests.factories.custody import separated
from tests.factories.families import make_child, make_family


def test_two_agents_issue_at_once_and_each_number_is_given_once(agent: Actor, canteen: Canteen) -> None:
    """Deux fils demandent l'émission, puis deux la mènent : une seule suite, une seule ligne au journal."""
    for rank in range(4):
        home = make_family(f"Foyer {rank}")
        canteen.eat(home, make_child(f"Enfant {rank}", home), *october(1))
    key, other = start(agent), make_regisseur("bruno@mairie.example")
    carry_on()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda who: runs.issue(actor=who, run_id=key, now=NOW), (agent, other)))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: carry_on(), range(2)))
    assert (run(key).state, [one.number for one in invoices_of()]) == (RunState.ISSUED, [1, 2, 3, 4])
    with reading() as db:
        issued = db.exec(select(AuditEntry).where(AuditEntry.action == "invoice_run.issued")).all()
    assert len(issued) == 1
    assert [*wallet.check_ledger(), *check_invoices()] == []


def test_a_child_of_two_homes_is_billed_to_each_for_its_own_days(agent: Actor, canteen: Canteen) -> None:
    them = separated()
    canteen.eat(them.lefevre, them.jade, *october(1, 2))
    canteen.eat(them.garnier, them.jade, *october(5, 6, 8))
    bill(agent)
    for home, days in ((them.lefevre, october(1, 2)), (them.garnier, october(5, 6, 8))):
        (invoice,) = invoices_of(home)
        assert invoice.total_cents == 3_20 * len(days)
        assert [(line.child_name, line.day) for line in lines_of(invoice.key)] == [("Jade", day) for day in days]


def test_a_new_quotient_and_a_new_grid_change_nothing_of_what_is_issued(agent: Actor, canteen: Canteen) -> None:
    """Le prix est celui de la réservation : ni ligne de correction, ni avoir, ni différence."""
    home = make_family("Alba")
    canteen.eat(home, make_child("Léa", home), *october(1, 2))
    bill(agent)
    (before,) = invoices_of()
    kept = before.model_dump(), [line.model_dump() for line in lines_of(before.key)]
    money.add_quotient(home, 100, date(2026, 1, 1), date(2027, 12, 31))
    _change_the_grid(canteen)
    bill(agent, NOVEMBER)
    (after,) = invoices_of()
    assert (after.model_dump(), [line.model_dump() for line in lines_of(after.key)]) == kept
    assert [*wallet.check_ledger(), *check_invoices()] == []


def _change_the_grid(canteen: Canteen) -> None:
    """Une grille qui vaut depuis septembre, trois fois moins chère."""
    with transaction() as db:
        grid = TariffGrid(
            tariff_id=db.get_one(Offering, canteen.offering).tariff_id,
            valid_from=date(2026, 9, 1),
            method=TariffMethod.FIXED,
        )
        db.add(grid)
        db.flush()
        db.add_all(TariffBracket(grid_id=grid.key, is_resident=resident, care_cents=99) for resident in (True, False))
