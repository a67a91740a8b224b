"""L'arrêté : lire avant de compter, retrouver les journées oubliées, rouvrir la dernière, garder chaque arrêté."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.desk import DayClosedError
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.payments import DayClosing
from portail.models.regies import Regie
from portail.services.cash_desk import board, closing, closings, undoing
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.invoices import make_invoice, make_regie
from tests.factories.people import make_account, open_session
from tests.tools.pdfs import assert_accessible, text_of

DAY, YESTERDAY = date(2026, 11, 20), date(2026, 11, 19)
BEFORE = NOW - timedelta(days=1)


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def close(actor: Actor, day: date = DAY, *, now: datetime = NOW, regie: int = 0, **form: str) -> str:
    given = {"day": day.isoformat(), "counted": "0", "note": "compté"} | form
    return closing.close(actor=actor, regie_id=regie or regie_id(), form=given, now=now)


def reopen(actor: Actor, closing_id: int = 0, *, reason: str = "Mauvais jour", now: datetime = NOW) -> str:
    return closing.reopen(actor=actor, closing_id=closing_id or rows()[-1].key, reason=reason, now=now)


def rows() -> list[DayClosing]:
    with reading() as db:
        return list(db.exec(select(DayClosing).order_by(DayClosing.id)))  # type: ignore[arg-type]


def waiting(actor: Actor, now: datetime = NOW) -> list[str]:
    return [one.value for one in board.show(actor=actor, regie_id=0, now=now).left_open]


# ── Compter avant d'arrêter ──────────────────────────────────────────────────────────────────────


def test_the_day_is_read_before_it_is_counted(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="20", means="cash", now=BEFORE)
    take(regie, family, amount="30", means="cheque", note="1", now=BEFORE)
    shown = closing.count(actor=regie, regie_id=regie_id(), form={"day": "2026-11-19"}, now=NOW)
    assert [(one.label, one.amount) for one in shown.totals][:2] == [
        ("Espèces", "20,00\u00a0€"),
        ("Chèque", "30,00\u00a0€"),
    ]
    assert (shown.day, shown.total, shown.expected, shown.given_back) == (
        "2026-11-19",
        "50,00\u00a0€",
        "20,00\u00a0€",
        "",
    )
    assert "jeudi 19 novembre" in shown.said_day
    assert rows() == []


@pytest.mark.parametrize("typed", ["", "demain", "2026-11-21", "1999-01-01", "2026-11-18", "2026-02-30"])
def test_an_absurd_day_is_neither_counted_nor_closed(regie: Actor, typed: str) -> None:
    take(regie, make_family("Durand"), means="cash", now=BEFORE)
    for call in (
        partial(closing.count, form={"day": typed}),
        partial(closing.close, form={"day": typed, "counted": "0", "note": "x"}),
    ):
        with pytest.raises(FormRefusedError) as refusal:
            call(actor=regie, regie_id=regie_id(), now=NOW)
        assert set(refusal.value.fields) == {"day"}
    assert rows() == []


def test_a_regie_that_received_nothing_closes_today_only(regie: Actor) -> None:
    with pytest.raises(FormRefusedError, match="rien reçu avant le 20/11/2026"):
        close(regie, YESTERDAY)
    assert close(regie)


def test_a_closed_day_is_not_counted_again(regie: Actor) -> None:
    close(regie)
    with pytest.raises(FormRefusedError, match="déjà arrêtée"):
        closing.count(actor=regie, regie_id=regie_id(), form={"day": "2026-11-20"}, now=NOW)


# ── Les journées oubliées ────────────────────────────────────────────────────────────────────────


def test_past_days_with_takings_wait_until_they_are_closed(regie: Actor) -> None:
    family = make_family("Durand")
    for days in (3, 1, 1, 0):
        take(regie, family, amount="10", means="cash", now=NOW - timedelta(days=days))
    assert waiting(regie) == ["2026-11-17", "2026-11-19"]
    said = board.show(actor=regie, regie_id=0, now=NOW).said_left_open
    assert said == "2 journées passées ont reçu de l’argent et ne sont pas arrêtées."
    close(regie, date(2026, 11, 17), counted="10")
    assert waiting(regie) == ["2026-11-19"]
    reopen(regie)
    assert waiting(regie) == ["2026-11-17", "2026-11-19"]


def test_a_day_whose_takings_were_all_undone_waits_for_nobody(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash", now=BEFORE)
    undoing.undo(actor=regie, payment_id=payments()[0].key, now=BEFORE)
    assert waiting(regie) == []


def test_a_day_that_only_gave_back_waits_too(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash", now=NOW - timedelta(days=3))
    close(regie, date(2026, 11, 17), counted="10")
    undoing.correct(actor=regie, payment_id=payments()[0].key, reason="Erreur", now=BEFORE)
    assert waiting(regie) == ["2026-11-19"]


def test_days_of_another_or_of_a_closed_regie_are_not_asked_here(regie: Actor) -> None:
    family, sport = make_family("Durand"), make_regie("SPO")
    key = make_invoice(family, 30_00, regie_id=sport)
    take(regie, family, amount="30", means="cash", now=BEFORE, split="typed", **{f"facture-{key}": "30"})
    assert waiting(regie) == []
    assert [one.value for one in board.show(actor=regie, regie_id=sport, now=NOW).left_open] == ["2026-11-19"]
    with transaction() as db:
        db.get_one(Regie, sport).closed_at = NOW
    assert [one.value for one in board.show(actor=regie, regie_id=sport, now=NOW).left_open] == []


# ── Rouvrir ──────────────────────────────────────────────────────────────────────────────────────


def test_the_last_closing_reopens_with_a_reason_and_stays_written(regie: Actor) -> None:
    family = make_family("Durand")
    take(regie, family, amount="10", means="cash")
    close(regie, counted="10")
    assert reopen(regie) == "La caisse du 20/11/2026 est rouverte."
    take(regie, family, amount="5", means="cash")
    undoing.undo(actor=regie, payment_id=payments()[0].key, now=NOW)
    close(regie, counted="5")
    shown = closings.show(actor=regie, regie_id=regie_id(), page=1).rows
    assert [(one.total, bool(one.reopened), one.can_reopen) for one in shown] == [
        ("5,00\u00a0€", False, True),
        ("10,00\u00a0€", True, False),
    ]
    assert shown[1].reopened.endswith(" : Mauvais jour")
    with reading() as db:
        (entry,) = db.exec(select(AuditEntry).where(AuditEntry.action == "desk.reopened"))
    assert (entry.actor_id, entry.detail) == (regie.account_id, "ENF, 20/11/2026 : Mauvais jour")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 161])
def test_nothing_reopens_without_a_reason(regie: Actor, reason: str) -> None:
    close(regie)
    with pytest.raises(FormRefusedError):
        reopen(regie, reason=reason)
    assert rows()[0].reopened_at is None


def test_only_the_latest_day_reopens_and_once(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="10", means="cash", now=BEFORE)
    close(regie, YESTERDAY, counted="10")
    close(regie)
    first, last = (one.key for one in rows())
    with pytest.raises(closing.NotTheLastError, match="Seul le dernier"):
        reopen(regie, first)
    reopen(regie, last)
    with pytest.raises(RefusalError, match="déjà rouvert"):
        reopen(regie, last)
    reopen(regie, first)
    assert all(one.reopened_at for one in rows())
    for forged in (0, -1, 999, 2**40):
        with pytest.raises(NotOpenError):
            closing.reopen(actor=regie, closing_id=forged, reason="x", now=NOW)


def test_closings_of_another_regie_do_not_hold_this_one(regie: Actor) -> None:
    sport = make_regie("SPO")
    close(regie)
    close(regie, regie=sport)
    assert reopen(regie, rows()[0].key)


def test_a_day_reopened_closed_and_cashed_together_stays_right(regie: Actor) -> None:
    """Quoi qui passe d'abord, l'arrêté en vigueur dit ce qui est encaissé."""
    family = make_family("Durand")
    close(regie)
    done = together(
        partial(reopen, regie),
        partial(reopen, regie),
        *[partial(take, regie, family, amount="10", means="cash") for _ in range(3)],
        partial(close, regie),
    )
    assert len([said for said in done[:2] if isinstance(said, str)]) == 1, done
    allowed = (str, DayClosedError, closing.AlreadyClosedError)
    assert all(isinstance(said, allowed) for said in done[2:]), done
    cashed = sum(one.amount_cents for one in payments())
    standing = [one for one in rows() if one.reopened_at is None]
    assert cashed == 10_00 * len([said for said in done[2:5] if isinstance(said, str)])
    assert [one.totals["cash"] for one in standing] in ([], [cashed])


def test_the_base_keeps_one_standing_closing_a_day(regie: Actor) -> None:
    close(regie)
    twice = DayClosing(regie_id=regie_id(), day=DAY, at=NOW)
    with pytest.raises(Exception, match=r"(?i)unique"), transaction() as db:
        db.add(twice)


# ── Lire et imprimer ─────────────────────────────────────────────────────────────────────────────


def test_every_closing_is_listed_page_by_page_with_its_means(regie: Actor) -> None:
    family = make_family("Durand")
    start = NOW - timedelta(days=30)
    for rank in range(22):
        take(regie, family, amount="10", means="cash", now=start + timedelta(days=rank))
        take(regie, family, amount="2,50", means="cesu", now=start + timedelta(days=rank))
        close(regie, (start + timedelta(days=rank)).date(), counted="10")
    first, second = (closings.show(actor=regie, regie_id=regie_id(), page=page) for page in (1, 2))
    assert (len(first.rows), len(second.rows), first.summary) == (20, 2, "22 journées, page 1 sur 2")
    assert first.rows[0].detail == "Espèces 10,00\u00a0€, CESU 2,50\u00a0€"
    assert [one.can_reopen for one in first.rows].count(True) == 1
    assert [one.day for one in second.rows] == ["22/10/2026", "21/10/2026"]
    assert closings.show(actor=regie, regie_id=2**40, page=1).rows == []


def test_the_closing_prints_what_was_counted(regie: Actor) -> None:
    take(regie, make_family("Durand"), amount="20", means="cash")
    close(regie, counted="19,50", note="Pièce tombée sous le meuble")
    made = closings.make_pdf(regie, rows()[0].key, NOW)
    said = " ".join(text_of(made.body).split())
    assert made.name == "arrete-enf-2026-11-20.pdf"
    for part in ("Espèces 20,00", "Chèque 0,00", "Total 20,00", "19,50", "−", "Pièce tombée sous le meuble"):
        assert part in said, part
    assert_accessible(made.body, "Arrêté de caisse du 20/11/2026 · Valbourg-sur-Loire")
    reopen(regie, reason="Mauvais jour")
    again = " ".join(text_of(closings.make_pdf(regie, rows()[0].key, NOW).body).split())
    assert "Rouvert le" in again
    assert "Mauvais jour" in again
    for forged in (0, -1, 999, 2**40):
        with pytest.raises(NotOpenError):
            closings.make_pdf(regie, forged, NOW)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_counts_reopens_and_reads(base: Engine, role: Role) -> None:
    actor = open_session(make_account("autre@mairie.example", role=role))[1]
    calls = (
        partial(closing.count, actor=actor, regie_id=1, form={"day": "2026-11-20"}, now=NOW),
        partial(closing.reopen, actor=actor, closing_id=1, reason="x", now=NOW),
        partial(closings.show, actor=actor, regie_id=1, page=1),
        partial(closings.make_pdf, actor, 1, NOW),
    )
    for call in calls:
        with pytest.raises(NotOpenError):
            call()
