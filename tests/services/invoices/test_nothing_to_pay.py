"""Ce qui se compense, et ce qui est à rendre : pas de facture nulle, un avoir pour l'argent dû, des numéros sans trou."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.domain.invoices import InvoiceKind, RunState
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.models.regies import InvoiceCounter
from portail.models.wallet import LedgerTransaction
from portail.services import merging, wallet
from portail.services.invoices import runs
from portail.services.invoices.checking import check_invoices
from portail.services.merging.moving import CannotUndoError
from tests.conftest import NOW
from tests.factories.billing import (
    NOVEMBER,
    Canteen,
    bill,
    carry_on,
    invoices_of,
    lines_of,
    mark,
    november,
    october,
    run,
    set_minimum,
    start,
)
from tests.factories.families import make_child, make_family
from tests.factories.money import balance
from tests.factories.people import make_account, open_session


def home(name: str) -> tuple[int, int]:
    family = make_family(name)
    return family, make_child(f"Enfant {name}", family)


def last_number() -> int:
    with reading() as db:
        return int(db.exec(select(InvoiceCounter.last)).one())


def movements() -> int:
    with reading() as db:
        return len(db.exec(select(LedgerTransaction.id)).all())


def compensated(canteen: Canteen, agent: Actor, *families: tuple[int, int]) -> None:
    """Octobre facturé puis annulé, novembre mangé : le solde de chacun est nul."""
    eaten = [canteen.eat(*one, *october(1))[0] for one in families]
    bill(agent)
    for one, booking in zip(families, eaten, strict=True):
        mark(booking, BookingState.EXCUSED)
        canteen.eat(*one, *november(3))


def test_lines_which_cancel_out_issue_nothing_and_take_no_number(agent: Actor, canteen: Canteen) -> None:
    zero, normal = home("Alba"), home("Bruno")
    compensated(canteen, agent, zero)
    canteen.eat(*normal, *november(3))
    before = movements()
    key = bill(agent, NOVEMBER)
    assert run(key).state == RunState.ISSUED
    assert [one.total_cents for one in invoices_of(zero[0])] == [3_20]
    assert [(one.number, one.total_cents) for one in invoices_of(normal[0])] == [(2, 3_20)]
    assert (last_number(), movements() - before, balance(zero[0])) == (2, 1, 0)
    assert (wallet.check_ledger(), check_invoices()) == ([], [])


def test_what_cancelled_out_comes_back_with_the_next_month(agent: Actor, canteen: Canteen) -> None:
    zero = home("Alba")
    compensated(canteen, agent, zero)
    bill(agent, NOVEMBER)
    canteen.eat(*zero, date(2026, 12, 17))
    bill(agent, date(2026, 12, 1), NOW + timedelta(days=31))
    second = invoices_of(zero[0])[1]
    assert sorted(line.amount_cents for line in lines_of(second.key)) == [-3_20, 3_20, 3_20]
    assert (second.number, second.total_cents) == (2, 3_20)


def test_two_files_united_between_the_draft_and_the_issue_cancel_out(agent: Actor, canteen: Canteen) -> None:
    """L'un doit, l'autre est à rembourser d'autant : réunis, ils ne se doivent rien, et le reste s'émet."""
    owed, owing, other = home("Alba"), home("Bruno"), home("Chloé")
    (eaten,) = canteen.eat(*owed, *october(1))
    bill(agent)
    mark(eaten, BookingState.EXCUSED)
    canteen.eat(*owing, *november(3))
    canteen.eat(*other, *november(3))
    key = start(agent, NOVEMBER)
    carry_on()
    unite(owed[0], owing[0])
    runs.issue(actor=agent, run_id=key, now=NOW)
    carry_on()
    assert run(key).state == RunState.ISSUED
    assert [one.total_cents for one in invoices_of(owing[0])] == [3_20], "la facture d'octobre, venue avec le dossier"
    assert [(one.number, one.total_cents) for one in invoices_of(other[0])] == [(2, 3_20)]
    assert (last_number(), balance(owing[0])) == (2, 0)
    assert (wallet.check_ledger(), check_invoices()) == ([], [])


def test_two_files_united_whose_sum_is_owed_to_them_get_one_credit_note(agent: Actor, canteen: Canteen) -> None:
    owed, owing = home("Alba"), home("Bruno")
    eaten = canteen.eat(*owed, *october(1, 2))
    bill(agent)
    for one in eaten:
        mark(one, BookingState.EXCUSED)
    canteen.eat(*owing, *november(3))
    key = start(agent, NOVEMBER)
    carry_on()
    unite(owed[0], owing[0])
    runs.issue(actor=agent, run_id=key, now=NOW)
    carry_on()
    note = invoices_of(owing[0])[1]
    assert (note.kind, note.total_cents, note.number) == (InvoiceKind.CREDIT_NOTE, -3_20, 2)
    assert (balance(owing[0]), wallet.check_ledger(), check_invoices()) == (3_20, [], [])


def test_two_files_united_whose_sum_is_under_the_minimum_wait(agent: Actor, canteen: Canteen) -> None:
    owed, owing = home("Alba"), home("Bruno")
    (eaten,) = canteen.eat(*owed, *october(1))
    bill(agent)
    mark(eaten, BookingState.EXCUSED)
    set_minimum(5_00)
    canteen.eat(*owing, *november(3, 5))
    key = start(agent, NOVEMBER)
    carry_on()
    unite(owed[0], owing[0])
    runs.issue(actor=agent, run_id=key, now=NOW)
    carry_on()
    assert (run(key).state, last_number(), len(invoices_of())) == (RunState.ISSUED, 1, 1)


def test_money_due_to_a_family_without_a_wallet_opens_one_and_is_told(agent: Actor, canteen: Canteen) -> None:
    account = make_account("alba@famille.example")
    family = make_family("Alba", account)
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.account_id == account.key)).one().invoices_by_email = True
    (eaten,) = canteen.eat(family, make_child("Léa", family), *october(1))
    bill(agent)
    mark(eaten, BookingState.EXCUSED)
    bill(agent, NOVEMBER)
    assert balance(family) == 3_20
    with reading() as db:
        subjects = [mail.subject for mail in db.exec(select(OutboxMail).order_by(OutboxMail.id))]
    assert subjects[-1] == "Avoir de novembre 2026 : ENF-2026-000002"


def test_drafts_united_then_issued_hold_the_two_files_together(agent: Actor, canteen: Canteen) -> None:
    one, other = home("Alba"), home("Bruno")
    canteen.eat(*one, *october(1))
    canteen.eat(*other, *october(1))
    key = start(agent)
    carry_on()
    reception, merge = unite(one[0], other[0])
    runs.issue(actor=agent, run_id=key, now=NOW)
    carry_on()
    with pytest.raises(CannotUndoError, match="leurs factures ont été émises depuis"):
        merging.undo_merge(actor=reception, merge_id=merge, now=NOW)
    assert [invoice.total_cents for invoice in invoices_of(other[0])] == [6_40]
    assert (wallet.check_ledger(), check_invoices()) == ([], [])


def unite(source: int, target: int) -> tuple[Actor, int]:
    reception = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    return reception, merging.merge_families(actor=reception, source_id=source, target_id=target, now=NOW)
