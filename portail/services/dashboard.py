"""Le tableau de bord d'un agent : les chiffres du jour, ce qui attend, les enfants par école."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from portail.domain.accounts import AccountStatus, Actor, Audience, Role, is_allowed
from portail.domain.dates import paris_day
from portail.domain.money import euros
from portail.domain.todos import todos
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Child, Family, School
from portail.models.mails import OutboxMail
from portail.services.requests import desk
from portail.services.todos import items, number, waiting
from portail.services.unpaid import listing
from portail.views import wording
from portail.views.home import DashboardView, Figure, SchoolRow


def show(*, actor: Actor, now: datetime) -> DashboardView:
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        due = waiting(db, actor, account, now)
        rows = _school_rows(db)
        figures = _figures(db, actor, now)
    greeting = f"Bonjour {account.first_name}"
    return DashboardView(True, greeting, wording.today(now), figures, rows, items(todos(due.facts)))


def _figures(db: Session, actor: Actor, now: datetime) -> list[Figure]:
    """Tous les comptes en une lecture."""
    families_count, children_count, invited, mails, waiting, late, unpaid, owed = db.exec(
        select(
            number(select(func.count()).select_from(Family)),
            number(select(func.count()).select_from(Child)),
            number(select(func.count()).where(Account.status == AccountStatus.INVITED)),
            number(select(func.count()).where(col(OutboxMail.created_at) > now - timedelta(days=1))),
            number(desk.OPEN_ONES),
            number(desk.late_ones(now)),
            number(listing.late_ones(paris_day(now), func.count())),
            number(listing.late_ones(paris_day(now), func.sum(listing.LEFT))),
        )  # type: ignore[call-overload]
    ).one()
    figures = [
        Figure("Familles", str(families_count), wording.count(children_count, "enfant", "enfants")),
        Figure("Comptes à activer", str(invited), "lien envoyé, pas encore utilisé"),
    ]
    if is_allowed(Audience.FILES, actor.role):
        detail = f"dont {late} depuis plus d’une semaine" if late else "aucune en retard"
        figures.insert(0, Figure("Démarches en attente", str(waiting), detail, href="/admin/demarches"))
    if is_allowed(Audience.MONEY, actor.role):
        detail = wording.count(unpaid, "facture en retard", "factures en retard")
        figures.append(Figure("Impayés", euros(int(owed or 0)), detail, "err" if unpaid else "ok", "/admin/impayes"))
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
