"""Bâtit la ville de démonstration par les services, toujours la même, dans une base vide."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from portail.demo import (
    activities,
    bookings,
    campaigns,
    custody,
    documents,
    health,
    invoices,
    mandates,
    people,
    regies,
    registrations,
    requests,
    tariffs,
    validations,
    wallets,
)
from portail.demo.guests import guests_of, seats_of
from portail.demo.news import NEWS
from portail.demo.season import season_of
from portail.domain.accounts import CURRENT_TERMS, AccountStatus
from portail.domain.schools import school_years
from portail.domain.text import fold
from portail.models.accounts import Account
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian, School, SchoolClass
from portail.models.news import News
from portail.services import accounts
from portail.services.accounts import passwords
from portail.settings import current
from portail.views import wording

_ANYONE = select(Account.id).limit(1)


def load_if_empty(now: datetime) -> bool:
    """Une seule transaction : la ville est là tout entière ou pas du tout."""
    if not _is_empty():
        return False
    password_hash = passwords.hash_password(people.PASSWORD)
    with transaction() as db:
        if db.exec(_ANYONE).first() is not None:  # un autre démarrage a pu passer pendant le hachage
            return False
        _staff(db, password_hash, now)
        _families(db, password_hash, now)
        custody.share_jade(db, now)
        health.load(db, now)
        _activities(db, now)
        _news(db, now)
        requests.load(db, now)
        registrations.load(db, password_hash, now)
        validations.load(db, now)
    return True


def _activities(db: Session, now: datetime) -> None:
    regies.load(db)
    season = season_of(now)
    sold = tariffs.load(db, season, now)
    activities.load(db, season, sold, now)
    documents.load(db, season, now)
    spent = bookings.load(db, season, seats_of(db, season), guests_of(db, season), now)
    wallets.load(db, spent, now - timedelta(days=100))
    mandates.load(db, now - timedelta(days=90))
    invoices.load(db, now)
    mandates.announce(db, now)
    campaigns.load(db, season, now)


def _is_empty() -> bool:
    with reading() as db:
        return db.exec(_ANYONE).first() is None


def _staff(db: Session, password_hash: str, now: datetime) -> None:
    for agent in people.STAFF:
        new = accounts.NewAccount(
            agent.email, agent.first_name, agent.last_name, agent.role, agent.email.partition("@")[0]
        )
        _activate(accounts.create(db, new, now), password_hash, now)


def _activate(account: Account, password_hash: str, now: datetime) -> None:
    account.password_hash, account.status = password_hash, AccountStatus.ACTIVE
    account.activated_at, account.terms_version = now, CURRENT_TERMS


def _families(db: Session, password_hash: str, now: datetime) -> None:
    schools = [School(name=name) for name in people.SCHOOLS]
    db.add_all(schools)
    db.flush()
    _classes(db, schools, now)
    shared: dict[people.Kid, Child] = {}
    for rank, home in enumerate((*people.NAMED, *people.neighbours())):
        family = _family(db, home, rank, now)
        for adult in home.adults:
            _guardian(db, family, adult, password_hash, now)
        for position, kid in enumerate(home.kids):
            child = shared.get(kid) if kid is people.JADE else None
            if child is None:
                child = shared[kid] = _child(db, home, kid, schools, now)
            db.add(FamilyChild(family_id=family.key, child_id=child.key, position=position))
    for invited in people.INVITED:
        _invitation(db, invited, now)


def _classes(db: Session, schools: list[School], now: datetime) -> None:
    """Les mêmes classes doubles dans chaque école, pour l'année en cours."""
    _, year, _ = school_years(now.astimezone(wording.PARIS).date())
    for school in schools:
        db.add_all(
            SchoolClass(school_id=school.key, name=levels.replace(" ", "-"), levels=levels, year=year)
            for levels in people.CLASSES
        )
    db.flush()


def _class_of(db: Session, school: School, level: str) -> int:
    query = select(SchoolClass).where(SchoolClass.school_id == school.id)
    return next(one.key for one in db.exec(query) if level in one.levels.split())


def _family(db: Session, home: people.Home, rank: int, now: datetime) -> Family:
    family = Family(
        number=f"F-{1001 + rank}",
        name=home.name,
        address=home.address,
        postcode="49999" if not home.city else "49998",
        city=home.city or current().town_name,
        created_at=now - timedelta(days=200 - rank),
    )
    db.add(family)
    db.flush()
    return family


def _guardian(db: Session, family: Family, adult: people.Adult, password_hash: str, now: datetime) -> None:
    account = None
    if adult.email:
        username = fold(f"{adult.first_name}.{adult.last_name}")
        account = accounts.create(
            db, accounts.NewAccount(adult.email, adult.first_name, adult.last_name, username=username), now
        )
        _activate(account, password_hash, now)
    db.add(
        Guardian(
            family_id=family.key,
            account_id=account.key if account else None,
            first_name=adult.first_name,
            last_name=adult.last_name,
            role=adult.role,
            phone=adult.phone,
        )
    )
    db.flush()


def _child(db: Session, home: people.Home, kid: people.Kid, schools: list[School], now: datetime) -> Child:
    today = now.astimezone(wording.PARIS).date()
    month, day = 1 + len(kid.first_name) % 9, 1 + (kid.age * 3) % 27
    year = today.year - kid.age - ((month, day) > (today.month, today.day))  # l'âge promis, quel que soit le mois
    child = Child(
        first_name=kid.first_name,
        last_name=kid.last_name or home.name,
        birth_date=date(year, month, day),
        school_id=schools[kid.school].key,
        level=people.LEVELS[kid.age],
        class_id=_class_of(db, schools[kid.school], people.LEVELS[kid.age]),
    )
    db.add(child)
    db.flush()
    return child


def _invitation(db: Session, invited: people.Invited, now: datetime) -> None:
    """Un parent invité par un agent, qui n'a pas ouvert son lien : il se lit dans les courriels."""
    first, last, at = invited.first_name, invited.last_name, now - timedelta(days=invited.days_ago)
    username = fold(f"{first}.{last}")
    new = accounts.NewAccount(f"{username}@famille.example", first, last, username=username)
    account = accounts.create(db, new, at)
    guardian = db.exec(select(Guardian).where(Guardian.first_name == first, Guardian.last_name == last)).one()
    guardian.account_id = account.key
    accounts.invite(db, account, at)


def _news(db: Session, now: datetime) -> None:
    for days, slug, title, excerpt, body in NEWS:
        db.add(News(slug=slug, title=title, excerpt=excerpt, body=body, published_at=now - timedelta(days=days)))
