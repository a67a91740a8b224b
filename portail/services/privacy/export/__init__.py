"""« Télécharger mes données » : un ZIP avec une notice, les données en JSON et les fichiers, pour un seul compte."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.papers import file_name
from portail.integrations.pdf import compile_pdf
from portail.models.accounts import Account
from portail.models.database import transaction
from portail.models.families import Child, Family, FamilyChild, Guardian, School, SchoolClass
from portail.models.requests import Request
from portail.services import access, audit, papers
from portail.services.papers import content
from portail.services.privacy.export import attachments, bookings, enrolments, money
from portail.services.privacy.export.registry import REGISTRY
from portail.services.privacy.export.shapes import Excluded, Exported, Person, plain
from portail.settings import current
from portail.views import wording
from portail.views.downloads import Download

FORMAT = 1


def make_export(actor: Actor, now: datetime) -> Download:
    """Tout est lu au même instant ; la mise en page des fichiers vient après la transaction."""
    with transaction() as db:
        account = db.get_one(Account, actor.account_id)
        person = _person(db, account)
        sections = {one.section: _lines(db, one, person) for one in REGISTRY.values() if isinstance(one, Exported)}
        sheets = [
            (family.number, content.family_sheet(db, family, now, only=account.key)) for family in _open(db, person)
        ]
        pieces = attachments.to_read(db, person)
        audit.record(db, "privacy.exported", at=now, actor_id=account.key)
    head = {"format": FORMAT, "etabli_le": plain(now), "commune": current().town_name}
    files = {
        "LISEZ-MOI.txt": read_me(account.full_name, now).encode(),
        "donnees.json": json.dumps({**head, **sections}, ensure_ascii=False, indent=2).encode(),
    }
    for number, sheet in sheets:
        files[f"fichiers/{file_name('fiche-famille', number)}"] = compile_pdf(
            papers.FAMILY_SHEET, sheet, now, content.emblem()
        )
    files |= attachments.read(pieces)
    name = file_name("mes-donnees", now.astimezone(wording.PARIS).date().isoformat(), "zip")
    return Download(name, _zipped(files, now), "application/zip")


def _person(db: Session, account: Account) -> Person:
    """Ses dossiers, quel que soit leur état, leurs enfants, et les noms derrière les numéros."""
    held = select(Family, Guardian).join(Guardian, col(Guardian.family_id) == col(Family.id))
    places = list(db.exec(held.where(Guardian.account_id == account.key)))
    families = {family.key: family.number for family, _ in places}
    opened = {family.key for family, _ in places if family.is_open}
    healthy = {family.key for family, guardian in places if family.is_open and guardian.can_see_health}
    inside = select(FamilyChild.family_id, Child).join(Child, col(Child.id) == col(FamilyChild.child_id))
    children = list(db.exec(inside.where(col(FamilyChild.family_id).in_(families))))
    classes = select(SchoolClass).where(col(SchoolClass.id).in_({child.class_id for _, child in children}))
    requests = select(Request).where(Request.author_id == account.key)
    slots, booked = bookings.slots_of(db, families)
    paying = frozenset(family.key for family, guardian in places if guardian.can_see_money)
    wallets, movements = money.movements_of(db, paying)
    return Person(
        account.key,
        account.email,
        families,
        {child.key: child.first_name for _, child in children},
        {one.key: one.name for one in db.exec(select(School))},
        {one.key: one.name for one in db.exec(classes)},
        {one.key: one.number for one in db.exec(requests)},
        slots,
        booked,
        **enrolments.names(db),
        guardians=frozenset(guardian.key for _, guardian in places),
        present=frozenset(child.key for family_id, child in children if family_id in opened),
        wallets=wallets,
        movements=movements,
        money=paying,
        health=frozenset(child.key for family_id, child in children if family_id in healthy),
    )


def _lines(db: Session, exported: Exported, person: Person) -> list[dict[str, Any]]:
    rows = db.exec(select(exported.table).where(exported.mine(person)).order_by(col(exported.table.id)))
    return [exported.line(row, person) for row in rows]


def _open(db: Session, person: Person) -> list[Family]:
    query = select(Family).where(col(Family.id).in_(person.families), col(Family.status).in_(access.OPEN))
    return list(db.exec(query.order_by(col(Family.id))))


def read_me(name: str, now: datetime) -> str:
    """La notice : ce que contient l'archive, champ par champ, et ce qui n'y est pas."""
    settings = current()
    return "\n".join(
        [
            f"VOS DONNÉES SUR LE PORTAIL FAMILLE DE {settings.town_name.upper()}",
            "",
            f"Archive établie pour {name}, le {wording.long_date(now.astimezone(wording.PARIS).date())}.",
            "Elle vous est personnelle : ne la confiez à personne.",
            "",
            "donnees.json : vos données, lisibles par une personne ou un logiciel ; les heures sont celles de Paris.",
            "fichiers/ : la fiche de chaque famille dont vous êtes responsable, en PDF.",
            "fichiers/pieces/ : les pièces jointes, telles que le portail les garde.",
            "",
            "CE QUE CONTIENT donnees.json",
            *(_section(one) for one in REGISTRY.values() if isinstance(one, Exported)),
            "",
            "CE QUI N’Y EST PAS",
            *(f"- {one.reason}." for one in REGISTRY.values() if isinstance(one, Excluded)),
            "",
            f"Une erreur, une question ? {settings.town_email}, {settings.town_phone}.",
            "Vos droits et les durées de conservation : page « Protection des données » du portail.",
            "",
        ]
    )


def _section(exported: Exported) -> str:
    fields = ", ".join(kept.name for kept in exported.kept().values())
    return f"- {exported.section} : {exported.words}.\n    Champs : {fields}."


def _zipped(files: dict[str, bytes], now: datetime) -> bytes:
    """Le même contenu au même instant donne la même archive."""
    moment = now.astimezone(wording.PARIS)
    date = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        for name, written in files.items():
            archive.writestr(ZipInfo(name, date), written, ZIP_DEFLATED)
    return body.getvalue()
