"""Chaque minute : les paiements dont la notification n'est pas venue, les remboursements restés en chemin."""

import logging

from portail import clock
from portail.integrations.job_queue import job
from portail.services.payments import reconciling, refunding

log = logging.getLogger("portail.jobs")


@job("follow_payments")
def follow_payments() -> None:
    looked, refunded = reconciling.reconcile(clock.now()), refunding.perform_waiting(clock.now())
    if looked or refunded:
        log.info("payments followed", extra={"looked": looked, "refunded": refunded})
