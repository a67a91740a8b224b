"""Les connexions : elles vivent le temps promis, se ferment de loin, et celle d'un autre n'existe pas."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import REMEMBERED, SHORT, STAFF_LIMITS, AccountStatus, LinkKind, Role, SessionLimits
from portail.domain.refusals import DeadLinkError, NotOpenError
from portail.ids import fingerprint
from portail.models.accounts import Account, LoginSession
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.services.accounts import links, sessions
from tests.factories.people import BROWSER, make_account, open_session
from tests.factories.queries import counted
from tests.factories.settings import configured

SECOND = timedelta(seconds=1)


def last_seen(token: str) -> datetime:
    with reading() as db:
        return db.exec(select(LoginSession.last_seen_at).where(LoginSession.token_hash == fingerprint(token))).one()


@pytest.mark.parametrize(
    ("role", "remember", "limits"),
    [
        (Role.PARENT, False, SHORT),
        (Role.PARENT, True, REMEMBERED),
        (Role.RECEPTION, False, STAFF_LIMITS),
        (Role.ADMIN, True, STAFF_LIMITS),
    ],
)
def test_idle_session_dies_to_the_second(
    base: Engine, now: datetime, role: Role, remember: bool, limits: SessionLimits
) -> None:
    account = make_account(role=role)
    token, _ = open_session(account, now=now, remember=remember)
    assert sessions.identify(token, now + limits.idle) is None
    assert sessions.identify(token, now + limits.idle - SECOND) is not None


@pytest.mark.parametrize(("role", "limits"), [(Role.PARENT, SHORT), (Role.REGIE, STAFF_LIMITS)])
def test_busy_session_dies_all_the_same_in_the_end(
    base: Engine, now: datetime, role: Role, limits: SessionLimits
) -> None:
    token, _ = open_session(make_account(role=role), now=now)
    moment, step = now, limits.idle - timedelta(minutes=1)
    while moment - now < limits.absolute - step:
        moment += step
        assert sessions.identify(token, moment) is not None
    assert sessions.identify(token, now + limits.absolute - SECOND) is not None
    assert sessions.identify(token, now + limits.absolute) is None


def test_identify_says_who_acts(base: Engine, now: datetime) -> None:
    account = make_account(role=Role.DIRECTION)
    token, expected = open_session(account, now=now)
    assert sessions.identify(token, now) == expected
    assert expected.account_id == account.key


@pytest.mark.parametrize("token", ["", "forgé", "a" * 5_000, "\0", "\ud800"], ids=ascii)
def test_forged_token_is_nobody(base: Engine, now: datetime, token: str) -> None:
    open_session(make_account())
    assert sessions.identify(token, now) is None


def test_stolen_fingerprint_opens_nothing(base: Engine, now: datetime) -> None:
    token, actor = open_session(make_account())
    assert sessions.identify(actor.session_hash, now) is None
    assert sessions.identify(token, now) is not None


def test_last_seen_is_written_once_a_minute_at_most(base: Engine, now: datetime) -> None:
    token, _ = open_session(make_account(), now=now)
    with counted(base) as queries:
        for seconds in (1, 30, 59):
            sessions.identify(token, now + timedelta(seconds=seconds))
    assert len(queries) == 3
    assert last_seen(token) == now
    sessions.identify(token, now + timedelta(seconds=60))
    assert last_seen(token) == now + timedelta(seconds=60)


def test_late_touch_never_moves_the_clock_back(base: Engine, now: datetime) -> None:
    token, actor = open_session(make_account(), now=now)
    sessions.identify(token, now + timedelta(minutes=10))
    sessions._touch(actor.session_id, now + timedelta(minutes=5))
    assert last_seen(token) == now + timedelta(minutes=10)


def test_closed_account_dies_at_once(base: Engine, now: datetime) -> None:
    account = make_account()
    token, _ = open_session(account)
    with transaction() as db:
        db.get_one(Account, account.key).status = AccountStatus.CLOSED
    assert sessions.identify(token, now) is None


def test_change_of_role_is_seen_at_once(base: Engine, now: datetime) -> None:
    account = make_account(role=Role.ADMIN)
    token, _ = open_session(account)
    with transaction() as db:
        db.get_one(Account, account.key).role = Role.PARENT
    assert sessions.identify(token, now).role is Role.PARENT


def test_demands_follow_the_actor(base: Engine, now: datetime) -> None:
    account = make_account(role=Role.REGIE)
    token, _ = open_session(account)
    with transaction() as db:
        db.get_one(Account, account.key).must_change_password = True
    with configured(PORTAIL_STAFF_SECOND_FACTOR="true"):
        actor = sessions.identify(token, now)
    assert (actor.must_change_password, actor.must_set_second_factor) == (True, True)


@pytest.mark.parametrize(
    ("role", "due"), [(Role.PARENT, False), (Role.ANIMATION, False), (Role.REGIE, True), (Role.ADMIN, True)]
)
def test_second_factor_is_due_from_those_who_see_money_or_health(
    base: Engine, now: datetime, role: Role, due: bool
) -> None:
    account = make_account(role=role)
    with configured(PORTAIL_STAFF_SECOND_FACTOR="true"):
        assert sessions.second_factor_due(account) is due
    assert not sessions.second_factor_due(account)


def test_sign_out_ends_this_session_only(base: Engine, now: datetime) -> None:
    account = make_account()
    mine, other = open_session(account)[0], open_session(account)[0]
    sessions.sign_out(mine, now)
    sessions.sign_out(mine, now)
    sessions.sign_out("inconnu", now)
    assert sessions.identify(mine, now) is None
    assert sessions.identify(other, now) is not None
    with reading() as db:
        assert [entry.action for entry in db.exec(select(AuditEntry))] == ["session.closed"]


def test_other_device_is_ended_from_here(base: Engine, now: datetime) -> None:
    account = make_account()
    here, there = open_session(account), open_session(account)
    sessions.end_session(actor=here[1], session_id=there[1].session_id, now=now)
    assert sessions.identify(there[0], now) is None
    assert sessions.identify(here[0], now) is not None


@pytest.mark.parametrize("session_id", [0, -1, 999_999, 2**31, 2**53])
def test_missing_session_is_refused(base: Engine, now: datetime, session_id: int) -> None:
    _, actor = open_session(make_account())
    with pytest.raises(NotOpenError):
        sessions.end_session(actor=actor, session_id=session_id, now=now)


def test_foreign_session_is_refused_like_a_missing_one(base: Engine, now: datetime) -> None:
    _, actor = open_session(make_account())
    token, foreign = open_session(make_account("zoe@famille.example"))
    sentences = set()
    for session_id in (foreign.session_id, 999_999):
        with pytest.raises(NotOpenError) as refusal:
            sessions.end_session(actor=actor, session_id=session_id, now=now)
        sentences.add(refusal.value.full_sentence)
    assert len(sentences) == 1
    assert sessions.identify(token, now) is not None


def test_session_already_ended_is_refused(base: Engine, now: datetime) -> None:
    account = make_account()
    (_, actor), (_, other) = open_session(account), open_session(account)
    sessions.end_session(actor=actor, session_id=other.session_id, now=now)
    with pytest.raises(NotOpenError):
        sessions.end_session(actor=actor, session_id=other.session_id, now=now)


def test_end_others_keeps_mine_and_those_of_others(base: Engine, now: datetime) -> None:
    account = make_account()
    mine, actor = open_session(account)
    gone = [open_session(account)[0] for _ in range(3)]
    stranger, _ = open_session(make_account("zoe@famille.example"))
    assert sessions.end_others(actor=actor, now=now) == 3
    assert sessions.end_others(actor=actor, now=now) == 0
    assert all(sessions.identify(token, now) is None for token in gone)
    assert sessions.identify(mine, now) is not None
    assert sessions.identify(stranger, now) is not None


def test_ended_and_vanished_sessions_are_told_from_the_open_ones(
    base: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "HASHES_PER_QUERY", 2)
    account = make_account()
    opened = [open_session(account) for _ in range(4)]
    hashes = [actor.session_hash for _, actor in opened]
    for token, _ in opened[1:3]:
        sessions.sign_out(token, now - SECOND)
    assert sessions.ended_among([*hashes, "inconnue"]) == [*hashes[1:3], "inconnue"]
    assert sessions.ended_among([]) == []


def test_closed_account_exchanges_no_ticket(base: Engine, now: datetime) -> None:
    account = make_account()
    with transaction() as db:
        ticket = links.issue(db, LinkKind.TICKET, account.key, now, links.Attached(fingerprint(BROWSER)))
        db.get_one(Account, account.key).status = AccountStatus.CLOSED
    with pytest.raises(DeadLinkError):
        sessions.open_from_ticket(ticket=ticket, browser=BROWSER, device="Firefox", now=now)


@pytest.mark.parametrize(
    ("role", "remember", "expected"),
    [
        (Role.PARENT, False, (None, "/accueil")),
        (Role.PARENT, True, (60 * 86_400, "/accueil")),
        (Role.ADMIN, True, (None, "/admin")),
    ],
)
def test_cookie_outlives_the_browser_only_if_a_parent_asked(
    base: Engine, now: datetime, role: Role, remember: bool, expected: tuple[int | None, str]
) -> None:
    account = make_account(role=role)
    with transaction() as db:
        attached = links.Attached(fingerprint(BROWSER), remember)
        ticket = links.issue(db, LinkKind.TICKET, account.key, now, attached)
    opened = sessions.open_from_ticket(ticket=ticket, browser=BROWSER, device="x" * 300, now=now)
    assert (opened.max_age, opened.landing) == expected
    assert sessions.identify(opened.token, now) is not None
    with reading() as db:
        assert db.get_one(Account, account.key).last_sign_in_at == now


def test_cookie_name_is_locked_to_the_host_under_https() -> None:
    assert sessions.cookie_name("session") == "portail-session"
    with configured(PORTAIL_PUBLIC_URL="https://familles.exemple.fr"):
        assert sessions.cookie_name("session") == "__Host-portail-session"


@pytest.mark.parametrize(
    "header",
    [
        "portail-session=bon",
        " portail-session=bon ",
        "a=1; portail-session=bon; b=2",
        "portail-session=bon; portail-session=pose-apres",
        'reglages={"theme": "sombre"}; portail-session=bon',
        "ville=été; portail-session=bon",
        "sans-valeur; portail-session=bon",
        "a[b]=1; portail-session=bon",
        ";;; portail-session=bon",
        'cite="a;b"; portail-session=bon',
    ],
)
def test_cookie_is_found_whatever_its_neighbours(header: str) -> None:
    assert sessions.read_cookie(header, "session") == "bon"


@pytest.mark.parametrize(
    "header",
    [
        "",
        ";",
        "=",
        "portail-session",
        "portail-session=",
        "portail-sessions=x",
        "xportail-session=x",
        "\0",
        "=;" * 5_000,
        "\ud800=x",
    ],
    ids=lambda header: ascii(header[:20]),
)
def test_hostile_cookie_header_gives_nothing(header: str) -> None:
    assert sessions.read_cookie(header, "session") == ""
