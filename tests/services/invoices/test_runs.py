"""La facturation d'un mois : une seule, juste, reprise sans double, annulable avant l'émission."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.adjustments import Timing
from portail.domain.bookings import BookingState
from portail.domain.dates import months_away
from portail.domain.invoices import InvoiceKind, InvoiceState, RunState, WrongStateError
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.models.regies import InvoiceCounter
from portail.services import wallet
from portail.services.invoices import runs
from portail.services.mails import outbox
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
    make_billed,
    make_regisseur,
    mark,
    november,
    october,
    run,
    set_minimum,
    start,
)
from tests.factories.families import make_child, make_family
from tests.factories.invoices import make_regie
from tests.factories.people import make_account, open_session
from tests.factories.ranks import RANKS

IN_DECEMBER = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)


def test_a_month_is_billed_line_by_line(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    canteen.eat(family, child, *october(1, 2))
    canteen.eat(family, child, *november(3))
    bill(agent)
    (invoice,) = invoices_of(family)
    assert (invoice.state, invoice.kind, invoice.total_cents, invoice.paid_cents) == ("issued", "invoice", 6_40, 0)
    assert (invoice.year, invoice.number, invoice.month) == (2026, 1, OCTOBER)
    assert invoice.due_on == date(2026, 12, 20)
    first, second = lines_of(invoice.key)
    assert (first.child_name, first.activity, first.label) == ("Léa", "Cantine · Jean-Macé", "Repas")
    assert (first.quantity, first.meal_cents, first.care_cents, first.amount_cents) == (1, 150, 170, 320)
    assert (first.day, second.day) == (date(2026, 10, 1), date(2026, 10, 2))
    assert first.formula == "prix unique"
    assert wallet.check_ledger() == []


def test_the_issue_is_a_movement_of_the_ledger(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    from portail.models.wallet import LedgerAccount, LedgerEntry, LedgerTransaction

    canteen.eat(family, child, *october(1))
    bill(agent)
    (invoice,) = invoices_of(family)
    with reading() as db:
        movement = db.get_one(LedgerTransaction, invoice.movement_id)
        query = select(LedgerAccount.kind, LedgerEntry.amount_cents).join(LedgerEntry)
        written = dict(db.exec(query.where(LedgerEntry.transaction_id == movement.key)).all())
    assert (movement.kind, movement.label) == ("invoice", "Facture ENF-2026-000001")
    assert written == {"receivable": -3_20, "revenue": 3_20}


@pytest.mark.parametrize(
    "state", [BookingState.PENDING, BookingState.CANCELLED, BookingState.REFUSED, BookingState.EXCUSED]
)
def test_what_is_not_due_is_not_billed(
    agent: Actor, canteen: Canteen, family: int, child: int, state: BookingState
) -> None:
    canteen.eat(family, child, *october(1), state=state)
    bill(agent)
    assert invoices_of() == []


def test_what_the_wallet_paid_is_not_billed(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    canteen.eat(family, child, *october(1), is_paid=True)
    canteen.eat(family, child, *october(2))
    bill(agent)
    (invoice,) = invoices_of(family)
    assert [line.day for line in lines_of(invoice.key)] == october(2)


def test_a_late_booking_says_its_surcharge(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    canteen.eat(family, child, *october(1), surcharge_cents=160)
    bill(agent)
    (line,) = lines_of(invoices_of(family)[0].key)
    assert (line.label, line.surcharge_cents, line.amount_cents) == ("Repas (hors délais)", 160, 480)


def test_an_unplanned_presence_says_its_own_surcharge(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    canteen.eat(family, child, *october(1), surcharge_cents=160, surcharge_kind=Timing.UNPLANNED)
    canteen.eat(family, child, *october(2), surcharge_cents=160, surcharge_kind=Timing.LATE)
    bill(agent)
    labels = [line.label for line in lines_of(invoices_of(family)[0].key)]
    assert labels == ["Repas (présence non prévue)", "Repas (hors délais)"]


def test_only_the_activities_of_the_regie_are_billed(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    sport = make_regie("SPO")
    elsewhere = make_billed(name="Judo", regie_id=sport)
    elsewhere.eat(family, child, *october(1))
    canteen.eat(family, child, *october(2))
    bill(agent)
    bill(agent, regie_id=sport)
    first, second = invoices_of(family)
    assert [lines_of(one.key)[0].activity for one in (first, second)] == ["Cantine · Jean-Macé", "Judo · Jean-Macé"]
    assert (first.number, second.number) == (1, 1), "chaque régie a sa suite"


def test_billing_again_bills_nothing_twice(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    canteen.eat(family, child, *october(1, 2))
    bill(agent)
    bill(agent, NOVEMBER)
    assert len(invoices_of(family)) == 1


def test_a_cancellation_after_the_invoice_becomes_a_negative_line(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    eaten, _ = canteen.eat(family, child, *october(1, 2))
    bill(agent)
    mark(eaten, BookingState.EXCUSED)
    canteen.eat(family, child, *november(3, 5))
    bill(agent, NOVEMBER)
    second = invoices_of(family)[1]
    lines = [(line.label, line.quantity, line.amount_cents) for line in lines_of(second.key)]
    assert lines == [("Repas : annulation", -1, -3_20), ("Repas", 1, 3_20), ("Repas", 1, 3_20)]
    assert second.total_cents == 3_20


def test_a_price_corrected_after_the_invoice_bills_the_difference(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    (eaten,) = canteen.eat(family, child, *october(1))
    bill(agent)
    mark(eaten, BookingState.PRESENT, meal_cents=250)
    bill(agent, NOVEMBER)
    (line,) = lines_of(invoices_of(family)[1].key)
    assert (line.label, line.meal_cents, line.care_cents, line.amount_cents) == ("Repas : correction", 100, 0, 100)


def test_a_family_to_which_money_is_due_gets_a_credit_note(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    eaten = canteen.eat(family, child, *october(1, 2))
    bill(agent)
    for one in eaten:
        mark(one, BookingState.EXCUSED)
    bill(agent, NOVEMBER)
    note = invoices_of(family)[1]
    assert (note.kind, note.total_cents, note.number) == (InvoiceKind.CREDIT_NOTE, -6_40, 2)
    assert money.balance(family) == 6_40, "rendu au porte-monnaie"
    assert wallet.check_ledger() == []


def test_an_amount_under_the_minimum_waits_for_the_next_run(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    set_minimum(5_00)
    canteen.eat(family, child, *october(1))
    bill(agent)
    assert invoices_of() == []
    canteen.eat(family, child, *november(3))
    bill(agent, NOVEMBER)
    (invoice,) = invoices_of(family)
    assert invoice.total_cents == 6_40
    assert [line.day for line in lines_of(invoice.key)] == [*october(1), *november(3)]


def test_a_sum_of_nothing_is_not_an_invoice(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    (eaten,) = canteen.eat(family, child, *october(1))
    bill(agent)
    mark(eaten, BookingState.EXCUSED)
    canteen.eat(family, child, *november(3))
    bill(agent, NOVEMBER)
    assert len(invoices_of(family)) == 1


def test_numbers_have_no_hole_even_after_a_failure(
    agent: Actor, canteen: Canteen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Le lot qui échoue rend ses numéros avec le reste."""
    for rank in range(5):
        home = make_family(f"Foyer {rank}")
        canteen.eat(home, make_child(f"Enfant {rank}", home), *october(1))
    monkeypatch.setattr(runs, "INVOICES", 2)
    key = start(agent)
    carry_on()
    runs.issue(actor=agent, run_id=key, now=NOW)
    assert runs.advance(NOW)

    def fail(*_args: object) -> None:
        raise RuntimeError("panne")

    with monkeypatch.context() as broken:
        broken.setattr(runs.letters, "announce", fail)
        with pytest.raises(RuntimeError):
            runs.advance(NOW)
    assert run(key).done == 2
    carry_on()
    assert [one.number for one in invoices_of()] == [1, 2, 3, 4, 5]
    with reading() as db:
        assert db.exec(select(InvoiceCounter.last)).one() == 5
    assert (run(key).state, run(key).done, run(key).total) == (RunState.ISSUED, 5, 5)


def test_an_interrupted_preparation_goes_on_without_doubles(
    agent: Actor, canteen: Canteen, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank in range(5):
        home = make_family(f"Foyer {rank}")
        canteen.eat(home, make_child(f"Enfant {rank}", home), *october(1))
    monkeypatch.setattr(runs, "FAMILIES", 2)
    key = start(agent)
    assert runs.advance(NOW)
    assert (run(key).done, run(key).total, len(invoices_of())) == (2, 5, 2)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        real = runs.prepare

        def half_way(*given: object) -> None:
            real(*given)
            killed()

        broken.setattr(runs, "prepare", half_way)
        with pytest.raises(KeyboardInterrupt):
            runs.advance(NOW)
    assert len(invoices_of()) == 2, "la tranche interrompue n'a rien laissé"
    carry_on()
    assert run(key).state == RunState.READY
    assert len(invoices_of()) == 5
    assert all(one.state == InvoiceState.DRAFT and len(lines_of(one.key)) == 1 for one in invoices_of())


def test_two_agents_start_one_run(base: Engine, agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    other = make_regisseur("bruno@mairie.example")
    canteen.eat(family, child, *october(1))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(start, (agent, other))
    assert first == second
    carry_on()
    assert len(invoices_of()) == 1


def test_two_workers_at_once_bill_nothing_twice(
    base: Engine, agent: Actor, canteen: Canteen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "FAMILIES", 2)
    monkeypatch.setattr(runs, "INVOICES", 2)
    for rank in range(9):
        home = make_family(f"Foyer {rank}")
        canteen.eat(home, make_child(f"Enfant {rank}", home), *october(1, 2))
    key = start(agent)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: carry_on(), range(3)))
    runs.issue(actor=agent, run_id=key, now=NOW)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: carry_on(), range(3)))
    assert sorted(one.number or 0 for one in invoices_of()) == list(range(1, 10))
    assert all(len(lines_of(one.key)) == 2 for one in invoices_of())
    assert wallet.check_ledger() == []


def test_a_run_is_cancelled_before_it_is_issued_and_prepared_again(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    canteen.eat(family, child, *october(1))
    key = start(agent)
    carry_on()
    runs.cancel(actor=agent, run_id=key, now=NOW)
    runs.cancel(actor=agent, run_id=key, now=NOW)
    assert (run(key).state, invoices_of()) == (RunState.CANCELLED, [])
    assert start(agent) != key
    carry_on()
    assert len(invoices_of(family)) == 1


def test_once_issued_it_is_neither_cancelled_nor_issued_again(
    agent: Actor, canteen: Canteen, family: int, child: int
) -> None:
    canteen.eat(family, child, *october(1))
    key = bill(agent)
    with pytest.raises(WrongStateError, match="est déjà émise"):
        runs.cancel(actor=agent, run_id=key, now=NOW)
    runs.issue(actor=agent, run_id=key, now=NOW)
    assert carry_on() == 0
    assert [one.number for one in invoices_of()] == [1]


def test_it_is_not_issued_before_it_is_ready(agent: Actor, canteen: Canteen) -> None:
    key = start(agent)
    with pytest.raises(WrongStateError, match="en préparation"):
        runs.issue(actor=agent, run_id=key, now=NOW)


@pytest.mark.parametrize("month", [date(2026, 10, 2), date(2026, 12, 1), date(2024, 10, 1), date(1, 1, 1)])
def test_a_wrong_month_is_refused(agent: Actor, month: date) -> None:
    with pytest.raises(BadInputError, match="mois"):
        start(agent, month)


@pytest.mark.parametrize("regie", [0, -1, 999, 2**63])
def test_an_unknown_regie_is_refused(agent: Actor, regie: int) -> None:
    with pytest.raises(NotOpenError):
        runs.start(actor=agent, regie_id=regie, month=OCTOBER, now=NOW)


@pytest.mark.parametrize("act", [runs.issue, runs.cancel])
def test_a_parent_cannot_touch_a_run(agent: Actor, act) -> None:
    parent = open_session(make_account("alba@famille.example"))[1]
    key = start(agent)
    for actor, number in ((parent, key), (agent, 999), (agent, 2**63)):
        with pytest.raises(NotOpenError):
            act(actor=actor, run_id=number, now=NOW)
    assert run(key).state == RunState.PREPARING


def test_the_invoice_is_mailed_to_who_asked(agent: Actor, canteen: Canteen) -> None:
    from portail.models.families import Guardian

    account = make_account("alba@famille.example")
    home = make_family("Alba", account, make_account("bruno@famille.example"))
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.account_id == account.key)).one().invoices_by_email = True
    canteen.eat(home, make_child("Léa", home), *october(1))
    bill(agent)
    with reading() as db:
        (mail,) = db.exec(select(OutboxMail).where(OutboxMail.recipient.like("%famille.example")))  # type: ignore[attr-defined]
    body = outbox.letter(mail).text
    assert (mail.recipient, mail.subject) == ("alba@famille.example", "Facture d’octobre 2026 : ENF-2026-000001")
    assert "3,20\u00a0€" in body
    assert f"/factures/{invoices_of()[0].key}" in body


def test_the_new_year_restarts_the_numbers(agent: Actor, canteen: Canteen, family: int, child: int) -> None:
    canteen.eat(family, child, *november(3))
    bill(agent, NOVEMBER, IN_DECEMBER)
    canteen.eat(family, child, date(2026, 12, 3))
    bill(agent, date(2026, 12, 1), IN_DECEMBER + timedelta(days=60))
    assert [(one.year, one.number) for one in invoices_of()] == [(2026, 1), (2027, 1)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(sorted(BookingState)), min_size=4, max_size=4), min_size=1, max_size=4))
def test_whatever_happens_the_sum_billed_is_what_is_due(base_sqlite: Engine, history: list[list[BookingState]]) -> None:
    """Des états qui vont et viennent entre deux facturations : à la fin, ni plus ni moins que dû."""
    rank = RANKS.next()
    agent, regie = make_regisseur(f"agent-{rank}@mairie.example"), make_regie(f"R{rank}")
    canteen, home = make_billed(regie_id=regie), make_family(f"F{rank}")
    booked = canteen.eat(home, make_child("Léa", home), *october(1, 2, 5, 6))
    for months, states in enumerate(history):
        for key, state in zip(booked, states, strict=True):
            mark(key, state)
        bill(agent, months_away(OCTOBER, months), NOW + timedelta(days=31 * months), regie_id=regie)
    due = sum(3_20 for state in history[-1] if state in {"booked", "present", "absent"})
    lines = [line.amount_cents for one in invoices_of(home) for line in lines_of(one.key)]
    assert sum(lines) == due
    assert wallet.check_ledger() == []
