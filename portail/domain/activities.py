"""Les activités : leurs sortes, comment on s'y inscrit, comment on y attend une place."""

from enum import StrEnum


class ActivityKind(StrEnum):
    PERI = "peri"
    EXTRA = "extra"
    SPORT = "sport"
    CANTEEN = "canteen"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def is_a_right(self) -> bool:
        """La cantine est ouverte à tout enfant scolarisé (article L131-13 du code de l'éducation) : aucune priorité."""
        return self is ActivityKind.CANTEEN


KIND_LABELS = {
    ActivityKind.PERI: "Avant et après l’école",
    ActivityKind.EXTRA: "Mercredis et vacances",
    ActivityKind.SPORT: "Sport",
    ActivityKind.CANTEEN: "Restauration",
}


class EnrolmentMode(StrEnum):
    """Ce qu'il faut avant de réserver."""

    NONE = "none"
    DIRECT = "direct"
    VALIDATED = "validated"

    @property
    def label(self) -> str:
        return MODE_LABELS[self]


MODE_LABELS = {
    EnrolmentMode.NONE: "Sans inscription",
    EnrolmentMode.DIRECT: "Inscription acceptée aussitôt",
    EnrolmentMode.VALIDATED: "Inscription validée par la mairie",
}


class EnrolmentKind(StrEnum):
    OCCASIONAL = "occasional"
    REGULAR = "regular"

    @property
    def label(self) -> str:
        return "Occasionnelle" if self is EnrolmentKind.OCCASIONAL else "Régulière"


class EnrolmentState(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return ENROLMENT_LABELS[self]


ENROLMENT_LABELS = {
    EnrolmentState.SUBMITTED: "à valider par la mairie",
    EnrolmentState.ACCEPTED: "inscrit",
    EnrolmentState.REFUSED: "refusée",
    EnrolmentState.ENDED: "terminée",
}
ENROLMENT_TRANSITIONS = {
    EnrolmentState.SUBMITTED: frozenset({EnrolmentState.ACCEPTED, EnrolmentState.REFUSED, EnrolmentState.ENDED}),
    EnrolmentState.ACCEPTED: frozenset({EnrolmentState.ENDED}),
    EnrolmentState.REFUSED: frozenset({EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED}),
    EnrolmentState.ENDED: frozenset({EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED}),
}


class WaitlistMode(StrEnum):
    """Ce qui arrive quand une place se libère."""

    NONE = "none"
    AUTOMATIC = "automatic"
    OFFER = "offer"

    @property
    def label(self) -> str:
        return WAITLIST_LABELS[self]


WAITLIST_LABELS = {
    WaitlistMode.NONE: "Pas de liste d’attente",
    WaitlistMode.AUTOMATIC: "La place est donnée au premier",
    WaitlistMode.OFFER: "La place est proposée au premier, avec un délai",
}


class WaitlistPriority(StrEnum):
    ORDER = "order"
    RESIDENTS = "residents"
    SIBLINGS = "siblings"

    @property
    def label(self) -> str:
        return PRIORITY_LABELS[self]


PRIORITY_LABELS = {
    WaitlistPriority.ORDER: "Dans l’ordre des demandes",
    WaitlistPriority.RESIDENTS: "Les habitants de la commune d’abord",
    WaitlistPriority.SIBLINGS: "Les frères et sœurs déjà inscrits ce jour-là d’abord",
}


class PeriodKind(StrEnum):
    """Ce que la commune ajoute au calendrier officiel."""

    CLOSURE = "closure"
    HOLIDAY = "holiday"

    @property
    def label(self) -> str:
        return "Fermeture" if self is PeriodKind.CLOSURE else "Vacances scolaires"
