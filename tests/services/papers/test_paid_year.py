"""Les attestations de l'année : ce qui est payé, à qui, et rien d'autre."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.bookings import BookingState
from portail.domain.paid import Parts
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.bookings import BookingBatch, BookingChange
from portail.models.database import reading, transaction
from portail.models.families import Child, Guardian
from portail.models.payments import Payment
from portail.services import papers
from portail.services.papers import paid_amounts, paid_year
from portail.services.wallet import desk as wallet_desk
from portail.services.wallet.statement import Wanted
from tests.conftest import NOW
from tests.factories.activities import make_canteen
from tests.factories.billed import bill, credit, paid
from tests.factories.booked import book
from tests.factories.families import make_child, make_family
from tests.factories.people import make_account, open_session
from tests.factories.ranks import RANKS
from tests.tools.pdfs import assert_accessible, tags_of, text_of

LITTLE, BIG = date(2022, 3, 1), date(2016, 5, 4)


@pytest.fixture
def camille(base: Engine) -> Actor:
    return open_session(make_account("camille@famille.example"))[1]


def account_of(actor: Actor) -> Account:
    with reading() as db:
        return db.get_one(Account, actor.account_id)


def home(actor: Actor) -> tuple[int, int, int]:
    family = make_family("Durand", account_of(actor))
    return family, make_child("Noé", family, birth=LITTLE), make_child("Léa", family, birth=BIG)


def sums(family: int, year: int = 2026) -> dict[Any, Parts]:
    with reading() as db:
        return paid_amounts.paid_in(db, family, year)


def words(body: bytes) -> str:
    return " ".join(text_of(body).split())


def test_a_partly_paid_invoice_counts_in_proportion_and_to_the_cent(camille: Actor) -> None:
    family, little, big = home(camille)
    lines = ({"child_id": little, "meal_cents": 100, "care_cents": 200}, {"child_id": big, "care_cents": 400})
    first = bill(family, *lines)
    paid(family, date(2026, 3, 2), (first, 100))
    assert sums(family) == {little: Parts(14, 29, 0), big: Parts(0, 57, 0)}
    paid(family, date(2026, 4, 2), (first, 600))
    assert sums(family) == {little: Parts(100, 200, 0), big: Parts(0, 400, 0)}


def test_money_counts_in_the_year_it_was_paid(camille: Actor) -> None:
    family, little, _ = home(camille)
    one = bill(family, {"child_id": little, "care_cents": 1000})
    paid(family, date(2025, 12, 31), (one, 300))
    paid(family, date(2026, 1, 1), (one, 700))
    assert sums(family, 2025) == {little: Parts(care_cents=300)}
    assert sums(family, 2026) == {little: Parts(care_cents=700)}
    assert sums(family, 2024) == {}


def test_a_credit_note_and_a_bounced_cheque_were_not_paid(camille: Actor) -> None:
    family, little, big = home(camille)
    one = bill(family, {"child_id": little, "care_cents": 600}, {"child_id": big, "care_cents": 400})
    back = {"child_id": big, "care_cents": 400, "amount_cents": -400}
    credit(family, back, corrects=one)
    paid(family, date(2026, 3, 2), (one, 600))
    paid(family, date(2026, 3, 3), (one, 400), cancelled_at=NOW)
    assert sums(family) == {little: Parts(care_cents=600), big: Parts()}


def test_a_refund_of_the_wallet_leaves_the_invoice_paid(camille: Actor) -> None:
    family, little, _ = home(camille)
    one = bill(family, {"child_id": little, "care_cents": 1000})
    paid(family, date(2026, 3, 2), (one, 1000), refunded_cents=250)
    assert sums(family) == {little: Parts(care_cents=1000)}


def test_a_credit_note_on_its_own_gives_back_in_the_year_it_was_issued(camille: Actor) -> None:
    family, little, _ = home(camille)
    paid(family, date(2025, 3, 2), (bill(family, {"child_id": little, "care_cents": 1000}), 1000))
    credit(family, {"child_id": little, "care_cents": 300, "amount_cents": -300})
    assert sums(family, 2025) == {little: Parts(care_cents=1000)}
    assert sums(family, 2026) == {little: Parts(care_cents=-300)}
    with pytest.raises(RefusalError, match="Aucune somme"):
        paid_year.make_tax(camille, family, {"annee": "2026"}, NOW)


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (BookingState.BOOKED, True),
        (BookingState.PRESENT, True),
        (BookingState.ABSENT, True),
        (BookingState.CANCELLED, False),
        (BookingState.REFUSED, False),
        (BookingState.EXCUSED, False),
    ],
)
def test_a_prepaid_day_is_paid_when_booked_unless_it_was_given_back(
    camille: Actor, state: BookingState, counts: bool
) -> None:
    family, little, _ = home(camille)
    _, slot = make_canteen()
    parts = {"meal_cents": 150, "care_cents": 170, "surcharge_cents": 30}
    book(slot, little, family, state, is_paid=True, **parts)
    assert sums(family) == ({little: Parts(150, 170, 30)} if counts else {})


def test_a_prepaid_day_counts_in_the_year_of_its_debit_at_paris(camille: Actor) -> None:
    family, little, _ = home(camille)
    _, slot = make_canteen()
    booking = book(slot, little, family, is_paid=True, care_cents=170)
    with transaction() as db:
        for at, cents in ((datetime(2025, 12, 31, 22, 59, tzinfo=UTC), 170), (NOW, 0)):
            batch = BookingBatch(token=f"{cents}", digest="", source="calendar", family_id=family, at=at)
            db.add(batch)
            db.flush()
            db.add(BookingChange(batch_id=batch.key, booking_id=booking, after="booked", amount_cents=cents))
    assert sums(family, 2025) == {little: Parts(care_cents=170)}
    assert sums(family, 2026) == {}
    with transaction() as db:
        batch = BookingBatch(
            token="plus tard",
            digest="",
            source="calendar",
            family_id=family,
            at=datetime(2025, 12, 31, 23, 0, tzinfo=UTC),
        )
        db.add(batch)
        db.flush()
        db.add(BookingChange(batch_id=batch.key, booking_id=booking, after="booked", amount_cents=170))
    assert sums(family, 2026) == {little: Parts(care_cents=170)}


def test_a_day_billed_at_the_end_of_the_month_is_not_prepaid(camille: Actor) -> None:
    family, little, _ = home(camille)
    _, slot = make_canteen()
    book(slot, little, family, is_paid=False, care_cents=170)
    assert sums(family) == {}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_years_and_children_sum_to_everything_that_was_paid(base_sqlite: Engine, data: st.DataObject) -> None:
    family = make_family(f"Durand {RANKS.next()}")
    children = [make_child(name, family) for name in ("Léa", "Noé", "Zoé")]
    amounts = st.fixed_dictionaries(
        {part: st.integers(1, 5_000) for part in ("meal_cents", "care_cents", "surcharge_cents")}
    )
    lines = [{"child_id": child} | data.draw(amounts) for child in children]
    total = sum(sum(value for name, value in line.items() if name != "child_id") for line in lines)
    one = bill(family, *lines)
    received = 0
    for year in data.draw(st.lists(st.sampled_from([2024, 2025, 2026]), max_size=4)):
        cents = data.draw(st.integers(0, max(0, total - received)))
        if cents:
            paid(family, date(year, 6, 1), (one, cents))
            received += cents
    counted = [sums(family, year) for year in (2024, 2025, 2026)]
    assert sum(parts.total_cents for year in counted for parts in year.values()) == received


def test_the_tax_certificate_says_the_care_of_the_little_one_only(camille: Actor) -> None:
    family, little, big = home(camille)
    one = bill(
        family,
        {"child_id": little, "meal_cents": 100, "care_cents": 1234},
        {"child_id": big, "care_cents": 5678},
        month=date(2025, 3, 1),
    )
    paid(family, date(2025, 4, 2), (one, 7012))
    made = paid_year.make_tax(camille, family, {"annee": "2025"}, NOW)
    assert made.name == "attestation-fiscale-2025-f-durand.pdf"
    said = words(made.body)
    assert "Noé Essai" in said
    assert "01/03/2022" in said
    assert "12,34\u00a0€" in text_of(made.body)
    assert "Léa" not in said
    assert "56,78" not in said
    assert "du 1er janvier au 31 décembre 2025" in said
    assert "CESU" in said
    assert {"H1", "Table", "TH"} <= tags_of(made.body)
    assert_accessible(made.body, "Attestation fiscale 2025 · Valbourg-sur-Loire")
    with reading() as db:
        assert db.exec(select(AuditEntry.subject_id).where(AuditEntry.action == "paper.tax")).all() == [family]


def test_the_payment_certificate_says_everything_to_the_day(camille: Actor) -> None:
    family, little, big = home(camille)
    one = bill(family, {"child_id": little, "meal_cents": 100, "care_cents": 200, "surcharge_cents": 50})
    two = bill(family, {"child_id": big, "care_cents": 400})
    paid(family, date(2026, 4, 2), (one, 350), (two, 400))
    said = words(paid_year.make_payments(camille, family, {"annee": "2026"}, NOW).body)
    assert "Noé Essai 1,00 € 2,00 € 0,50 € 3,50 €" in said
    assert "Total 7,50 €" in said
    assert "du 1er janvier au 20 novembre 2026" in said


def test_a_year_without_payment_has_no_paper(camille: Actor) -> None:
    family, _, big = home(camille)
    for make in (paid_year.make_tax, paid_year.make_payments):
        with pytest.raises(RefusalError, match="Aucune somme à attester pour 2026"):
            make(camille, family, {"annee": "2026"}, NOW)
    paid(family, date(2026, 4, 2), (bill(family, {"child_id": big, "care_cents": 400}), 400))
    with pytest.raises(RefusalError) as refusal:
        paid_year.make_tax(camille, family, {"annee": "2026"}, NOW)
    assert "moins de six ans" in refusal.value.next_step


@pytest.mark.parametrize("year", ["", "1999", "2027", "-2026", "20 26", "٢٠٢٦", "2026.0", "9" * 30, "NaN"])
def test_a_year_that_cannot_be_is_refused(camille: Actor, year: str) -> None:
    family, *_ = home(camille)
    with pytest.raises(BadInputError):
        paid_year.make_tax(camille, family, {"annee": year}, NOW)
    with pytest.raises(BadInputError):
        paid_year.make_tax(camille, family, {}, NOW)


def test_only_who_sees_the_money_and_the_regie_hold_these_papers(camille: Actor) -> None:
    family, _, big = home(camille)
    paid(family, date(2026, 4, 2), (bill(family, {"child_id": big, "care_cents": 400}), 400))
    stranger = open_session(make_account("autre@famille.example"))[1]
    reception = open_session(make_account("accueil@mairie.example", role=Role.RECEPTION))[1]
    for actor in (stranger, reception):
        with pytest.raises(NotOpenError):
            paid_year.make_payments(actor, family, {"annee": "2026"}, NOW)
    regie = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    assert paid_year.make_payments(regie, family, {"annee": "2026"}, NOW).body.startswith(b"%PDF")
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.account_id == camille.account_id)).one().can_see_money = False
    with pytest.raises(RefusalError, match="voir les factures"):
        paid_year.make_payments(camille, family, {"annee": "2026"}, NOW)


def test_my_documents_list_the_years_that_were_paid(camille: Actor) -> None:
    family, little, _ = home(camille)
    assert papers.show_mine(actor=camille, now=NOW).years == []
    one = bill(family, {"child_id": little, "care_cents": 1000})
    paid(family, date(2025, 3, 2), (one, 300))
    cancelled = paid(family, date(2024, 3, 2), (one, 300))
    with transaction() as db:
        db.get_one(Payment, cancelled).cancelled_at = NOW
    _, slot = make_canteen()
    book(slot, little, family, is_paid=True, care_cents=170)
    years = papers.show_mine(actor=camille, now=NOW).years
    assert [(one.title, one.detail) for one in years] == [("2026", "Jusqu’à aujourd’hui"), ("2025", "Année entière")]
    assert years[1].tax_href == f"/telechargements/attestation-fiscale-{family}?annee=2025"
    with transaction() as db:
        db.exec(select(Guardian).where(Guardian.account_id == camille.account_id)).one().can_see_money = False
    assert papers.show_mine(actor=camille, now=NOW).years == []


def test_a_year_without_a_little_one_offers_no_tax_certificate(camille: Actor) -> None:
    family = make_family("Durand", account_of(camille))
    late = make_child("Noé", family, birth=date(2020, 1, 2))  # six ans le lendemain du 1er janvier 2026
    one = bill(family, {"child_id": late, "care_cents": 1000})
    for year in (2026, 2025):
        paid(family, date(year, 3, 2), (one, 100))
    assert [bool(one.tax_href) for one in papers.show_mine(actor=camille, now=NOW).years] == [True, True]
    with transaction() as db:
        db.get_one(Child, late).birth_date = date(2020, 1, 1)
    this_year, last_year = papers.show_mine(actor=camille, now=NOW).years
    assert (this_year.tax_href, last_year.tax_href[:16]) == ("", "/telechargements")
    assert "aucun enfant de moins de six ans" in this_year.detail
    assert this_year.paid_href


def test_a_little_one_who_left_the_home_still_counts(camille: Actor) -> None:
    """Il n'est plus au dossier : la facture le nomme encore, et l'attestation avec elle."""
    family, gone = make_family("Durand", account_of(camille)), make_child("Noé", make_family("Ailleurs"), birth=LITTLE)
    paid(family, date(2026, 3, 2), (bill(family, {"child_id": gone, "care_cents": 1000}), 1000))
    (year,) = papers.show_mine(actor=camille, now=NOW).years
    assert year.tax_href
    assert "Noé Essai 01/03/2022 10,00 €" in words(paid_year.make_tax(camille, family, {"annee": "2026"}, NOW).body)


def test_two_little_ones_are_two_lines_and_a_late_fee_is_not_care(camille: Actor) -> None:
    family, little, _ = home(camille)
    baby = make_child("Zoé", family, birth=date(2024, 6, 1))
    one = bill(
        family,
        {"child_id": little, "care_cents": 1000, "surcharge_cents": 200},
        {"child_id": baby, "meal_cents": 300, "care_cents": 500},
    )
    paid(family, date(2026, 3, 2), (one, 2000))
    said = words(paid_year.make_tax(camille, family, {"annee": "2026"}, NOW).body)
    assert "Noé Essai 01/03/2022 10,00 €" in said
    assert "Zoé Essai 01/06/2024 5,00 €" in said
    assert "Total 15,00 €" in said
    agent = open_session(make_account("regie@mairie.example", role=Role.REGIE))[1]
    (shown,) = wallet_desk.show(actor=agent, wanted=Wanted(family), now=NOW).years
    assert shown.tax_href == f"/telechargements/attestation-fiscale-{family}?annee=2026"
