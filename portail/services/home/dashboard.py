"""Le tableau de bord d'un agent : les chiffres du jour, ce qui attend, les enfants par école, les courbes."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from portail.domain.accounts import AccountStatus, Actor, Audience, Role, is_allowed
from portail.domain.dates import paris_day
from portail.domain.money import euros
from portail.domain.todos import todos
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Child, Family, School
from portail.models.mails import OutboxMail
from portail.services.cash_desk import board, income
from portail.services.home import charts
from portail.services.home.todos import counts, items, number, waiting
from portail.services.requests import desk
from portail.services.unpaid import listing
from portail.views import wording
from portail.views.cash_desk import MonthBar
from portail.views.home import DashboardView, Figure, SchoolRow

RECENT = 6  # mois ; « Caisse » montre l'année


def show(*, actor: Actor, now: datetime) -> DashboardView:
    """Huit lectures au plus ; celles de l'argent, pour qui peut voir les recettes."""
    with reading() as db:
        account = db.get_one(Account, actor.account_id)
        due = waiting(db, actor, account, now)
        rows = _school_rows(db)
        figures = _figures(db, actor, now)
        drawn = charts.draw(db, paris_day(now))
        taken, ages = _money(db, actor, paris_day(now))
    greeting = f"Bonjour {account.first_name}"
    return DashboardView(
        ready=True,
        greeting=greeting,
        today=wording.today(now),
        figures=figures,
        schools=rows,
        todos=items(todos(due.facts), counted=counts(due.facts)),
        months=drawn.months,
        weeks=drawn.weeks,
        occupancy=drawn.occupancy,
        income=taken,
        ages=ages,
    )


def _money(db: Session, actor: Actor, today: date) -> tuple[list[MonthBar], list[MonthBar]]:
    """Toutes les régies ensemble, et aucun nom : la direction les lit aussi."""
    if not is_allowed(Audience.INCOME, actor.role):
        return [], []
    return income.by_month(db, None, today)[:RECENT], board.by_age(listing.totals(db, today))


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
    if is_allowed(Audience.INCOME, actor.role):
        detail = wording.count(unpaid, "facture en retard", "factures en retard")
        where = "/admin/impayes" if is_allowed(Audience.MONEY, actor.role) else ""
        figures.append(Figure("Impayés", euros(int(owed or 0)), detail, "err" if unpaid else "ok", where))
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
