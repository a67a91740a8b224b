"""L'accueil d'un parent et celui d'un agent : ce qui compte maintenant, en peu de lectures."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from portail.domain.accounts import AccountStatus, Actor, Audience, Role, is_allowed
from portail.domain.mails import MailStatus
from portail.domain.requests import RequestStatus
from portail.domain.todos import TODO_LABELS, Facts, Todo, todos
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Child, Family, Guardian, School
from portail.models.mails import OutboxMail
from portail.services import families, news, second_factor, sessions
from portail.services.requests import desk, mine
from portail.services.requests.opening import OPEN
from portail.views import wording
from portail.views.home import DashboardView, Figure, HomeView, SchoolRow, TodoItem

_LOOK: dict[Todo, tuple[str, str, str, str]] = {
    Todo.CHANGE_PASSWORD: ("lock", "err", "/compte", "Choisir"),
    Todo.SET_SECOND_FACTOR: ("lock", "err", "/compte", "Protéger"),
    Todo.ADD_PHONE: ("phone", "warn", "/dossier/coordonnees", "Donner mon numéro"),
    Todo.ENTER_FAMILY: ("family", "warn", "/inscription/famille", "Commencer"),
    Todo.FAMILY_PENDING: ("clock", "", "/inscription/famille", "Voir"),
    Todo.ANSWER_REQUEST: ("document", "warn", "/demarches", "Répondre"),
    Todo.LATE_REQUESTS: ("clock", "warn", "/admin/demarches", "Voir"),
    Todo.FEW_RECOVERY_CODES: ("lock", "warn", "/compte", "Renouveler"),
    Todo.MANY_SESSIONS: ("users", "", "/compte", "Vérifier"),
    Todo.MAIL_FAILED: ("mail", "err", "/admin/courriels", "Voir"),
}
_DETAILS: dict[Todo, str] = {
    Todo.CHANGE_PASSWORD: "Celui que la mairie vous a donné est provisoire.",
    Todo.SET_SECOND_FACTOR: "Il est obligatoire pour les agents qui voient des données sensibles.",
    Todo.ADD_PHONE: "Sans lui, personne ne peut vous joindre si votre enfant a besoin de vous.",
    Todo.FEW_RECOVERY_CODES: "Il vous en reste peu si votre téléphone manque.",
    Todo.MANY_SESSIONS: "Votre compte est ouvert sur plusieurs appareils.",
    Todo.ENTER_FAMILY: "Responsables, enfants, adresse : la mairie crée ensuite votre dossier.",
    Todo.FAMILY_PENDING: "Un courriel vous dira qu’elle est terminée. Vous pouvez déjà compléter votre dossier.",
    Todo.ANSWER_REQUEST: "Une de vos démarches attend une précision de votre part.",
    Todo.LATE_REQUESTS: "Les plus anciennes sont en tête de la file.",
    Todo.MAIL_FAILED: "Après plusieurs essais, l’envoi a été abandonné.",
}


def show(*, actor: Actor, now: datetime) -> HomeView:
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        cards = families.cards_of(db, actor, now)
        facts = replace(
            _facts(db, actor, account, now),
            has_family=bool(cards),
            family_pending=any(card.pending for card in cards),
        )
        latest = news.latest(db, now)
        open_requests = mine.count(db, actor, *OPEN)
    children = [child for card in cards for child in card.children]
    return HomeView(
        ready=True,
        greeting=f"Bonjour {account.first_name}",
        today=_today(now),
        todos=_items(todos(facts)),
        children=children,
        families=cards,
        news=latest,
        family_badge=wording.count(len(children), "enfant", "enfants"),
        account_badge=wording.count(facts.open_sessions, "appareil connecté", "appareils connectés"),
        requests_badge=wording.count(open_requests, "démarche en cours", "démarches en cours") if open_requests else "",
        news_badge=f"Dernière : {latest[0].day}" if latest else "Aucune pour l’instant",
    )


def dashboard(*, actor: Actor, now: datetime) -> DashboardView:
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        facts = _facts(db, actor, account, now)
        rows = _school_rows(db)
        figures = _figures(db, actor, now)
    return DashboardView(True, f"Bonjour {account.first_name}", _today(now), figures, rows, _items(todos(facts)))


def _today(now: datetime) -> str:
    return wording.capitalised(wording.day_without_year(now.astimezone(wording.PARIS).date()))


def _items(due: list[Todo]) -> list[TodoItem]:
    return [TodoItem(_LOOK[t][0], _LOOK[t][1], TODO_LABELS[t], _DETAILS[t], *_LOOK[t][2:]) for t in due]


def _facts(db: Session, actor: Actor, account: Account, now: datetime) -> Facts:
    phones = select(func.count()).where(Guardian.account_id == actor.account_id, Guardian.phone == "")
    failed = select(func.count()).where(OutboxMail.status == MailStatus.FAILED)
    return Facts(
        must_change_password=account.must_change_password,
        must_set_second_factor=sessions.second_factor_due(account),
        has_phone=actor.is_staff or db.exec(phones).one() == 0,
        second_factor=account.totp_sealed is not None,
        recovery_codes_left=second_factor.recovery_codes_left(db, account.key) if account.totp_sealed else 0,
        open_sessions=len(sessions.alive(db, actor.account_id, actor.role, now)),
        failed_mails=db.exec(failed).one() if actor.role is Role.ADMIN else 0,
        requests_asked=0 if actor.is_staff else mine.count(db, actor, RequestStatus.ASKED),
        requests_late=db.exec(desk.late_ones(now)).one() if is_allowed(Audience.FILES, actor.role) else 0,
    )


def _figures(db: Session, actor: Actor, now: datetime) -> list[Figure]:
    """Tous les comptes en une lecture."""
    families_count, children_count, invited, mails, waiting, late = db.exec(
        select(
            _number(select(func.count()).select_from(Family)),
            _number(select(func.count()).select_from(Child)),
            _number(select(func.count()).where(Account.status == AccountStatus.INVITED)),
            _number(select(func.count()).where(col(OutboxMail.created_at) > now - timedelta(days=1))),
            _number(desk.OPEN_ONES),
            _number(desk.late_ones(now)),
        )  # type: ignore[call-overload]
    ).one()
    figures = [
        Figure("Familles", str(families_count), wording.count(children_count, "enfant", "enfants")),
        Figure("Comptes à activer", str(invited), "lien envoyé, pas encore utilisé"),
    ]
    if is_allowed(Audience.FILES, actor.role):
        detail = f"dont {late} depuis plus d’une semaine" if late else "aucune en retard"
        figures.insert(0, Figure("Démarches en attente", str(waiting), detail, href="/admin/demarches"))
    if actor.role is Role.ADMIN:
        figures.append(Figure("Courriels du jour", str(mails), "envoyés ou conservés", href="/admin/courriels"))
    return figures


def _number(query: Any) -> Any:
    return query.scalar_subquery()


def _school_rows(db: Session) -> list[SchoolRow]:
    query = (
        select(School.name, func.count(col(Child.id)))
        .join(Child, col(Child.school_id) == col(School.id), isouter=True)
        .group_by(School.name)
        .order_by(School.name)
    )
    found = list(db.exec(query))
    most = max((number for _, number in found), default=0) or 1
    return [SchoolRow(name, number, round(100 * number / most)) for name, number in found]
