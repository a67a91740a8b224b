"""Chaque nuit, oublier ce que les fusions trop anciennes gardaient de côté."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services import merging

log = logging.getLogger("portail.jobs")


@job("forget_old_merges")
def forget_old_merges() -> None:
    log.info("merges forgotten", extra={"merges": merging.forget_old_steps(clock.now())})
