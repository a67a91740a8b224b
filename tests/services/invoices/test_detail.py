"""Ce qu'une facture explique : chaque ligne avec son calcul, un avoir avec son motif, un prélèvement comme tel."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.refusals import NotOpenError
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.services import regies
from portail.services.direct_debits import mandates
from portail.services.invoices import desk, mine
from portail.services.invoices.crediting import Credit, credit
from portail.services.invoices.printing import paper_of
from portail.services.mails import outbox
from tests.conftest import NOW
from tests.factories.billing import bill, invoices_of, lines_of, make_billed, make_regisseur, october
from tests.factories.direct_debits import make_payer
from tests.factories.families import make_child, make_family
from tests.factories.invoices import invoice, make_invoice, make_regie

CHEAP = {"care_cents": 320, "formula": "quotient 850, tranche 3"}
DEAR = {"care_cents": 320, "formula": "quotient inconnu, tarif maximum"}


@pytest.fixture
def family(account: Account) -> int:
    return make_family("Alba", account)


@pytest.fixture
def agent(base: Engine) -> Actor:
    regies.prepare()
    return make_regisseur()


def test_each_row_says_why_this_amount(actor: Actor, agent: Actor, family: int) -> None:
    key = make_invoice(family, CHEAP, CHEAP, DEAR, {"care_cents": -320, "quantity": -1})
    for file in (mine.show(actor=actor, invoice_id=key, now=NOW), desk.show(actor=agent, invoice_id=key, now=NOW)):
        (part,) = file.children
        assert [(row.quantity, row.amount, row.why) for row in part.rows] == [
            ("2", "6,40\u00a0€", "Quotient 850, tranche 3"),
            ("1", "3,20\u00a0€", "Quotient inconnu, tarif maximum"),
            ("−1", "−3,20\u00a0€", ""),
        ]


def test_the_formula_of_the_booking_reaches_the_invoice(actor: Actor, agent: Actor, family: int) -> None:
    make_billed().eat(family, make_child("Léa", family), *october(1), formula="quotient 850")
    bill(agent)
    file = mine.show(actor=actor, invoice_id=invoices_of(family)[0].key, now=NOW)
    assert file.children[0].rows[0].why == "Quotient 850"


def test_who_may_not_see_the_money_reads_no_formula(actor: Actor, family: int) -> None:
    key = make_invoice(family, CHEAP)
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == family)).one().can_see_money = False
    with pytest.raises(NotOpenError):
        mine.show(actor=actor, invoice_id=key, now=NOW)


def test_the_reason_of_a_credit_note_is_read_by_all(actor: Actor, agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    wanted = Credit(key, str(lines_of(key)[1].key), "Sortie annulée par la mairie")
    credit(actor=agent, wanted=wanted, now=NOW)
    note = invoices_of(family)[-1].key
    for show, who in ((mine.show, actor), (desk.show, agent)):
        assert show(actor=who, invoice_id=note, now=NOW).reason == "Sortie annulée par la mairie"
        (settled,) = show(actor=who, invoice_id=key, now=NOW).paid_by
        assert (settled.label, settled.reason) == ("Avoir ENF-2026-000002", "Sortie annulée par la mairie")


@pytest.mark.parametrize("written", ["ENF-2026-000001", "enf-2026-1", "ENF-2026-1"])
def test_the_legal_number_opens_the_invoice(actor: Actor, family: int, written: str) -> None:
    key = make_invoice(family)
    assert mine.number_of(actor=actor, reference=written) == key


@pytest.mark.parametrize(
    "written",
    ["", "ENF-2026-000002", "SPO-2026-1", "ENF-2025-1", "ENF-2026-", "ENF-2026-999999999", "ENF-2026-1 ", "%"],
)
def test_another_number_does_not_exist(actor: Actor, family: int, written: str) -> None:
    make_invoice(family)
    make_invoice(make_family("Bruno"))
    with pytest.raises(NotOpenError):
        mine.number_of(actor=actor, reference=written)


def test_an_agent_has_no_invoice_of_his_own(agent: Actor, family: int) -> None:
    make_invoice(family)
    with pytest.raises(NotOpenError):
        mine.number_of(actor=agent, reference="ENF-2026-000001")


def paper(key: int) -> dict[str, object]:
    return paper_of(invoice(key), lines_of(key))


def test_under_a_mandate_the_paper_says_debited(base: Engine) -> None:
    payer, other = make_payer(), make_family("Bruno")
    debited, plain = paper(make_invoice(payer.family, 10_00)), paper(make_invoice(other, 10_00))
    assert ["Paiement", "par prélèvement"] in debited["facts"]
    assert (debited["sum_label"], str(debited["how"])[:32]) == ("Total à prélever", "Cette somme sera prélevée : un c")
    assert "Payez" not in str(debited)
    assert (plain["sum_label"], str(plain["how"])[:15]) == ("Total à payer", "Payez en ligne ")


def test_what_the_paper_says_is_what_was_true_when_issued(base: Engine) -> None:
    payer = make_payer()
    before = make_invoice(payer.family, 10_00)
    mandates.end_mine(actor=payer.actor, mandate_id=payer.mandate, now=NOW)
    after = make_invoice(payer.family, 10_00)
    assert [paper(key)["sum_label"] for key in (before, after)] == ["Total à prélever", "Total à payer"]


def test_the_mandate_of_a_regie_says_nothing_of_another(base: Engine) -> None:
    payer = make_payer()
    assert paper(make_invoice(payer.family, 10_00, regie_id=make_regie("SPO")))["sum_label"] == "Total à payer"


def test_the_letter_says_debited_too(agent: Actor) -> None:
    payer = make_payer()
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.family_id == payer.family)).one().invoices_by_email = True
    make_billed().eat(payer.family, make_child("Léa", payer.family), *october(1))
    bill(agent)
    with reading() as db:
        mails = list(db.exec(select(OutboxMail)))
    (text,) = [outbox.letter(mail).text for mail in mails if "Facture d’octobre" in mail.subject]
    assert "qui sera prélevée" in text
    assert "à payer avant" not in text
