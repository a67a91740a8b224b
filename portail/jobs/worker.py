"""Le processus des travaux : il écoute la file et tient les tournées régulières."""

from huey import crontab
from huey.consumer import Consumer

from portail.integrations.job_queue import queue, run_job, wake
from portail.jobs import (
    activities,
    cleaning,
    direct_debits,
    duplicates,
    invoices,
    ledger,
    mails,
    merging,
    payments,
    reminders,
    waitlist,
)

ROUNDS = (
    (mails.deliver_mails, crontab()),
    (invoices.tend_invoice_runs, crontab()),
    (waitlist.tend_waitlists, crontab()),
    (payments.follow_payments, crontab()),
    (reminders.send_reminders, crontab()),
    (reminders.remind_on_schedule, crontab(minute="7", hour="7")),  # en UTC : le matin, à Paris
    (cleaning.sweep, crontab(minute="17", hour="3")),
    (merging.forget_old_merges, crontab(minute="27", hour="3")),
    (duplicates.index_people, crontab(minute="37", hour="3")),
    (direct_debits.end_unused_mandates, crontab(minute="43", hour="3")),
    (ledger.check_ledger, crontab(minute="47", hour="3")),
    (activities.open_slots_ahead, crontab(minute="57", hour="3")),
)


def consumer() -> Consumer:
    huey = queue()
    for work, when in ROUNDS:
        huey.periodic_task(when, name=f"round_{work.__name__}")(work)
    run_job("deliver_mails")
    wake("index_people")  # une version nouvelle peut écrire les clés autrement
    return huey.create_consumer(workers=1, worker_type="thread", initial_delay=0.2, max_delay=1.0)


def run() -> None:
    consumer().run()
