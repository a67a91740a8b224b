"""Envoyer les courriels en attente : dès qu'on nous réveille, et à chaque minute."""

from portail import clock
from portail.integrations.job_queue import job
from portail.integrations.mail import mailer
from portail.services.mails import outbox


@job("deliver_mails")
def deliver_mails() -> None:
    carrier = mailer()
    while outbox.deliver(carrier, clock.now()):
        pass
