"""Qui peut quoi : rôles, portes, liens, durées, et l'adresse où l'on revient après la connexion."""

from datetime import datetime, timedelta
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portail.domain import accounts
from portail.domain.accounts import (
    LIFETIMES,
    REMEMBERED,
    SHORT,
    STAFF,
    STAFF_LIMITS,
    TRANSITIONS,
    AccountStatus,
    Actor,
    Audience,
    LinkKind,
    Role,
    SessionLimits,
    Standing,
    check_audience,
    is_allowed,
    is_for_staff,
    is_session_alive,
    landing_path,
    may_hold,
    safe_next,
    session_limits,
    standing,
    status_once_reopened,
)
from portail.domain.refusals import NotOpenError, SignedOutError

SITE = "https://familles.exemple.fr"
OPEN_TO = {
    Audience.PUBLIC: set(Role),
    Audience.SIGNED_IN: set(Role),
    Audience.PARENT: {Role.PARENT},
    Audience.STAFF: {Role.RECEPTION, Role.REGIE, Role.DIRECTION, Role.ANIMATION, Role.ADMIN},
    Audience.FILES: {Role.RECEPTION, Role.DIRECTION, Role.ADMIN},
    Audience.HEALTH: {Role.RECEPTION, Role.DIRECTION},
    Audience.MONEY: {Role.REGIE, Role.ADMIN},
    Audience.INCOME: {Role.REGIE, Role.DIRECTION, Role.ADMIN},
    Audience.TOWN: {Role.DIRECTION, Role.ADMIN},
    Audience.ADMIN: {Role.ADMIN},
}


def actor(role: Role, **rest: bool) -> Actor:
    return Actor(1, role, 2, "empreinte", **rest)


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("role", list(Role))
def test_each_door_opens_to_its_roles_only(audience: Audience, role: Role) -> None:
    if role in OPEN_TO[audience]:
        check_audience(audience, actor(role))
    else:
        with pytest.raises(NotOpenError):
            check_audience(audience, actor(role))
    assert is_allowed(audience, role) is (role in OPEN_TO[audience])


@pytest.mark.parametrize("audience", list(Audience))
def test_what_a_parent_never_opens_is_for_staff(audience: Audience) -> None:
    assert is_for_staff(audience) is (Role.PARENT not in OPEN_TO[audience])


@pytest.mark.parametrize("audience", [each for each in Audience if each is not Audience.PUBLIC])
def test_stranger_is_asked_to_sign_in(audience: Audience) -> None:
    with pytest.raises(SignedOutError):
        check_audience(audience, None)
    assert not is_allowed(audience, None)


def test_stranger_enters_what_is_public() -> None:
    check_audience(Audience.PUBLIC, None)
    assert is_allowed(Audience.PUBLIC, None)


def test_only_parents_are_not_staff() -> None:
    assert set(Role) - STAFF == {Role.PARENT}
    assert [role for role in Role if actor(role).is_staff] == [role for role in Role if role is not Role.PARENT]


@pytest.mark.parametrize("role", list(Role))
def test_everyone_lands_in_their_own_room(role: Role) -> None:
    assert landing_path(role) == ("/accueil" if role is Role.PARENT else "/admin")


def test_actor_is_confined_while_something_is_demanded() -> None:
    assert not actor(Role.PARENT).is_confined
    assert actor(Role.PARENT, must_change_password=True).is_confined
    assert actor(Role.ADMIN, must_set_second_factor=True).is_confined
    assert actor(Role.PARENT, must_accept_terms=True).is_confined


@pytest.mark.parametrize("role", sorted(STAFF))
@pytest.mark.parametrize("remember", [True, False])
def test_staff_are_never_remembered(role: Role, remember: bool) -> None:
    assert session_limits(role, remember=remember) == STAFF_LIMITS


def test_parent_chooses_to_be_remembered() -> None:
    assert session_limits(Role.PARENT, remember=False) == SHORT
    assert session_limits(Role.PARENT, remember=True) == REMEMBERED
    assert REMEMBERED.idle > SHORT.idle
    assert REMEMBERED.absolute > SHORT.absolute


@pytest.mark.parametrize("limits", [SHORT, REMEMBERED, STAFF_LIMITS])
def test_session_dies_at_the_second(limits: SessionLimits, now: datetime) -> None:
    second = timedelta(seconds=1)

    def alive(*, idle: timedelta, age: timedelta) -> bool:
        return is_session_alive(now=now, last_seen=now - idle, created=now - age, limits=limits)

    assert alive(idle=limits.idle - second, age=limits.absolute - second)
    assert not alive(idle=limits.idle, age=limits.idle)
    assert not alive(idle=timedelta(), age=limits.absolute)


def test_every_status_has_transitions_and_a_label() -> None:
    assert set(TRANSITIONS) == set(AccountStatus)
    assert all(targets <= set(AccountStatus) for targets in TRANSITIONS.values())
    assert all(status not in targets for status, targets in TRANSITIONS.items())
    assert all(status.label for status in AccountStatus)
    assert len({status.label for status in AccountStatus}) == len(AccountStatus)


def test_every_account_can_be_closed_and_reopened_where_it_was() -> None:
    opened = set(AccountStatus) - {AccountStatus.CLOSED}
    assert all(AccountStatus.CLOSED in TRANSITIONS[status] for status in opened)
    assert {status_once_reopened(has_password=known) for known in (True, False)} == opened
    assert TRANSITIONS[AccountStatus.CLOSED] == opened
    assert AccountStatus.INVITED not in TRANSITIONS[AccountStatus.ACTIVE]


@pytest.mark.parametrize(
    ("status", "alive", "stands"),
    [
        (AccountStatus.INVITED, True, Standing.INVITED),
        (AccountStatus.INVITED, False, Standing.EXPIRED),
        (AccountStatus.ACTIVE, True, Standing.ACTIVE),
        (AccountStatus.ACTIVE, False, Standing.ACTIVE),
        (AccountStatus.CLOSED, True, Standing.CLOSED),
        (AccountStatus.CLOSED, False, Standing.CLOSED),
    ],
)
def test_an_account_stands_where_its_status_and_link_say(status: AccountStatus, alive: bool, stands: Standing) -> None:
    assert standing(status, link_alive=alive) is stands


@pytest.mark.parametrize("held", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_staff_hold_the_accounts_of_parents_and_admins_those_of_all(role: Role, held: Role) -> None:
    expected = role is Role.ADMIN or (held is Role.PARENT and role in {Role.RECEPTION, Role.DIRECTION})
    assert may_hold(role, held) is expected


def test_every_link_has_a_lifetime_and_a_label() -> None:
    assert set(LIFETIMES) == set(LinkKind)
    assert {kind.label for kind in LinkKind} == set(accounts.LINK_LABELS.values())
    assert LIFETIMES[LinkKind.ACTIVATION] == timedelta(hours=72)
    assert LIFETIMES[LinkKind.INVITATION] == timedelta(hours=168)


def test_every_role_has_its_own_label() -> None:
    assert len({role.label for role in Role}) == len(Role)


@pytest.mark.parametrize(
    "path",
    [
        "/accueil",
        "/",
        "/dossier/enfants/4/sante",
        "/reservations/cantine?mois=2026-12",
        "/planning#semaine",
        "/activites/%C3%A9t%C3%A9",
        "/infos/été",
        "/messages/12?q=a%20b",
    ],
)
def test_return_path_inside_the_portal_is_kept(path: str) -> None:
    assert safe_next(path, "/accueil") == path


HOSTILE = [
    "",
    "accueil",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/accueil\\..\\evil",
    "%2F%2Fevil.example",
    "%2f%2fevil.example",
    "/%2Fevil.example",
    "/%5Cevil.example",
    "%2Faccueil",
    "https:evil.example",
    "https://evil.example",
    "HTTPS://evil.example/accueil",
    "http:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,bonjour",
    "%6Aavascript:alert(1)",
    "/accueil\r\nSet-Cookie: a=b",
    "/accueil%0d%0aSet-Cookie:%20a=b",
    "/acc\0ueil",
    "/acc%00ueil",
    "/\t/evil.example",
    "/%09/evil.example",
    "/\n/evil.example",
    "/\x7f",
    " /accueil",
    "/" + "a" * 5_000,
    "/\ud800",
    "@evil.example",
    ".evil.example",
]


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: ascii(path[:40]))
def test_return_path_that_could_leave_the_portal_is_dropped(path: str) -> None:
    assert ascii(safe_next(path, "/accueil")) == "'/accueil'"


@pytest.mark.parametrize("path", ["/connexion", "/connexion?suite=/accueil", "/deconnexion", "/session", "/%73ession"])
def test_return_path_never_loops_on_signing_in(path: str) -> None:
    assert safe_next(path, "/accueil") == "/accueil"


@pytest.mark.parametrize("path", ["/%252F%252Fevil.example", "/%252Fevil.example", "/%255Cevil.example"])
def test_double_encoding_stays_a_path_of_the_portal(path: str) -> None:
    assert urlsplit(urljoin(SITE, safe_next(path, "/accueil"))).netloc == urlsplit(SITE).netloc


_PIECES = st.lists(
    st.one_of(
        st.sampled_from([
            "/", "//", "\\", "%2F", "%5C", "%09", "\t", "\r\n", "\0", ":", "@", "?", "#", ".", "..",
            "https:", "javascript:", "evil.example", "accueil", "%25", " ", "\ud800",
        ]),
        st.text(max_size=4),
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(_PIECES)
def test_return_path_is_always_on_this_site(suite: str) -> None:
    found = safe_next(suite, "/accueil")
    for path in (found, unquote(found)):
        assert path.startswith("/")
        assert not path.startswith(("//", "/\\"))
        assert not any(ord(char) < 0x20 or char == "\\" for char in path)
    target = urlsplit(urljoin(SITE, found))
    assert (target.scheme, target.netloc) == ("https", "familles.exemple.fr")
    found.encode()
