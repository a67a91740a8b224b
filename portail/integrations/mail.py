"""Le courrier qui sort : un vrai serveur SMTP, ou rien (tout est gardé et se lit dans l'application)."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

from portail.settings import current

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Letter:
    recipient: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    delivers: bool

    def send(self, letter: Letter) -> None: ...


class KeptMailer:
    """Aucun serveur : la boîte d'envoi de l'application fait office de boîte aux lettres."""

    delivers = False

    def send(self, letter: Letter) -> None:
        raise RuntimeError(f"aucun serveur SMTP pour « {letter.subject} »")


class SmtpMailer:
    delivers = True

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.secure else 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = sender

    def send(self, letter: Letter) -> None:
        message = compose(letter, self.sender)
        with self._connect() as server:
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        if self.secure:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        return server


def compose(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.recipient, letter.subject
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def mailer() -> Mailer:
    settings = current()
    return SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else KeptMailer()
