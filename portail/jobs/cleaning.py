"""Chaque nuit, effacer ce que la durée de conservation ne permet plus de garder."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services.files import stored_files
from portail.services.privacy import retention

log = logging.getLogger("portail.jobs")


@job("sweep")
def sweep() -> None:
    now = clock.now()
    swept = {found.category.value: found.count for found in retention.apply(now) if found.count}
    log.info("swept", extra={"rows": swept, "files": stored_files.sweep(now)})
