"""Une remise créditée par la banque : un jour plausible, une fois, que l'on peut retirer."""

from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from portail.domain.accounts import Actor, Role
from portail.domain.forms import FormRefusedError
from portail.domain.refusals import NotOpenError, RefusalError
from portail.models.database import reading
from portail.models.payments import DepositSlip
from portail.services.cash_desk import slips, slips_cancelled, slips_credited
from tests.conftest import NOW
from tests.factories.crowds import together
from tests.factories.desk import agent, payments, regie_id, take
from tests.factories.families import make_family
from tests.factories.people import make_account, open_session

LATER = NOW + timedelta(days=5)


@pytest.fixture
def regie(base: Engine) -> Actor:
    actor = agent()
    take(actor, make_family("Durand"), note="1")
    slips.make(actor=actor, regie_id=regie_id(), means="cheque", pieces=[payments()[0].key], now=NOW)
    return actor


def credit(actor: Actor, slip_id: int = 1, day: str = "2026-11-23") -> str:
    return slips_credited.credit(actor=actor, slip_id=slip_id, form={"day": day}, now=LATER)


def credited_on() -> date | None:
    with reading() as db:
        return db.get_one(DepositSlip, 1).credited_on


def test_a_slip_is_credited_then_taken_back(regie: Actor) -> None:
    assert credit(regie) == "Bordereau ENF-B00001 crédité le 23/11/2026."
    (line,) = slips.show(actor=regie, page=1, now=LATER).slips
    assert (line.credited, line.can_credit, line.can_cancel) == ("Crédité le 23/11/2026", False, False)
    with pytest.raises(slips_cancelled.SlipKeptError, match="la banque l’a crédité"):
        slips_cancelled.cancel(actor=regie, slip_id=1, reason="Oubli", now=NOW)
    assert "attend de nouveau" in slips_credited.take_back(actor=regie, slip_id=1, now=LATER)
    assert credited_on() is None
    with pytest.raises(RefusalError, match="pas noté crédité"):
        slips_credited.take_back(actor=regie, slip_id=1, now=LATER)
    (line,) = slips.show(actor=regie, page=1, now=LATER).slips
    assert (line.credited, line.can_credit, line.can_cancel) == ("", True, True)


@pytest.mark.parametrize("day", ["", "demain", "2026-11-19", "2026-11-26", "0001-01-01", "2026-02-30"])
def test_an_impossible_day_credits_nothing(regie: Actor, day: str) -> None:
    with pytest.raises(FormRefusedError):
        credit(regie, day=day)
    assert credited_on() is None


def test_a_slip_is_credited_once_and_never_once_cancelled(regie: Actor) -> None:
    done = together(*[partial(credit, regie)] * 3)
    assert len([one for one in done if isinstance(one, str)]) == 1, done
    slips_credited.take_back(actor=regie, slip_id=1, now=LATER)
    slips_cancelled.cancel(actor=regie, slip_id=1, reason="Oubli", now=NOW)
    with pytest.raises(RefusalError, match="crédité ou annulé"):
        credit(regie)


def test_slips_are_read_page_by_page(regie: Actor) -> None:
    family = make_family("Martin")
    for _ in range(20):
        take(regie, family, means="cash", now=NOW)
        slips.make(actor=regie, regie_id=regie_id(), means="cash", pieces=[payments()[-1].key], now=NOW)
    first, second = (slips.show(actor=regie, page=page, now=NOW) for page in (1, 2))
    assert (len(first.slips), first.summary) == (20, "21 bordereaux, page 1 sur 2")
    assert [one.number for one in second.slips] == ["ENF-B00001"]
    assert slips.show(actor=regie, page=2**40, now=NOW).page == 2


def test_a_forged_slip_or_another_role_credits_nothing(regie: Actor) -> None:
    for forged in (0, -1, 999, 2**40):
        for call in (
            partial(credit, regie, forged),
            partial(slips_credited.take_back, actor=regie, slip_id=forged, now=NOW),
        ):
            with pytest.raises(NotOpenError):
                call()
    other = open_session(make_account("autre@mairie.example", role=Role.RECEPTION))[1]
    for call in (partial(credit, other), partial(slips_credited.take_back, actor=other, slip_id=1, now=NOW)):
        with pytest.raises(NotOpenError):
            call()
