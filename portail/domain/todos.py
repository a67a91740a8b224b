"""« À faire » : ce qui attend une personne, du plus pressant au moins pressant."""

from dataclasses import dataclass
from enum import StrEnum


class Todo(StrEnum):
    CHANGE_PASSWORD = "change_password"
    SET_SECOND_FACTOR = "set_second_factor"
    COMPLETE_HEALTH = "complete_health"
    ADD_PHONE = "add_phone"
    ACTIVATE_WALLET = "activate_wallet"
    PAY_INVOICES = "pay_invoices"
    FEW_RECOVERY_CODES = "few_recovery_codes"
    MANY_SESSIONS = "many_sessions"
    MAIL_FAILED = "mail_failed"
    ENTER_FAMILY = "enter_family"
    FAMILY_PENDING = "family_pending"
    ANSWER_OFFER = "answer_offer"
    ANSWER_REQUEST = "answer_request"
    LATE_REQUESTS = "late_requests"
    REVIEW_PAYMENTS = "review_payments"
    REVIEW_DEBITS = "review_debits"
    SEND_DEBITS = "send_debits"
    COLLECT_DEBITS = "collect_debits"
    LEDGER_WRONG = "ledger_wrong"
    PAY_REFUNDS = "pay_refunds"
    CLOSE_DAYS = "close_days"

    @property
    def label(self) -> str:
        return TODO_LABELS[self]


TODO_LABELS = {
    Todo.CHANGE_PASSWORD: "Choisissez votre mot de passe",
    Todo.SET_SECOND_FACTOR: "Protégez votre compte par un second facteur",
    Todo.COMPLETE_HEALTH: "Complétez la fiche sanitaire",
    Todo.ADD_PHONE: "Donnez un numéro de téléphone",
    Todo.ACTIVATE_WALLET: "Activez votre porte-monnaie",
    Todo.PAY_INVOICES: "Des factures sont à payer",
    Todo.FEW_RECOVERY_CODES: "Renouvelez vos codes de secours",
    Todo.MANY_SESSIONS: "Vérifiez vos appareils connectés",
    Todo.MAIL_FAILED: "Des courriels ne sont pas partis",
    Todo.ENTER_FAMILY: "Présentez votre famille",
    Todo.FAMILY_PENDING: "Votre inscription est en cours de vérification",
    Todo.ANSWER_OFFER: "Une place vous est proposée",
    Todo.ANSWER_REQUEST: "Répondez au service enfance",
    Todo.LATE_REQUESTS: "Des démarches attendent depuis plus d’une semaine",
    Todo.REVIEW_PAYMENTS: "Des paiements en ligne sont à regarder",
    Todo.REVIEW_DEBITS: "Des prélèvements sont à regarder",
    Todo.SEND_DEBITS: "Un fichier de prélèvements est à créer",
    Todo.COLLECT_DEBITS: "Une remise de prélèvements est à encaisser",
    Todo.LEDGER_WRONG: "Les comptes ne tombent plus juste",
    Todo.PAY_REFUNDS: "Des porte-monnaie sont à rembourser",
    Todo.CLOSE_DAYS: "Des journées de caisse sont à arrêter",
}
MANY = 3
FEW = 3


@dataclass(frozen=True)
class Facts:
    must_change_password: bool = False
    must_set_second_factor: bool = False
    has_phone: bool = True
    second_factor: bool = False
    recovery_codes_left: int = 0
    open_sessions: int = 1
    failed_mails: int = 0
    has_family: bool = True
    family_pending: bool = False
    requests_asked: int = 0
    requests_late: int = 0
    incomplete_health: int = 0
    inactive_wallets: int = 0
    offers: int = 0
    invoices_due_cents: int = 0
    payments_to_review: int = 0
    debits_to_review: int = 0
    debits_to_send: int = 0
    debits_to_collect: int = 0
    ledger_faults: int = 0
    wallet_refunds: int = 0
    days_left_open: int = 0


def todos(facts: Facts) -> list[Todo]:
    checks = [
        (facts.must_change_password, Todo.CHANGE_PASSWORD),
        (facts.must_set_second_factor, Todo.SET_SECOND_FACTOR),
        (facts.ledger_faults > 0, Todo.LEDGER_WRONG),
        (not facts.has_family, Todo.ENTER_FAMILY),
        (facts.offers > 0, Todo.ANSWER_OFFER),
        (facts.requests_late > 0, Todo.LATE_REQUESTS),
        (facts.payments_to_review > 0, Todo.REVIEW_PAYMENTS),
        (facts.debits_to_send > 0, Todo.SEND_DEBITS),
        (facts.debits_to_collect > 0, Todo.COLLECT_DEBITS),
        (facts.debits_to_review > 0, Todo.REVIEW_DEBITS),
        (facts.wallet_refunds > 0, Todo.PAY_REFUNDS),
        (facts.days_left_open > 0, Todo.CLOSE_DAYS),
        (facts.failed_mails > 0, Todo.MAIL_FAILED),
        (facts.requests_asked > 0, Todo.ANSWER_REQUEST),
        (facts.invoices_due_cents > 0, Todo.PAY_INVOICES),
        (facts.incomplete_health > 0, Todo.COMPLETE_HEALTH),
        (not facts.has_phone, Todo.ADD_PHONE),
        (facts.inactive_wallets > 0, Todo.ACTIVATE_WALLET),
        (facts.family_pending, Todo.FAMILY_PENDING),
        (facts.second_factor and facts.recovery_codes_left < FEW, Todo.FEW_RECOVERY_CODES),
        (facts.open_sessions > MANY, Todo.MANY_SESSIONS),
    ]
    return [todo for due, todo in checks if due]
