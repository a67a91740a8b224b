"""Les documents d'une famille, tenus par un agent : reçus au guichet, validés ou refusés avec un motif."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor
from portail.domain.documents import (
    TRANSITIONS,
    DocumentChangedError,
    DocumentScope,
    DocumentStanding,
    DocumentState,
    DocumentValidity,
    valid_until,
)
from portail.domain.families import FamilyRight
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError, NotOpenError, RefusalError
from portail.domain.text import clean_line
from portail.models.base import is_key
from portail.models.database import reading, transaction
from portail.models.documents import DocumentType, FamilyDocument
from portail.models.families import Child, Family, FamilyChild
from portail.services import access, audit
from portail.services.mails import outbox, readers
from portail.services.mails.letters import Message
from portail.settings import current
from portail.views import wording
from portail.views.documents import DocumentDesk, DocumentRow
from portail.views.requests import Choice

FOR_ALL = "0"
WHY_LIMIT = 300
WHY_MISSING = "Indiquez le motif du refus : la famille le lira."


def show(*, actor: Actor, family_id: int, now: datetime) -> DocumentDesk:
    """Quatre lectures ; le plus récent d'abord."""
    today = now.astimezone(wording.PARIS).date()
    with reading() as db:
        family = access.any_family(db, actor, family_id)
        children = _children(db, family.key)
        query = (
            select(FamilyDocument, DocumentType)
            .join(DocumentType, col(DocumentType.id) == col(FamilyDocument.type_id))
            .where((col(FamilyDocument.family_id) == family.key) | col(FamilyDocument.child_id).in_(list(children)))
            .order_by(col(FamilyDocument.id).desc())
        )
        rows = []
        for row, kind in db.exec(query):
            late = row.valid_until is not None and row.valid_until < today and row.state != DocumentState.REFUSED
            standing = DocumentStanding.EXPIRED if late else DocumentStanding(row.state)
            rows.append(
                DocumentRow(
                    id=row.key,
                    name=kind.name,
                    whose=children.get(row.child_id or 0, "la famille"),
                    state=row.state,
                    word=standing.label,
                    tone=standing.tone,
                    when=wording.instant(row.created_at),
                    until=wording.long_date(row.valid_until) if row.valid_until else "",
                    why=row.why,
                )
            )
        kinds = select(DocumentType).where(col(DocumentType.closed_at).is_(None)).order_by(col(DocumentType.position))
        types = [Choice(str(kind.key), kind.name) for kind in db.exec(kinds)]
    people = [Choice(FOR_ALL, "Toute la famille"), *(Choice(str(key), name) for key, name in children.items())]
    return DocumentDesk(True, family.key, rows, types, people, family.is_open)


def _children(db: Session, family_id: int) -> dict[int, str]:
    query = (
        select(Child)
        .join(FamilyChild, col(FamilyChild.child_id) == col(Child.id))
        .where(FamilyChild.family_id == family_id)
        .order_by(col(FamilyChild.position))
    )
    return {child.key: child.first_name for child in db.exec(query)}


def record(*, actor: Actor, family_id: int, form: Mapping[str, Any], now: datetime) -> None:
    """Un document remis en main propre : reçu, ou déjà relu."""
    reader = Reader(dict(form))
    state = reader.choice("state", set(DocumentState).__contains__, "Choisissez : reçu, validé ou refusé.")
    type_id, child_id = reader.number("type_id"), reader.number("whose")
    why = _why(reader, state)
    with transaction() as db:
        family = access.any_family(db, actor, family_id)
        if not family.is_open:
            raise RefusalError("Ce dossier est fermé : il ne reçoit plus de document.")
        kind = db.get(DocumentType, type_id) if is_key(type_id) else None
        if kind is None or kind.closed_at is not None:
            reader.errors["type_id"] = "Choisissez un document de la liste."
        else:
            _check_whose(db, reader, kind, family, child_id)
        reader.check()
        given = now.astimezone(wording.PARIS).date()
        until = None if kind is None else valid_until(DocumentValidity(kind.validity), given)
        db.add(
            FamilyDocument(
                type_id=type_id,
                family_id=family.key,
                child_id=child_id or None,
                author_id=actor.account_id,
                state=state,
                valid_until=until,
                why=why,
                created_at=now,
                decided_at=None if state == DocumentState.SENT else now,
            )
        )
        audit.record(db, "document.recorded", at=now, actor_id=actor.account_id, subject_id=family.key)


def _why(reader: Reader, state: str) -> str:
    if state != DocumentState.REFUSED:
        return ""
    return reader.line("why", "Motif", limit=WHY_LIMIT, missing=WHY_MISSING)


def _check_whose(db: Session, reader: Reader, kind: DocumentType, family: Family, child_id: int) -> None:
    if kind.scope == DocumentScope.FAMILY and child_id:
        reader.errors["whose"] = "Ce document vaut pour toute la famille."
    if kind.scope == DocumentScope.CHILD and child_id not in _children(db, family.key):
        reader.errors["whose"] = "Choisissez l’enfant que ce document concerne."


def decide(  # noqa: PLR0913 — le document, ce que l'agent en a vu, ce qu'il en décide
    *, actor: Actor, document_id: int, seen: str, wanted: str, why: str, now: datetime
) -> None:
    """Valider ou refuser ; `seen` : l'état affiché à l'agent."""
    if wanted not in set(DocumentState):
        raise BadInputError
    said = clean_line(why, label="Motif", limit=WHY_LIMIT) if wanted == DocumentState.REFUSED else ""
    if wanted == DocumentState.REFUSED and not said:
        raise BadInputError(WHY_MISSING)
    with transaction() as db:
        query = select(FamilyDocument).where(FamilyDocument.id == document_id).with_for_update()
        row = db.exec(query).first() if is_key(document_id) else None
        family = access.any_family(db, actor, row.family_id if row else 0)
        if row is None:
            raise NotOpenError
        if row.state != seen or DocumentState(wanted) not in TRANSITIONS[DocumentState(row.state)]:
            raise DocumentChangedError
        row.state, row.why, row.decided_at = wanted, said, now
        if wanted == DocumentState.REFUSED:
            _tell_refused(db, row, family, now)
        audit.record(db, "document.recorded", at=now, actor_id=actor.account_id, subject_id=family.key)


def _tell_refused(db: Session, row: FamilyDocument, family: Family, now: datetime) -> None:
    """Sans ce document, des jours peuvent rester fermés : les adultes qui tiennent le dossier l'apprennent."""
    name = db.get_one(DocumentType, row.type_id).name
    child = db.get(Child, row.child_id) if row.child_id else None
    whose = f" de {child.first_name}" if child else ""
    message = Message(
        subject=f"Un document est à renvoyer : {name}",
        paragraphs=(
            f"La mairie n’a pas pu valider ce document{whose} : {name}.",
            f"Motif : {row.why}",
            "Tant qu’il manque, certaines activités peuvent rester fermées à la réservation.",
        ),
        action="Voir mes documents",
        url=f"{current().site_url}/documents",
    )
    for adult in readers.adults(db, family.key, FamilyRight.EDIT):
        outbox.add(db, adult.email, message, now)
