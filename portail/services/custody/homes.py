"""Les foyers d'un enfant et sa garde, lus en base."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from portail.domain.custody import Custody, DatedException, HolidayRule, Pattern, PatternKind, check_may_join
from portail.domain.school_calendar import Zone, holidays_between
from portail.models.custody import CustodyException, CustodyPattern
from portail.models.families import Family, FamilyChild
from portail.services.access import OPEN
from portail.settings import current


@dataclass(frozen=True)
class Shared:
    """Les foyers ouverts d'un enfant, du premier rattaché au dernier, et ce qui est réglé entre eux."""

    families: list[Family]
    patterns: list[CustodyPattern]
    exceptions: list[CustodyException]
    custody: Custody

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(family.key for family in self.families)

    @property
    def is_shared(self) -> bool:
        return len(self.families) > 1


def custody_of(db: Session, child_id: int, first: date, last: date) -> Custody:
    """De quoi dire à qui est chaque jour de cette période ; trois lectures."""
    return shared_of(db, [child_id], first, last)[child_id].custody


def custodies_of(db: Session, child_ids: Collection[int], first: date, last: date) -> dict[int, Custody]:
    """La même chose pour plusieurs enfants, sans une lecture de plus."""
    return {child_id: one.custody for child_id, one in shared_of(db, child_ids, first, last).items()}


def shared_of(db: Session, child_ids: Collection[int], first: date, last: date) -> dict[int, Shared]:
    families, patterns, exceptions = (
        _families(db, child_ids),
        _patterns(db, child_ids),
        _exceptions(db, child_ids, first),
    )
    return {
        child_id: Shared(
            families[child_id],
            patterns[child_id],
            exceptions[child_id],
            _custody(families[child_id], patterns[child_id], exceptions[child_id], (first, last)),
        )
        for child_id in child_ids
    }


def check_two_families(db: Session, child_id: int, family_id: int) -> None:
    """À appeler avant de rattacher un enfant à un foyer : deux au plus."""
    check_may_join([family.key for family in _families(db, [child_id])[child_id]], family_id)


def pattern_of(row: CustodyPattern) -> Pattern:
    return Pattern(
        kind=PatternKind(row.kind),
        first=row.first_family_id,
        second=row.second_family_id,
        anchor=row.anchor,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        change_day=row.change_day,
        holidays=HolidayRule(row.holidays),
    )


def _custody(
    families: list[Family],
    patterns: list[CustodyPattern],
    exceptions: list[CustodyException],
    period: tuple[date, date],
) -> Custody:
    """Ce qui nomme un foyer que l'enfant a quitté ne compte plus."""
    keys = {family.key for family in families}
    if len(keys) < 2:  # noqa: PLR2004 — un seul foyer : rien à partager
        return Custody()
    return Custody(
        tuple(pattern for pattern in map(pattern_of, patterns) if pattern.families == keys),
        tuple(
            DatedException(row.family_id, row.first_day, row.last_day) for row in exceptions if row.family_id in keys
        ),
        holidays_between(Zone(current().school_zone), *period),
    )


def _families(db: Session, child_ids: Collection[int]) -> dict[int, list[Family]]:
    query = (
        select(FamilyChild.child_id, Family)
        .join(Family, col(Family.id) == col(FamilyChild.family_id))
        .where(col(FamilyChild.child_id).in_(child_ids), col(Family.status).in_(OPEN))
        .order_by(col(FamilyChild.id))
    )
    found: dict[int, list[Family]] = defaultdict(list)
    for child_id, family in db.exec(query):
        found[child_id].append(family)
    return found


def _patterns(db: Session, child_ids: Collection[int]) -> dict[int, list[CustodyPattern]]:
    query = select(CustodyPattern).where(col(CustodyPattern.child_id).in_(child_ids))
    found: dict[int, list[CustodyPattern]] = defaultdict(list)
    for row in db.exec(query.order_by(col(CustodyPattern.valid_from))):
        found[row.child_id].append(row)
    return found


def _exceptions(db: Session, child_ids: Collection[int], first: date) -> dict[int, list[CustodyException]]:
    query = select(CustodyException).where(
        col(CustodyException.child_id).in_(child_ids), col(CustodyException.last_day) >= first
    )
    found: dict[int, list[CustodyException]] = defaultdict(list)
    for row in db.exec(query.order_by(col(CustodyException.id))):
        found[row.child_id].append(row)
    return found
