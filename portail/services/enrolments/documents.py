"""Les documents qui ouvrent une activité : ce qu'elle exige, ce que chaque famille a donné, ce qui manque."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from portail.domain.documents import (
    DocumentScope,
    DocumentStanding,
    DocumentState,
    Given,
    Needed,
    concerns,
    standing_of,
    suffices,
)
from portail.models.documents import ActivityDocument, DocumentType, FamilyDocument


@dataclass(frozen=True)
class Held:
    """De quoi répondre pour tous les jours d'un mois sans une lecture de plus."""

    needed: tuple[Needed, ...] = ()
    given: tuple[Given, ...] = ()

    def missing(self, child_id: int, family_id: int, day: date) -> list[str]:
        """Les noms des documents qui manquent à cet enfant, réservé par ce foyer, ce jour-là."""
        return [
            one.name
            for one in self.needed
            if not any(suffices(one, given, day) for given in self._of(one, child_id, family_id))
        ]

    def standings(self, child_id: int, family_id: int, day: date) -> list[tuple[Needed, DocumentStanding, str]]:
        """Chaque document exigé, où il en est, et le motif du dernier refus."""
        found = []
        for one in self.needed:
            given = self._of(one, child_id, family_id)
            standing = standing_of(one, given, day)
            why = given[-1].why if standing is DocumentStanding.REFUSED else ""
            found.append((one, standing, why))
        return found

    def _of(self, needed: Needed, child_id: int, family_id: int) -> list[Given]:
        return [one for one in self.given if concerns(needed, one, child_id, family_id)]


def needed_for(db: Session, activity_id: int) -> tuple[Needed, ...]:
    """Ce que cette activité exige ; l'avis d'imposition, qui ne sert qu'au prix, ne bloque jamais (DOC-4)."""
    query = (
        select(DocumentType)
        .join(ActivityDocument, col(ActivityDocument.type_id) == col(DocumentType.id))
        .where(ActivityDocument.activity_id == activity_id, col(DocumentType.for_tariff).is_(False))
        .order_by(col(DocumentType.position), col(DocumentType.id))
    )
    return tuple(needed_of(one) for one in db.exec(query))


def needed_of(row: DocumentType) -> Needed:
    return Needed(row.key, row.name, DocumentScope(row.scope), row.needs_validation)


def held_by(db: Session, needed: Sequence[Needed], children: Mapping[int, int]) -> Held:
    """Ce qui est donné pour ces enfants (chacun, et le foyer qui réserve) : une lecture, aucune si rien n'est exigé."""
    if not needed:
        return Held()
    query = (
        select(FamilyDocument)
        .where(
            col(FamilyDocument.type_id).in_([one.type_id for one in needed]),
            or_(
                col(FamilyDocument.child_id).in_(list(children)),
                col(FamilyDocument.child_id).is_(None)
                & col(FamilyDocument.family_id).in_(sorted(set(children.values()))),
            ),
        )
        .order_by(col(FamilyDocument.id))
    )
    return Held(tuple(needed), tuple(_given(row) for row in db.exec(query)))


def missing_documents(
    db: Session, needed: Sequence[Needed], children: Mapping[int, int], day: date
) -> dict[int, list[str]]:
    """Pour un seul jour : ce qui manque à chaque enfant."""
    held = held_by(db, needed, children)
    return {child_id: held.missing(child_id, family_id, day) for child_id, family_id in children.items()}


def _given(row: FamilyDocument) -> Given:
    return Given(row.type_id, row.family_id, row.child_id or 0, DocumentState(row.state), row.valid_until, row.why)
