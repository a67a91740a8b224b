"""La tournée des paiements : elle se dit quand elle a servi, et se tait sinon."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from portail import clock
from portail.jobs.payments import follow_payments
from portail.jobs.worker import ROUNDS
from portail.standins.stripe.bank import Outcome
from tests.factories.booking import make_home
from tests.factories.cards import make_cards, top_up
from tests.factories.money import balance, fill

pytestmark = pytest.mark.usefixtures("base_sqlite")


def test_the_round_credits_what_was_paid_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cards, home = make_cards(tmp_path, monkeypatch), make_home(cents=0)
    fill(home.family)
    asked = clock.now() - timedelta(minutes=2)
    cards.now[0] = asked
    cards.pay(top_up(home.actor, home.family, now=asked), Outcome.SILENT)
    with caplog.at_level(logging.INFO, "portail.jobs"):
        follow_payments()
        follow_payments()
    assert (balance(home.family), [one.message for one in caplog.records]) == (4500, ["payments followed"])


def test_the_round_comes_every_minute() -> None:
    assert follow_payments in {work for work, _ in ROUNDS}
