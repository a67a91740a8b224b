"""Tenir à jour les clés de ressemblance : à chaque personne ou adresse écrite, et chaque nuit par prudence.

Chaque foyer porte aussi un cachet, l'empreinte de ce dont ses clés sont tirées : comparer les cachets dit en une
lecture ce qui manque ou date, sans rien recalculer.
"""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import delete, event, insert, select
from sqlmodel import Session, SQLModel

from portail.domain.duplicates import Household, Person, address_key, name_keys, phone_key
from portail.domain.phonetics import words
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild, Guardian

RULES = 1  # à augmenter quand la façon d'écrire les clés change : toutes seront refaites
LONGEST = 80
WORD, STAMP = "w:", "v:"
_BATCH = 200
_TABLES = SQLModel.metadata.tables
_TABLE, _FAMILY, _GUARDIAN = _TABLES["person_key"], _TABLES["family"], _TABLES["guardian"]
_CHILD, _PLACE = _TABLES["child"], _TABLES["family_child"]


def keys_of(household: Household) -> frozenset[str]:
    """Tout ce par quoi ce foyer se retrouve."""
    found: set[str] = set()
    for person in (*household.adults, *household.children):
        found |= name_keys(person.first_name, person.last_name)
        for name in (words(person.first_name), words(person.last_name)):
            found |= {f"{WORD}{word}" for word in (*name, "".join(name)) if word}
        found |= {f"t:{phone}" for phone in person.phones}
        if person.birth_date:
            found.add(f"b:{person.birth_date:%Y%m%d}")
        if person.email:
            found.add(f"e:{person.email.casefold()}")
    if address := address_key(household.address, household.postcode):
        found.add(f"a:{address}")
    return frozenset(key[:LONGEST] for key in found)


def entry_of(household: Household) -> frozenset[str]:
    """Les clés du foyer et leur cachet."""
    return keys_of(household) | {stamp_of(household)}


def stamp_of(household: Household) -> str:
    people = [
        (one.first_name, one.last_name, one.birth_date, sorted(one.phones), one.email)
        for one in (*household.adults, *household.children)
    ]
    source = repr((RULES, len(household.adults), people, household.address, household.postcode))
    return STAMP + blake2b(source.encode(), digest_size=12).hexdigest()


def households(db: Session, family_ids: Iterable[int]) -> dict[int, Household]:
    """Ces foyers, tels que la comparaison les lit : trois lectures, quel qu'en soit le nombre."""
    wanted = sorted(family_ids)
    adults: dict[int, list[Person]] = defaultdict(list)
    children: dict[int, list[Person]] = defaultdict(list)
    run, g, c, f, place = db.connection().execute, _GUARDIAN.c, _CHILD.c, _FAMILY.c, _PLACE.c
    numbers = (g.phone, g.home_phone, g.work_phone, g.other_phone)
    of_adults = select(g.family_id, g.first_name, g.last_name, g.email, *numbers).where(g.family_id.in_(wanted))
    for family_id, first, last, email, *phones in run(of_adults.order_by(g.id)):
        keys = frozenset(key for key in map(phone_key, phones) if key)
        adults[family_id].append(Person(first, last, None, keys, email))
    of_children = select(place.family_id, c.first_name, c.last_name, c.birth_date).join(_PLACE, place.child_id == c.id)
    for family_id, *known in run(of_children.where(place.family_id.in_(wanted)).order_by(c.id)):
        children[family_id].append(Person(*known))
    of_families = select(f.id, f.address, f.postcode).where(f.id.in_(wanted))
    return {
        key: Household(tuple(adults[key]), tuple(children[key]), address, postcode)
        for key, address, postcode in run(of_families)
    }


def index_family(db: Session, family_id: int) -> None:
    """Recalcule les clés de ce foyer."""
    index_families(db, [family_id])


def index_families(db: Session, family_ids: Iterable[int]) -> int:
    """Remplace les clés de ces foyers là où elles ont changé ; rend le nombre de foyers corrigés."""
    wanted = sorted(set(family_ids))
    run = db.connection().execute
    kept: dict[int, set[str]] = defaultdict(set)
    for family_id, value in run(select(_TABLE.c.family_id, _TABLE.c.value).where(_TABLE.c.family_id.in_(wanted))):
        kept[family_id].add(value)
    due = {key: entry_of(household) for key, household in households(db, wanted).items()}
    changed = sorted(key for key in {*due, *kept} if kept[key] != due.get(key, frozenset()))
    gone = [(key, value) for key in changed for value in kept[key] - due.get(key, frozenset())]
    for family_id, value in gone:
        run(delete(_TABLE).where(_TABLE.c.family_id == family_id, _TABLE.c.value == value))
    missing = [(key, value) for key in changed for value in sorted(due.get(key, frozenset()) - kept[key])]
    if missing:
        rows = [{"family_id": key, "value": value, "whole_word": value.startswith(WORD)} for key, value in missing]
        run(insert(_TABLE), rows)
    return len(changed)


def index_everything() -> int:
    """Refait, par paquets, les clés qui manquent ou qui datent ; rend le nombre de foyers corrigés."""
    with reading() as db:
        every = list(db.connection().scalars(select(_FAMILY.c.id).order_by(_FAMILY.c.id)))
    repaired = 0
    for start in range(0, len(every), _BATCH):
        with reading() as db:
            late = outdated(db, every[start : start + _BATCH])
        if late:
            with transaction() as db:
                repaired += index_families(db, late)
    return repaired


def outdated(db: Session, family_ids: list[int]) -> list[int]:
    """Ceux de ces foyers dont le cachet manque ou ne dit plus ce qu'ils sont."""
    stamps = select(_TABLE.c.family_id, _TABLE.c.value)
    stamps = stamps.where(_TABLE.c.family_id.in_(family_ids), _TABLE.c.value.startswith(STAMP))
    kept = {family_id: value for family_id, value in db.connection().execute(stamps)}  # noqa: C416 — des lignes, pas des couples
    return [key for key, home in households(db, family_ids).items() if kept.get(key) != stamp_of(home)]


@event.listens_for(Session, "after_flush")
def _follow(db: Session, _flush: object) -> None:
    """Une personne écrite par n'importe quel service met à jour les clés de ses foyers, dans la même transaction."""
    written = [*db.new, *db.dirty, *db.deleted]
    touched = {row.family_id for row in written if isinstance(row, Guardian | FamilyChild)}
    touched |= {row.key for row in written if isinstance(row, Family)}
    children = [row.key for row in written if isinstance(row, Child)]
    if children:
        touched |= set(db.connection().scalars(select(_PLACE.c.family_id).where(_PLACE.c.child_id.in_(children))))
    if touched:
        index_families(db, touched)
