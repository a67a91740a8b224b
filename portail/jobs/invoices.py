"""Les factures d'un mois : préparées, émises, imprimées par tranches ; interrompu, le travail reprend où il en était.

Après quelques tranches, il rend la main et se rappelle : les courriels et les listes d'attente n'attendent pas la fin.
"""

from portail import clock
from portail.integrations.job_queue import job, wake
from portail.services.invoices import printing, runs

AT_ONCE = 6


@job(runs.JOB)
def tend_invoice_runs() -> None:
    for _ in range(AT_ONCE):
        if not (runs.advance(clock.now()) or printing.print_some(clock.now())):
            return
    wake(runs.JOB)
