"""La liste d'attente : la vie d'une demande de place, son rang, le délai d'une place proposée."""

from datetime import datetime, timedelta
from enum import StrEnum

from portail.domain.activities import WaitlistPriority
from portail.domain.refusals import RefusalError


class WaitState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    PROMOTED = "promoted"
    LEFT = "left"
    SKIPPED = "skipped"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return WAIT_LABELS[self]


WAIT_LABELS = {
    WaitState.WAITING: "en attente",
    WaitState.OFFERED: "place proposée",
    WaitState.PROMOTED: "place obtenue",
    WaitState.LEFT: "retirée par la famille",
    WaitState.SKIPPED: "passée",
    WaitState.CLOSED: "close, le délai est dépassé",
}
TRANSITIONS = {
    WaitState.WAITING: frozenset(
        {WaitState.OFFERED, WaitState.PROMOTED, WaitState.LEFT, WaitState.SKIPPED, WaitState.CLOSED}
    ),
    WaitState.OFFERED: frozenset({WaitState.PROMOTED, WaitState.LEFT, WaitState.SKIPPED, WaitState.CLOSED}),
    WaitState.PROMOTED: frozenset[WaitState](),
    WaitState.LEFT: frozenset({WaitState.WAITING}),
    WaitState.SKIPPED: frozenset({WaitState.WAITING}),
    WaitState.CLOSED: frozenset[WaitState](),
}
ACTIVE = (WaitState.WAITING, WaitState.OFFERED)


def check_transition(before: WaitState, after: WaitState) -> None:
    if after not in TRANSITIONS[before]:
        raise RefusalError(f"Une demande « {before.label} » ne peut pas devenir « {after.label} ».")


def rank_of(priority: WaitlistPriority, *, is_resident: bool, has_sibling: bool) -> int:
    """0 passe avant 1 ; à rang égal, l'ordre des demandes."""
    first = {
        WaitlistPriority.ORDER: True,
        WaitlistPriority.RESIDENTS: is_resident,
        WaitlistPriority.SIBLINGS: has_sibling,
    }
    return 0 if first[priority] else 1


def offer_until(now: datetime, hours: int, deadline: datetime) -> datetime:
    """Jusqu'à quand une place proposée est gardée : le délai de l'activité, jamais au-delà de la date limite."""
    return min(now + timedelta(hours=hours), deadline)


def spoken_position(position: int) -> str:
    """« 1re », « 2e »."""
    return "1re" if position == 1 else f"{position}e"


class NoWaitlistError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Il n’y a pas de liste d’attente pour cette activité.", "Choisissez un autre jour.")


class AlreadyWaitingError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cet enfant est déjà sur cette liste d’attente.")


class HasPlaceError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cet enfant a déjà sa place ce jour-là.")


class PlacesLeftError(RefusalError):
    """Entre l'affichage et le geste, une place s'est libérée."""

    def __init__(self) -> None:
        super().__init__("Il reste une place ce jour-là.", "Réservez-la plutôt que d’attendre.")


class TooLateToWaitError(RefusalError):
    def __init__(self) -> None:
        super().__init__("La liste d’attente de ce jour est close.", "Choisissez un autre jour.")


class OfferOverError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Cette place n’est plus proposée : le délai pour l’accepter est passé, ou vous avez répondu.")
