"""Chaque nuit, effacer ce qui ne sert plus."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services import cleaning

log = logging.getLogger("portail.jobs")


@job("sweep")
def sweep() -> None:
    log.info("swept", extra={"rows": cleaning.sweep(clock.now())})
