"""Chaque nuit, effacer ce qui ne sert plus."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services import cleaning, stored_files

log = logging.getLogger("portail.jobs")


@job("sweep")
def sweep() -> None:
    now = clock.now()
    removed = cleaning.remove_unused_accounts(now)
    rows, files = cleaning.sweep(now), stored_files.sweep(now)
    log.info("swept", extra={"rows": rows, "accounts": removed, "files": files})
