"""Les courriels vus par l'administrateur : tourner les pages, chercher, lire en laissant une trace, renvoyer."""

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.accounts import Actor, Role
from portail.domain.mails import MailStatus
from portail.domain.refusals import BadInputError, NotOpenError
from portail.models.audit import AuditEntry
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.services.mails import desk, outbox
from portail.services.mails.letters import Message
from tests.factories.mailers import NotingMailer
from tests.factories.people import make_account, open_session
from tests.factories.settings import configured


def admin() -> Actor:
    return open_session(make_account("ada@mairie.example", role=Role.ADMIN))[1]


def post(now: datetime, count: int = 1, subject: str = "Bonjour", recipient: str = "alba@famille.example") -> None:
    with transaction() as db:
        for _ in range(count):
            outbox.add(db, recipient, Message(subject, ("Corps",)), now)


def found(actor: Actor, words: str) -> int:
    return desk.show_page(actor=actor, page=1, words=words).total


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_reads_mails(base: Engine, now: datetime, role: Role) -> None:
    post(now)
    _, actor = open_session(make_account(role=role))
    with pytest.raises(NotOpenError):
        desk.show_page(actor=actor, page=1, words="")
    with pytest.raises(NotOpenError):
        desk.show_one(actor=actor, mail_id=1, now=now)
    with pytest.raises(NotOpenError):
        desk.resend(actor=actor, mail_id=1, now=now)


def test_empty_box_is_one_empty_page(base: Engine) -> None:
    page = desk.show_page(actor=admin(), page=1, words="")
    assert (page.ready, page.rows, page.total, page.page, page.pages, page.kept_only) == (True, [], 0, 1, 1, True)


@pytest.mark.parametrize(
    ("asked", "given", "rows"), [(1, 1, 20), (2, 2, 20), (3, 3, 1), (4, 3, 1), (0, 1, 20), (-5, 1, 20), (2**53, 3, 1)]
)
def test_page_asked_is_brought_back_between_the_bounds(
    base: Engine, now: datetime, asked: int, given: int, rows: int
) -> None:
    post(now, 41)
    page = desk.show_page(actor=admin(), page=asked, words="")
    assert (page.page, page.pages, page.total, len(page.rows)) == (given, 3, 41, rows)


def test_newest_comes_first(base: Engine, now: datetime) -> None:
    post(now, subject="Ancien")
    post(now, subject="Nouveau")
    assert [row.subject for row in desk.show_page(actor=admin(), page=1, words="").rows] == ["Nouveau", "Ancien"]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("alba", 2),
        ("ALBA@", 2),
        ("changé", 1),
        ("mot de passe", 1),
        ("%", 1),
        ("_", 1),
        ("!", 1),
        ("100%", 1),
        ("' or 1=1 --", 0),
        ("  ", 3),
        ("rien de tel", 0),
    ],
)
def test_search_takes_words_literally(base: Engine, now: datetime, words: str, count: int) -> None:
    post(now, subject="Votre mot de passe a changé")
    post(now, subject="Réduction de 100%!")
    post(now, subject="Autre", recipient="zoe_b@famille.example")
    assert found(admin(), words) == count


@pytest.mark.parametrize("words", ["a\0b", "x" * 101, "x" * 5_000, "a\u202eb"], ids=lambda w: ascii(w[:6]))
def test_malformed_search_is_refused(base: Engine, words: str) -> None:
    with pytest.raises(BadInputError):
        found(admin(), words)


def test_reading_a_mail_leaves_a_trace(base: Engine, now: datetime) -> None:
    post(now)
    actor = admin()
    view = desk.show_one(actor=actor, mail_id=1, now=now)
    assert (view.recipient, view.subject, view.state_label) == ("alba@famille.example", "Bonjour", "en attente")
    assert "Corps" in view.text
    assert not view.can_resend
    with reading() as db:
        entry = db.exec(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.subject_id, entry.at) == ("mail.read", actor.account_id, 1, now)


def test_sent_mail_says_its_body_is_gone(base: Engine, now: datetime) -> None:
    post(now)
    outbox.deliver(NotingMailer(), now)
    assert "effacé" in desk.show_one(actor=admin(), mail_id=1, now=now).text


def test_mail_sealed_with_another_key_still_opens(base: Engine, now: datetime) -> None:
    with configured(PORTAIL_SECRET_KEY="une-tout-autre-cle-que-celle-de-la-demonstration"):
        post(now)
    view = desk.show_one(actor=admin(), mail_id=1, now=now)
    assert view.subject == "Bonjour"
    assert "Corps" not in view.text


@pytest.mark.parametrize("mail_id", [0, -1, 2, 2**31, 2**53])
def test_missing_mail_is_refused(base: Engine, now: datetime, mail_id: int) -> None:
    post(now)
    actor = admin()
    with pytest.raises(NotOpenError):
        desk.show_one(actor=actor, mail_id=mail_id, now=now)
    with pytest.raises(NotOpenError):
        desk.resend(actor=actor, mail_id=mail_id, now=now)


def test_failed_mail_can_be_sent_again(base: Engine, now: datetime) -> None:
    post(now)
    with transaction() as db:
        mail = db.get_one(OutboxMail, 1)
        mail.status, mail.attempts, mail.error = MailStatus.FAILED, 8, "SMTPServerDisconnected"
    actor, carrier = admin(), NotingMailer()
    assert desk.show_one(actor=actor, mail_id=1, now=now).can_resend
    desk.resend(actor=actor, mail_id=1, now=now)
    with pytest.raises(NotOpenError):
        desk.resend(actor=actor, mail_id=1, now=now)
    assert outbox.deliver(carrier, now) == 1
    assert len(carrier.letters) == 1


@pytest.mark.parametrize("status", [MailStatus.WAITING, MailStatus.SENT, MailStatus.KEPT])
def test_only_a_failed_mail_is_sent_again(base: Engine, now: datetime, status: MailStatus) -> None:
    post(now)
    with transaction() as db:
        db.get_one(OutboxMail, 1).status = status
    with pytest.raises(NotOpenError):
        desk.resend(actor=admin(), mail_id=1, now=now)
