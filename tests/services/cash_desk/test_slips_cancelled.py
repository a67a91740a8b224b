"""Un bordereau s'annule tant que sa journée est ouverte : ses pièces reviennent, son numéro ne ressert pas."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.services.cash_desk import closing, finding, slips, slips_cancelled, undoing
from portail.services.cash_desk.slips_cancelled import SlipKeptError
from portail.services.wallet import check_ledger
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

WHY = "Un chèque manquait au dépôt"


@pytest.fixture
def regie(base: Engine) -> Actor:
    return agent()


def take_cheques(actor: Actor, *notes: str) -> list[int]:
    family = make_family("Durand")
    for note in notes:
        take(actor, family, amount="20", note=note)
    return [one.key for one in payments()]


def deposit(actor: Actor, *pieces: int, now: datetime = NOW) -> str:
    return slips.make(actor=actor, regie_id=regie_id(), means="cheque", pieces=pieces, now=now)


def cancel(actor: Actor, slip: int = 1, reason: str = WHY, now: datetime = NOW) -> str:
    return slips_cancelled.cancel(actor=actor, slip_id=slip, reason=reason, now=now)


def close(actor: Actor, now: datetime = NOW) -> str:
    form = {"day": now.date().isoformat(), "counted": "0"}
    return closing.close(actor=actor, regie_id=regie_id(), form=form, now=now)


def audited() -> list[tuple[str, int | None]]:
    with reading() as db:
        query = select(AuditEntry.detail, AuditEntry.subject_id).where(AuditEntry.action == "desk.deposit_cancelled")
        return list(db.exec(query))


def listed(actor: Actor) -> list[tuple[str, str, str, bool]]:
    return [(one.number, one.count, one.href, one.can_cancel) for one in slips.show(actor=actor, page=1, now=NOW).slips]


def test_its_pieces_wait_again_and_the_journal_says_why(regie: Actor) -> None:
    keys = take_cheques(regie, "0001", "0002")
    deposit(regie, *keys)
    assert slips.show(actor=regie, page=1, now=NOW).piles == []
    assert cancel(regie) == "Bordereau ENF-B00001 annulé : 2 pièces attendent de nouveau d’être remises."
    assert [one.slip_id for one in payments()] == [None, None]
    (pile,) = slips.show(actor=regie, page=1, now=NOW).piles
    assert [one.id for one in pile.pieces] == keys
    assert audited() == [(f"ENF-B00001, 40,00\u00a0€ : {WHY}", 1)]
    assert check_ledger() == []


def test_the_cancelled_number_is_kept_and_does_not_serve_again(regie: Actor) -> None:
    keys = take_cheques(regie, "0001", "0002")
    deposit(regie, *keys)
    assert listed(regie) == [("ENF-B00001", "2 pièces", "/telechargements/bordereau-1", True)]
    cancel(regie)
    assert deposit(regie, keys[0]) == "Bordereau ENF-B00002 : 1 pièce."
    assert listed(regie) == [
        ("ENF-B00002", "1 pièce", "/telechargements/bordereau-2", True),
        ("ENF-B00001", "Annulé : Un chèque manquait au dépôt", "", False),
    ]
    with pytest.raises(NotOpenError):
        slips.make_pdf(regie, 1, NOW)
    assert slips.make_pdf(regie, 2, NOW).name == "bordereau-enf-b00002.pdf"


def test_a_piece_that_came_back_is_received_and_may_be_undone(regie: Actor) -> None:
    (key,) = take_cheques(regie, "0001")
    deposit(regie, key)
    cancel(regie)
    (row,) = finding.find(actor=regie, words="0001", page=1, now=NOW).rows
    assert (row.state, row.can_bounce) == ("Reçu", False)
    undoing.undo(actor=regie, payment_id=key, now=NOW)
    assert payments()[0].cancelled_at is not None


def test_once_its_day_is_closed_it_stays(regie: Actor) -> None:
    (key,) = take_cheques(regie, "0001")
    deposit(regie, key)
    close(regie)
    with pytest.raises(SlipKeptError, match="la caisse du 20/11/2026 est arrêtée"):
        cancel(regie)
    assert (payments()[0].slip_id, audited(), listed(regie)[0][3]) == (1, [], False)


def test_the_day_that_counts_is_that_of_the_slip(regie: Actor) -> None:
    """Les pièces sont d'une journée arrêtée, le bordereau du lendemain : c'est lui que l'on annule."""
    (key,) = take_cheques(regie, "0001")
    close(regie)
    deposit(regie, key, now=NOW + timedelta(days=1))
    assert listed(regie)[0][3]
    cancel(regie, now=NOW + timedelta(days=3))
    assert payments()[0].slip_id is None


def test_a_slip_the_bank_has_answered_stays(regie: Actor) -> None:
    keys = take_cheques(regie, "0001", "0002")
    deposit(regie, *keys)
    undoing.bounce(actor=regie, payment_id=keys[0], now=NOW)
    assert not listed(regie)[0][3]
    with pytest.raises(SlipKeptError, match="une de ses pièces a été rejetée"):
        cancel(regie)
    assert [one.slip_id for one in payments()] == [1, 1]


def test_asked_several_times_at_once_it_is_cancelled_once(regie: Actor) -> None:
    deposit(regie, *take_cheques(regie, "0001"))
    done = together(*[partial(cancel, regie)] * 4)
    assert len([one for one in done if isinstance(one, str)]) == 1
    assert {type(one) for one in done if not isinstance(one, str)} == {SlipKeptError}
    assert len(audited()) == 1


def test_a_rejection_and_a_cancellation_at_once_never_both_happen(regie: Actor) -> None:
    keys = take_cheques(regie, *[f"{rank}" for rank in range(3)])
    for rank, key in enumerate(keys, start=1):
        deposit(regie, key)
        done = together(partial(cancel, regie, rank), partial(undoing.bounce, actor=regie, payment_id=key, now=NOW))
        assert len([one for one in done if isinstance(one, str)]) == 1, done
    assert all((one.slip_id is None) == (one.cancelled_at is None) for one in payments())


@pytest.mark.parametrize("reason", ["", "   ", "x" * 161, "a\0b"])
def test_a_reason_is_compulsory(regie: Actor, reason: str) -> None:
    deposit(regie, *take_cheques(regie, "0001"))
    with pytest.raises(BadInputError):
        cancel(regie, reason=reason)
    assert (payments()[0].slip_id, audited()) == (1, [])


@pytest.mark.parametrize("slip", [0, -1, 999, 2**63])
def test_an_unknown_slip(regie: Actor, slip: int) -> None:
    with pytest.raises(NotOpenError):
        cancel(regie, slip)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGIE, Role.ADMIN}))
def test_only_the_regie_cancels(regie: Actor, role: Role) -> None:
    deposit(regie, *take_cheques(regie, "0001"))
    with pytest.raises(NotOpenError):
        cancel(open_session(make_account("autre@mairie.example", role=role))[1])
    assert payments()[0].slip_id == 1
