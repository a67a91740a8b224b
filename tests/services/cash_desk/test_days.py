"""Remettre en banque et arrêter la journée : chaque pièce une fois, chaque jour une fois, puis plus rien ne bouge."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.desk import MOST_AT_ONCE, DayClosedError
from portail.domain.forms import FormRefusedError
from portail.domain.payments import Means
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.models.database import reading
from portail.models.payments import DayClosing, DepositSlip
from portail.services.cash_desk import closing, slips, taken, undoing
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import invoice, make_invoice
from tests.factories.people import make_account, open_session
from tests.tools.pdfs import assert_accessible, tags_of, text_of

DAY = date(2026, 11, 20)


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def deposit(actor: Actor, *pieces: int, means: str = "cheque", regie: int = 0) -> str:
    return slips.make(actor=actor, regie_id=regie or regie_id(), means=means, pieces=pieces, now=NOW)


def close(actor: Actor, now: object = NOW, **form: str) -> str:
    given = {"day": DAY.isoformat(), "counted": "0", "note": ""} | form
    return closing.close(actor=actor, regie_id=regie_id(), form=given, now=now)  # type: ignore[arg-type]


def closings() -> list[DayClosing]:
    with reading() as db:
        return list(db.exec(select(DayClosing)))


# ── Remises ──────────────────────────────────────────────────────────────────────────────────────


def test_cheques_leave_together_on_a_numbered_slip(regie: Actor) -> None:
    family = make_family("Durand")
    for amount, note in (("20", "0001"), ("30,50", "0002")):
        take(regie, family, amount=amount, note=note)
    take(regie, family, means="cash")
    (pile,) = [one for one in slips.show(actor=regie, page=1, now=NOW).piles if one.means == "cheque"]
    assert (pile.title, pile.total, pile.count) == ("Chèque", "50,50\u00a0€", "2 pièces")
    assert deposit(regie, *[one.id for one in pile.pieces]) == "Bordereau ENF-B00001 : 2 pièces."
    shown = slips.show(actor=regie, page=1, now=NOW)
    assert [one.means for one in shown.piles] == ["cash"]
    assert [(one.number, one.count, one.total) for one in shown.slips] == [("ENF-B00001", "2 pièces", "50,50\u00a0€")]
    take(regie, family, amount="9", note="0003")
    assert deposit(regie, payments()[-1].key).startswith("Bordereau ENF-B00002")


def test_the_slip_prints_what_leaves(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", note="0001")
    deposit(regie, payments()[0].key)
    made = slips.make_pdf(regie, 1, NOW)
    said = " ".join(text_of(made.body).split())
    assert made.name == "bordereau-enf-b00001.pdf"
    assert "Durand 0001 20,00" in said
    assert "Total 20,00" in said
    assert "Table" in tags_of(made.body)
    assert_accessible(made.body, "Bordereau de remise ENF-B00001 · Valbourg-sur-Loire")
    assert slips.make_pdf(regie, 1, NOW + timedelta(days=3)).body == made.body


def test_a_slip_asked_twice_is_made_once_and_numbers_have_no_hole(regie: Actor) -> None:
    family = make_family("Durand")
    for note in ("0001", "0002", "0003"):
        take(regie, family, note=note)
    keys = [one.key for one in payments()]
    done = together(*[partial(deposit, regie, *keys[:2])] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert {type(one) for one in done if not isinstance(one, str)} == {slips.SlipChangedError}
    assert deposit(regie, keys[2]).startswith("Bordereau ENF-B00002")
    with reading() as db:
        assert sorted(db.exec(select(DepositSlip.number))) == [1, 2]


def test_an_undone_cheque_does_not_leave_and_one_that_left_is_not_undone(regie: Actor) -> None:
    family = make_family("Durand")
    for rank in range(4):
        take(regie, family, note=f"{rank}")
    for one in payments():
        done = together(
            partial(deposit, regie, one.key), partial(undoing.undo, actor=regie, payment_id=one.key, now=NOW)
        )
        assert len([said for said in done if isinstance(said, str)]) == 1, done
    assert all((one.slip_id is None) != (one.cancelled_at is None) for one in payments())


def test_a_slip_holds_one_means_and_one_regie(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, means="cesu")
    take(regie, family, means="cheque", note="1")
    cesu, cheque = (one.key for one in payments())
    for call in (
        partial(deposit, regie, cesu, cheque),
        partial(deposit, regie, cesu, means="cheque"),
        partial(deposit, regie, cesu, 999_999, means="cesu"),
    ):
        with pytest.raises(slips.SlipChangedError):
            call()
    for pieces, means in (((), "cheque"), ((0, -1, 2**40), "cheque"), ((cheque,), "card"), ((cheque,), "")):
        with pytest.raises(BadInputError):
            deposit(regie, *pieces, means=means)
    with pytest.raises(BadInputError):
        deposit(regie, *range(1, MOST_AT_ONCE + 2))
    for forged in (-1, 999, 2**40):
        with pytest.raises(NotOpenError):
            deposit(regie, cheque, regie=forged)
        with pytest.raises(NotOpenError):
            slips.make_pdf(regie, forged, NOW)


# ── Arrêté de caisse ─────────────────────────────────────────────────────────────────────────────


def test_the_day_is_closed_with_its_totals(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash")
    take(regie, family, amount="5,50", means="cash")
    take(regie, family, amount="30", means="cheque", note="1")
    undoing.undo(actor=regie, payment_id=payments()[1].key, now=NOW)
    assert close(regie, counted="20") == "La caisse du 20/11/2026 est arrêtée : 50,00\u00a0€."
    (one,) = closings()
    assert one.totals == {"cash": 20_00, "cheque": 30_00, "cesu": 0, "ancv": 0}
    assert (one.counted_cents, one.day, one.author_id) == (20_00, DAY, regie.account_id)


def test_a_gap_of_cash_asks_for_a_word(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="20", means="cash")
    with pytest.raises(FormRefusedError, match="Écart de −\u00a00,50") as refusal:
        close(regie, counted="19,50")
    assert set(refusal.value.fields) == {"note"}
    assert closings() == []
    close(regie, counted="19,50", note="Pièce tombée sous le meuble")
    assert [one.counted_cents for one in closings()] == [19_50]


def test_a_closed_day_takes_and_gives_back_nothing(regie: Actor) -> None:
    family = make_family("Durand")
    key = make_invoice(family, 30_00)
    take(regie, family, amount="10", means="cash")
    close(regie, counted="10")
    with pytest.raises(DayClosedError, match="20/11/2026"):
        take(regie, family, amount="10", means="cash")
    with pytest.raises(DayClosedError):
        undoing.undo(actor=regie, payment_id=payments()[0].key, now=NOW)
    assert (len(payments()), invoice(key).paid_cents) == (1, 10_00)
    assert take(regie, family, amount="10", means="cash", now=NOW + timedelta(days=1)), "demain est un autre jour"


def test_a_day_closes_once(regie: Actor) -> None:
    done = together(*[partial(close, regie)] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert {type(one) for one in done if not isinstance(one, str)} == {closing.AlreadyClosedError}
    assert len(closings()) == 1


def test_what_is_cashed_while_the_day_closes_is_counted_or_refused(regie: Actor) -> None:
    family = make_family("Durand")
    works = [partial(take, regie, family, amount="10", means="cash") for _ in range(4)]
    done = together(*works, partial(close, regie, note="compté plus tard"))
    taken = len([one for one in done[:4] if isinstance(one, str)])
    assert all(isinstance(one, str | DayClosedError) for one in done[:4]), done
    assert isinstance(done[4], str)
    assert closings()[0].totals["cash"] == 10_00 * taken == sum(one.amount_cents for one in payments())


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("counted", typed) for typed in ("", "-5", "12,345", "NaN", "9223372036854775808", "beaucoup", "1000000,01")),
        *(("day", typed) for typed in ("", "demain", "2026-11-21", "1999-01-01", "2026-02-30")),
        ("note", "x" * 161),
    ],
)
def test_a_wrong_field_closes_nothing(regie: Actor, field: str, typed: str) -> None:
    with pytest.raises(FormRefusedError) as refusal:
        close(regie, **{field: typed})
    assert set(refusal.value.fields) == {field}
    assert closings() == []


@pytest.mark.parametrize("typed", ["0", "0,00", " 0.0 € ", "00"])
def test_an_empty_till_is_counted_zero(regie: Actor, typed: str) -> None:
    close(regie, counted=typed)
    assert [one.counted_cents for one in closings()] == [0]


def test_yesterday_may_be_closed_today(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash", now=NOW - timedelta(days=1))
    close(regie, day="2026-11-19", counted="10")
    assert [one.day for one in closings()] == [date(2026, 11, 19)]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_deposits_and_closes(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    calls = (
        partial(slips.show, actor=actor, page=1, now=NOW),
        partial(deposit, actor, 1),
        partial(slips.make_pdf, actor, 1, NOW),
        partial(close, actor),
    )
    for call in calls:
        with pytest.raises(NotOpenError):
            call()


def test_a_regie_that_does_not_exist_is_not_closed(regie: Actor) -> None:
    form = {"day": DAY.isoformat(), "counted": "0"}
    for forged in (0, -1, 999, 2**40):
        with pytest.raises(RefusalError):
            closing.close(actor=regie, regie_id=forged, form=form, now=NOW)


def test_the_totals_name_every_means_of_the_desk(regie: Actor) -> None:
    with reading() as db:
        assert taken.of_day(db, regie_id(), DAY).totals == dict.fromkeys(
            (Means.CASH, Means.CHEQUE, Means.CESU, Means.ANCV), 0
        )
