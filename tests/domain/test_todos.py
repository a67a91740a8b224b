"""« À faire » : ce qui presse d'abord, et rien quand tout va bien."""

import pytest

from portail.domain.todos import Facts, Todo, todos


def test_nothing_to_do_when_all_is_well() -> None:
    assert todos(Facts()) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(must_change_password=True), Todo.CHANGE_PASSWORD),
        (Facts(must_set_second_factor=True), Todo.SET_SECOND_FACTOR),
        (Facts(failed_mails=1), Todo.MAIL_FAILED),
        (Facts(incomplete_health=2), Todo.COMPLETE_HEALTH),
        (Facts(has_phone=False), Todo.ADD_PHONE),
        (Facts(inactive_wallets=1), Todo.ACTIVATE_WALLET),
        (Facts(offers=1), Todo.ANSWER_OFFER),
        (Facts(payments_to_review=1), Todo.REVIEW_PAYMENTS),
        (Facts(debits_to_review=1), Todo.REVIEW_DEBITS),
        (Facts(ledger_faults=1), Todo.LEDGER_WRONG),
        (Facts(has_family=False), Todo.ENTER_FAMILY),
        (Facts(family_pending=True), Todo.FAMILY_PENDING),
        (Facts(second_factor=True, recovery_codes_left=2), Todo.FEW_RECOVERY_CODES),
        (Facts(open_sessions=4), Todo.MANY_SESSIONS),
    ],
)
def test_each_fact_calls_for_one_thing(facts: Facts, expected: Todo) -> None:
    assert todos(facts) == [expected]


@pytest.mark.parametrize(
    "facts",
    [Facts(open_sessions=3), Facts(second_factor=True, recovery_codes_left=3), Facts(recovery_codes_left=0)],
)
def test_bounds_are_not_crossed_early(facts: Facts) -> None:
    assert todos(facts) == []


def test_most_pressing_comes_first() -> None:
    everything = Facts(
        must_change_password=True,
        must_set_second_factor=True,
        has_phone=False,
        second_factor=True,
        recovery_codes_left=0,
        open_sessions=9,
        failed_mails=4,
        requests_asked=1,
        requests_late=1,
        incomplete_health=1,
        inactive_wallets=1,
        offers=1,
        payments_to_review=1,
        debits_to_review=1,
        debits_to_send=1,
        debits_to_collect=1,
        ledger_faults=1,
        wallet_refunds=1,
        days_left_open=1,
        invoices_due_cents=1,
        has_family=False,
        family_pending=True,
    )
    assert todos(everything) == [
        Todo.CHANGE_PASSWORD,
        Todo.SET_SECOND_FACTOR,
        Todo.LEDGER_WRONG,
        Todo.ENTER_FAMILY,
        Todo.ANSWER_OFFER,
        Todo.LATE_REQUESTS,
        Todo.REVIEW_PAYMENTS,
        Todo.SEND_DEBITS,
        Todo.COLLECT_DEBITS,
        Todo.REVIEW_DEBITS,
        Todo.PAY_REFUNDS,
        Todo.CLOSE_DAYS,
        Todo.MAIL_FAILED,
        Todo.ANSWER_REQUEST,
        Todo.PAY_INVOICES,
        Todo.COMPLETE_HEALTH,
        Todo.ADD_PHONE,
        Todo.ACTIVATE_WALLET,
        Todo.FAMILY_PENDING,
        Todo.FEW_RECOVERY_CODES,
        Todo.MANY_SESSIONS,
    ]
    assert set(todos(everything)) == set(Todo)


def test_every_todo_is_worded_differently() -> None:
    assert len({todo.label for todo in Todo}) == len(Todo)
