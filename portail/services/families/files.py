"""Les dossiers, pour les agents : en trouver un malgré les fautes, le lire en entier."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from portail.domain.accounts import AccountStatus, Actor, Audience, check_audience, is_allowed
from portail.domain.audit import action_label, actions_about
from portail.domain.families import FamilyRight, FamilyStatus, GuardianRole
from portail.domain.requests import RequestKind, RequestStatus
from portail.domain.text import clean_line
from portail.models.accounts import Account
from portail.models.audit import AuditEntry
from portail.models.database import reading
from portail.models.families import Child, Family, FamilyChild, Guardian, School, SchoolClass
from portail.models.requests import Request
from portail.services import access
from portail.services.bookings.offered import activity_choices
from portail.services.merging.duplicates import search_people
from portail.services.schools.lists import class_choices, level_choices, school_choices
from portail.views import wording
from portail.views.families import AdultLine, ChildLine, FamilyFile, FamilyList, FamilyRow, HistoryLine
from portail.views.requests import Choice

PAGE_SIZE = 25
MOST_FOUND = 50
LAST_LINES = 20
TONES = {
    FamilyStatus.ACTIVE: "ok",
    FamilyStatus.PENDING: "warn",
    FamilyStatus.MERGED: "",
    FamilyStatus.ARCHIVED: "",
}


def find(*, actor: Actor, words: str, page: int) -> FamilyList:
    """Sans mots, tous les dossiers par nom ; avec, les plus ressemblants d'abord."""
    check_audience(Audience.FILES, actor)
    with reading() as db:
        found = search(db, words, page)
        rows = rows_of(db, found.keys)
    return FamilyList(True, rows, found.total, found.page, found.pages, found.summary, found.words)


@dataclass(frozen=True)
class Found:
    """Une page de dossiers : leurs numéros, dans l'ordre."""

    keys: list[int]
    total: int
    page: int
    pages: int
    words: str

    @property
    def summary(self) -> str:
        return f"{wording.count(self.total, 'dossier', 'dossiers')}, page {self.page} sur {self.pages}"


def search(db: Session, words: str, page: int) -> Found:
    """À qui l'appelle de vérifier à qui la liste est ouverte."""
    wanted = clean_line(words, label="Recherche", limit=100)
    if wanted:
        keys = [found.family_id for found in search_people(db, wanted, MOST_FOUND)]
        return Found(keys, len(keys), 1, 1, wanted)
    total = db.exec(select(func.count()).select_from(Family)).one()
    pages = max(1, -(-total // PAGE_SIZE))
    current = min(max(1, page), pages)
    query = select(Family.id).order_by(col(Family.name), col(Family.id))
    listed = db.exec(query.offset((current - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return Found([key for key in listed if key is not None], total, current, pages, wanted)


def rows_of(db: Session, keys: list[int]) -> list[FamilyRow]:
    """Trois lectures ; l'ordre demandé est gardé."""
    families = {family.key: family for family in db.exec(select(Family).where(col(Family.id).in_(keys)))}
    adults, children = defaultdict(list), defaultdict(list)
    for adult in db.exec(select(Guardian).where(col(Guardian.family_id).in_(keys)).order_by(col(Guardian.id))):
        adults[adult.family_id].append(f"{adult.first_name} {adult.last_name}")
    query = (
        select(FamilyChild.family_id, Child.first_name)
        .join(Child, col(Child.id) == col(FamilyChild.child_id))
        .where(col(FamilyChild.family_id).in_(keys))
        .order_by(col(FamilyChild.position))
    )
    for family_id, first_name in db.exec(query):
        children[family_id].append(first_name)
    return [
        FamilyRow(
            id=key,
            number=family.number,
            name=family.name,
            adults=", ".join(adults[key]),
            children=", ".join(children[key]),
            city=family.city,
            status=FamilyStatus(family.status).label,
            tone=TONES[FamilyStatus(family.status)],
        )
        for key in keys
        if (family := families.get(key))
    ]


def show(*, actor: Actor, family_id: int, now: datetime) -> FamilyFile:
    """Le dossier entier, en un nombre fixe de lectures."""
    with reading() as db:
        family = access.any_family(db, actor, family_id)
        status = FamilyStatus(family.status)
        children = _children(db, family.key)
        kept = [int(one.school_id or 0) for one in children]
        grouped = [int(one.class_id or 0) for one in children]
        return FamilyFile(
            ready=True,
            id=family.key,
            number=family.number,
            name=family.name,
            status=status.label,
            tone=TONES[status],
            is_open=family.is_open,
            address=family.address,
            postcode=family.postcode,
            city=family.city,
            since=wording.full_day(family.created_at.astimezone(wording.PARIS).date()),
            adults=_adults(db, family.key),
            children=children,
            requests=_requests(db, family.key),
            activities=activity_choices(db, [one.id for one in children]) if family.is_open else [],
            schools=school_choices(db, kept),
            levels=level_choices(),
            classes=class_choices(db, now.astimezone(wording.PARIS).date(), grouped),
            history=_history(db, family.key),
            reads_health=is_allowed(Audience.HEALTH, actor.role),
            is_validated=status is FamilyStatus.ACTIVE,
        )


def _adults(db: Session, family_id: int) -> list[AdultLine]:
    query = (
        select(Guardian, Account)
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(Guardian.family_id == family_id)
        .order_by(col(Guardian.id))
    )
    return [_adult(guardian, account) for guardian, account in db.exec(query)]


def _adult(guardian: Guardian, account: Account | None) -> AdultLine:
    numbers = (guardian.phone, guardian.home_phone, guardian.work_phone, guardian.other_phone)
    email = guardian.email or (account.email if account else "")
    missing = [right.label.lower() for right in FamilyRight if not getattr(guardian, right)]
    status = AccountStatus(account.status) if account else None
    return AdultLine(
        id=guardian.key,
        name=f"{guardian.first_name} {guardian.last_name}",
        role=GuardianRole(guardian.role).label,
        contacts=" · ".join(one for one in (*numbers, email) if one),
        phone=guardian.phone,
        home_phone=guardian.home_phone,
        work_phone=guardian.work_phone,
        other_phone=guardian.other_phone,
        email=guardian.email,
        caf_number=guardian.caf_number,
        invoices_by_email=guardian.invoices_by_email,
        invoice_email=guardian.invoice_email,
        account=f"compte {status.label}" if status else "pas de compte",
        tone="ok" if status is AccountStatus.ACTIVE else "warn",
        rights=f"sans le droit de : {', '.join(missing)}" if missing else "",
    )


def _children(db: Session, family_id: int) -> list[ChildLine]:
    query = (
        select(Child, School, SchoolClass)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(School, col(School.id) == col(Child.school_id), isouter=True)
        .join(SchoolClass, col(SchoolClass.id) == col(Child.class_id), isouter=True)
        .where(FamilyChild.family_id == family_id)
        .order_by(col(FamilyChild.position))
    )
    found = list(db.exec(query))
    others = _other_families(db, family_id, [child.key for child, _, _ in found])
    return [
        ChildLine(
            id=child.key,
            first_name=child.first_name,
            last_name=child.last_name,
            birth=wording.full_day(child.birth_date),
            birth_date=child.birth_date.isoformat(),
            school=school.name if school else "",
            school_id=str(child.school_id or ""),
            level=child.level,
            class_id=str(child.class_id or ""),
            class_name=group.name if group else "",
            shared_with=others[child.key].name if child.key in others else "",
            shared_id=others[child.key].key if child.key in others else 0,
        )
        for child, school, group in found
    ]


def _other_families(db: Session, family_id: int, child_ids: list[int]) -> dict[int, Family]:
    query = (
        select(FamilyChild.child_id, Family)
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(col(FamilyChild.child_id).in_(child_ids), FamilyChild.family_id != family_id)
    )
    return dict(db.exec(query).all())


def _requests(db: Session, family_id: int) -> list[Choice]:
    query = select(Request).where(Request.family_id == family_id).order_by(col(Request.id).desc()).limit(LAST_LINES)
    return [
        Choice(str(one.key), f"{one.number} · {RequestKind(one.kind).label} · {RequestStatus(one.status).label}")
        for one in db.exec(query)
    ]


def _history(db: Session, family_id: int) -> list[HistoryLine]:
    """Les dernières lignes du journal qui parlent de ce dossier."""
    query = (
        select(AuditEntry, Account)
        .join(Account, col(Account.id) == col(AuditEntry.actor_id), isouter=True)
        .where(AuditEntry.subject_id == family_id, col(AuditEntry.action).in_(actions_about("families")))
        .order_by(col(AuditEntry.id).desc())
        .limit(LAST_LINES)
    )
    return [
        HistoryLine(
            wording.instant(entry.at), action_label(entry.action), account.full_name if account else "compte supprimé"
        )
        for entry, account in db.exec(query)
    ]
