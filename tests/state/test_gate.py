"""La porte : confinement, retour après connexion, page fermée, pannes ; sans navigateur."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from portail import clock
from portail.domain.accounts import AccountStatus, Actor, Role
from portail.models import database
from portail.models.accounts import Account, LoginSession
from portail.models.database import transaction
from portail.services import accounts
from portail.services.accounts import sessions
from portail.state import presence
from portail.state.account import AccountState
from portail.state.base import PortalState
from portail.state.dashboard import DashboardState
from portail.state.family import FamilyState
from portail.state.gate import INCIDENT
from portail.state.mails import MailsState
from portail.state.news import NewsState
from portail.state.policy import policy_of
from portail.views.accounts import Me
from portail.views.home import DashboardView
from tests.factories.people import make_account, open_session
from tests.factories.settings import configured
from tests.security.assaults import handlers
from tests.security.conftest import Kept
from tests.tools.pipeline import Page, Pipeline
from tests.tools.rxclient import ROOT_STATE

pytestmark = pytest.mark.usefixtures("base_sqlite")
PARENT = "alba@famille.example"


def signed(events: Pipeline, role: Role = Role.PARENT, email: str = PARENT) -> tuple[Page, Actor]:
    token, actor = open_session(make_account(email, role=role, now=clock.now()), now=clock.now())
    return events.page(session=token), actor


def change(actor: Actor, **values: object) -> None:
    with transaction() as db:
        account = db.get_one(Account, actor.account_id)
        for name, value in values.items():
            setattr(account, name, value)


async def test_whoever_is_not_signed_in_goes_to_sign_in_and_keeps_the_way(events: Pipeline) -> None:
    page = events.page()
    for path in ("/dossier", "/admin/courriels?page=2&mots=a b", "/compte#appareils"):
        answer = await page.call(FamilyState.load, path=path)
        (target,) = answer.redirects
        assert target.startswith("/connexion?suite=/")
        assert unquote(target.partition("suite=")[2]) == path
        assert answer.changed() == set()


async def test_a_wanted_path_of_any_length_stays_bounded(events: Pipeline) -> None:
    (target,) = (await events.page().call(FamilyState.load, path="/dossier" + "x" * 5_000)).redirects
    assert len(target) < 400


async def test_the_page_of_another_role_is_closed_and_says_nothing_else(events: Pipeline) -> None:
    page, _ = signed(events)
    await page.visit("/admin")
    answer = await page.call(DashboardState.load, path="/admin")
    portal = await page.state(PortalState)
    assert portal.closed
    assert portal.notice == ""
    assert answer.redirects == []
    assert (await page.state(DashboardState)).view == DashboardView()


async def test_a_closed_page_opens_again_on_the_next_visit(events: Pipeline) -> None:
    page, _ = signed(events)
    await page.visit("/contact")
    await page.call(MailsState.load)
    assert (await page.state(PortalState)).closed
    await page.visit("/contact")
    assert not (await page.state(PortalState)).closed


@pytest.mark.parametrize("reason", ["must_change_password", "staff_second_factor"])
async def test_while_something_is_due_only_the_account_page_answers(events: Pipeline, reason: str) -> None:
    page, actor = signed(events, Role.ADMIN)
    setting = {"PORTAIL_STAFF_SECOND_FACTOR": "true"} if reason == "staff_second_factor" else {}
    if not setting:
        change(actor, must_change_password=True)
    with configured(**setting):
        await page.visit("/contact")
        for handler in handlers():
            if not handler.is_open_to("admin") or handler.name == INCIDENT:
                continue
            answer = await page.call(handler.name, handler.plausible(), "/contact")
            confined = answer.redirects == ["/compte"]
            assert confined is not policy_of(handler.name).when_confined, handler.name
            assert not confined or answer.changed() == set(), handler.name


def test_nothing_private_but_the_account_page_answers_while_confined() -> None:
    free = {
        handler.name for handler in handlers() if handler.policy != "refused" and policy_of(handler.name).when_confined
    }
    private = {handler.name for handler in handlers() if handler.name in free and handler.policy != "public"}
    assert private
    assert all(name.startswith(f"{AccountState.get_full_name()}.") for name in private)


async def test_choosing_a_password_lifts_the_confinement(events: Pipeline) -> None:
    page, actor = signed(events)
    change(actor, must_change_password=True)
    await page.visit("/contact")
    assert (await page.call(FamilyState.load)).redirects == ["/compte"]
    change(actor, must_change_password=False)
    assert (await page.call(FamilyState.load)).redirects == []


async def test_the_second_factor_is_not_asked_of_parents(events: Pipeline) -> None:
    with configured(PORTAIL_STAFF_SECOND_FACTOR="true"):
        page, _ = signed(events)
        await page.visit("/contact")
        assert (await page.call(FamilyState.load)).redirects == []


@pytest.mark.parametrize(
    "reference",
    ["", "abc", "<b>XX</b>", "ABCDEFGH2", "abcdefgh", "ABCD EFG", "0BCDEFGH", "ABCDEFGH\n", 5, None, ["ABCDEFGH"]],
)
async def test_the_incident_notice_shows_nothing_but_a_reference(
    events: Pipeline, journal: Kept, reference: object
) -> None:
    page = events.page()
    await page.visit("/contact")
    answer = await page.call(INCIDENT, {"reference": reference}, "/contact")
    assert answer.updates == []
    assert not journal.incidents()


@pytest.mark.parametrize("payload", [[], "x", {}, {"reference": "ABCDEFGH", "x": 1}, {"sentence": "Payez ici"}])
async def test_the_incident_notice_with_other_arguments_does_nothing(
    events: Pipeline, journal: Kept, payload: object
) -> None:
    page = events.page()
    await page.visit("/contact")
    assert (await page.call(INCIDENT, payload, "/contact")).updates == []
    assert not journal.incidents()


async def test_a_broken_service_becomes_one_numbered_notice(
    events: Pipeline, journal: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("détail interne")

    page, _ = signed(events)
    await page.visit("/contact")
    monkeypatch.setattr(accounts, "show", broken)
    answer = await page.call(AccountState.load, path="/compte")
    reference = answer.var(PortalState.get_full_name(), "notice_reference")
    assert len(reference) == 8
    assert "détail interne" not in str(answer.updates)
    assert [record.reference for record in journal.records if record.getMessage() == "incident"] == [reference]


async def test_without_a_database_one_incident_is_said_and_nothing_loops(
    events: Pipeline, journal: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, _ = signed(events)
    await page.visit("/contact")

    def gone() -> None:
        raise OSError("base perdue")

    monkeypatch.setattr(database, "engine", gone)
    answer = await page.call(FamilyState.load, path="/dossier")
    assert len(journal.incidents()) == 1
    assert answer.var(PortalState.get_full_name(), "notice_reference")
    assert "base perdue" not in str(answer.updates)
    monkeypatch.undo()
    assert (await page.call(FamilyState.load, path="/dossier")).redirects == []


async def test_an_anonymous_page_does_not_need_the_database_to_open(
    events: Pipeline, journal: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OSError("base perdue")

    monkeypatch.setattr(database, "engine", gone)
    page = events.page()
    await page.visit("/contact")
    assert (await page.state(PortalState)).me == Me()
    assert not journal.incidents()


async def test_a_session_that_ends_is_refused_at_the_next_event(events: Pipeline) -> None:
    page, actor = signed(events)
    await page.visit("/contact")
    assert (await page.call(FamilyState.load)).redirects == []
    with transaction() as db:
        sessions.end_all(db, actor.account_id, clock.now())
    answer = await page.call(FamilyState.load, path="/dossier")
    assert answer.redirects == ["/connexion?suite=/dossier"]
    assert answer.changed() == set()


@pytest.mark.parametrize("status", [AccountStatus.CLOSED, AccountStatus.INVITED])
async def test_an_account_no_longer_active_is_refused_at_the_next_event(events: Pipeline, status: str) -> None:
    page, actor = signed(events)
    await page.visit("/contact")
    change(actor, status=status)
    assert (await page.call(FamilyState.load, path="/dossier")).redirects == ["/connexion?suite=/dossier"]


async def test_a_deleted_account_is_refused_at_the_next_event(events: Pipeline, base_sqlite: Engine) -> None:
    page, actor = signed(events)
    await page.visit("/contact")
    with base_sqlite.begin() as connection:
        connection.execute(text("delete from account where id = :id"), {"id": actor.account_id})
    assert (await page.call(FamilyState.load, path="/dossier")).redirects == ["/connexion?suite=/dossier"]


async def test_a_role_taken_away_counts_at_once(events: Pipeline) -> None:
    page, actor = signed(events, Role.ADMIN)
    await page.visit("/contact")
    assert not (await page.call(MailsState.load)).is_closed
    change(actor, role=Role.RECEPTION)
    assert (await page.call(MailsState.load)).is_closed


async def test_an_idle_session_is_refused(events: Pipeline) -> None:
    page, actor = signed(events)
    with transaction() as db:
        session = db.exec(select(LoginSession).where(LoginSession.id == actor.session_id)).one()
        session.last_seen_at = clock.now() - timedelta(hours=2)
    await page.visit("/contact")
    assert (await page.state(PortalState)).me == Me()


async def test_a_purged_state_is_rebuilt_for_whoever_holds_the_cookie(events: Pipeline) -> None:
    page, _ = signed(events)
    answer = await page.call(FamilyState.load, path="/contact")
    assert answer.redirects == []
    assert (await page.state(FamilyState)).ready
    assert (await page.state(PortalState)).me.signed_in
    assert answer.var(ROOT_STATE, "is_hydrated") is True


@pytest.mark.parametrize("thief", ["anonymous", "other_browser", "other_account"])
async def test_a_tab_answers_only_to_its_owner(events: Pipeline, thief: str) -> None:
    page, _ = signed(events)
    await page.visit("/contact")
    await page.call(FamilyState.load)
    other = {
        "anonymous": lambda: events.page(token=page.token),
        "other_browser": lambda: events.page(browser="un-autre", token=page.token),
        "other_account": lambda: Page(events, signed(events, email="b@famille.example")[0].cookies, page.token),
    }[thief]()
    for handler in handlers():
        if handler.name != INCIDENT:
            answer = await other.call(handler.name, handler.plausible(), "/x")
            assert answer.redirects == ["/connexion?suite=/x"], handler.name
            assert answer.changed() == set(), handler.name
    await other.visit("/contact")
    assert (await other.state(PortalState)).me.first_name != "Alba"


@pytest.mark.parametrize("thief_browser", ["un-autre", ""])
async def test_an_anonymous_tab_belongs_to_its_browser(events: Pipeline, thief_browser: str) -> None:
    page = events.page()
    await page.visit("/actualites")
    thief = events.page(browser=thief_browser, token=page.token)
    assert (await thief.call(NewsState.load_list, path="/x")).redirects == ["/connexion?suite=/x"]
    assert (await page.call(NewsState.load_list)).redirects == []


async def test_a_browser_without_cookies_still_reads_public_pages(events: Pipeline) -> None:
    page = events.page(browser="")
    await page.visit("/actualites")
    assert (await page.call(NewsState.load_list)).redirects == []
    assert (await page.state(NewsState)).ready


async def test_a_page_asks_who_is_there_each_time(events: Pipeline) -> None:
    page, actor = signed(events)
    await page.visit("/contact")
    assert (await page.state(PortalState)).me.full_name == "Alba Essai"
    change(actor, first_name="Renommée")
    await page.call(PortalState.enter)
    assert (await page.state(PortalState)).me.first_name == "Renommée"


@pytest.fixture
def no_tabs() -> None:
    for known in list(presence._owner_of):
        presence.note(known, "")


@pytest.mark.usefixtures("no_tabs")
def test_tabs_are_known_by_session_and_forgotten_with_it() -> None:
    presence.note("onglet-1", "a")
    presence.note("onglet-2", "a")
    presence.note("onglet-3", "b")
    assert presence.tabs_of("a") == {"onglet-1", "onglet-2"}
    presence.note("onglet-1", "b")
    assert (presence.tabs_of("a"), presence.tabs_of("b")) == ({"onglet-2"}, {"onglet-1", "onglet-3"})
    for tab in ("onglet-1", "onglet-2", "onglet-3"):
        presence.note(tab, "")
    assert not presence._tabs
    assert not presence._owner_of


@pytest.mark.usefixtures("no_tabs")
async def test_only_signed_in_tabs_are_watched(events: Pipeline) -> None:
    anonymous = events.page()
    await anonymous.visit("/contact")
    assert anonymous.token not in presence._owner_of
    page, actor = signed(events)
    await page.visit("/contact")
    assert presence.tabs_of(actor.session_hash) == {page.token}
    page.cookies.pop("session")
    await page.visit("/contact")
    assert presence.tabs_of(actor.session_hash) == frozenset()
