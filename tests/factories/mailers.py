"""Des facteurs pour les tests : celui qui note, celui qui tombe en panne."""

from smtplib import SMTPServerDisconnected

from portail.integrations.mail import Letter


class NotingMailer:
    delivers = True

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


class BrokenMailer:
    delivers = True

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or SMTPServerDisconnected("coupé")
        self.tries = 0

    def send(self, letter: Letter) -> None:
        self.tries += 1
        raise self.error
