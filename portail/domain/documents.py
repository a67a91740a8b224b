"""Les documents demandés : pour qui, jusqu'à quand, et où en est chacun."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portail.domain.dates import months_away
from portail.domain.refusals import RefusalError

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


@dataclass(frozen=True)
class Needed:
    """Un document qu'une activité exige."""

    type_id: int
    name: str
    scope: DocumentScope
    needs_validation: bool = True


@dataclass(frozen=True)
class Given:
    """Un document qu'une famille a donné ; `child_id` à zéro : pour tout le foyer."""

    type_id: int
    family_id: int
    child_id: int
    state: DocumentState
    valid_until: date | None = None
    why: str = ""


TRANSITIONS = {
    DocumentState.SENT: frozenset({DocumentState.ACCEPTED, DocumentState.REFUSED}),
    DocumentState.ACCEPTED: frozenset({DocumentState.REFUSED}),
    DocumentState.REFUSED: frozenset({DocumentState.ACCEPTED}),
}


class DocumentChangedError(RefusalError):
    """Un autre agent est passé entre l'affichage et le geste."""

    def __init__(self) -> None:
        super().__init__("Ce document vient d’être changé : rien n’a été enregistré.", "Relisez-le, puis recommencez.")


class DocumentStanding(StrEnum):
    """Où en est un document demandé, un jour donné."""

    MISSING = "missing"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]

    @property
    def tone(self) -> str:
        return STANDING_TONES[self]


STANDING_LABELS = {
    DocumentStanding.MISSING: "à fournir",
    DocumentStanding.SENT: "envoyé, à valider",
    DocumentStanding.ACCEPTED: "validé",
    DocumentStanding.REFUSED: "refusé",
    DocumentStanding.EXPIRED: "expiré",
}
STANDING_TONES = {
    DocumentStanding.MISSING: "warn",
    DocumentStanding.SENT: "",
    DocumentStanding.ACCEPTED: "ok",
    DocumentStanding.REFUSED: "err",
    DocumentStanding.EXPIRED: "warn",
}


def concerns(needed: Needed, given: Given, child_id: int, family_id: int) -> bool:
    """Un document d'enfant vaut dans ses deux foyers ; un document de foyer, dans le sien seulement."""
    if given.type_id != needed.type_id:
        return False
    if needed.scope is DocumentScope.CHILD:
        return given.child_id == child_id
    return given.family_id == family_id and not given.child_id


def suffices(needed: Needed, given: Given, day: date) -> bool:
    """Validé, ou seulement envoyé quand la mairie ne le relit pas ; et pas expiré ce jour-là."""
    good = given.state is DocumentState.ACCEPTED or (given.state is DocumentState.SENT and not needed.needs_validation)
    return good and (given.valid_until is None or day <= given.valid_until)


def standing_of(needed: Needed, given: Collection[Given], day: date) -> DocumentStanding:
    """`given` : les documents qui concernent, du plus ancien au plus récent ; le meilleur parle."""
    if any(suffices(needed, one, day) for one in given):
        return DocumentStanding.ACCEPTED
    if any(one.state is DocumentState.SENT and needed.needs_validation for one in given):
        return DocumentStanding.SENT
    latest = next(reversed(list(given)), None)
    if latest is None:
        return DocumentStanding.MISSING
    return DocumentStanding.REFUSED if latest.state is DocumentState.REFUSED else DocumentStanding.EXPIRED
