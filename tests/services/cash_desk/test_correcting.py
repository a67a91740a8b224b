"""Une erreur vue un autre jour : la caisse du jour la reprend, la facture est due, aucun jour arrêté ne change."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.desk import DayClosedError
from portail.domain.forms import FormRefusedError
from portail.domain.payments import Means
from portail.domain.refusals import NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.models.payments import DayClosing
from portail.services import wallet
from portail.services.cash_desk import closing, finding, slips, taken, undoing
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment
from tests.factories.money import balance, ledger, spend
from tests.factories.people import make_account, open_session

NEXT = NOW + timedelta(days=1)
DAY, TOMORROW = NOW.date(), NEXT.date()


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def correct(actor: Actor, key: int, *, reason: str = "Deux zéros de trop", now: datetime = NEXT) -> str:
    return undoing.correct(actor=actor, payment_id=key, reason=reason, now=now)


def deposit(actor: Actor, means: str) -> None:
    keys = [one.key for one in payments() if one.means == means]
    slips.make(actor=actor, regie_id=regie_id(), means=means, pieces=keys, now=NOW)


def totals(day: object = TOMORROW) -> dict[Means, int]:
    with reading() as db:
        return {means: cents for means, cents in taken.of_day(db, regie_id(), day).totals.items() if cents}  # type: ignore[arg-type]


def subjects() -> list[str]:
    with reading() as db:
        return list(db.exec(select(OutboxMail.subject).order_by(OutboxMail.id)))  # type: ignore[arg-type]


def test_an_error_of_yesterday_is_taken_back_today(regie: Actor) -> None:
    family = make_family("Durand", make_account("camille@famille.example"))
    key = make_invoice(family, 30_00)
    take(regie, family, amount="40", means="cash")
    closing.close(actor=regie, regie_id=regie_id(), form={"day": DAY.isoformat(), "counted": "40"}, now=NOW)
    take(regie, family, amount="5", means="cash", split="wallet", now=NEXT)
    assert "corrigé" in correct(regie, payments()[0].key)
    assert (invoice(key).paid_cents, balance(family)) == (0, 5_00)
    assert (totals(DAY), totals()) == ({Means.CASH: 40_00}, {Means.CASH: -35_00})
    with reading() as db:
        assert db.exec(select(DayClosing)).one().totals["cash"] == 40_00
        assert taken.of_day(db, regie_id(), TOMORROW).given_back_cents == 40_00
        (entry,) = db.exec(select(AuditEntry).where(AuditEntry.action == "payment.corrected"))
    assert entry.detail == "40,00\u00a0€ : Deux zéros de trop"
    assert subjects()[-1] == "Un de vos paiements a été corrigé"
    row = finding.find(actor=regie, words="40", page=1, now=NEXT).rows[0]
    assert (row.state, row.why, row.can_correct, row.receipt) == (
        "Corrigé le 21/11/2026",
        "Deux zéros de trop",
        False,
        "",
    )
    assert ledger(LedgerAccountKind.DESK) == -5_00
    assert wallet.check_ledger() == []


def test_what_was_taken_back_is_counted_when_the_day_closes(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash")
    correct(regie, payments()[0].key)
    form = {"day": TOMORROW.isoformat(), "counted": "0", "note": ""}
    shown = closing.count(actor=regie, regie_id=regie_id(), form=form, now=NEXT)
    assert (shown.expected, shown.given_back) == ("−10,00\u00a0€", "10,00\u00a0€")
    with pytest.raises(FormRefusedError, match="Écart de"):
        closing.close(actor=regie, regie_id=regie_id(), form=form, now=NEXT)
    closing.close(actor=regie, regie_id=regie_id(), form=form | {"note": "correction"}, now=NEXT)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 161])
def test_nothing_is_corrected_without_a_reason(regie: Actor, reason: str) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash")
    with pytest.raises(FormRefusedError):
        correct(regie, payments()[0].key, reason=reason)
    assert payments()[0].cancelled_at is None


def test_the_same_day_is_undone_not_corrected(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash")
    with pytest.raises(RefusalError, match="ne se corrige pas ici"):
        correct(regie, payments()[0].key, now=NOW)
    row = finding.find(actor=regie, words="", page=1, now=NOW).rows[0]
    assert (row.can_undo, row.can_correct) == (True, False)
    row = finding.find(actor=regie, words="", page=1, now=NEXT).rows[0]
    assert (row.can_undo, row.can_correct) == (False, True)


def test_a_deposited_piece_bounces_and_deposited_cash_is_corrected(regie: Actor) -> None:
    family = make_family("Durand")
    for means in ("cheque", "cash"):
        take(regie, family, amount="10", means=means)
        deposit(regie, means)
    cheque, cash = (one.key for one in payments())
    with pytest.raises(RefusalError, match="ne se corrige pas ici"):
        correct(regie, cheque)
    with pytest.raises(RefusalError, match="chèque ou un titre"):
        undoing.bounce(actor=regie, payment_id=cash, now=NEXT)
    assert correct(regie, cash)


@pytest.mark.parametrize("means", ["cesu", "ancv", "cheque"])
def test_a_refused_piece_is_due_again_and_taken_from_today(regie: Actor, means: str) -> None:
    family = make_family("Durand", make_account("camille@famille.example"))
    key = make_invoice(family, 30_00)
    take(regie, family, amount="30", means=means)
    deposit(regie, means)
    assert "rejeté" in undoing.bounce(actor=regie, payment_id=payments()[0].key, now=NEXT)
    assert invoice(key).paid_cents == 0
    assert (totals(DAY), totals()) == ({Means(means): 30_00}, {Means(means): -30_00})
    expected = "rejeté par la banque" if means == "cheque" else f"en {Means(means).said} a été refusé"
    assert expected in subjects()[-1]
    assert "cESU" not in " ".join(subjects())


def test_money_already_spent_says_what_to_cash_first(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cesu")
    deposit(regie, "cesu")
    spend(family, 12_00)
    key = payments()[0].key
    with pytest.raises(undoing.AlreadySpentError) as refusal:
        undoing.bounce(actor=regie, payment_id=key, now=NEXT)
    assert "12,00\u00a0€" in refusal.value.sentence
    assert "Encaissez d’abord 12,00\u00a0€" in refusal.value.next_step
    assert (payments()[0].cancelled_at, balance(family)) == (None, 8_00)
    take(regie, family, amount="12", means="cash", split="wallet", now=NEXT)
    assert undoing.bounce(actor=regie, payment_id=key, now=NEXT)
    assert balance(family) == 0


def test_a_closed_till_takes_nothing_back_until_it_reopens(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="10", means="cash")
    take(regie, family, amount="10", means="cesu")
    deposit(regie, "cesu")
    closing.close(actor=regie, regie_id=regie_id(), form={"day": TOMORROW.isoformat(), "counted": "0"}, now=NEXT)
    cash, cesu = (one.key for one in payments())
    for call in (partial(correct, regie, cash), partial(undoing.bounce, actor=regie, payment_id=cesu, now=NEXT)):
        with pytest.raises(DayClosedError, match="est arrêtée"):
            call()
    with reading() as db:
        last = closing.last_of(db, regie_id())
    assert last is not None
    closing.reopen(actor=regie, closing_id=last.key, reason="Une correction", now=NEXT)
    assert correct(regie, cash)


def test_a_correction_asked_several_times_counts_once_and_closing_counts_it(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash")
    key = payments()[0].key
    form = {"day": TOMORROW.isoformat(), "counted": "0", "note": "compté"}
    done = together(
        *[partial(correct, regie, key)] * 3,
        partial(closing.close, actor=regie, regie_id=regie_id(), form=form, now=NEXT),
    )
    assert isinstance(done[3], str), done
    passed = len([said for said in done[:3] if isinstance(said, str)])
    with reading() as db:
        (one,) = db.exec(select(DayClosing))
    assert (passed, one.totals["cash"]) in ((0, 0), (1, -10_00))
    assert wallet.check_ledger() == []


def test_an_online_payment_or_a_forged_number_is_not_corrected_here(regie: Actor) -> None:
    family = make_family("Durand")
    online = make_payment(family, 30_00, (make_invoice(family, 30_00), 30_00), means=Means.CARD)
    for key in (online, 0, -1, 999, 2**40):
        with pytest.raises(NotOpenError):
            correct(regie, key)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_corrects(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    with pytest.raises(NotOpenError):
        correct(actor, 1)
