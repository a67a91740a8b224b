"""Ce que disent les papiers : la commune, le foyer, l'enfant. Jamais rien de la santé."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import Session, col, select

from portail.domain.colors import readable_on
from portail.domain.families import FamilyStatus, GuardianRole
from portail.domain.papers import PaperKind, grouped, school_year
from portail.integrations.qr import as_svg
from portail.models.accounts import Account
from portail.models.families import Child, Family, FamilyChild, Guardian, School, SchoolClass
from portail.models.papers import Paper
from portail.services.town import identity
from portail.settings import current
from portail.views import wording

MAX_LOGO = 400 * 1024
_WHITE, _BLACK = "#FFFFFF", "#000000"
_PHONES = (("Portable", "phone"), ("Domicile", "home_phone"), ("Travail", "work_phone"), ("Autre", "other_phone"))


def town_content() -> dict[str, object]:
    settings = current()
    return {
        "name": settings.town_name,
        "address": settings.town_address,
        "phone": settings.town_phone,
        "color": readable_on(_WHITE, settings.town_color, toward=_BLACK),
    }


def emblem() -> dict[str, bytes]:
    """Le logo de la commune ; démesuré, il est laissé de côté."""
    body, _ = identity.logo()
    return {"logo": body} if len(body) <= MAX_LOGO else {}


def family_sheet(db: Session, family: Family, now: datetime, *, only: int | None = None) -> dict[str, object]:
    """`only` : le compte à qui la fiche est remise hors du dossier ; des autres adultes, elle ne dit que le nom."""
    address = " ".join(part for part in (family.postcode, family.city) if part)
    return {
        "town": town_content(),
        "title": "Fiche famille",
        "description": f"Ce que le service enfance connaît du dossier {family.number}.",
        "number": family.number,
        "lines": [
            ["Famille", family.name],
            ["Adresse", ", ".join(part for part in (family.address, address) if part)],
            ["État du dossier", FamilyStatus(family.status).label],
        ],
        "guardians": [_guardian(*row, only=only) for row in _guardians(db, family)],
        "children": [_child(*row) for row in _children(db, family)],
        "made": f"Fiche établie le {wording.long_date(today(now))}, d’après le dossier tenu par le service enfance.",
    }


def _guardians(db: Session, family: Family) -> list[tuple[Guardian, Account | None]]:
    query = (
        select(Guardian, Account)
        .join(Account, col(Account.id) == col(Guardian.account_id), isouter=True)
        .where(Guardian.family_id == family.key)
        .order_by(col(Guardian.id))
    )
    return [(guardian, account) for guardian, account in db.exec(query)]


def _guardian(guardian: Guardian, account: Account | None, *, only: int | None) -> dict[str, object]:
    contacts = [f"{label} : {number}" for label, name in _PHONES if (number := getattr(guardian, name))]
    email = guardian.email or (account.email if account else "")
    if email:
        contacts.append(f"E-mail : {email}")
    return {
        "name": f"{guardian.first_name} {guardian.last_name}",
        "role": GuardianRole(guardian.role).label,
        "contacts": contacts if only is None or guardian.account_id == only else [],
    }


def _children(db: Session, family: Family) -> list[tuple[Child, School | None, SchoolClass | None]]:
    query = (
        select(Child, School, SchoolClass)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .join(School, col(School.id) == col(Child.school_id), isouter=True)
        .join(SchoolClass, col(SchoolClass.id) == col(Child.class_id), isouter=True)
        .where(FamilyChild.family_id == family.key)
        .order_by(col(FamilyChild.position), col(Child.birth_date), col(Child.id))
    )
    return [(child, school, group) for child, school, group in db.exec(query)]


def _child(child: Child, school: School | None, group: SchoolClass | None) -> list[str]:
    return [
        f"{child.first_name} {child.last_name}",
        wording.long_date(child.birth_date),
        school.name if school else "—",
        child.level or "—",
        group.name if group else "—",
    ]


def registration(db: Session, child: Child, paper: Paper) -> Mapping[str, object]:
    school = db.get(School, child.school_id) if child.school_id else None
    name, year = current().town_name, school_year(paper.made_on)
    lines = [
        ["Date de naissance", wording.long_date(child.birth_date)],
        ["Année scolaire", year],
        ["École", school.name if school else ""],
        ["Niveau", child.level],
    ]
    return {
        "town": town_content(),
        "title": PaperKind.REGISTRATION.label,
        "description": f"Inscription d’un enfant auprès du service enfance, année scolaire {year}.",
        "sentence": f"Le service enfance de la commune de {name} atteste l’inscription de l’enfant désigné ci-dessous "
        f"auprès de ses services pour l’année scolaire {year}.",
        "child": f"{child.first_name} {child.last_name}",
        "lines": [line for line in lines if line[1]],
        "purpose": "Attestation délivrée pour servir et valoir ce que de droit.",
        "made": f"Fait à {name}, le {wording.long_date(paper.made_on)}.",
        "reference": grouped(paper.reference),
        "url": address_of(paper),
    }


def address_of(paper: Paper) -> str:
    return f"{current().site_url}/verification/{grouped(paper.reference)}"


def code(paper: Paper) -> dict[str, bytes]:
    """Le code QR de l'adresse de vérification."""
    return {"code": as_svg(address_of(paper), border=1)}


def today(now: datetime) -> date:
    return now.astimezone(wording.PARIS).date()
