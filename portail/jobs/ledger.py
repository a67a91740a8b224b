"""Chaque nuit, vérifier le grand livre et les factures : une somme qui ne tombe plus juste se sait dès le lendemain."""

import logging

from portail.integrations.job_queue import job
from portail.services import wallet
from portail.services.invoices.checking import check_invoices

log = logging.getLogger("portail.jobs")


@job("check_ledger")
def check_ledger() -> None:
    for fault in (*wallet.check_ledger(), *check_invoices()):
        log.error("ledger", extra={"fault": fault})
