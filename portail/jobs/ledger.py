"""Chaque nuit, vérifier le grand livre et les factures : une somme qui ne tombe plus juste se sait dès le lendemain."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services.upkeep import books

log = logging.getLogger("portail.jobs")


@job("check_ledger")
def check_ledger() -> None:
    for fault in books.check(clock.now()):
        log.error("ledger", extra={"fault": fault})
