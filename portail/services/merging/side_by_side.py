"""Mettre deux dossiers face à face : qui répond à qui, champ à champ, identique, proche ou différent."""

from collections import defaultdict

from sqlmodel import Session, col, select

from portail.domain.duplicates import (
    LIKELY_FAMILY,
    Household,
    Match,
    Person,
    face_to_face,
    match_people,
    match_phones,
    match_texts,
)
from portail.models.families import Family, Guardian
from portail.services.merging.duplicates import Duplicate
from portail.services.merging.person_keys import households
from portail.views import wording
from portail.views.duplicates import Candidate, Compared

# À partir de cette note : les mots et la couleur.
_STRENGTHS = (
    (90, "Presque certain", "err"),
    (65, "Probable", "warn"),
    (LIKELY_FAMILY, "Possible", ""),
    (0, "Peu ressemblant", ""),
)


def candidates(db: Session, family: Family, found: list[Duplicate]) -> list[Candidate]:
    """Chacun de ces dossiers face à celui-ci, en cinq lectures quel qu'en soit le nombre."""
    keys = [family.key, *(one.family_id for one in found)]
    families = {one.key: one for one in db.exec(select(Family).where(col(Family.id).in_(keys)))}
    people, numbers = households(db, keys), _numbers(db, keys)
    return [
        _candidate(one, families[one.family_id], _rows(family, families[one.family_id], people, numbers))
        for one in found
    ]


def _candidate(found: Duplicate, family: Family, rows: list[Compared]) -> Candidate:
    score = found.likeness.score
    strength, tone = next((words, tone) for least, words, tone in _STRENGTHS if score >= least)
    return Candidate(family.key, family.name, family.number, score, strength, tone, list(found.likeness.reasons), rows)


def _rows(ours: Family, theirs: Family, people: dict[int, Household], numbers: dict[int, str]) -> list[Compared]:
    mine, yours = people[ours.key], people[theirs.key]
    rows = [_compared("Nom du dossier", ours.name, theirs.name, match_texts(ours.name, theirs.name))]
    addresses = (_address(ours), _address(theirs))
    rows.append(_compared("Adresse", *addresses, match_texts(*addresses)))
    for label, left, right in (
        ("Responsable", mine.adults, yours.adults),
        ("Enfant", mine.children, yours.children),
    ):
        rows += [
            _compared(label, _said(one), _said(other), match_people(one, other))
            for one, other in face_to_face(left, right)
        ]
    known = [frozenset(phone for adult in home.adults for phone in adult.phones) for home in (mine, yours)]
    written = (numbers[ours.key], numbers[theirs.key])
    rows.append(_compared("Téléphones", *written, match_phones(known[0], known[1])))
    return rows


def _compared(label: str, ours: str, theirs: str, match: Match) -> Compared:
    return Compared(label, ours, theirs, match, match.label)


def _address(family: Family) -> str:
    return " ".join(f"{family.address}, {family.postcode} {family.city}".split()).strip(", ")


def _said(person: Person | None) -> str:
    if person is None:
        return ""
    born = f", {wording.full_day(person.birth_date)}" if person.birth_date else ""
    return f"{person.first_name} {person.last_name}{born}"


def _numbers(db: Session, keys: list[int]) -> dict[int, str]:
    """Les téléphones de chaque foyer, tels qu'ils sont écrits."""
    found: dict[int, list[str]] = defaultdict(list)
    for adult in db.exec(select(Guardian).where(col(Guardian.family_id).in_(keys)).order_by(col(Guardian.id))):
        found[adult.family_id] += filter(None, (adult.phone, adult.home_phone, adult.work_phone, adult.other_phone))
    return {key: ", ".join(dict.fromkeys(found[key])) for key in keys}
