"""L'avoir : numéroté, motivé, jamais deux fois la même ligne ; le surplus revient à la famille."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.invoices import InvoiceKind
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.services import wallet
from portail.services.invoices.crediting import AlreadyCreditedError, Credit, credit
from tests.conftest import NOW
from tests.factories import money
from tests.factories.billing import NOVEMBER, bill, invoices_of, lines_of, make_billed, make_regisseur, mark, october
from tests.factories.families import make_child
from tests.factories.invoices import invoice, make_invoice, make_payment
from tests.factories.people import make_account, open_session


def give_back(agent: Actor, key: int, *lines: int, reason: str = "Erreur de pointage") -> str:
    wanted = Credit(key, ",".join(map(str, lines)), reason, is_whole=not lines)
    return credit(actor=agent, wanted=wanted, now=NOW)


def note_of(family: int):
    return next(one for one in invoices_of(family) if one.kind == InvoiceKind.CREDIT_NOTE)


def test_one_line_is_given_back_and_settles_its_invoice(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    said = give_back(agent, key, lines_of(key)[1].key)
    note = note_of(family)
    assert said == "Avoir ENF-2026-000002 émis : 5,00\u00a0€."
    assert (note.total_cents, note.paid_cents, note.corrects_id, note.number) == (-5_00, 5_00, key, 2)
    assert note.content["reason"] == "Erreur de pointage"
    assert note.content["corrects"] == "ENF-2026-000001"
    (line,) = lines_of(note.key)
    assert (line.quantity, line.care_cents, line.amount_cents) == (-1, -5_00, -5_00)
    assert (invoice(key).total_cents, invoice(key).paid_cents) == (25_00, 5_00)
    assert wallet.check_ledger() == []


def test_the_whole_of_a_paid_invoice_goes_back_to_the_wallet(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    make_payment(family, 22_00, (key, 22_00))
    assert "22,00\u00a0€ rendus au porte-monnaie" in give_back(agent, key)
    assert (invoice(key).paid_cents, money.balance(family)) == (25_00, 22_00)
    assert wallet.check_ledger() == []


def test_the_same_line_is_never_given_back_twice(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    line = lines_of(key)[1].key
    give_back(agent, key, line)
    with pytest.raises(AlreadyCreditedError):
        give_back(agent, key, line)
    give_back(agent, key)
    with pytest.raises(AlreadyCreditedError):
        give_back(agent, key)
    assert sum(one.total_cents for one in invoices_of(family)) == 0


def test_two_agents_at_once_give_back_once(base: Engine, agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    other = make_regisseur("bruno@mairie.example")

    def act(one: Actor) -> bool:
        try:
            give_back(one, key)
        except AlreadyCreditedError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, (agent, other))) == [False, True]
    assert sum(one.total_cents for one in invoices_of(family)) == 0


def test_the_next_run_does_not_bill_again_what_was_given_back(agent: Actor, family: int) -> None:
    canteen, child = make_billed(), make_child("Léa", family)
    canteen.eat(family, child, *october(1, 2))
    bill(agent)
    (first,) = invoices_of(family)
    give_back(agent, first.key, lines_of(first.key)[0].key)
    bill(agent, NOVEMBER)
    assert len(invoices_of(family)) == 2, "la facture et son avoir, rien de plus"


def test_what_was_given_back_and_then_cancelled_is_not_given_back_again(agent: Actor, family: int) -> None:
    canteen, child = make_billed(), make_child("Léa", family)
    eaten, _ = canteen.eat(family, child, *october(1, 2))
    bill(agent)
    (first,) = invoices_of(family)
    give_back(agent, first.key, lines_of(first.key)[0].key)
    mark(eaten, BookingState.EXCUSED)
    bill(agent, NOVEMBER)
    assert len(invoices_of(family)) == 2


def test_what_a_cancellation_gave_back_is_not_creditable(agent: Actor, family: int) -> None:
    canteen, child = make_billed(), make_child("Léa", family)
    (eaten,) = canteen.eat(family, child, *october(1))
    bill(agent)
    mark(eaten, BookingState.EXCUSED)
    bill(agent, NOVEMBER)
    with pytest.raises(AlreadyCreditedError):
        give_back(agent, invoices_of(family)[0].key)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 161, "a\u202eb"])
def test_a_reason_is_asked(agent: Actor, family: int, reason: str) -> None:
    key = make_invoice(family)
    with pytest.raises(BadInputError):
        give_back(agent, key, reason=reason)
    assert len(invoices_of(family)) == 1


@pytest.mark.parametrize("typed", ["", "x", "1;2", "-1", "0", "1e3", "99999999999999999999", "1," * 40])
def test_forged_lines_are_refused(agent: Actor, family: int, typed: str) -> None:
    key = make_invoice(family)
    with pytest.raises(RefusalError):
        credit(actor=agent, wanted=Credit(key, typed, "Erreur"), now=NOW)
    assert len(invoices_of(family)) == 1


def test_the_line_of_another_invoice_a_note_or_nothing_is_refused(agent: Actor, family: int) -> None:
    key, other = make_invoice(family), make_invoice(family)
    with pytest.raises(NotOpenError):
        give_back(agent, key, lines_of(other)[0].key)
    give_back(agent, other)
    for number in (note_of(family).key, 0, -4, 999, 2**63):
        with pytest.raises(NotOpenError):
            give_back(agent, number)


def test_only_the_regie_gives_back(base: Engine, family: int, now: datetime) -> None:
    key = make_invoice(family)
    parent = open_session(make_account("alba@famille.example"))[1]
    with pytest.raises(NotOpenError):
        credit(actor=parent, wanted=Credit(key, "", "Erreur", is_whole=True), now=now)
