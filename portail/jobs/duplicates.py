"""Au démarrage et chaque nuit : refaire les clés de ressemblance qui manquent ou qui datent."""

import logging

from portail.integrations.job_queue import job
from portail.services.merging import person_keys

log = logging.getLogger("portail.jobs")


@job("index_people")
def index_people() -> None:
    log.info("people indexed", extra={"families": person_keys.index_everything()})
