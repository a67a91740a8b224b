"""Chaque nuit, ouvrir d'avance les séances des activités qui le demandent."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services.activities import opening

log = logging.getLogger("portail.jobs")


@job("open_slots_ahead")
def open_slots_ahead() -> None:
    log.info("slots opened", extra={"slots": opening.open_ahead(clock.now())})
