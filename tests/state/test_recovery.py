"""Mot de passe oublié et activation : ce que la page montre, sans navigateur."""

import pytest
from sqlmodel import select

from portail import clock
from portail.models.database import reading
from portail.models.mails import OutboxMail
from portail.services.mails import outbox
from portail.state.recovery import RecoveryState
from tests.factories.people import PASSWORD, make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")
NEW = "cheval agrafe lampe torrent"
DIFFERENT = "Les deux mots de passe ne sont pas les mêmes."


def mails() -> list[OutboxMail]:
    with reading() as db:
        return list(db.exec(select(OutboxMail).order_by(OutboxMail.id)))


def link_path() -> str:
    address = outbox.letter(mails()[-1]).text.split("http", 1)[1].split()[0]
    return "/" + "/".join(address.rsplit("/", 2)[1:])


async def ask(page: Page, identifier: str) -> RecoveryState:
    await page.visit("/mot-de-passe-oublie")
    await page.call(RecoveryState.ask_link, {"form_data": {"identifier": identifier}})
    return await page.state(RecoveryState)


async def choose(page: Page, password: str = NEW, again: str = NEW, **more: str) -> RecoveryState:
    form = {"password": password, "password_again": again, **more}
    await page.call(RecoveryState.choose_password, {"form_data": form})
    return await page.state(RecoveryState)


async def test_known_and_unknown_read_the_same(events: Pipeline) -> None:
    make_account(now=clock.now())
    known = await ask(events.page(), "alba@famille.example")
    unknown = await ask(events.page(), "personne@famille.example")
    assert (known.sent, known.error) == (unknown.sent, unknown.error) == (True, "")
    assert len(mails()) == 1


async def test_an_empty_field_is_said(events: Pipeline) -> None:
    state = await ask(events.page(), "  ")
    assert state.error
    assert not state.sent


async def test_a_link_opens_and_a_new_password_is_chosen_once(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = events.page()
    await ask(page, "alba@famille.example")
    path = link_path()
    await page.visit(path)
    assert (await page.state(RecoveryState)).link.status == "valid"
    assert (await choose(page)).link.status == "done"
    again = events.page()
    await again.visit(path)
    assert (await again.state(RecoveryState)).link.status == "invalid"


async def test_an_invited_parent_accepts_the_terms_and_activates(events: Pipeline) -> None:
    make_account(active=False, now=clock.now())
    page = events.page()
    await ask(page, "alba@famille.example")
    await page.visit(link_path())
    assert (await page.state(RecoveryState)).link.must_accept_terms
    assert "conditions" in (await choose(page)).error
    assert (await choose(page, terms="on")).link.status == "done"


@pytest.mark.parametrize(
    "path", ["/reinitialisation/faux", "/activation/faux", "/reinitialisation/" + "x" * 900, "/activation/%00"]
)
async def test_a_dead_link_says_so_and_opens_nothing(events: Pipeline, path: str) -> None:
    page = events.page()
    await page.visit(path)
    assert (await page.state(RecoveryState)).link.status == "invalid"
    assert (await choose(page)).error


async def test_two_different_passwords_are_refused_before_anything(events: Pipeline) -> None:
    assert (await choose(events.page(), NEW, "autre")).error == DIFFERENT


async def test_the_link_and_the_password_never_come_back_to_the_page(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = events.page()
    await ask(page, "alba@famille.example")
    path = link_path()
    await page.visit(path)
    await choose(page)
    received = str(events.namespace.received[page.token])
    assert NEW not in received
    token = path.rpartition("/")[2]
    values = [
        u["delta"].get(RecoveryState.get_full_name(), {}) for u in events.namespace.received[page.token] if u["delta"]
    ]
    assert token not in str(values)


async def test_a_reset_signs_every_device_out(events: Pipeline) -> None:
    account = make_account(now=clock.now())
    signed = events.page(session=open_session(account, now=clock.now())[0])
    await signed.visit("/contact")
    page = events.page()
    await ask(page, "alba@famille.example")
    await page.visit(link_path())
    await choose(page)
    assert (await signed.call(RecoveryState.start, path="/x")).redirects == ["/connexion?suite=/x"]


async def test_a_weak_password_is_explained_and_the_link_still_works(events: Pipeline) -> None:
    make_account(now=clock.now())
    page = events.page()
    await ask(page, "alba@famille.example")
    await page.visit(link_path())
    for weak in ("court", "alba@famille.example", ""):
        assert (await choose(page, weak, weak)).error, weak
    assert (await choose(page)).link.status == "done"
    assert PASSWORD != NEW
