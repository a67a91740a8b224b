"""La nuit, les comptes se relisent : ce qui est faux se garde, se dit à l'administration, et s'efface une fois réparé."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.domain.refusals import NotOpenError
from portail.domain.todos import Todo
from portail.jobs.ledger import check_ledger
from portail.models.database import reading, transaction
from portail.models.wallet import LedgerAccount, LedgerFault
from portail.services.home import dashboard
from portail.services.regies import desk
from portail.services.upkeep import books, doctor
from portail.views import wording
from tests.conftest import NOW
from tests.factories.families import make_family
from tests.factories.money import fill
from tests.factories.people import make_account, open_session


def break_it(cents: int = 900) -> int:
    """Le solde d'un porte-monnaie n'est plus celui de ses écritures."""
    with reading() as db:
        known = db.exec(select(LedgerAccount.id).where(LedgerAccount.kind == "wallet")).first()
    key = known or fill(make_family("Durand"), 1000)
    with transaction() as db:
        db.get_one(LedgerAccount, key).balance_cents = cents
    return key


def kept() -> list[LedgerFault]:
    with reading() as db:
        return books.known(db)


def tasks(role: Role) -> list[str]:
    actor = open_session(make_account(f"{role}@mairie.example", role=role))[1]
    return [one.title for one in dashboard.show(actor=actor, now=NOW).todos]


def test_a_broken_ledger_is_written_logged_and_told(base: Engine, caplog: pytest.LogCaptureFixture) -> None:
    key = break_it()
    with caplog.at_level(logging.ERROR, "portail.jobs"):
        check_ledger()
    sentence = f"Grand livre : le solde du porte-monnaie {key} n’est pas celui de ses écritures."
    assert [getattr(one, "fault", "") for one in caplog.records] == [sentence]
    assert [one.sentence for one in kept()] == [sentence]
    assert abs(kept()[0].found_at - clock.now()) < timedelta(minutes=1)
    assert Todo.LEDGER_WRONG.label in tasks(Role.ADMIN)
    assert sentence in [finding.sentence for finding in doctor.examine() if finding.blocking]


def test_the_administrator_reads_what_is_wrong_and_nobody_else(base: Engine) -> None:
    key = break_it()
    books.check(NOW)
    admin, regie = (
        open_session(make_account(f"{role}@mairie.example", role=role))[1] for role in (Role.ADMIN, Role.REGIE)
    )
    (said,) = desk.show(actor=admin).faults
    assert f"porte-monnaie {key}" in said
    assert f"Vu le {wording.instant(NOW)}." in said
    with pytest.raises(NotOpenError):
        desk.show(actor=regie)
    for role in (Role.RECEPTION, Role.DIRECTION):
        assert Todo.LEDGER_WRONG.label not in tasks(role)


def test_a_sound_ledger_says_nothing(base: Engine, caplog: pytest.LogCaptureFixture) -> None:
    fill(make_family("Durand"), 1000)
    with caplog.at_level(logging.ERROR, "portail.jobs"):
        check_ledger()
    assert (caplog.records, kept()) == ([], [])
    assert Todo.LEDGER_WRONG.label not in tasks(Role.ADMIN)


def test_what_lasts_keeps_its_date_and_what_is_repaired_goes(base: Engine) -> None:
    break_it()
    books.check(NOW)
    books.check(NOW + timedelta(days=1))
    assert [one.found_at for one in kept()] == [NOW]
    break_it(1000)
    assert books.check(NOW + timedelta(days=2)) == []
    assert kept() == []


def test_very_many_faults_are_kept_in_part(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "examine", lambda: [f"Faute {rank}." for rank in range(books.MOST_KEPT + 5)])
    assert len(books.check(NOW)) == books.MOST_KEPT + 5
    assert len(kept()) == books.MOST_KEPT


def test_an_invoice_that_is_wrong_is_seen_by_the_doctor_too(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "check_invoices", lambda: ["Factures : fausses."])
    assert "Factures : fausses." in [finding.sentence for finding in doctor.examine() if finding.blocking]


def test_a_fault_is_kept_once(base: Engine) -> None:
    break_it()
    books.check(NOW)
    books.check(NOW)
    with transaction() as db:
        assert len(list(db.exec(select(LedgerFault)))) == 1
