"""Les courriels, pour l'administrateur seul, sans navigateur."""

import pytest
from sqlmodel import select

from portail import clock
from portail.domain.accounts import Role
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.state.base import PortalState
from portail.state.mails import MailsState
from portail.views.mails import MailView
from tests.factories.people import make_account, open_session
from tests.tools.pipeline import Page, Pipeline

pytestmark = pytest.mark.usefixtures("base_sqlite")


def write(count: int = 1, recipient: str = "alba@famille.example") -> None:
    with transaction() as db:
        for rank in range(count):
            message = Message(subject=f"Sujet {rank}", paragraphs=("Bonjour,",), action="Ouvrir", url="http://x")
            outbox.add(db, recipient, message, clock.now())


async def arrive(events: Pipeline, role: Role = Role.ADMIN) -> Page:
    account = make_account("agent@mairie.example", role=role, now=clock.now())
    page = events.page(session=open_session(account, now=clock.now())[0])
    await page.visit("/admin/courriels")
    return page


async def state_of(page: Page) -> MailsState:
    return await page.state(MailsState)


async def test_the_list_is_paged_and_stays_within_its_pages(events: Pipeline) -> None:
    write(25)
    page = await arrive(events)
    listing = (await state_of(page)).listing
    assert (listing.total, listing.pages, len(listing.rows)) == (25, 2, 20)
    for wanted, got in ((2, 2), (99, 2), (-5, 1), (2**53, 2)):
        await page.call(MailsState.turn, {"page": wanted}, "/admin/courriels")
        assert (await state_of(page)).listing.page == got


@pytest.mark.parametrize(
    ("words", "found"), [("beno", 1), ("BENO", 1), ("%", 0), ("_", 0), ("' or 1=1 --", 0), ("", 3)]
)
async def test_a_search_finds_words_and_not_patterns(events: Pipeline, words: str, found: int) -> None:
    write(2)
    write(1, "beno@famille.example")
    page = await arrive(events)
    await page.call(MailsState.search, {"form_data": {"words": words}}, "/admin/courriels")
    assert (await state_of(page)).listing.total == found


async def test_a_search_too_long_is_said_and_keeps_the_list(events: Pipeline) -> None:
    write(2)
    page = await arrive(events)
    await page.call(MailsState.search, {"form_data": {"words": "x" * 500}}, "/admin/courriels")
    assert (await state_of(page)).listing.total == 2
    assert "caractères au plus" in (await page.state(PortalState)).notice


async def test_reading_a_mail_leaves_a_trace(events: Pipeline) -> None:
    write()
    page = await arrive(events)
    await page.call(MailsState.show, {"mail_id": (await state_of(page)).listing.rows[0].id}, "/admin/courriels")
    assert (await state_of(page)).mail.text
    with reading() as db:
        assert db.exec(select(AuditEntry).where(AuditEntry.action == "mail.read")).one().actor_id
    await page.call(MailsState.close, path="/admin/courriels")
    assert (await state_of(page)).mail == MailView()


@pytest.mark.parametrize("mail_id", [999_999, 0, -1, 2**53])
async def test_a_mail_that_does_not_exist_closes_the_page(events: Pipeline, mail_id: int) -> None:
    page = await arrive(events)
    for handler in (MailsState.show, MailsState.resend):
        await page.call(handler, {"mail_id": mail_id}, "/admin/courriels")
        assert (await page.state(PortalState)).closed
        await page.visit("/admin/courriels")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_nobody_else_reads_mails(events: Pipeline, role: Role) -> None:
    write()
    page = await arrive(events, role)
    for handler, payload in ((MailsState.load, {}), (MailsState.turn, {"page": 1}), (MailsState.show, {"mail_id": 1})):
        await page.call(handler, payload, "/admin/courriels")
    assert (await page.state(PortalState)).closed
    assert "alba@famille.example" not in str(events.namespace.received[page.token])
