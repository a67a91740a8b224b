"""Tué net pendant une facturation : numéros sans trou, aucune ligne en double, un grand livre juste ; puis elle finit."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.invoices import InvoiceState, RunState
from portail.models.database import reading
from portail.models.files import StoredFile
from portail.models.regies import InvoiceCounter
from portail.services import wallet
from portail.services.invoices import printing, runs
from portail.services.invoices.checking import check_invoices
from tests.conftest import NOW
from tests.factories.billing import carry_on, invoices_of, lines_of, make_billed, make_regisseur, october, run, start
from tests.factories.families import make_child, make_family
from tests.faults.test_kill import kill, running

HOMES = 5
BEGIN = """
from datetime import UTC, datetime
import portail.models
from portail.services.invoices import issuing, printing, runs
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
runs.FAMILIES = runs.INVOICES = 2
"""
PREPARING = """
real = runs.prepare
def prepare(db, batch):
    real(db, batch)
    if batch.after:
        say("préparé")
runs.prepare = prepare
while runs.advance(NOW): pass
say("acquis")
"""
ISSUING = """
real = issuing.numbers.take
def take(db, regie_id, year, count):
    taken = real(db, regie_id, year, count)
    if taken[0] > 1:
        say("numéroté")
    return taken
issuing.numbers.take = take
while runs.advance(NOW): pass
say("acquis")
"""
PRINTING = """
real = printing.stored_files.keep_all
def keep_all(*given):
    kept = real(*given)
    say("gardé")
    return kept
printing.stored_files.keep_all = keep_all
printing.print_some(NOW)
say("acquis")
"""


@pytest.fixture
def agent(base: Engine) -> Actor:
    return make_regisseur()


@pytest.fixture
def prepared(agent: Actor, monkeypatch: pytest.MonkeyPatch) -> int:
    """Cinq foyers et deux repas chacun ; des tranches de deux, ici comme dans le processus tué."""
    monkeypatch.setattr(runs, "FAMILIES", 2)
    monkeypatch.setattr(runs, "INVOICES", 2)
    canteen = make_billed()
    for rank in range(HOMES):
        home = make_family(f"Foyer {rank}")
        canteen.eat(home, make_child(f"Enfant {rank}", home), *october(1, 2))
    return start(agent)


def cut(base: Engine, script: str, word: str) -> None:
    with running(base, BEGIN + script) as process:
        assert process.stdout.readline().strip() == word
        kill(process)


def assert_true() -> None:
    """Deux repas par facture, la suite des numéros, le compteur, le grand livre : tout va ensemble."""
    found = invoices_of()
    assert [(one.total_cents, len(lines_of(one.key))) for one in found] == [(6_40, 2)] * HOMES
    assert [one.number for one in found] == list(range(1, HOMES + 1))
    with reading() as db:
        assert db.exec(select(InvoiceCounter.last)).one() == HOMES
    assert [*wallet.check_ledger(), *check_invoices()] == []


def test_killed_while_preparing_nothing_is_doubled(base: Engine, agent: Actor, prepared: int) -> None:
    """La seconde tranche était écrite, pas acquise : il n'en reste rien, et elle se refait."""
    cut(base, PREPARING, "préparé")
    assert (run(prepared).done, len(invoices_of())) == (2, 2)
    carry_on()
    assert (run(prepared).state, len(invoices_of())) == (RunState.READY, HOMES)
    runs.issue(actor=agent, run_id=prepared, now=NOW)
    carry_on()
    assert_true()


def test_killed_with_numbers_in_hand_leaves_no_hole(base: Engine, agent: Actor, prepared: int) -> None:
    """Les numéros 3 et 4 étaient pris : rendus avec la coupure, ils servent à la reprise."""
    carry_on()
    runs.issue(actor=agent, run_id=prepared, now=NOW)
    cut(base, ISSUING, "numéroté")
    issued = [one.number for one in invoices_of() if one.state == InvoiceState.ISSUED]
    assert (issued, run(prepared).done) == ([1, 2], 2)
    assert wallet.check_ledger() == []
    carry_on()
    assert_true()


def test_killed_between_the_file_and_its_note_each_paper_is_archived_once(
    base: Engine, agent: Actor, prepared: int
) -> None:
    """Le fichier gardé mais jamais noté n'est à personne : la reprise compose et archive tout, une fois chacun."""
    carry_on()
    runs.issue(actor=agent, run_id=prepared, now=NOW)
    carry_on()
    cut(base, PRINTING, "gardé")
    assert [one.file_id for one in invoices_of()] == [None] * HOMES
    assert printing.print_some(NOW)
    assert not printing.print_some(NOW)
    archived = [one.file_id for one in invoices_of()]
    assert None not in archived
    with reading() as db:
        assert sorted(db.exec(select(StoredFile.id))) == sorted(archived)
    assert_true()
