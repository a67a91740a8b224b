"""La boîte d'envoi : elle dit la même chose que la base, n'oublie rien et n'envoie rien deux fois."""

import json
import socket
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine
from sqlmodel import select

from portail.domain.mails import MAX_ATTEMPTS, MailStatus, retry_delay
from portail.integrations.mail import KeptMailer, Letter, Mailer, SmtpMailer, compose, mailer
from portail.models.database import reading, transaction
from portail.models.mails import OutboxMail
from portail.services.mails import outbox
from portail.services.mails.letters import Message
from portail.services.sealing import seal
from tests.factories.crowds import together
from tests.factories.mailers import BrokenMailer, NotingMailer
from tests.factories.settings import configured

MESSAGE = Message(
    "Été à la cantine", ("Bonjour <b>Alba</b>,", "Voilà."), "Voir", "http://localhost:3000/accueil", "À bientôt"
)


def post(now: datetime, *recipients: str) -> None:
    with transaction() as db:
        for recipient in recipients or ("alba@famille.example",):
            outbox.add(db, recipient, MESSAGE, now)


def mails() -> list[OutboxMail]:
    with reading() as db:
        return list(db.exec(select(OutboxMail).order_by(OutboxMail.id)))


def empty(carrier: Mailer, now: datetime) -> int:
    return sum(iter(lambda: outbox.deliver(carrier, now), 0))


def test_mail_is_written_with_what_it_tells(base: Engine, now: datetime) -> None:

    def interrupted() -> None:
        with transaction() as db:
            outbox.add(db, "alba@famille.example", MESSAGE, now)
            db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert mails() == []
    assert not outbox.has_waiting(now)
    post(now)
    assert outbox.has_waiting(now)


def test_body_is_sealed_in_the_base(base: Engine, now: datetime) -> None:
    post(now)
    (mail,) = mails()
    assert b"Alba" not in mail.body_sealed
    assert "Bonjour <b>Alba</b>," in outbox.letter(mail).text
    assert "Bonjour &lt;b&gt;Alba&lt;/b&gt;," in outbox.letter(mail).html


def test_sent_mail_keeps_only_its_header(base: Engine, now: datetime) -> None:
    post(now)
    carrier = NotingMailer()
    assert empty(carrier, now) == 1
    assert [letter.recipient for letter in carrier.letters] == ["alba@famille.example"]
    (mail,) = mails()
    assert (mail.status, mail.sent_at, mail.body_sealed, mail.attempts) == (MailStatus.SENT, now, None, 1)
    assert outbox.letter(mail).text == ""
    assert empty(carrier, now) == 0


def test_mails_leave_in_order(base: Engine, now: datetime) -> None:
    for minute, name in enumerate(("zoe", "alba", "milo")):
        post(now + timedelta(minutes=minute), f"{name}@famille.example")
    carrier = NotingMailer()
    empty(carrier, now + timedelta(hours=1))
    assert [letter.recipient.partition("@")[0] for letter in carrier.letters] == ["zoe", "alba", "milo"]


def test_without_server_everything_is_kept_with_its_body(base: Engine, now: datetime) -> None:
    post(now, "alba@famille.example", "zoe@famille.example")
    assert outbox.deliver(KeptMailer(), now) == 0  # d'un coup : il n'en reste plus
    assert {mail.status for mail in mails()} == {MailStatus.KEPT}
    assert all(outbox.letter(mail).text for mail in mails())
    assert outbox.deliver(KeptMailer(), now) == 0
    assert outbox.deliver(NotingMailer(), now) == 0


def test_failure_is_tried_again_on_schedule_then_given_up(base: Engine, now: datetime) -> None:
    post(now)
    carrier, moment = BrokenMailer(), now
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert outbox.deliver(carrier, moment) == 1
        (mail,) = mails()
        assert (mail.attempts, mail.error) == (attempt, "SMTPServerDisconnected")
        if delay := retry_delay(attempt):
            assert mail.next_attempt_at == moment + delay
            assert outbox.deliver(carrier, moment + delay - timedelta(seconds=1)) == 0
            moment += delay
    assert mail.status == MailStatus.FAILED
    assert outbox.deliver(carrier, moment + timedelta(days=30)) == 0
    assert carrier.tries == MAX_ATTEMPTS
    assert outbox.letter(mail).text


def test_failure_then_success_erases_the_error(base: Engine, now: datetime) -> None:
    post(now)
    outbox.deliver(BrokenMailer(), now)
    outbox.deliver(NotingMailer(), now + timedelta(seconds=30))
    (mail,) = mails()
    assert (mail.status, mail.error, mail.attempts) == (MailStatus.SENT, "", 2)


def test_unreadable_mail_does_not_hold_back_the_next_ones(base: Engine, now: datetime) -> None:
    post(now, "alba@famille.example", "zoe@famille.example")
    with configured(PORTAIL_SECRET_KEY="une-tout-autre-cle-que-celle-de-la-demonstration"):
        other_key = seal(outbox.PURPOSE, json.dumps({"text": "", "html": ""}))
    with transaction() as db:
        db.get_one(OutboxMail, 1).body_sealed = other_key
    carrier = NotingMailer()
    assert empty(carrier, now) == 2
    assert [letter.recipient for letter in carrier.letters] == ["zoe@famille.example"]
    assert (mails()[0].status, mails()[0].error) == (MailStatus.WAITING, "InvalidTag")


def test_unexpected_breakdown_is_loud_and_the_others_still_leave(base: Engine, now: datetime) -> None:
    post(now, "alba@famille.example", "zoe@famille.example")
    with pytest.raises(RuntimeError):
        outbox.deliver(BrokenMailer(RuntimeError("imprévu")), now)
    carrier = NotingMailer()
    empty(carrier, now)
    assert [letter.recipient for letter in carrier.letters] == ["zoe@famille.example"]
    assert empty(carrier, now + outbox.CLAIM) == 1


def test_two_workers_never_send_the_same_mail(base: Engine, now: datetime) -> None:
    recipients = [f"parent{number}@famille.example" for number in range(24)]
    post(now, *recipients)
    carriers = [NotingMailer() for _ in range(4)]
    assert sum(together(*[lambda c=carrier: empty(c, now) for carrier in carriers])) == 24
    sent = [letter.recipient for carrier in carriers for letter in carrier.letters]
    assert sorted(sent) == sorted(recipients)


def test_slow_server_does_not_make_a_second_worker_repeat(base: Engine, now: datetime) -> None:
    post(now, "alba@famille.example", "zoe@famille.example")
    second = NotingMailer()

    class Slow(NotingMailer):
        def send(self, letter: Letter) -> None:
            empty(second, now + outbox.CLAIM - timedelta(seconds=1))
            super().send(letter)

    first = Slow()
    empty(first, now)
    assert sorted(letter.recipient for letter in first.letters + second.letters) == [
        "alba@famille.example",
        "zoe@famille.example",
    ]


def test_mail_of_a_dead_worker_is_taken_up_again(base: Engine, now: datetime) -> None:
    post(now)
    assert outbox._claim(now) is not None
    carrier = NotingMailer()
    assert empty(carrier, now + outbox.CLAIM - timedelta(seconds=1)) == 0
    assert empty(carrier, now + outbox.CLAIM) == 1


class Inbox:
    """Ce que le serveur SMTP d'essai a reçu."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802 — nom d'aiosmtpd
        self.bodies.append(envelope.content)
        return "250 OK"


def test_real_smtp_server_receives_both_bodies(base_sqlite: Engine, now: datetime) -> None:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, ready_timeout=20)
    controller.start()
    try:
        post(now)
        with configured(PORTAIL_SMTP_URL=f"smtp://127.0.0.1:{port}", PORTAIL_MAIL_FROM="mairie@mairie.example"):
            assert empty(mailer(), now) == 1
    finally:
        controller.stop()
    message = message_from_bytes(inbox.bodies[0], policy=policy.default)
    assert (message["To"], message["From"]) == ("alba@famille.example", "mairie@mairie.example")
    assert message["Subject"] == "Été à la cantine"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "http://localhost:3000/accueil" in message.get_body(("plain",)).get_content()
    assert "&lt;b&gt;Alba" in message.get_body(("html",)).get_content()
    assert mails()[0].status == MailStatus.SENT


def test_server_that_is_not_there_postpones(base_sqlite: Engine, now: datetime) -> None:
    post(now)
    assert outbox.deliver(SmtpMailer("smtp://127.0.0.1:1", "mairie@mairie.example"), now) == 1
    assert mails()[0].error == "ConnectionRefusedError"


def test_no_address_can_add_a_header() -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        compose(Letter("a@famille.example\r\nBcc: tous@famille.example", "Objet", "", ""), "mairie@mairie.example")
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        compose(Letter("a@famille.example", "Objet\nBcc: tous@famille.example", "", ""), "mairie@mairie.example")


@pytest.mark.parametrize(
    ("url", "host", "port", "secure", "user"),
    [
        ("smtp://mail.exemple.fr", "mail.exemple.fr", 587, False, ""),
        ("smtps://mail.exemple.fr", "mail.exemple.fr", 465, True, ""),
        ("smtp://moi%40ici:p%3Aasse@mail.exemple.fr:2525", "mail.exemple.fr", 2525, False, "moi@ici"),
    ],
)
def test_smtp_address_is_understood(url: str, host: str, port: int, secure: bool, user: str) -> None:
    carrier = SmtpMailer(url, "mairie@mairie.example")
    assert (carrier.host, carrier.port, carrier.secure, carrier.user) == (host, port, secure, user)


def test_kept_mailer_never_pretends_to_send() -> None:
    with pytest.raises(RuntimeError):
        KeptMailer().send(Letter("a@famille.example", "Objet", "", ""))
    assert not mailer().delivers
