"""Les démarches : leurs sortes, leur vie, le service qui les traite."""

from enum import StrEnum

from portail.domain.refusals import RefusalError


class RequestKind(StrEnum):
    """Ce qui est demandé."""

    REGISTRATION = "registration"
    FAMILY_CHANGE = "family_change"
    CHILD_CHANGE = "child_change"
    CHILD_ADD = "child_add"
    CHILD_REMOVE = "child_remove"
    SITUATION = "situation"
    CUSTODY = "custody"
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
    RequestKind.SITUATION: "Changement de situation",
    RequestKind.CUSTODY: "Garde alternée",
    RequestKind.CORRECTION: "Rectification de mes données",
    RequestKind.DELETION: "Suppression de mes données",
}


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


def check_transition(before: RequestStatus, after: RequestStatus) -> None:
    if not before.is_open:
        raise AlreadyDecidedError(before)
    if after not in TRANSITIONS[before]:
        raise RefusalError(f"Une démarche « {before.label} » ne peut pas devenir « {after.label} ».")
