"""Chaque nuit : les mandats de prélèvement qui n'ont pas servi depuis trois ans prennent fin."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services.direct_debits import forgetting

log = logging.getLogger("portail.jobs")


@job("end_unused_mandates")
def end_unused_mandates() -> None:
    if ended := forgetting.end_unused(clock.now()):
        log.info("mandates ended", extra={"count": ended})
