"""Les comptes vus par un agent : chercher, filtrer, en ouvrir un."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from portail.domain.accounts import (
    ERASED_EMAIL,
    OPENS_ACCOUNT,
    AccountStatus,
    Actor,
    Audience,
    Role,
    Standing,
    check_audience,
    standing,
)
from portail.domain.families import GuardianRole
from portail.domain.text import clean_line, fold
from portail.models.accounts import Account, OneUseLink
from portail.models.database import reading
from portail.models.families import Family, Guardian
from portail.services import access
from portail.services.searching import PAGE_SIZE, containing, slice_of
from portail.views import wording
from portail.views.account_desk import AccountFile, AccountPage, AccountRow, AdultRights, Household


@dataclass(frozen=True)
class Search:
    """Ce que l'agent cherche ; un état inconnu ne filtre rien."""

    words: str = ""
    standing: str = ""
    page: int = 1


def show_page(*, actor: Actor, search: Search, now: datetime) -> AccountPage:
    """Quatre lectures, quel que soit le nombre de comptes."""
    check_audience(Audience.FILES, actor)
    query = select(Account).where(*_wanted(search, now))
    if actor.role is not Role.ADMIN:
        query = query.where(Account.role == Role.PARENT)
    with reading() as db:
        total = db.exec(select(func.count()).select_from(query.subquery())).one()
        here = slice_of(total, search.page)
        ordered = query.order_by(col(Account.last_name), col(Account.first_name), col(Account.id))
        accounts = list(db.exec(ordered.offset(here.offset).limit(PAGE_SIZE)))
        keys = [account.key for account in accounts]
        families, ends = _families(db, keys), _link_ends(db, keys)
    rows = [_row(account, families[account.key], ends.get(account.key), now) for account in accounts]
    summary = f"{wording.count(total, 'compte', 'comptes')}, page {here.page} sur {here.pages}"
    return AccountPage(True, rows, here.page, here.pages, summary)


def _wanted(search: Search, now: datetime) -> list[ColumnElement[bool]]:
    words = clean_line(search.words, label="Recherche", limit=100).split()
    kept = ~col(Account.email).endswith(ERASED_EMAIL)
    return [kept, *(_about(word) for word in words), *_in_standing(search.standing, now)]


def _about(word: str) -> ColumnElement[bool]:
    """Un mot du nom, de l'adresse ou de l'identifiant, ou le numéro d'un dossier."""
    family = (
        select(Guardian.id)
        .join(Family, col(Family.id) == col(Guardian.family_id))
        .where(col(Guardian.account_id) == col(Account.id), func.lower(Family.number) == word.lower())
    )
    folded = fold(word) or word
    return or_(
        containing(Account.first_name, word),
        containing(Account.last_name, word),
        containing(Account.email, folded),
        containing(Account.username, folded),
        family.exists(),
    )


def _in_standing(wanted: str, now: datetime) -> list[ColumnElement[bool]]:
    if wanted not in set(Standing):
        return []
    mine = col(OneUseLink.account_id) == col(Account.id)
    alive = select(OneUseLink.id).where(mine, *_opens(), col(OneUseLink.expires_at) > now).exists()
    invited = col(Account.status) == AccountStatus.INVITED
    if wanted == Standing.EXPIRED:
        return [invited, ~alive]
    return [invited, alive] if wanted == Standing.INVITED else [col(Account.status) == wanted]


def _opens() -> tuple[Any, ...]:
    return col(OneUseLink.kind).in_(OPENS_ACCOUNT), col(OneUseLink.used_at).is_(None)


def _families(db: Session, keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Guardian.account_id, Family.number, Family.name)
        .join(Family, col(Family.id) == col(Guardian.family_id))
        .where(col(Guardian.account_id).in_(keys))
        .order_by(col(Family.id))
    )
    for account_id, number, name in db.exec(query):
        found[account_id or 0].append(f"{number} {name}")
    return found


def _link_ends(db: Session, keys: list[int]) -> dict[int, datetime]:
    """La fin du lien d'activation encore ouvert de chaque compte."""
    query = select(OneUseLink).where(col(OneUseLink.account_id).in_(keys), *_opens())
    return {link.account_id: link.expires_at for link in db.exec(query.order_by(col(OneUseLink.expires_at)))}


def _standing(account: Account, link_end: datetime | None, now: datetime) -> Standing:
    return standing(AccountStatus(account.status), link_alive=link_end is not None and link_end > now)


def _row(account: Account, families: list[str], link_end: datetime | None, now: datetime) -> AccountRow:
    stands = _standing(account, link_end, now)
    return AccountRow(
        id=account.key,
        full_name=account.full_name,
        email=account.email,
        role_label=Role(account.role).label,
        standing=stands,
        standing_label=stands.label,
        families=", ".join(families),
    )


def show_one(*, actor: Actor, account_id: int, now: datetime) -> AccountFile:
    """Un compte que cet agent tient, et les adultes de ses dossiers."""
    with reading() as db:
        account = access.any_account(db, actor, account_id)
        link_end = _link_ends(db, [account.key]).get(account.key)
        households = _households(db, account.key)
    stands = _standing(account, link_end, now)
    is_mine = account.key == actor.account_id
    return AccountFile(
        id=account.key,
        full_name=account.full_name,
        email=account.email,
        username=account.username,
        role=account.role,
        role_label=Role(account.role).label,
        standing=stands,
        standing_label=stands.label,
        created=wording.instant(account.created_at),
        link=wording.instant(link_end) if link_end and stands is Standing.INVITED else "",
        is_mine=is_mine,
        can_change_role=actor.role is Role.ADMIN and account.role != Role.PARENT and not is_mine,
        households=households,
    )


def _households(db: Session, account_id: int) -> list[Household]:
    mine = select(Guardian.family_id).where(Guardian.account_id == account_id)
    query = (
        select(Family, Guardian)
        .join(Guardian, col(Guardian.family_id) == col(Family.id))
        .where(col(Family.id).in_(mine))
        .order_by(col(Family.id), col(Guardian.id))
    )
    adults: dict[tuple[str, str], list[AdultRights]] = defaultdict(list)
    for family, guardian in db.exec(query):
        adults[family.number, family.name].append(_adult(guardian))
    return [Household(number, name, those) for (number, name), those in adults.items()]


def _adult(guardian: Guardian) -> AdultRights:
    return AdultRights(
        guardian_id=guardian.key,
        full_name=f"{guardian.first_name} {guardian.last_name}",
        role_label=GuardianRole(guardian.role).label,
        has_account=guardian.account_id is not None,
        can_edit=guardian.can_edit,
        can_book=guardian.can_book,
        can_see_money=guardian.can_see_money,
        can_see_health=guardian.can_see_health,
    )
