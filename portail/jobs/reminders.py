"""Les relances : chaque minute la suite des tournées en cours ; chaque matin, celle du calendrier des régies."""

from portail import clock
from portail.integrations.job_queue import job, wake
from portail.services.unpaid import rounds

AT_ONCE = 5


@job(rounds.JOB)
def send_reminders() -> None:
    """Après quelques tranches, il rend la main et se rappelle : les courriels n'attendent pas la fin."""
    for _ in range(AT_ONCE):
        if not rounds.advance(clock.now()):
            return
    wake(rounds.JOB)


@job("remind_on_schedule")
def remind_on_schedule() -> None:
    rounds.start_scheduled(clock.now())
