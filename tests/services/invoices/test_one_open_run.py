"""Une régie, un mois ouvert : ce que personne n'a facturé n'est jamais rendu, deux agents n'ouvrent qu'un mois."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.invoices import OtherRunOpenError, RunState
from portail.models.activities import Activity
from portail.models.database import reading, transaction
from portail.models.invoices import InvoiceRun
from portail.services import wallet
from portail.services.invoices import runs
from portail.services.invoices.checking import check_invoices
from tests.conftest import NOW
from tests.factories import money
from tests.factories.billing import (
    NOVEMBER,
    OCTOBER,
    Canteen,
    bill,
    carry_on,
    invoices_of,
    lines_of,
    make_regisseur,
    mark,
    november,
    october,
    regie_id,
    set_minimum,
    start,
)
from tests.factories.invoices import make_regie


def open_runs() -> list[date]:
    with reading() as db:
        return list(db.exec(select(InvoiceRun.month).where(InvoiceRun.state != RunState.CANCELLED)))


def test_what_was_never_billed_is_never_given_back(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    """Octobre préparé, la séance annulée, octobre annulé, novembre émis : rien n'a été payé, rien n'est rendu."""
    (eaten,) = canteen.eat(family, child, *october(1), care_cents=350)
    first = start(agent)
    carry_on()
    mark(eaten, BookingState.CANCELLED)
    with pytest.raises(OtherRunOpenError):
        start(agent, NOVEMBER)
    runs.cancel(actor=agent, run_id=first, now=NOW)
    bill(agent, NOVEMBER)
    assert (invoices_of(), money.balance(family)) == ([], 0)
    assert [*wallet.check_ledger(), *check_invoices()] == []


def test_a_carried_draft_is_not_counted_as_billed(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    """Sous le minimum, le brouillon s'efface à l'émission : annulée ensuite, sa séance ne rend rien."""
    set_minimum(5_00)
    (eaten,) = canteen.eat(family, child, *october(1))
    first = start(agent)
    carry_on()
    with pytest.raises(OtherRunOpenError):
        start(agent, NOVEMBER)
    runs.issue(actor=agent, run_id=first, now=NOW)
    carry_on()
    mark(eaten, BookingState.CANCELLED)
    canteen.eat(family, child, *november(3, 5))
    bill(agent, NOVEMBER)
    (invoice,) = invoices_of(family)
    assert [line.amount_cents for line in lines_of(invoice.key)] == [3_20, 3_20]
    assert money.balance(family) == 0


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RunState.PREPARING, "est encore en préparation pour cette régie. Émettez-la ou annulez-la"),
        (RunState.READY, "attend d’être relue pour cette régie. Émettez-la ou annulez-la"),
        (RunState.ISSUING, "est en cours d’émission pour cette régie. Attendez la fin"),
    ],
)
def test_the_refusal_names_the_month_and_what_to_do(agent: Actor, state: RunState, said: str) -> None:
    key = start(agent)
    with transaction() as db:
        db.get_one(InvoiceRun, key).state = state
    with pytest.raises(OtherRunOpenError) as refused:
        start(agent, NOVEMBER)
    assert refused.value.full_sentence.startswith(f"La facturation d’octobre 2026 {said}")
    assert open_runs() == [OCTOBER]


def test_once_the_month_is_issued_or_cancelled_another_starts(agent: Actor, canteen: Canteen) -> None:
    key = bill(agent)
    assert start(agent) == key, "le mois émis se retrouve, il ne recommence pas"
    second = start(agent, NOVEMBER)
    assert start(agent) == key, "même quand un autre mois est ouvert"
    runs.cancel(actor=agent, run_id=second, now=NOW)
    assert start(agent, NOVEMBER) != second


def test_another_regie_is_free(agent: Actor, canteen: Canteen) -> None:
    start(agent)
    start(agent, NOVEMBER, regie_id=make_regie("SPO"))
    assert open_runs() == [OCTOBER, NOVEMBER]


def test_two_agents_at_once_open_one_month(agent: Actor, canteen: Canteen) -> None:
    """Deux mois différents au même instant : l'un s'ouvre, l'autre s'entend dire lequel."""
    other = make_regisseur("bruno@mairie.example")
    regie = regie_id()

    def go(given: tuple[Actor, date]) -> int | str:
        try:
            return start(given[0], given[1], regie_id=regie)
        except OtherRunOpenError as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(go, ((agent, OCTOBER), (other, NOVEMBER))))
    assert {type(one) for one in answers} == {int, str}
    assert len(open_runs()) == 1


def test_the_base_itself_keeps_one_month_open(agent: Actor) -> None:
    start(agent)
    known = {"regie_id": regie_id(), "month": NOVEMBER, "due_on": NOVEMBER, "created_at": NOW, "changed_at": NOW}
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(InvoiceRun(**known, state=RunState.READY))
    with transaction() as db:
        db.add(InvoiceRun(**known, state=RunState.ISSUED))


def test_an_activity_that_changes_of_regie_waits_for_the_draft(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    """Sa séance est dans le brouillon de l'ancienne régie : la nouvelle ne la touche qu'ensuite."""
    (eaten,) = canteen.eat(family, child, *october(1))
    first = start(agent)
    carry_on()
    sport = make_regie("SPO")
    with transaction() as db:
        db.get_one(Activity, canteen.activity).regie_id = sport
    mark(eaten, BookingState.CANCELLED)
    bill(agent, NOVEMBER, regie_id=sport)
    runs.cancel(actor=agent, run_id=first, now=NOW)
    assert (invoices_of(), money.balance(family)) == ([], 0)
    mark(eaten, BookingState.PRESENT)
    bill(agent, regie_id=sport)
    assert [line.amount_cents for line in lines_of(invoices_of(family)[0].key)] == [3_20], "elle n'est pas perdue"
