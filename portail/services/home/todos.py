"""« À faire » : ce que la base dit d'une personne, et la ligne qui mène à chaque tâche."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, func, select

from portail.domain.accounts import Actor, Audience, Role, is_allowed
from portail.domain.dates import paris_day
from portail.domain.families import FamilyRight
from portail.domain.mails import MailStatus
from portail.domain.requests import RequestStatus
from portail.domain.todos import TODO_LABELS, Facts, Todo
from portail.models.accounts import Account
from portail.models.families import Guardian
from portail.models.mails import OutboxMail
from portail.services import access
from portail.services.accounts import second_factor, sessions
from portail.services.cash_desk.taken import count_left_open
from portail.services.direct_debits import desk as debit_desk
from portail.services.health import files
from portail.services.invoices.mine import due_cents
from portail.services.payments.desk import to_review as payments_to_review
from portail.services.requests import desk, mine
from portail.services.requests.opening import OPEN
from portail.services.upkeep import books
from portail.services.waitlist.mine import offers_to
from portail.services.wallet.mine import active_cents, inactive_wallets
from portail.services.wallet.refunding import count_waiting
from portail.views.home import TodoItem

_LOOK: dict[Todo, tuple[str, str, str, str]] = {
    Todo.CHANGE_PASSWORD: ("lock", "err", "/compte", "Choisir"),
    Todo.SET_SECOND_FACTOR: ("lock", "err", "/compte", "Protéger"),
    Todo.COMPLETE_HEALTH: ("heart", "warn", "/dossier", "Compléter"),
    Todo.ADD_PHONE: ("phone", "warn", "/dossier/coordonnees", "Donner mon numéro"),
    Todo.ACTIVATE_WALLET: ("purse", "warn", "/porte-monnaie", "Activer"),
    Todo.PAY_INVOICES: ("euro", "warn", "/factures", "Voir mes factures"),
    Todo.ENTER_FAMILY: ("family", "warn", "/inscription/famille", "Commencer"),
    Todo.FAMILY_PENDING: ("clock", "", "/inscription/famille", "Voir"),
    Todo.ANSWER_OFFER: ("hourglass", "warn", "/listes-attente", "Répondre"),
    Todo.ANSWER_REQUEST: ("document", "warn", "/demarches", "Répondre"),
    Todo.LATE_REQUESTS: ("clock", "warn", "/admin/demarches", "Voir"),
    Todo.REVIEW_PAYMENTS: ("euro", "warn", "/admin/paiements?voir=review", "Regarder"),
    Todo.REVIEW_DEBITS: ("euro", "warn", "/admin/prelevements", "Regarder"),
    Todo.SEND_DEBITS: ("euro", "warn", "/admin/prelevements", "Créer le fichier"),
    Todo.COLLECT_DEBITS: ("euro", "warn", "/admin/prelevements", "Encaisser"),
    Todo.LEDGER_WRONG: ("alert", "err", "/admin/regies", "Voir"),
    Todo.PAY_REFUNDS: ("purse", "warn", "/admin/caisse", "Rembourser"),
    Todo.CLOSE_DAYS: ("euro", "warn", "/admin/caisse", "Arrêter"),
    Todo.FEW_RECOVERY_CODES: ("lock", "warn", "/compte", "Renouveler"),
    Todo.MANY_SESSIONS: ("users", "", "/compte", "Vérifier"),
    Todo.MAIL_FAILED: ("mail", "err", "/admin/courriels", "Voir"),
}
_DETAILS: dict[Todo, str] = {
    Todo.CHANGE_PASSWORD: "Celui que la mairie vous a donné est provisoire.",
    Todo.SET_SECOND_FACTOR: "Il est obligatoire pour les agents qui voient des données sensibles.",
    Todo.COMPLETE_HEALTH: "Elle doit être complète pour réserver.",
    Todo.ADD_PHONE: "Sans lui, personne ne peut vous joindre si votre enfant a besoin de vous.",
    Todo.ACTIVATE_WALLET: "Il paie d’avance certaines activités : sans lui, elles ne se réservent pas.",
    Todo.PAY_INVOICES: "En ligne, depuis votre porte-monnaie ou à la régie.",
    Todo.FEW_RECOVERY_CODES: "Il vous en reste peu si votre téléphone manque.",
    Todo.MANY_SESSIONS: "Votre compte est ouvert sur plusieurs appareils.",
    Todo.ENTER_FAMILY: "Responsables, enfants, adresse : la mairie crée ensuite votre dossier.",
    Todo.FAMILY_PENDING: "Un courriel vous dira qu’elle est terminée. Vous pouvez déjà compléter votre dossier.",
    Todo.ANSWER_OFFER: "Elle vous est gardée peu de temps : sans réponse, elle ira à une autre famille.",
    Todo.ANSWER_REQUEST: "Une de vos démarches attend une précision de votre part.",
    Todo.REVIEW_PAYMENTS: "Un montant inattendu, une facture déjà réglée, ou un jour choisi qui n’était plus libre.",
    Todo.REVIEW_DEBITS: "Un rejet de la banque, ou une facture déjà réglée quand elle a prélevé.",
    Todo.SEND_DEBITS: "Les familles sont prévenues et le jour approche : la banque attend le fichier.",
    Todo.COLLECT_DEBITS: "La banque a prélevé : les factures se soldent quand la remise est encaissée.",
    Todo.LEDGER_WRONG: "Le contrôle de nuit a trouvé une somme fausse, dans le grand livre ou les factures.",
    Todo.CLOSE_DAYS: "Elles ont reçu de l’argent, et personne n’a compté les espèces.",
    Todo.LATE_REQUESTS: "Les plus anciennes sont en tête de la file.",
    Todo.PAY_REFUNDS: "Des familles redemandent leur solde : faites le virement, puis dites-le.",
    Todo.MAIL_FAILED: "Après plusieurs essais, l’envoi a été abandonné.",
}


@dataclass(frozen=True)
class Waiting:
    """Ce qui attend cette personne, et ce que ses tuiles en disent."""

    facts: Facts
    open_requests: int
    incomplete: frozenset[int]
    wallet_cents: int | None  # le solde des porte-monnaie actifs, s'il y en a


def waiting(db: Session, actor: Actor, account: Account, now: datetime) -> Waiting:
    phones = select(func.count()).where(Guardian.account_id == actor.account_id, Guardian.phone == "")
    regie = _for_the_regie(actor, paris_day(now))
    no_phone, mails, asked, opened, late, inactive, cents, offers, owed, faults, *counted = db.exec(
        select(
            number(phones),
            number(select(func.count()).where(OutboxMail.status == MailStatus.FAILED)),
            number(mine.count(actor, RequestStatus.ASKED)),
            number(mine.count(actor, *OPEN)),
            number(desk.late_ones(now)),
            number(inactive_wallets(actor)),
            number(active_cents(actor)),
            number(offers_to(actor, now)),
            number(due_cents(actor, paris_day(now))),
            number(books.count()),
            *[number(one) for one in regie.values()],
        )  # type: ignore[call-overload]
    ).one()
    incomplete = frozenset() if actor.is_staff else _incomplete_health(db, actor, now)
    facts = Facts(
        must_change_password=account.must_change_password,
        must_set_second_factor=sessions.second_factor_due(account),
        has_phone=actor.is_staff or no_phone == 0,
        second_factor=account.totp_sealed is not None,
        recovery_codes_left=second_factor.recovery_codes_left(db, account.key) if account.totp_sealed else 0,
        open_sessions=len(sessions.alive(db, actor.account_id, actor.role, now)),
        failed_mails=mails if actor.role is Role.ADMIN else 0,
        requests_asked=0 if actor.is_staff else asked,
        requests_late=late if is_allowed(Audience.FILES, actor.role) else 0,
        incomplete_health=len(incomplete),
        inactive_wallets=0 if actor.is_staff else inactive,
        offers=0 if actor.is_staff else offers,
        invoices_due_cents=0 if actor.is_staff else int(owed),
        ledger_faults=faults if actor.role is Role.ADMIN else 0,
        **dict(zip(regie, counted, strict=True)),
    )
    return Waiting(facts, opened, incomplete, None if cents is None else int(cents))


def _for_the_regie(actor: Actor, today: date) -> dict[str, Any]:
    """Ce qui n'attend qu'elle : les comptes qui s'ajoutent à la lecture."""
    if not is_allowed(Audience.MONEY, actor.role):
        return {}
    review, send, collect = debit_desk.awaited(today)
    return {
        "payments_to_review": payments_to_review(),
        "debits_to_review": review,
        "debits_to_send": send,
        "debits_to_collect": collect,
        "wallet_refunds": count_waiting(),
        "days_left_open": count_left_open(today),
    }


def number(query: Any) -> Any:
    """Un compte parmi d'autres, dans une seule lecture."""
    return query.scalar_subquery()


def _incomplete_health(db: Session, actor: Actor, now: datetime) -> frozenset[int]:
    held = access.my_children(actor, FamilyRight.HEALTH)
    return frozenset(key for key, lacks in files.missing_for(db, held, files.today(now)).items() if lacks)


def counts(facts: Facts) -> dict[Todo, int]:
    """Combien il y en a, pour ce que la régie traite un par un."""
    return {Todo.PAY_REFUNDS: facts.wallet_refunds, Todo.CLOSE_DAYS: facts.days_left_open}


def items(
    due: list[Todo], to_fill: Mapping[int, str] | None = None, counted: Mapping[Todo, int] | None = None
) -> list[TodoItem]:
    """`to_fill` : les enfants dont la fiche est à compléter, une ligne pour chacun ; `counted` : combien attendent."""
    found = []
    for todo in due:
        item = TodoItem(_LOOK[todo][0], _LOOK[todo][1], TODO_LABELS[todo], _DETAILS[todo], *_LOOK[todo][2:])
        if many := (counted or {}).get(todo):
            item = replace(item, title=f"{item.title} ({many})")
        named = to_fill or {} if todo is Todo.COMPLETE_HEALTH else {}
        found += [_health_item(item, key, first_name) for key, first_name in named.items()] or [item]
    return found


def _health_item(item: TodoItem, child_id: int, first_name: str) -> TodoItem:
    return replace(item, title=f"{item.title} de {first_name}", href=f"/dossier/enfants/{child_id}/sante")
