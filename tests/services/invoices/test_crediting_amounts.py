"""L'avoir d'un montant : pris sur les lignes, jamais plus que ce qui reste à rendre, le même envoi une seule fois."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from portail.domain.accounts import Actor
from portail.domain.bookings import BookingState
from portail.domain.invoices import InvoiceKind, InvoiceState
from portail.domain.refusals import BadInputError, RefusalError
from portail.models.database import reading, transaction
from portail.models.invoices import Invoice, InvoiceLine
from portail.services import wallet
from portail.services.accounting import tables
from portail.services.invoices import desk, printing
from portail.services.invoices.checking import check_invoices
from portail.services.invoices.crediting import AlreadyCreditedError, ChangedRoomError, Credit, OverRoomError, credit
from portail.services.papers import paid_amounts
from tests.conftest import NOW
from tests.factories import money
from tests.factories.billing import NOVEMBER, bill, invoices_of, lines_of, make_billed, make_regisseur, mark, october
from tests.factories.billing import regie_id as enf
from tests.factories.crowds import together
from tests.factories.families import make_child, make_family
from tests.factories.invoices import invoice, make_invoice, make_payment


@pytest.fixture
def agent(base: Engine) -> Actor:
    return make_regisseur()


@pytest.fixture
def family(base: Engine) -> int:
    return make_family("Alba")


def room(agent: Actor, key: int) -> int:
    return desk.show(actor=agent, invoice_id=key, now=NOW).room_cents


def give(agent: Actor, key: int, amount: str, seen: int | None = None, **more: Any) -> str:
    wanted = Credit(key, more.pop("lines", ""), more.pop("reason", "Geste de la régie"), amount=amount, **more)
    seen = room(agent, key) if seen is None else seen
    return credit(actor=agent, wanted=Credit(**(vars(wanted) | {"seen_cents": seen})), now=NOW)


def notes() -> list[Invoice]:
    return [one for one in invoices_of() if one.kind == InvoiceKind.CREDIT_NOTE]


def test_a_typed_amount_is_taken_from_the_last_lines(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    assert give(agent, key, "6,50") == "Avoir ENF-2026-000002 émis : 6,50\u00a0€."
    (note,) = notes()
    assert (note.total_cents, note.paid_cents, note.number, note.corrects_id) == (-6_50, 6_50, 2, key)
    assert note.content["reason"] == "Geste de la régie"
    first, last = lines_of(note.key)
    assert (first.amount_cents, first.care_cents, first.quantity, first.label) == (
        -1_50,
        -1_50,
        -1,
        "Repas (en partie)",
    )
    assert (last.amount_cents, last.quantity, last.label) == (-5_00, -1, "Repas")
    assert (room(agent, key), invoice(key).paid_cents, invoice(key).total_cents) == (18_50, 6_50, 25_00)
    assert (check_invoices(), wallet.check_ledger()) == ([], [])


def test_what_was_already_paid_goes_to_the_wallet(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    make_payment(family, 15_00, (key, 15_00))
    assert "dont 3,00\u00a0€ rendus au porte-monnaie" in give(agent, key, "8")
    assert (invoice(key).paid_cents, money.balance(family)) == (20_00, 3_00)
    assert (check_invoices(), wallet.check_ledger()) == ([], [])


def test_amounts_then_lines_then_the_whole_never_pass_the_total(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    give(agent, key, "2")
    line = lines_of(key)[1].key
    credit(actor=agent, wanted=Credit(key, str(line), "Erreur"), now=NOW)
    with pytest.raises(AlreadyCreditedError):
        credit(actor=agent, wanted=Credit(key, str(line), "Erreur"), now=NOW)
    give(agent, key, "0,01")
    credit(actor=agent, wanted=Credit(key, "", "Erreur", is_whole=True), now=NOW)
    assert [one.total_cents for one in notes()] == [-2_00, -3_00, -1, -19_99]
    assert [one.number for one in notes()] == [2, 3, 4, 5]
    assert (room(agent, key), invoice(key).paid_cents) == (0, 25_00)
    for amount in ("1", "0,01"):
        with pytest.raises(OverRoomError, match="0,00"):
            give(agent, key, amount)
    assert (check_invoices(), wallet.check_ledger()) == ([], [])


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "supérieur à zéro"),
        ("0,00", "supérieur à zéro"),
        ("-5", "pas la forme"),
        ("NaN", "pas la forme"),
        ("inf", "pas la forme"),
        ("1e1", "pas la forme"),
        ("12,345", "pas la forme"),
        (str(2**63), "pas la forme"),
        ("25,01", "Il ne reste que 25,00\u00a0€"),
    ],
)
def test_a_wrong_amount_gives_nothing_back(agent: Actor, family: int, amount: str, said: str) -> None:
    key = make_invoice(family, 20_00, 5_00)
    with pytest.raises(BadInputError, match=said):
        give(agent, key, amount)
    assert (notes(), room(agent, key)) == ([], 25_00)


def test_an_amount_and_lines_are_not_both_chosen(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    for more in ({"is_whole": True}, {"lines": str(lines_of(key)[0].key)}):
        with pytest.raises(BadInputError, match="Choisissez"):
            give(agent, key, "5", **more)
    with pytest.raises(BadInputError, match="Dites pourquoi"):
        give(agent, key, "5", reason=" ")
    assert notes() == []


@pytest.mark.parametrize("seen", [0, -1, 24_99, 10**9])
def test_what_the_agent_saw_must_still_be_true(agent: Actor, family: int, seen: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    with pytest.raises(ChangedRoomError):
        give(agent, key, "5", seen)
    assert notes() == []


def test_two_clicks_and_two_agents_give_one_credit_note(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    other = make_regisseur("bruno@mairie.example")
    results = together(*[lambda one=one: give(one, key, "5", 20_00) for one in (agent, agent, other, other)])
    assert sum(isinstance(one, str) for one in results) == 1
    assert sum(isinstance(one, ChangedRoomError) for one in results) == 3
    assert [one.total_cents for one in notes()] == [-5_00]
    assert (check_invoices(), wallet.check_ledger()) == ([], [])


def test_a_meal_given_back_in_part_is_neither_billed_again_nor_given_back_twice(agent: Actor, family: int) -> None:
    canteen, child = make_billed(), make_child("Léa", family)
    (eaten,) = canteen.eat(family, child, *october(1))
    bill(agent)
    (first,) = invoices_of(family)
    whole = first.total_cents
    give(agent, first.key, "1")
    bill(agent, NOVEMBER)
    assert len(invoices_of(family)) == 2, "rien n'est refacturé"
    mark(eaten, BookingState.EXCUSED)
    bill(agent, NOVEMBER.replace(month=12), NOW + timedelta(days=20))
    back = invoices_of(family)[2]
    assert (back.total_cents, sum(one.total_cents for one in invoices_of(family))) == (1_00 - whole, 0)
    assert check_invoices() == []


def test_the_parts_of_a_line_are_shared_and_sum_up(agent: Actor, family: int) -> None:
    key = make_invoice(family, {"meal_cents": 300, "care_cents": 120, "surcharge_cents": 33})
    for amount in ("1", "0,01", "2,22"):
        give(agent, key, amount)
    credit(actor=agent, wanted=Credit(key, "", "Erreur", is_whole=True), now=NOW)
    found = [line for note in notes() for line in lines_of(note.key)]
    for line in found:
        assert line.meal_cents + line.care_cents + line.surcharge_cents == line.amount_cents
    sums = [sum(getattr(line, part) for line in found) for part in ("meal_cents", "care_cents", "surcharge_cents")]
    assert sums == [-300, -120, -33]


def test_the_tax_certificate_counts_what_was_paid_for_whom(agent: Actor, family: int) -> None:
    noe, lea = make_child("Noé", family), make_child("Léa", family)
    key = make_invoice(family, {"care_cents": 600, "child_id": noe}, {"care_cents": 400, "child_id": lea})
    give(agent, key, "4")
    make_payment(family, 6_00, (key, 6_00))
    with reading() as db:
        found = paid_amounts.paid_in(db, family, 2026)
    assert {child: parts.care_cents for child, parts in found.items()} == {noe: 600, lea: 0}


def test_the_exports_read_it_right(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00, 5_00)
    give(agent, key, "6,50")
    month = {"mois": "2026-10"}
    made = tables.invoices(agent, enf(), month, NOW).body.decode("utf-8-sig").splitlines()
    assert [line.split(";")[-3:] for line in made[1:]] == [["25,00", "6,50", "18,50"], ["-6,50", "6,50", "0,00"]]
    rows = tables.lines(agent, enf(), month, NOW).body.decode("utf-8-sig").splitlines()
    assert sum(int(line.split(";")[-1].replace(",", "")) for line in rows[1:]) == 18_50


def test_its_pdf_says_the_number_and_the_reason(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    give(agent, key, "5", reason="Repas froid du 3")
    (note,) = notes()
    assert (note.state, note.content["number"], note.content["corrects"]) == (
        InvoiceState.ISSUED,
        "ENF-2026-000002",
        "ENF-2026-000001",
    )
    said = str(printing.paper_of(note, lines_of(note.key)))
    assert "Repas froid du 3" in said
    assert "(en partie)" in said


def test_the_database_keeps_one_correction_of_a_line_by_note(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    give(agent, key, "5")
    with reading() as db:
        line = db.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == notes()[0].key)).one()
    twin = line.model_dump(exclude={"id"})
    with pytest.raises(IntegrityError), transaction() as db:
        db.add(InvoiceLine(**twin))


def test_a_credit_note_has_nothing_to_give(agent: Actor, family: int) -> None:
    key = make_invoice(family, 20_00)
    give(agent, key, "5")
    with pytest.raises(RefusalError):
        give(agent, notes()[0].key, "1", 5_00)
    assert len(notes()) == 1
