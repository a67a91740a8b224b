"""Les préférences et les conditions, sans navigateur : ce que la page montre et ce qui s'en suit."""

from typing import Any

import pytest

from portail import clock
from portail.domain import accounts as rules
from portail.domain import terms as versions
from portail.domain.accounts import Display, Notification, Role
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.services import accounts
from portail.state.account import AccountState
from portail.state.base import PortalState
from portail.state.family import FamilyState
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


@pytest.fixture
def second_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CURRENT_TERMS", 2)
    monkeypatch.setattr(versions, "CHANGES", {1: ("Première.",), 2: ("La date de l’accord est gardée.",)})


async def arrive(events: Pipeline, role: Role = Role.PARENT) -> tuple[Page, Account]:
    account = make_account(role=role, now=clock.now())
    with transaction() as db:
        db.get_one(Account, account.key).terms_version = 1
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit("/compte")
    return page, account


async def accept(page: Page, form: dict[str, Any]) -> Any:
    return await page.call(AccountState.accept_terms, {"form_data": form}, "/compte")


@pytest.mark.usefixtures("second_version")
@pytest.mark.parametrize(("role", "landing"), [(Role.PARENT, "/accueil"), (Role.RECEPTION, "/admin")])
async def test_a_new_version_is_asked_before_anything_else(events: Pipeline, role: Role, landing: str) -> None:
    page, _ = await arrive(events, role)
    state = await page.state(AccountState)
    assert (state.account.must_accept_terms, state.account.terms_changes) == (
        True,
        ["La date de l’accord est gardée."],
    )
    assert (await page.call(AccountState.end_others, path="/compte")).redirects == ["/compte"]
    await accept(page, {})
    assert "Cochez la case" in (await page.state(AccountState)).terms_error
    assert (await accept(page, {"terms": "on"})).redirects == [landing]
    state = await page.state(AccountState)
    assert (state.terms_error, state.account.must_accept_terms) == ("", False)
    assert (await page.call(AccountState.end_others, path="/compte")).redirects == []


@pytest.mark.usefixtures("second_version")
async def test_what_else_is_due_keeps_the_person_on_the_page(events: Pipeline) -> None:
    page, account = await arrive(events)
    with transaction() as db:
        db.get_one(Account, account.key).must_change_password = True
    await page.visit("/compte")
    assert (await accept(page, {"terms": "on"})).redirects == []
    assert (await page.state(AccountState)).account.must_change_password
    assert (await page.call(FamilyState.load)).redirects == ["/compte"]


@pytest.mark.usefixtures("second_version")
async def test_a_version_come_meanwhile_is_read_first(events: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    page, account = await arrive(events)
    monkeypatch.setattr(rules, "CURRENT_TERMS", 3)
    await accept(page, {"terms": "on"})
    assert "viennent de changer" in (await page.state(AccountState)).terms_error
    with reading() as db:
        assert db.get_one(Account, account.key).terms_version == 1


async def test_preferences_are_kept_and_followed_at_once(events: Pipeline) -> None:
    page, account = await arrive(events)
    assert (await page.state(PortalState)).me.display == Display.AUTO
    form = {"form_data": {"display": "desktop", "notify_requests": "on"}}
    await page.call(AccountState.save_preferences, form, "/compte")
    assert (await page.state(PortalState)).me.display == Display.DESKTOP
    assert (await page.state(PortalState)).notice == "Vos préférences sont enregistrées."
    await page.call(AccountState.save_preferences, {"form_data": {"display": "mobile"}}, "/compte")
    assert (await page.state(AccountState)).account.display == Display.MOBILE
    with reading() as db:
        assert not accounts.wants(db, account.key, Notification.REQUESTS)


@pytest.mark.parametrize("display", ["", "essai", "AUTO"])
async def test_an_unknown_display_is_refused(events: Pipeline, display: str) -> None:
    page, _ = await arrive(events)
    await page.call(AccountState.save_preferences, {"form_data": {"display": display}}, "/compte")
    portal = await page.state(PortalState)
    assert (portal.notice_tone, portal.me.display) == ("err", Display.AUTO)
