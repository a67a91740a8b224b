"""Retrouver les doublons probables d'un foyer, et une famille dont le nom est mal écrit."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlmodel import Session, col, func, select

from portail.domain.duplicates import (
    LIKELY_FAMILY,
    Household,
    Likeness,
    compare_families,
    phone_key,
    swapped,
)
from portail.domain.phonetics import phonetic, words
from portail.models.duplicates import PersonKey
from portail.models.families import Family
from portail.services.access import OPEN
from portail.services.merging.person_keys import WORD, households, keys_of

MOST_COMPARED = 50
SHOWN = 5
_TOO_COMMON = 400
_SAME, _NEAR_ENOUGH, _HALF = 0.95, 0.7, 0.5
_NEAR_WORDS = 200
_MOST_WORDS = 6


@dataclass(frozen=True)
class Duplicate:
    """Un dossier qui ressemble, à quel point et pourquoi."""

    family_id: int
    likeness: Likeness


@dataclass(frozen=True)
class Found:
    """Une famille trouvée par quelques mots, et ceux de ses mots qui leur ressemblent."""

    family_id: int
    matched: tuple[str, ...]
    closeness: float


def likely_duplicates(db: Session, family_id: int, limit: int = SHOWN) -> list[Duplicate]:
    """Les autres dossiers ouverts qui ressemblent à celui-ci, le plus ressemblant d'abord."""
    own = households(db, [family_id]).get(family_id)
    return likely_families(db, own, limit, apart_from=family_id) if own else []


def likely_families(db: Session, household: Household, limit: int = SHOWN, *, apart_from: int = 0) -> list[Duplicate]:
    """Deux temps : les clés partagées désignent des candidats, la comparaison les note."""
    candidates = _sharing_keys(db, _wanted(household), apart_from)
    found = [Duplicate(key, compare_families(household, other)) for key, other in households(db, candidates).items()]
    likely = [one for one in found if one.likeness.score >= LIKELY_FAMILY]
    return sorted(likely, key=lambda one: (-one.likeness.score, one.family_id))[:limit]


def likeness_of(db: Session, family_id: int, other_id: int) -> Duplicate:
    """À quel point cet autre dossier, choisi par l'agent, ressemble à celui-ci."""
    homes = households(db, [family_id, other_id])
    return Duplicate(other_id, compare_families(homes[family_id], homes[other_id]))


def _wanted(household: Household) -> list[str]:
    """Les clés du foyer, moins les mots entiers, plus les dates dont le jour et le mois sont échangés."""
    wanted = {key for key in keys_of(household) if not key.startswith(WORD)}
    births = [person.birth_date for person in household.children if person.birth_date]
    wanted |= {f"b:{other:%Y%m%d}" for birth in births if (other := swapped(birth))}
    return sorted(wanted)


def _sharing_keys(db: Session, wanted: list[str], apart_from: int) -> list[int]:
    """Les foyers ouverts qui partagent une clé ; une clé rare pèse plus qu'une clé commune."""
    query = (
        select(PersonKey.value, PersonKey.family_id)
        .join(Family, col(Family.id) == col(PersonKey.family_id))
        .where(col(PersonKey.value).in_(wanted), col(Family.status).in_(OPEN), Family.id != apart_from)
    )
    holders: dict[str, list[int]] = defaultdict(list)
    for value, family_id in db.exec(query):
        holders[value].append(family_id)
    weight: Counter[int] = Counter()
    for families in holders.values():
        if len(families) <= _TOO_COMMON:
            for family_id in families:
                weight[family_id] += 1_000 // len(families)
    return [family_id for family_id, _ in weight.most_common(MOST_COMPARED)]


def search_people(db: Session, text: str, limit: int = 30) -> list[Found]:
    """Par téléphone, par numéro de dossier, ou par des mots qui doivent tous s'y retrouver, à une faute près."""
    if exact := _exactly(db, text.strip()):
        return [Found(key, (text.strip(),), 1.0) for key in exact[:limit]]
    typed = words(text)[:_MOST_WORDS]
    vocabulary = _all_words(db) if typed else []
    scores: dict[int, list[tuple[str, float]]] | None = None
    for word in typed:
        near = _near(word, vocabulary)
        best = _best_by_family(db, near)
        if scores is None:
            scores = {key: [found] for key, found in best.items()}
        else:
            scores = {key: [*before, best[key]] for key, before in scores.items() if key in best}
    found = [
        Found(key, tuple(dict.fromkeys(word for word, _ in pairs)), sum(score for _, score in pairs) / len(pairs))
        for key, pairs in (scores or {}).items()
    ]
    return sorted(found, key=lambda one: (-one.closeness, one.family_id))[:limit]


def _all_words(db: Session) -> list[str]:
    """Le vocabulaire : quelques milliers de mots, rendus en une seule ligne, ce qui va cinq fois plus vite."""
    known = select(PersonKey.value).where(col(PersonKey.whole_word)).distinct().subquery()
    joined = db.connection().scalar(select(func.aggregate_strings(known.c.value, " ")))
    return sorted(value.removeprefix(WORD) for value in (joined or "").split())


def _near(word: str, vocabulary: list[str]) -> dict[str, float]:
    """Les mots connus qui ressemblent : début du mot, même son, ou une faute."""
    near = {known: _SAME for known in vocabulary if known.startswith(word)}
    spelt = process.extract(word, vocabulary, scorer=OSA.normalized_similarity, score_cutoff=_HALF, limit=_NEAR_WORDS)
    for known, score, _ in spelt:
        heard = max(score, _SAME) if phonetic(known) == phonetic(word) else score
        if heard >= _NEAR_ENOUGH:
            near[known] = max(near.get(known, 0.0), heard)
    return near


def _best_by_family(db: Session, near: dict[str, float]) -> dict[int, tuple[str, float]]:
    query = (
        select(PersonKey.family_id, PersonKey.value)
        .join(Family, col(Family.id) == col(PersonKey.family_id))
        .where(col(PersonKey.value).in_([WORD + known for known in near]), col(Family.status).in_(OPEN))
    )
    best: dict[int, tuple[str, float]] = {}
    for family_id, value in db.exec(query):
        known = value.removeprefix(WORD)
        if near[known] > best.get(family_id, ("", 0.0))[1]:
            best[family_id] = (known, near[known])
    return best


def _exactly(db: Session, text: str) -> list[int]:
    """Les foyers ouverts qui ont ce téléphone, ou ce numéro de dossier."""
    number = phone_key(text)
    open_ones = select(Family.id).where(col(Family.status).in_(OPEN)).order_by(col(Family.id))
    if number:
        holders = select(PersonKey.family_id).where(PersonKey.value == f"t:{number}")
        query = open_ones.where(col(Family.id).in_(holders))
    else:
        query = open_ones.where(func.lower(Family.number) == text.lower())
    return [key for key in db.exec(query) if key is not None]
