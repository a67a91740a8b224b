"""Le foyer : qui en est responsable, qui en est l'enfant, et à quelle école."""

from datetime import date
from enum import StrEnum


class GuardianRole(StrEnum):
    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    CARER = "carer"

    @property
    def label(self) -> str:
        return GUARDIAN_LABELS[self]


GUARDIAN_LABELS = {
    GuardianRole.MOTHER: "Mère",
    GuardianRole.FATHER: "Père",
    GuardianRole.GUARDIAN: "Responsable légal",
    GuardianRole.CARER: "Personne de confiance",
}


class Level(StrEnum):
    TPS = "TPS"
    PS = "PS"
    MS = "MS"
    GS = "GS"
    CP = "CP"
    CE1 = "CE1"
    CE2 = "CE2"
    CM1 = "CM1"
    CM2 = "CM2"

    @property
    def label(self) -> str:
        return self.value


CHILD_COLORS = ("#8A4FC0", "#1F7A44", "#B4471A", "#1B6FA8", "#A33A6B", "#6B6100")


def child_color(position: int) -> str:
    return CHILD_COLORS[position % len(CHILD_COLORS)]


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
