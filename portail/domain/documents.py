"""Les documents demandés : pour qui, jusqu'à quand, et où en est chacun."""

from datetime import date
from enum import StrEnum

from portail.domain.dates import months_away

MONTHS_IN_A_YEAR = 12
NEW_YEAR_FROM = 7


class DocumentScope(StrEnum):
    FAMILY = "family"
    CHILD = "child"

    @property
    def label(self) -> str:
        return "Pour la famille" if self is DocumentScope.FAMILY else "Pour chaque enfant"


class DocumentValidity(StrEnum):
    SCHOOL_YEAR = "school_year"
    YEAR = "year"
    ALWAYS = "always"

    @property
    def label(self) -> str:
        return VALIDITY_LABELS[self]


VALIDITY_LABELS = {
    DocumentValidity.SCHOOL_YEAR: "jusqu’à la fin de l’année scolaire",
    DocumentValidity.YEAR: "un an",
    DocumentValidity.ALWAYS: "sans limite",
}


class DocumentState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    DocumentState.SENT: "envoyé",
    DocumentState.ACCEPTED: "validé",
    DocumentState.REFUSED: "refusé",
}


def valid_until(validity: DocumentValidity, day: date) -> date | None:
    """Le dernier jour où vaut un document donné ce jour-là ; en juillet et en août, il vaut pour l'année qui vient."""
    if validity is DocumentValidity.ALWAYS:
        return None
    if validity is DocumentValidity.YEAR:
        return months_away(day, MONTHS_IN_A_YEAR)
    return date(day.year + (day.month >= NEW_YEAR_FROM), 8, 31)
