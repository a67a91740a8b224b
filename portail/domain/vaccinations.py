"""Les vaccins, et ce que la loi exige selon la date de naissance : une table datée, lue par des fonctions pures.

Sources : code de la santé publique, articles L3111-2 (la liste), R3111-2 (dans les dix-huit premiers mois, aux âges
du calendrier des vaccinations), R3111-3 (le rattrapage suit le calendrier) ; décret n° 2018-42 du 25 janvier 2018, pour
ceux qui sont nés à partir du 1er janvier 2018 ; décret n° 2024-694 du 5 juillet 2024, en vigueur le 1er janvier 2025.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portail.domain.refusals import BadInputError


class Vaccine(StrEnum):
    DTP = "dtp"
    PERTUSSIS = "pertussis"
    HIB = "hib"
    HEPATITIS_B = "hepatitis_b"
    PNEUMOCOCCUS = "pneumococcus"
    MMR = "mmr"
    MENINGOCOCCUS_C = "meningococcus_c"
    MENINGOCOCCUS_ACWY = "meningococcus_acwy"
    MENINGOCOCCUS_B = "meningococcus_b"
    BCG = "bcg"

    @property
    def label(self) -> str:
        return VACCINE_LABELS[self]


VACCINE_LABELS = {
    Vaccine.DTP: "Diphtérie, tétanos, poliomyélite (DTP)",
    Vaccine.PERTUSSIS: "Coqueluche",
    Vaccine.HIB: "Haemophilus influenzae b (Hib)",
    Vaccine.HEPATITIS_B: "Hépatite B",
    Vaccine.PNEUMOCOCCUS: "Pneumocoque",
    Vaccine.MMR: "Rougeole, oreillons, rubéole (ROR)",
    Vaccine.MENINGOCOCCUS_C: "Méningocoque C",
    Vaccine.MENINGOCOCCUS_ACWY: "Méningocoques A, C, W, Y",
    Vaccine.MENINGOCOCCUS_B: "Méningocoque B",
    Vaccine.BCG: "Tuberculose (BCG)",
}
MOST_DOSES = {
    Vaccine.DTP: 5,
    Vaccine.PERTUSSIS: 5,
    Vaccine.MMR: 2,
    Vaccine.MENINGOCOCCUS_C: 2,
    Vaccine.BCG: 1,
}
_USUAL_DOSES = 3
# Une seule piqûre pour six maladies (DTP compté une fois) : ses dates valent pour ces quatre lignes.
HEXAVALENT = (Vaccine.DTP, Vaccine.PERTUSSIS, Vaccine.HIB, Vaccine.HEPATITIS_B)
# Depuis 2025, un schéma commencé avec le vaccin C se poursuit avec l'ACWY : il vaut donc pour le C, pas l'inverse.
_COVERED_BY = {Vaccine.MENINGOCOCCUS_C: (Vaccine.MENINGOCOCCUS_C, Vaccine.MENINGOCOCCUS_ACWY)}
_2018, _2025 = date(2018, 1, 1), date(2025, 1, 1)

Given = Mapping[Vaccine, Iterable[date]]


@dataclass(frozen=True)
class Obligation:
    """Les doses exigées de ceux qui sont nés dans cette période ; les âges sont en mois, ceux du calendrier."""

    vaccine: Vaccine
    ages: tuple[int, ...]
    born_from: date = date.min
    born_before: date = date.max
    late: tuple[int, int] | None = None  # commencé à partir de cet âge, ce nombre de doses suffit
    until: int | None = None  # passé cet âge, le calendrier ne prévoit plus de rattrapage

    def concerns(self, birth: date) -> bool:
        return self.born_from <= birth < self.born_before


# Né avant 2018 : le DTP seul ; les rappels de 6 et 11 ans sont au calendrier, ils ne sont pas exigés ici.
# Né de 2018 à 2024 : méningocoque C. Né en 2025 ou après : ACWY, qui remplace le C, et B. Pour ceux de 2023 et 2024, le
# rattrapage ACWY et B relève du médecin : dans le doute, le portail ne demande que le C, qu'un vaccin ACWY satisfait.
OBLIGATIONS = (
    Obligation(Vaccine.DTP, (2, 4, 11)),
    Obligation(Vaccine.PERTUSSIS, (2, 4, 11), _2018),
    Obligation(Vaccine.HIB, (2, 4, 11), _2018, late=(12, 1), until=60),
    Obligation(Vaccine.HEPATITIS_B, (2, 4, 11), _2018),
    Obligation(Vaccine.PNEUMOCOCCUS, (2, 4, 11), _2018, late=(12, 2), until=24),
    Obligation(Vaccine.MMR, (12, 18), _2018),
    Obligation(Vaccine.MENINGOCOCCUS_C, (5, 12), _2018, _2025, late=(12, 1)),
    Obligation(Vaccine.MENINGOCOCCUS_ACWY, (6, 12), _2025, late=(12, 1)),
    Obligation(Vaccine.MENINGOCOCCUS_B, (3, 5, 12), _2025),
)


@dataclass(frozen=True)
class Lack:
    """Un vaccin exigé dont il manque des doses."""

    vaccine: Vaccine
    expected: int
    given: int

    @property
    def sentence(self) -> str:
        doses = "1 dose" if self.expected == 1 else f"{self.expected} doses"
        known = "aucune n’est indiquée" if self.given == 0 else f"{self.given} indiquée{'s' if self.given > 1 else ''}"
        return f"{self.vaccine.label} : {doses} attendue{'s' if self.expected > 1 else ''} à cet âge, {known}."


def age_in_months(birth: date, day: date) -> int:
    return (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)


def required_on(birth: date, day: date) -> dict[Vaccine, int]:
    """Les vaccins que la loi exige ce jour-là, et combien de doses à cet âge ; rien pour qui n'est pas encore né."""
    age = age_in_months(birth, day)
    found = {}
    for obligation in OBLIGATIONS:
        doses = sum(age >= due for due in obligation.ages)
        expired = obligation.until is not None and age >= obligation.until
        if obligation.concerns(birth) and doses and not expired:
            found[obligation.vaccine] = doses
    return found


def missing(birth: date, day: date, given: Given) -> list[Lack]:
    """Ce qui manque, dans l'ordre de la table. Seules comptent les dates entre la naissance et ce jour."""
    required = required_on(birth, day)
    lacks = []
    for obligation in OBLIGATIONS:
        doses = required.get(obligation.vaccine, 0) if obligation.concerns(birth) else 0
        received = _received(obligation.vaccine, birth, day, given)
        expected = _expected(obligation, doses, birth, received)
        if len(received) < expected:
            lacks.append(Lack(obligation.vaccine, expected, len(received)))
    return lacks


def _received(vaccine: Vaccine, birth: date, day: date, given: Given) -> list[date]:
    accepted = _COVERED_BY.get(vaccine, (vaccine,))
    dates = {one for kind in accepted for one in given.get(kind, ())}
    return sorted(one for one in dates if birth <= one <= day)


def _expected(obligation: Obligation, doses: int, birth: date, received: list[date]) -> int:
    """Commencée tard, une vaccination demande moins de doses : c'est le rattrapage du calendrier."""
    if obligation.late is None or not received or age_in_months(birth, received[0]) < obligation.late[0]:
        return doses
    return min(doses, obligation.late[1])


def most_doses(vaccine: Vaccine) -> int:
    return MOST_DOSES.get(vaccine, _USUAL_DOSES)


def check_doses(vaccine: Vaccine, dates: Iterable[date], birth: date, day: date) -> tuple[date, ...]:
    """Les dates dans l'ordre, sans doublon ; aucune avant la naissance, aucune à venir."""
    kept = tuple(sorted(set(dates)))
    if kept and kept[0] < birth:
        raise BadInputError(f"{vaccine.label} : une date est antérieure à la naissance.")
    if kept and kept[-1] > day:
        raise BadInputError(f"{vaccine.label} : une date n’est pas encore passée.")
    if len(kept) > most_doses(vaccine):
        raise BadInputError(f"{vaccine.label} : {most_doses(vaccine)} dates au plus.", "Gardez les plus récentes.")
    return kept
