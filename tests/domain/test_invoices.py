"""Les règles des factures : leur état, leur numéro, ce qui se reporte, ce qui se relit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain.invoices import (
    RUN_TRANSITIONS,
    AlreadyPaidError,
    InvoiceKind,
    RunState,
    Standing,
    invoice_number,
    is_carried,
    is_striking,
    part_given_back,
    standing,
)

TODAY, BEFORE, AFTER = date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("paid", "due_on", "expected"),
    [
        (0, AFTER, Standing.DUE),
        (0, TODAY, Standing.DUE),
        (0, BEFORE, Standing.LATE),
        (1, AFTER, Standing.PARTIAL),
        (44_99, BEFORE, Standing.LATE),
        (45_00, BEFORE, Standing.PAID),
    ],
)
def test_the_standing_of_an_invoice(paid: int, due_on: date, expected: Standing) -> None:
    assert standing(InvoiceKind.INVOICE, 45_00, paid, due_on, TODAY) is expected


def test_a_credit_note_is_never_late() -> None:
    assert standing(InvoiceKind.CREDIT_NOTE, -45_00, 0, BEFORE, TODAY) is Standing.CREDIT


def test_the_legal_number_keeps_its_zeros() -> None:
    assert invoice_number("ENF", 2026, 123) == "ENF-2026-000123"
    assert invoice_number("ENF", 2026, 1_234_567) == "ENF-2026-1234567"


@pytest.mark.parametrize(
    ("cents", "minimum", "carried"),
    [(0, 0, True), (1, 0, False), (4_99, 5_00, True), (5_00, 5_00, False), (-1, 5_00, False)],
)
def test_what_waits_for_the_next_run(cents: int, minimum: int, carried: bool) -> None:
    assert is_carried(cents, minimum) is carried


@pytest.mark.parametrize(
    ("before", "cents", "striking"),
    [(None, 1, True), (40_00, 60_00, True), (40_00, 59_99, False), (100_00, 149_99, False), (100_00, 50_00, True)],
)
def test_what_an_agent_reads_again(before: int | None, cents: int, striking: bool) -> None:
    assert is_striking(before, cents) is striking


@given(st.integers(-(10**6), 10**6))
def test_the_same_amount_never_strikes(cents: int) -> None:
    assert not is_striking(cents, cents)


def test_a_run_is_cancelled_only_before_it_is_issued() -> None:
    assert set(RUN_TRANSITIONS) == set(RunState)
    assert {state for state, after in RUN_TRANSITIONS.items() if RunState.CANCELLED in after} == {
        RunState.PREPARING,
        RunState.READY,
    }


def test_already_paid_says_what_is_left() -> None:
    assert "déjà payée" in AlreadyPaidError().full_sentence
    assert "5,00\u00a0€" in AlreadyPaidError(5_00).full_sentence


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=4), st.data())
def test_the_parts_given_back_sum_up_and_never_pass_the_part(parts: list[int], data: st.DataObject) -> None:
    whole = sum(parts)
    if not whole:
        return
    given = data.draw(st.integers(0, whole - 1))
    more = data.draw(st.integers(1, whole - given))
    first, then = part_given_back(parts, whole, 0, given), part_given_back(parts, whole, given, more)
    assert (sum(first), sum(then)) == (given, more)
    assert all(0 <= one + other <= part for one, other, part in zip(first, then, parts, strict=True))
    last = part_given_back(parts, whole, given, whole - given)
    assert [one + other for one, other in zip(first, last, strict=True)] == parts
