"""L'accueil d'un parent et celui d'un agent : ce qui compte maintenant, en peu de lectures."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from portail.domain.accounts import AccountStatus, Actor, Role
from portail.domain.families import FamilyRight
from portail.domain.mails import MailStatus
from portail.domain.todos import TODO_LABELS, Facts, Todo, todos
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Child, Family, Guardian, School
from portail.models.mails import OutboxMail
from portail.services import access, families, news, second_factor, sessions
from portail.services.health import files
from portail.views import wording
from portail.views.home import DashboardView, Figure, HomeView, SchoolRow, TodoItem

_LOOK: dict[Todo, tuple[str, str, str, str]] = {
    Todo.CHANGE_PASSWORD: ("lock", "err", "/compte", "Choisir"),
    Todo.SET_SECOND_FACTOR: ("lock", "err", "/compte", "Protéger"),
    Todo.COMPLETE_HEALTH: ("heart", "warn", "/dossier", "Compléter"),
    Todo.ADD_PHONE: ("phone", "warn", "/contact", "Prévenir la mairie"),
    Todo.FEW_RECOVERY_CODES: ("lock", "warn", "/compte", "Renouveler"),
    Todo.MANY_SESSIONS: ("users", "", "/compte", "Vérifier"),
    Todo.MAIL_FAILED: ("mail", "err", "/admin/courriels", "Voir"),
}
_DETAILS: dict[Todo, str] = {
    Todo.CHANGE_PASSWORD: "Celui que la mairie vous a donné est provisoire.",
    Todo.SET_SECOND_FACTOR: "Il est obligatoire pour les agents qui voient des données sensibles.",
    Todo.COMPLETE_HEALTH: "Elle doit être complète pour réserver.",
    Todo.ADD_PHONE: "Sans lui, personne ne peut vous joindre si votre enfant a besoin de vous.",
    Todo.FEW_RECOVERY_CODES: "Il vous en reste peu si votre téléphone manque.",
    Todo.MANY_SESSIONS: "Votre compte est ouvert sur plusieurs appareils.",
    Todo.MAIL_FAILED: "Après plusieurs essais, l’envoi a été abandonné.",
}


def show(*, actor: Actor, now: datetime) -> HomeView:
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        cards = families.cards_of(db, actor, now)
        incomplete = _incomplete_health(db, actor, now)
        facts = replace(_facts(db, actor, account, now), incomplete_health=len(incomplete))
        latest = news.latest(db, now)
    children = [child for card in cards for child in card.children]
    to_fill = {child.id: child.first_name for child in children if child.id in incomplete}
    return HomeView(
        ready=True,
        greeting=f"Bonjour {account.first_name}",
        today=_today(now),
        todos=_items(todos(facts), to_fill),
        children=children,
        families=cards,
        news=latest,
        family_badge=wording.count(len(children), "enfant", "enfants"),
        account_badge=wording.count(facts.open_sessions, "appareil connecté", "appareils connectés"),
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


def _items(due: list[Todo], to_fill: Mapping[int, str] | None = None) -> list[TodoItem]:
    """`to_fill` : les enfants dont la fiche est à compléter, une ligne pour chacun."""
    found = []
    for todo in due:
        item = TodoItem(_LOOK[todo][0], _LOOK[todo][1], TODO_LABELS[todo], _DETAILS[todo], *_LOOK[todo][2:])
        named = to_fill or {} if todo is Todo.COMPLETE_HEALTH else {}
        found += [_health_item(item, key, first_name) for key, first_name in named.items()] or [item]
    return found


def _health_item(item: TodoItem, child_id: int, first_name: str) -> TodoItem:
    return replace(item, title=f"{item.title} de {first_name}", href=f"/dossier/enfants/{child_id}/sante")


def _incomplete_health(db: Session, actor: Actor, now: datetime) -> set[int]:
    mine = access.my_children(actor, FamilyRight.HEALTH)
    return {key for key, lacks in files.missing_for(db, mine, files.today(now)).items() if lacks}


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
    )


def _figures(db: Session, actor: Actor, now: datetime) -> list[Figure]:
    families_count = db.exec(select(func.count()).select_from(Family)).one()
    children_count = db.exec(select(func.count()).select_from(Child)).one()
    invited = db.exec(select(func.count()).where(Account.status == AccountStatus.INVITED)).one()
    mails = db.exec(select(func.count()).where(col(OutboxMail.created_at) > now - timedelta(days=1))).one()
    figures = [
        Figure("Familles", str(families_count), wording.count(children_count, "enfant", "enfants")),
        Figure("Comptes à activer", str(invited), "lien envoyé, pas encore utilisé"),
    ]
    if actor.role is Role.ADMIN:
        figures.append(Figure("Courriels du jour", str(mails), "envoyés ou conservés", href="/admin/courriels"))
    return figures


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
