"""Les liens à usage unique : un seul gagnant, et tous les liens morts se ressemblent."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import LIFETIMES, OPENS_ACCOUNT, LinkKind
from portail.domain.refusals import DeadLinkError
from portail.models.accounts import OneUseLink
from portail.models.database import reading, transaction
from portail.services.accounts import links
from tests.factories.crowds import together
from tests.factories.people import make_account

RESET = frozenset({LinkKind.RESET})


def issued(now: datetime, kind: LinkKind = LinkKind.RESET, email: str = "alba@famille.example") -> str:
    account = make_account(email)
    with transaction() as db:
        return links.issue(db, kind, account.key, now)


def consume(token: str, now: datetime, kinds: frozenset[LinkKind] = RESET) -> int:
    with transaction() as db:
        return links.consume(db, token, kinds, now).account_id


def test_link_serves_only_once(base: Engine, now: datetime) -> None:
    token = issued(now)
    assert consume(token, now) > 0
    with pytest.raises(DeadLinkError):
        consume(token, now)


def test_two_at_once_exactly_one_wins(base: Engine, now: datetime) -> None:
    token = issued(now)
    outcomes = together(*[lambda: consume(token, now)] * 6)
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, DeadLinkError) for outcome in outcomes) == 5


@pytest.mark.parametrize("kind", list(LinkKind))
def test_link_lives_to_the_second(base: Engine, now: datetime, kind: LinkKind) -> None:
    token, end = issued(now, kind), now + LIFETIMES[kind]
    with pytest.raises(DeadLinkError):
        consume(token, end, frozenset({kind}))
    assert consume(token, end - timedelta(seconds=1), frozenset({kind}))


def test_link_of_another_kind_opens_nothing(base: Engine, now: datetime) -> None:
    token = issued(now, LinkKind.RESET)
    with pytest.raises(DeadLinkError):
        consume(token, now, OPENS_ACCOUNT)
    assert consume(token, now)


@pytest.mark.parametrize("token", ["", "forgé", "a" * 5_000, "\0", "\ud800", "' or 1=1 --"], ids=ascii)
def test_forged_link_is_dead(base: Engine, now: datetime, token: str) -> None:
    issued(now)
    with pytest.raises(DeadLinkError):
        consume(token, now)


def test_base_keeps_no_token(base: Engine, now: datetime) -> None:
    token = issued(now)
    with reading() as db:
        row = db.exec(select(OneUseLink)).one()
    assert token not in str(row.model_dump())
    with pytest.raises(DeadLinkError):
        consume(row.token_hash, now)


def test_refused_use_leaves_the_link_good(base: Engine, now: datetime) -> None:
    token = issued(now)

    def interrupted() -> None:
        with transaction() as db:
            links.consume(db, token, RESET, now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert consume(token, now)


def test_cancel_kills_these_links_of_this_account_only(base: Engine, now: datetime) -> None:
    mine, theirs = issued(now), issued(now, email="zoe@famille.example")
    with transaction() as db:
        account_id = links.find(db, mine, RESET, now).account_id
        ticket = links.issue(db, LinkKind.TICKET, account_id, now)
        links.cancel(db, account_id, RESET, now)
    with pytest.raises(DeadLinkError):
        consume(mine, now)
    assert consume(theirs, now)
    assert consume(ticket, now, frozenset({LinkKind.TICKET}))


def test_a_link_waits_until_it_is_used_cancelled_or_over(base: Engine, now: datetime) -> None:
    account, other = make_account(), make_account("zoe@famille.example")
    end = now + LIFETIMES[LinkKind.EMAIL]

    def waits(at: datetime = now, kind: LinkKind = LinkKind.EMAIL, key: int = account.key) -> bool:
        with reading() as db:
            return links.is_waiting(db, key, kind, at)

    assert not waits()
    with transaction() as db:
        token = links.issue(db, LinkKind.EMAIL, account.key, now)
    assert waits(end - timedelta(seconds=1))
    assert not waits(end)
    assert not waits(kind=LinkKind.RESET)
    assert not waits(key=other.key)
    with transaction() as db:
        links.consume(db, token, frozenset({LinkKind.EMAIL}), now)
    assert not waits()
