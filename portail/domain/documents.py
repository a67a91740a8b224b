"""Les documents demandés : pour qui, jusqu'à quand, et où en est chacun."""

from enum import StrEnum


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
