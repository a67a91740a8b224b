"""La liste d'attente : la vie d'une demande de place."""

from enum import StrEnum


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
