"""Des noms mal écrits comme on les écrit vraiment, et combien s'en retrouvent parmi toute une ville."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean

from portail.domain.duplicates import Household, Person
from portail.models.database import reading, transaction
from portail.models.families import Child, Family, FamilyChild
from portail.services.merging import duplicates, person_keys
from tests.conftest import NOW
from tests.factories import townsfolk

SAMPLES = Path(__file__).parent.parent / "services" / "samples" / "misspellings.csv"
BIRTH = date(2018, 3, 12)
COMPARED = 50


@dataclass(frozen=True)
class Recall:
    """Les noms manqués (par les doublons, par la recherche), et combien d'autres dossiers sont proposés avec le bon."""

    total: int
    missed: list[str]
    unfound: list[str]
    strangers: float
    homonyms: float  # pour un habitant dont le nom a perdu une lettre


def samples() -> list[dict[str, str]]:
    with SAMPLES.open() as file:
        return list(csv.DictReader(file))


def settle() -> dict[int, dict[str, str]]:
    """Un foyer par ligne, d'un seul enfant au nom bien écrit."""
    settled = {}
    for rank, row in enumerate(samples()):
        with transaction() as db:
            family = Family(number=f"S-{rank}", name=row["last_name"], created_at=NOW)
            child = Child(first_name=row["first_name"], last_name=row["last_name"], birth_date=BIRTH)
            db.add_all([family, child])
            db.flush()
            db.add(FamilyChild(family_id=family.key, child_id=child.key))
            settled[family.key] = row
    return settled


def recall() -> Recall:
    """Chaque nom mal écrit, cherché dans la ville déjà peuplée."""
    settled = settle()
    missed, unfound, strangers = [], [], []
    with reading() as db:
        for family_id, row in settled.items():
            first, last = row["typed_first_name"], row["typed_last_name"]
            found = _proposed(first, last)
            strangers.append(len(found - {family_id}))
            missed += [f"{first} {last}"] * (family_id not in found)
            by_search = [one.family_id for one in duplicates.search_people(db, f"{last} {first}")]
            unfound += [f"{first} {last}"] * (family_id not in by_search)
    return Recall(len(settled), missed, unfound, mean(strangers), mean(_homonyms()))


def _proposed(first: str, last: str) -> set[int]:
    with reading() as db:
        typed = Household(children=(Person(first, last),))
        return {one.family_id for one in duplicates.likely_families(db, typed, COMPARED)}


def _homonyms() -> list[int]:
    """Deux cents habitants dont on retire une lettre du nom."""
    with reading() as db:
        homes = person_keys.households(db, range(townsfolk.FIRST_ID, townsfolk.FIRST_ID + 5_000, 25))
    counts = []
    for home, household in homes.items():
        child = household.children[0]
        shorter = child.last_name[: home % 4 + 1] + child.last_name[home % 4 + 2 :]
        counts.append(len(_proposed(child.first_name, shorter) - {home}))
    return counts
