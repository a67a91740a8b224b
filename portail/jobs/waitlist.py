"""Chaque minute : les places proposées sans réponse, les listes d'attente dont la date limite est passée."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services.waitlist import rounds

log = logging.getLogger("portail.jobs")


@job("tend_waitlists")
def tend_waitlists() -> None:
    if touched := rounds.tend(clock.now()):
        log.info("waiting lists tended", extra={"slots": touched})
