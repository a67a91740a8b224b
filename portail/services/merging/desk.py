"""Préparer une fusion au guichet : chercher l'autre dossier, les mettre face à face, retrouver les fusions faites."""

from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from portail.domain.accounts import Actor
from portail.domain.families import FamilyStatus
from portail.domain.merging import CAN_UNDO_FOR, SameFileError, check_mergeable
from portail.domain.refusals import RefusalError
from portail.domain.text import clean_line
from portail.models.accounts import Account
from portail.models.database import reading
from portail.models.families import Family
from portail.models.merging import FamilyMerge
from portail.services import access
from portail.services.families.files import rows_of
from portail.services.merging import duplicates, side_by_side
from portail.views import wording
from portail.views.duplicates import Candidate
from portail.views.merging import MergeChoice, MergeLine, MergePage

MOST_FOUND = 12
LAST_MERGES = 10


def show(*, actor: Actor, family_id: int, now: datetime) -> MergePage:
    """Le dossier, ceux qui lui ressemblent, et les fusions qui l'ont touché."""
    with reading() as db:
        family = access.any_family(db, actor, family_id)
        return MergePage(
            ready=True,
            id=family.key,
            name=family.name,
            number=family.number,
            is_open=family.is_open,
            status=FamilyStatus(family.status).label,
            likely=_likely(db, family) if family.is_open else [],
            done=_done(db, family, now),
        )


def find(*, actor: Actor, family_id: int, words: str) -> list[MergeChoice]:
    """Les dossiers ouverts que ces mots désignent, sauf celui-ci."""
    wanted = clean_line(words, label="Recherche", limit=100)
    if not wanted:
        raise RefusalError("Tapez un nom, un téléphone ou un numéro de dossier.")
    with reading() as db:
        family = access.any_family(db, actor, family_id)
        keys = [one.family_id for one in duplicates.search_people(db, wanted, MOST_FOUND + 1)]
        if keys == [family.key]:
            raise SameFileError
        found = rows_of(db, [key for key in keys if key != family.key][:MOST_FOUND])
    return [MergeChoice(row.id, row.name, row.number, _said(row.adults, row.children, row.city)) for row in found]


def compare(*, actor: Actor, family_id: int, other_id: int) -> Candidate:
    """L'autre dossier face à celui-ci, s'ils peuvent être fusionnés."""
    with reading() as db:
        family, other = (access.any_family(db, actor, key) for key in (family_id, other_id))
        if family.key == other.key:
            raise SameFileError
        check_mergeable(FamilyStatus(family.status), FamilyStatus(other.status))
        found = duplicates.likeness_of(db, family.key, other.key)
        return side_by_side.candidates(db, family, [found])[0]


def _said(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def _likely(db: Session, family: Family) -> list[MergeChoice]:
    found = duplicates.likely_duplicates(db, family.key)
    named = {
        one.key: one for one in db.exec(select(Family).where(col(Family.id).in_([one.family_id for one in found])))
    }
    return [
        MergeChoice(one.family_id, named[one.family_id].name, named[one.family_id].number, _said(*one.likeness.reasons))
        for one in found
    ]


def _done(db: Session, family: Family, now: datetime) -> list[MergeLine]:
    source, target = aliased(Family), aliased(Family)
    query = (
        select(FamilyMerge, source, target, Account)
        .join(source, col(source.id) == col(FamilyMerge.source_id))
        .join(target, col(target.id) == col(FamilyMerge.target_id))
        .join(Account, col(Account.id) == col(FamilyMerge.merged_by), isouter=True)
        .where(or_(FamilyMerge.source_id == family.key, FamilyMerge.target_id == family.key))
        .order_by(col(FamilyMerge.id).desc())
        .limit(LAST_MERGES)
    )
    lines = []
    for merge, gone, kept, agent in db.exec(query):
        other = kept if gone.key == family.key else gone
        into = "Ce dossier a été fusionné dans" if other is kept else "Fusionné dans ce dossier :"
        who = agent.full_name if agent else "un compte supprimé"
        lines.append(
            MergeLine(
                id=merge.key,
                sentence=into,
                when=f"Le {_at(merge.merged_at)}, par {who}",
                other_id=other.key,
                other=f"{other.name}, n° {other.number}",
                outcome=_outcome(merge, now),
                undoable=_is_undoable(merge, now),
            )
        )
    return lines


def _is_undoable(merge: FamilyMerge, now: datetime) -> bool:
    return merge.undone_at is None and now < merge.merged_at + CAN_UNDO_FOR


def _outcome(merge: FamilyMerge, now: datetime) -> str:
    if merge.undone_at is not None:
        return f"Défaite le {_at(merge.undone_at)}."
    limit = _at(merge.merged_at + CAN_UNDO_FOR)
    if _is_undoable(merge, now):
        return f"Peut être défaite jusqu’au {limit}."
    return f"Ne peut plus être défaite depuis le {limit}."


def _at(moment: datetime) -> str:
    """Avec l'année : une fusion reste dans l'histoire."""
    return f"{wording.long_date(moment.astimezone(wording.PARIS).date())} à {wording.hour(moment)}"
