"""Les démarches : leurs sortes, leur vie, le service qui les traite."""

from collections.abc import Iterable
from enum import StrEnum

from portail.domain.refusals import RefusalError


class RequestKind(StrEnum):
    """Ce qui est demandé."""

    REGISTRATION = "registration"
    FAMILY_CHANGE = "family_change"
    CHILD_CHANGE = "child_change"
    CHILD_ADD = "child_add"
    CHILD_REMOVE = "child_remove"
    ADULT_ADD = "adult_add"
    ADULT_REMOVE = "adult_remove"
    SITUATION = "situation"
    CUSTODY = "custody"
    ENROLMENT = "enrolment"
    BOOKING = "booking"
    ABSENCE = "absence"
    QUOTIENT = "quotient"
    CORRECTION = "correction"
    DELETION = "deletion"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {
    RequestKind.REGISTRATION: "Inscription d’une famille",
    RequestKind.FAMILY_CHANGE: "Changement d’adresse",
    RequestKind.CHILD_CHANGE: "Correction de la fiche d’un enfant",
    RequestKind.CHILD_ADD: "Ajout d’un enfant",
    RequestKind.CHILD_REMOVE: "Retrait d’un enfant",
    RequestKind.ADULT_ADD: "Ajout d’un responsable",
    RequestKind.ADULT_REMOVE: "Retrait d’un responsable",
    RequestKind.SITUATION: "Changement de situation",
    RequestKind.CUSTODY: "Garde alternée",
    RequestKind.ENROLMENT: "Inscription à une activité",
    RequestKind.BOOKING: "Réservation à valider",
    RequestKind.ABSENCE: "Absence",
    RequestKind.QUOTIENT: "Attestation de quotient familial",
    RequestKind.CORRECTION: "Rectification de mes données",
    RequestKind.DELETION: "Suppression de mes données",
}


class Service(StrEnum):
    """À quel service une démarche revient."""

    CHILDHOOD = "childhood"
    PRIVACY = "privacy"

    @property
    def label(self) -> str:
        return SERVICE_LABELS[self]

    @property
    def kinds(self) -> frozenset[RequestKind]:
        return PRIVACY_KINDS if self is Service.PRIVACY else frozenset(RequestKind) - PRIVACY_KINDS


SERVICE_LABELS = {Service.CHILDHOOD: "Service enfance", Service.PRIVACY: "Protection des données"}
PRIVACY_KINDS = frozenset({RequestKind.CORRECTION, RequestKind.DELETION})


class RequestStatus(StrEnum):
    SENT = "sent"
    TAKEN = "taken"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return STATUS_LABELS[self]

    @property
    def desk_label(self) -> str:
        """Le même état, vu du guichet."""
        return DESK_LABELS.get(self, self.label)

    @property
    def tone(self) -> str:
        return STATUS_TONES[self]

    @property
    def is_open(self) -> bool:
        return bool(TRANSITIONS[self])


STATUS_LABELS = {
    RequestStatus.SENT: "Envoyée",
    RequestStatus.TAKEN: "En cours d’examen",
    RequestStatus.ASKED: "Une réponse est attendue de vous",
    RequestStatus.ACCEPTED: "Acceptée",
    RequestStatus.REFUSED: "Refusée",
    RequestStatus.WITHDRAWN: "Retirée",
}
DESK_LABELS = {RequestStatus.ASKED: "Attend la famille"}
STATUS_TONES = {
    RequestStatus.SENT: "",
    RequestStatus.TAKEN: "",
    RequestStatus.ASKED: "warn",
    RequestStatus.ACCEPTED: "ok",
    RequestStatus.REFUSED: "err",
    RequestStatus.WITHDRAWN: "",
}
_DECIDED = frozenset({RequestStatus.ACCEPTED, RequestStatus.REFUSED, RequestStatus.WITHDRAWN})
TRANSITIONS: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.SENT: frozenset({RequestStatus.TAKEN, RequestStatus.ASKED}) | _DECIDED,
    RequestStatus.TAKEN: frozenset({RequestStatus.SENT, RequestStatus.ASKED}) | _DECIDED,
    RequestStatus.ASKED: frozenset({RequestStatus.SENT, RequestStatus.TAKEN}) | _DECIDED,
    RequestStatus.ACCEPTED: frozenset(),
    RequestStatus.REFUSED: frozenset(),
    RequestStatus.WITHDRAWN: frozenset(),
}


class AlreadyDecidedError(RefusalError):
    def __init__(self, status: RequestStatus) -> None:
        super().__init__(f"Cette démarche est déjà terminée ({status.label.lower()}) : rien n’a été appliqué.")


class ChangedMeanwhileError(RefusalError):
    """Un autre agent est passé entre l'affichage et le geste."""

    def __init__(self, who: str) -> None:
        by = f" par {who}" if who else ""
        super().__init__(
            f"Cette démarche vient d’être modifiée{by} : rien n’a été appliqué.", "Relisez-la avant de décider."
        )


class AlreadySentError(RefusalError):
    def __init__(self, number: str) -> None:
        super().__init__(f"Vous avez déjà envoyé cette demande (n° {number}).", "Suivez-la dans « Mes démarches ».")


class Step(StrEnum):
    """Une ligne de l'histoire d'une démarche."""

    SENT = "sent"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    RELEASED = "released"
    ASKED = "asked"
    ANSWERED = "answered"
    ADDED = "added"
    REMOVED = "removed"
    NOTE = "note"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return STEP_LABELS[self]


STEP_LABELS = {
    Step.SENT: "Demande envoyée",
    Step.TAKEN: "Prise en charge",
    Step.ASSIGNED: "Confiée à un collègue",
    Step.RELEASED: "Rendue à la file",
    Step.ASKED: "Question du service",
    Step.ANSWERED: "Réponse de la famille",
    Step.ADDED: "Pièces ajoutées par la famille",
    Step.REMOVED: "Pièce retirée par la famille",
    Step.NOTE: "Note interne",
    Step.ACCEPTED: "Acceptée",
    Step.REFUSED: "Refusée",
    Step.WITHDRAWN: "Retirée par la famille",
}
LATE_AFTER_DAYS = 7


def is_late(status: RequestStatus, waiting_days: int) -> bool:
    """Une démarche que le service n'a pas regardée depuis une semaine."""
    return status in {RequestStatus.SENT, RequestStatus.TAKEN} and waiting_days >= LATE_AFTER_DAYS


_BY_AN_AGENT = frozenset({Step.TAKEN, Step.ASSIGNED, Step.RELEASED, Step.ASKED, Step.ACCEPTED, Step.REFUSED})


def can_take_back(status: RequestStatus, steps: Iterable[str]) -> bool:
    """Une pièce se retire tant qu'aucun agent ne s'est saisi de la démarche."""
    return status is RequestStatus.SENT and _BY_AN_AGENT.isdisjoint(steps)


class AlreadyTakenError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Un agent a déjà ouvert votre démarche : cette pièce ne se retire plus.", "Écrivez-lui dans votre réponse."
        )


def check_open(status: RequestStatus) -> None:
    if not status.is_open:
        raise AlreadyDecidedError(status)


def check_transition(before: RequestStatus, after: RequestStatus) -> None:
    check_open(before)
    if after not in TRANSITIONS[before]:
        raise RefusalError(f"Une démarche « {before.label} » ne peut pas devenir « {after.label} ».")
