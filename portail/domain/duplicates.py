"""Est-ce la même personne, la même famille ? Une note de 0 à 100 et les raisons, en français."""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import prod, sqrt

from rapidfuzz.distance import OSA

from portail.domain.phonetics import phonetic, skeleton, words

LIKELY = 50
LIKELY_FAMILY = 40
_SAME_SOUND, _PART_OF, _UNLIKE = 0.93, 0.88, 0.6
_NAMES, _FIRST_NAME_ALONE = 75, 25
_BIRTH_SAME, _BIRTH_CLOSE, _BIRTH_DIFFERENT = 30, 15, -30
_PHONE, _EMAIL = 25, 25
_CHILD_WEIGHT, _ADULT_WEIGHT, _ADDRESS_WEIGHT = 0.85, 0.7, 0.3
_PHONE_LENGTH = 9
_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Person:
    """Ce qui sert à reconnaître quelqu'un."""

    first_name: str
    last_name: str
    birth_date: date | None = None
    phones: frozenset[str] = frozenset()
    email: str = ""


@dataclass(frozen=True)
class Household:
    adults: tuple[Person, ...] = ()
    children: tuple[Person, ...] = ()
    address: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Likeness:
    score: int = 0
    reasons: tuple[str, ...] = field(default=())


def phone_key(number: str) -> str:
    """Les neuf derniers chiffres : 06…, +33 6… et 0033 6… sont le même numéro."""
    digits = _DIGITS.sub("", number)
    return digits[-_PHONE_LENGTH:] if len(digits) >= _PHONE_LENGTH else ""


def address_key(address: str, postcode: str) -> str:
    """Le numéro et la fin du nom de la rue : « 12, r. des Acacias » et « 12 rue des acacias » se valent."""
    number, street = re.search(r"\d+", address), words(address)
    if not street:
        return ""
    return f"{postcode.strip()}/{number[0] if number else ''}/{skeleton(street[-1])}"


def name_keys(first_name: str, last_name: str) -> frozenset[str]:
    """Les clés par lesquelles on retrouve ce nom malgré l'orthographe ; deux noms proches en partagent une."""
    first, last = phonetic(first_name), phonetic(last_name)
    if not (first and last):
        return frozenset()
    keys = {
        "n:" + "+".join(sorted((first, last))),
        "s:" + "+".join(sorted((skeleton(first_name), skeleton(last_name)))),
    }
    for one in {last, *map(phonetic, words(last_name))}:
        keys |= {f"l:{one}+{first[:1]}"}
    for one in {first, *map(phonetic, words(first_name))}:
        keys |= {f"f:{one}+{last[:1]}"}
    return frozenset(keys)


def likeness(one: str, other: str) -> float:
    """De 0 à 1, sans égard aux accents, aux majuscules, à l'ordre ni aux tirets ; le même son compte presque pareil."""
    left, right = words(one), words(other)
    if not left or not right:
        return 0.0
    if sorted(left) == sorted(right) or "".join(left) == "".join(right):
        return 1.0
    spelt: float = OSA.normalized_similarity("".join(left), "".join(right))
    if spelt >= 0.5 and phonetic(one) == phonetic(other):  # noqa: PLR2004 — la moitié des lettres, au moins
        spelt = max(spelt, _SAME_SOUND)
    if set(left) < set(right) or set(right) < set(left):
        spelt = max(spelt, _PART_OF)
    return spelt


def compare_people(one: Person, other: Person) -> Likeness:
    """Les noms d'abord, dans l'ordre ou inversés ; la naissance, le téléphone et l'e-mail confirment ou démentent."""
    straight = (likeness(one.last_name, other.last_name), likeness(one.first_name, other.first_name))
    crossed = (likeness(one.last_name, other.first_name), likeness(one.first_name, other.last_name))
    inverted = min(crossed) > min(straight) and min(crossed) > _UNLIKE
    last, first = crossed if inverted else straight
    points = _NAMES * sqrt(_shape(last) * _shape(first))
    reasons = ["nom et prénom inversés"] if inverted else _name_reasons(one, other, last, first)
    birth, said = _compare_births(one.birth_date, other.birth_date)
    if birth == _BIRTH_SAME:
        points = max(points, _FIRST_NAME_ALONE * _shape(first))
    points += birth
    reasons += said
    if one.phones & other.phones:
        points, reasons = points + _PHONE, [*reasons, "même téléphone"]
    if one.email and one.email.casefold() == other.email.casefold():
        points, reasons = points + _EMAIL, [*reasons, "même e-mail"]
    return Likeness(max(0, min(100, round(points))), tuple(reasons))


def _shape(similarity: float) -> float:
    return max(0.0, (similarity - _UNLIKE) / (1 - _UNLIKE))


def _name_reasons(one: Person, other: Person, last: float, first: float) -> list[str]:
    if last == first == 1:
        return [f"même nom : {other.first_name} {other.last_name}"]
    reasons = []
    for label, similarity, left, right in (
        ("nom", last, one.last_name, other.last_name),
        ("prénom", first, one.first_name, other.first_name),
    ):
        if similarity == 1:
            reasons.append(f"même {label} : {right}")
        elif similarity > _UNLIKE:
            reasons.append(f"{label} proche : {left} / {right}")
    return reasons


def _compare_births(one: date | None, other: date | None) -> tuple[int, list[str]]:
    if one is None or other is None:
        return 0, []
    if one == other:
        return _BIRTH_SAME, ["même date de naissance"]
    if are_dates_close(one, other):
        return _BIRTH_CLOSE, [f"dates de naissance proches : {one:%d/%m/%Y} / {other:%d/%m/%Y}"]
    return _BIRTH_DIFFERENT, []


def are_dates_close(one: date, other: date) -> bool:
    """Un chiffre de travers, ou le jour et le mois échangés."""
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return True
    return sum(left != right for left, right in zip(one.isoformat(), other.isoformat(), strict=True)) == 1


def swapped(day: date) -> date | None:
    """La même date, jour et mois échangés, si elle existe."""
    try:
        return date(day.year, day.day, day.month)
    except ValueError:
        return None


def compare_families(one: Household, other: Household) -> Likeness:
    """Chaque indice compte une fois ; plusieurs indices faibles finissent par peser."""
    children = _best_pairs(one.children, other.children)
    adults = _best_pairs(one.adults, other.adults)
    doubts = [1 - _CHILD_WEIGHT * pair.score / 100 for pair in children]
    doubts += [1 - _ADULT_WEIGHT * pair.score / 100 for pair in adults]
    reasons = [reason for pair in (*children, *adults) for reason in pair.reasons]
    mine, theirs = address_key(one.address, one.postcode), address_key(other.address, other.postcode)
    if mine and mine == theirs:
        doubts.append(1 - _ADDRESS_WEIGHT)
        reasons.append("même adresse")
    if "même téléphone" not in reasons and _phones(one) & _phones(other):
        doubts.append(1 - _ADDRESS_WEIGHT)
        reasons.append("même téléphone")
    score = round(100 * (1 - prod(doubts)))
    return Likeness(score, tuple(dict.fromkeys(reasons)))


def _phones(household: Household) -> frozenset[str]:
    return frozenset(phone for adult in household.adults for phone in adult.phones)


def _best_pairs(ours: tuple[Person, ...], theirs: tuple[Person, ...]) -> list[Likeness]:
    return [compare_people(ours[rank], theirs[other]) for rank, other in _pairs(ours, theirs)]


def _pairs(ours: tuple[Person, ...], theirs: tuple[Person, ...]) -> list[tuple[int, int]]:
    """Chaque personne avec celle qui lui ressemble le plus, une fois chacune, si la ressemblance compte."""
    every = [
        (compare_people(one, two).score, rank, other)
        for rank, one in enumerate(ours)
        for other, two in enumerate(theirs)
    ]
    kept: dict[int, int] = {}
    for score, rank, other in sorted(every, key=lambda found: -found[0]):
        if score >= LIKELY and rank not in kept and other not in kept.values():
            kept[rank] = other
    return list(kept.items())


class Match(StrEnum):
    """Ce que deux champs mis face à face ont de commun."""

    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"
    MISSING = "missing"

    @property
    def label(self) -> str:
        return MATCH_LABELS[self]


MATCH_LABELS = {
    Match.SAME: "identique",
    Match.CLOSE: "proche",
    Match.DIFFERENT: "différent",
    Match.MISSING: "absent",
}


def match_people(one: Person | None, other: Person | None) -> Match:
    if one is None or other is None:
        return Match.MISSING
    found = compare_people(one, other)
    same_name = likeness(one.first_name, other.first_name) == likeness(one.last_name, other.last_name) == 1
    if same_name and one.birth_date == other.birth_date:
        return Match.SAME
    return Match.CLOSE if found.score >= LIKELY else Match.DIFFERENT


def match_texts(one: str, other: str) -> Match:
    if not one or not other:
        return Match.MISSING
    alike = likeness(one, other)
    if alike == 1:
        return Match.SAME
    return Match.CLOSE if alike >= _PART_OF else Match.DIFFERENT


def match_phones(one: frozenset[str], other: frozenset[str]) -> Match:
    if not one or not other:
        return Match.MISSING
    if one == other:
        return Match.SAME
    return Match.CLOSE if one & other else Match.DIFFERENT


def face_to_face(ours: tuple[Person, ...], theirs: tuple[Person, ...]) -> list[tuple[Person | None, Person | None]]:
    """Chacun devant qui lui ressemble ; qui ne ressemble à personne est seul sur sa ligne."""
    pairs = _pairs(ours, theirs)
    facing = dict(pairs)
    alone = [other for other in range(len(theirs)) if other not in facing.values()]
    rows: list[tuple[Person | None, Person | None]] = [
        (person, theirs[facing[rank]] if rank in facing else None) for rank, person in enumerate(ours)
    ]
    return rows + [(None, theirs[other]) for other in alone]
