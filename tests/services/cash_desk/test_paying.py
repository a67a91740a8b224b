"""Encaisser au guichet : les factures d'abord, le reste au porte-monnaie, une seule fois."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.families import FamilyStatus
from portail.domain.forms import FormRefusedError
from portail.domain.invoices import invoice_number
from portail.domain.payments import Means
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.wallet import LedgerAccountKind
from portail.models.database import reading, transaction
from portail.models.families import Family
from portail.models.mails import OutboxMail
from portail.models.payments import Payment, PaymentAllocation
from portail.services import wallet
from portail.services.cash_desk import finding, paying, receipts, slips, undoing
from portail.services.wallet import AlreadyPostedError, desk
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import FORM, agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice, make_payment, make_regie
from tests.factories.money import balance, ledger
from tests.factories.people import make_account, open_session
from tests.tools.pdfs import assert_accessible, text_of


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def shares() -> list[tuple[int, int]]:
    with reading() as db:
        return sorted((one.invoice_id, one.cents) for one in db.exec(select(PaymentAllocation)))


def letters() -> list[tuple[str, str]]:
    with reading() as db:
        return [(mail.recipient, mail.subject) for mail in db.exec(select(OutboxMail))]


def test_the_oldest_invoices_first_and_the_rest_to_the_wallet(regie: Actor) -> None:
    family = make_family("Durand")
    recent = make_invoice(family, 30_00)
    old = make_invoice(family, 45_00, month=date(2026, 8, 1), now=NOW - timedelta(days=60))
    said = take(regie, family, amount="80", note="0012")
    assert shares() == sorted([(old, 45_00), (recent, 30_00)])
    assert (invoice(old).paid_cents, invoice(recent).paid_cents, balance(family)) == (45_00, 30_00, 5_00)
    assert said.startswith("75,00\u00a0€ sur les factures de la famille Durand. 5,00\u00a0€ versés.")
    (one,) = payments()
    assert (one.means, one.amount_cents, one.note, one.received_on) == ("cheque", 80_00, "0012", date(2026, 11, 20))
    assert one.movement_id is not None
    assert (ledger(LedgerAccountKind.DESK), ledger(LedgerAccountKind.RECEIVABLE)) == (-80_00, 0)
    assert wallet.check_ledger() == []


def test_too_little_pays_a_part_of_the_oldest(regie: Actor) -> None:
    family = make_family("Durand")
    old = make_invoice(family, 45_00, now=NOW - timedelta(days=60))
    make_invoice(family, 30_00)
    take(regie, family, amount="20")
    assert (shares(), balance(family)) == ([(old, 20_00)], 0)


def test_the_agent_may_write_another_split(regie: Actor) -> None:
    family = make_family("Durand")
    old = make_invoice(family, 45_00, now=NOW - timedelta(days=60))
    recent = make_invoice(family, 30_00)
    take(regie, family, amount="40", split="typed", **{f"facture-{recent}": "30", f"facture-{old}": "0"})
    assert (shares(), balance(family)) == ([(recent, 30_00)], 10_00)
    take(regie, family, amount="12", split="wallet")
    assert balance(family) == 22_00


@pytest.mark.parametrize("typed", ["12,345", "-5", "NaN", "9223372036854775808", "vingt"])
def test_a_wrong_share_is_named(regie: Actor, typed: str) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00)
    with pytest.raises(FormRefusedError) as refusal:
        take(regie, family, amount="40", split="typed", **{f"facture-{key}": typed})
    assert set(refusal.value.fields) == {f"facture-{key}"}
    assert (payments(), balance(family)) == ([], 0)


def test_more_on_the_invoices_than_received_is_refused(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00)
    with pytest.raises(FormRefusedError, match="plus que les 20,00\u00a0€ reçus"):
        take(regie, family, amount="20", split="typed", **{f"facture-{key}": "30"})
    with pytest.raises(RefusalError, match="Il ne reste que 30,00"):
        take(regie, family, amount="50", split="typed", **{f"facture-{key}": "40"})
    assert (payments(), invoice(key).paid_cents) == ([], 0)


def test_the_invoice_of_another_family_is_not_taken(regie: Actor) -> None:
    family, other = make_family("Durand"), make_family("Martin")
    key = make_invoice(other, 30_00)
    for forged in (key, 999_999):
        with pytest.raises(BadInputError, match="plus à payer"):
            take(regie, family, amount="30", split="typed", **{f"facture-{forged}": "30"})
    assert (payments(), invoice(key).paid_cents) == ([], 0)


@pytest.mark.parametrize("means", [Means.CASH, Means.CHEQUE, Means.CESU, Means.ANCV])
def test_each_means_of_the_desk_is_kept(regie: Actor, means: Means) -> None:
    family = make_family("Durand")
    take(regie, family, means=means.value)
    assert [one.means for one in payments()] == [means]


@pytest.mark.parametrize("means", ["card", "wallet", "debit", "payfip", "", "CASH"])
def test_other_means_are_not_taken_at_the_desk(regie: Actor, means: str) -> None:
    with pytest.raises(FormRefusedError):
        take(regie, make_family("Durand"), means=means)
    assert payments() == []


def test_two_agents_record_the_same_cheque_once(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 45_00)
    other = agent("regie2@mairie.example")
    works = [partial(take, actor, family, amount="45", note="0099") for actor in (regie, other) * 2]
    done = together(*works)
    assert len([one for one in done if isinstance(one, str)]) == 1, done
    assert {type(one) for one in done if not isinstance(one, str)} <= {paying.SameChequeError, AlreadyPostedError}
    assert (len(payments()), invoice(key).paid_cents, balance(family)) == (1, 45_00, 0)
    assert wallet.check_ledger() == []


def test_the_same_number_of_another_family_or_once_cancelled_is_another_cheque(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, note="0099")
    take(regie, make_family("Martin"), note="0099")
    with pytest.raises(paying.SameChequeError, match="0099"):
        take(regie, family, note="0099")
    undoing.undo(actor=regie, payment_id=payments()[0].key, now=NOW)
    assert take(regie, family, note="0099")
    assert take(regie, family, note="0099", means="cesu"), "deux titres CESU peuvent porter le même mot"


def test_the_same_form_counts_once(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 45_00)
    form = FORM | {"amount": "45", "token": "le-meme"}
    done = together(*[partial(paying.record, actor=regie, family_id=family, form=form, now=NOW)] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert (len(payments()), invoice(key).paid_cents) == (1, 45_00)


def test_an_invoice_paid_meanwhile_refuses_or_goes_to_the_wallet_whole(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 45_00)
    done = together(*[partial(take, regie, family, amount="45")] * 3)
    accepted = [one for one in done if isinstance(one, str)]
    assert accepted
    assert all(isinstance(one, RefusalError) for one in done if not isinstance(one, str))
    assert invoice(key).paid_cents == 45_00
    assert balance(family) == 45_00 * (len(accepted) - 1)
    assert wallet.check_ledger() == []


def test_invoices_of_another_regie_are_cashed_apart(regie: Actor) -> None:
    family = make_family("Durand")
    sport = make_regie("SPO")
    theirs = make_invoice(family, 30_00, regie_id=sport)
    ours = make_invoice(family, 20_00)
    with pytest.raises(BadInputError, match="régies différentes"):
        take(regie, family, amount="50")
    with pytest.raises(BadInputError, match="ne tient pas les porte-monnaie"):
        take(regie, family, amount="40", split="typed", **{f"facture-{theirs}": "30"})
    take(regie, family, amount="30", split="typed", **{f"facture-{theirs}": "30"})
    assert [(one.regie_id, invoice(ours).paid_cents) for one in payments()] == [(sport, 0)]


def test_a_closed_file_still_pays_its_invoices(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00)
    with transaction() as db:
        db.get_one(Family, family).status = FamilyStatus.ARCHIVED
    with pytest.raises(RefusalError, match="fermé"):
        take(regie, family, amount="31")
    take(regie, family, amount="30")
    assert invoice(key).paid_cents == 30_00


# ── Reçus ────────────────────────────────────────────────────────────────────────────────────────


def test_a_receipt_goes_to_who_sees_the_money_and_downloads(regie: Actor) -> None:
    account = make_account("camille@famille.example")
    family = make_family("Durand", account)
    key = make_invoice(family, 30_00)
    take(regie, family, amount="40", note="0012")
    assert letters() == [("camille@famille.example", "Votre paiement de 40,00\u00a0€ est bien reçu")]
    camille = open_session(account)[1]
    made = receipts.make_pdf(camille, payments()[0].key, NOW)
    said = " ".join(text_of(made.body).split())
    assert "Reçu n° 1" in said
    assert "Régie enfance : reçu de la famille Durand la somme de 40,00" in said
    assert f"Facture {invoice_number('ENF', 2026, invoice(key).number or 0)} 30,00" in said
    assert "Porte-monnaie 10,00" in said
    assert "0012" in said
    assert_accessible(made.body, "Reçu n° 1 · Valbourg-sur-Loire")


def test_a_receipt_is_closed_to_others_and_gone_once_cancelled(regie: Actor) -> None:
    family = make_family("Durand", make_account("camille@famille.example"))
    take(regie, family)
    number = payments()[0].key
    stranger = open_session(make_account("autre@famille.example"))[1]
    reception = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    for actor in (stranger, reception):
        with pytest.raises(NotOpenError):
            receipts.make_pdf(actor, number, NOW)
    for forged in (0, -1, 999, 2**40):
        with pytest.raises(NotOpenError):
            receipts.make_pdf(regie, forged, NOW)
    undoing.undo(actor=regie, payment_id=number, now=NOW)
    with pytest.raises(RefusalError, match="annulé"):
        receipts.make_pdf(regie, number, NOW)


# ── Annuler, rejeter ─────────────────────────────────────────────────────────────────────────────


def test_undoing_makes_the_invoices_due_again(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00)
    take(regie, family, amount="40")
    done = together(*[partial(undoing.undo, actor=regie, payment_id=payments()[0].key, now=NOW)] * 3)
    assert [one for one in done if isinstance(one, str)] == ["L’encaissement est annulé."]
    assert (invoice(key).paid_cents, balance(family)) == (0, 0)
    assert ledger(LedgerAccountKind.DESK) == 0
    assert wallet.check_ledger() == []


def test_a_bounced_cheque_is_due_again_and_the_family_knows(regie: Actor) -> None:
    family = make_family("Durand", make_account("camille@famille.example"))
    key = make_invoice(family, 30_00)
    take(regie, family, amount="30", note="0012")
    (one,) = payments()
    with pytest.raises(RefusalError, match="remis en banque"):
        undoing.bounce(actor=regie, payment_id=one.key, now=NOW)
    slips.make(actor=regie, regie_id=regie_id(), means="cheque", pieces=[one.key], now=NOW)
    later = NOW + timedelta(days=9)
    with pytest.raises(RefusalError, match="ne peut plus"):
        undoing.undo(actor=regie, payment_id=one.key, now=NOW)
    done = together(*[partial(undoing.bounce, actor=regie, payment_id=one.key, now=later)] * 3)
    assert len([said for said in done if isinstance(said, str)]) == 1
    assert invoice(key).paid_cents == 0
    assert [subject for _, subject in letters()][-1] == "Votre chèque a été rejeté par la banque"
    assert finding.find(actor=regie, words="0012", page=1, now=later).rows[0].state == "Rejeté le 29/11/2026"
    assert wallet.check_ledger() == []


def test_an_online_payment_is_not_undone_at_the_desk(regie: Actor) -> None:
    family = make_family("Durand")
    number = make_payment(family, 30_00, (make_invoice(family, 30_00), 30_00), means=Means.CARD)
    for call in (undoing.undo, undoing.bounce):
        with pytest.raises(NotOpenError):
            call(actor=regie, payment_id=number, now=NOW)


# ── Retrouver ────────────────────────────────────────────────────────────────────────────────────


def test_a_payment_is_found_by_name_amount_number_and_cheque(regie: Actor) -> None:
    durand, martin = make_family("Durand"), make_family("Martin")
    key = make_invoice(durand, 30_00)
    take(regie, durand, amount="30", note="0012")
    take(regie, martin, amount="12,34", note="7777")

    def found(words: str) -> list[str]:
        return [row.family for row in finding.find(actor=regie, words=words, page=1, now=NOW).rows]

    number = invoice_number("ENF", 2026, invoice(key).number or 0)
    assert found("") == ["Martin", "Durand"]
    assert found("durand") == ["Durand"]
    assert found("F-Martin") == ["Martin"]
    assert found("12,34") == ["Martin"]
    assert found("30") == ["Durand"]
    assert found("7777") == ["Martin"]
    assert found(number) == ["Durand"]
    assert found("reçu n° 1") == found("Recu 1") == ["Durand"]
    assert found("reçu 999") == []
    assert found("%") == found("zzz") == found("ENF-2026-999999") == []
    row = finding.find(actor=regie, words="0012", page=1, now=NOW).rows[0]
    assert (row.uses, row.amount, row.can_undo) == (f"{number} (30,00\u00a0€)", "30,00\u00a0€", True)


def test_a_family_is_found_by_what_it_owes(regie: Actor) -> None:
    durand = make_family("Durand")
    make_family("Martin")
    key = make_invoice(durand, 30_00)
    number = invoice_number("ENF", 2026, invoice(key).number or 0)
    for words in ("30,00", number, number.lower()):
        assert [row.id for row in desk.find(actor=regie, words=words, page=1).rows] == [durand]
    take(regie, durand, amount="10")
    assert [row.id for row in desk.find(actor=regie, words="20 €", page=1).rows] == [durand]


def test_the_page_of_a_family_says_what_it_owes_and_gave(regie: Actor) -> None:
    family = make_family("Durand")
    make_invoice(family, 30_00)
    take(regie, family, amount="10")
    shown = desk.show(actor=regie, wanted=Wanted(family), now=NOW)
    assert [(one.left, one.total, one.is_late) for one in shown.dues] == [("20,00\u00a0€", "30,00\u00a0€", False)]
    assert (shown.owed, [one.amount for one in shown.payments]) == ("20,00\u00a0€", ["10,00\u00a0€"])
    assert [one.value for one in shown.means] == ["cash", "cheque", "cesu", "ancv"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_searches_and_undoes(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    calls = (
        partial(finding.find, actor=actor, words="", page=1, now=NOW),
        partial(undoing.undo, actor=actor, payment_id=1, now=NOW),
        partial(undoing.bounce, actor=actor, payment_id=1, now=NOW),
    )
    for call in calls:
        with pytest.raises(NotOpenError):
            call()


def test_every_payment_row_has_a_means_of_the_list(base: Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)check"), transaction() as db:
        db.add(Payment(regie_id=1, means="troc", amount_cents=1, received_on=date(2026, 1, 1), at=NOW, token="x"))
