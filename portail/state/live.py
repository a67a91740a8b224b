"""Les calendriers ouverts : chaque processus regarde les places que les siens montrent, et dit celles qui changent.

Rien ne se range nulle part : deux processus, ou dix, lisent la même base. Ce qui part vers les onglets est écrit une
fois pour tous ceux qui montrent la même période ; l'état gardé sur le serveur n'a pas à le savoir.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import reflex as rx
from reflex.app import EventNamespace
from reflex.state import StateUpdate
from reflex_base.constants import SocketEvent
from reflex_base.constants.state import FIELD_MARKER

from portail.services.bookings import places
from portail.services.bookings.places import Period
from portail.state import threads

log = logging.getLogger("portail.live")
EVERY_SECONDS = 0.5
Places = dict[int, int]  # séance → places qui restent


@dataclass
class Board:
    """Les onglets qui montrent la même période, et ce qui leur a été dit.

    Un onglet qui arrive attend un tour : la page qu'on vient de lui envoyer ne doit pas effacer ce qu'on lui dirait.
    """

    tabs: set[str] = field(default_factory=set)
    coming: dict[str, Places] = field(default_factory=dict)
    ready: dict[str, Places] = field(default_factory=dict)
    known: Places = field(default_factory=dict)
    told: Places = field(default_factory=dict)  # tout ce qui a bougé : ce qui part remplace ce qui était parti

    @property
    def is_empty(self) -> bool:
        return not (self.tabs or self.coming or self.ready)

    def drop(self, token: str) -> None:
        self.tabs.discard(token)
        self.coming.pop(token, None)
        self.ready.pop(token, None)

    def look(self, now: Places) -> set[str]:
        """Les onglets à qui dire `told`."""
        moved, late = changes(self.known, now), set()
        for token, shown in self.ready.items():
            if missed := changes(shown, now):
                moved |= missed
                late.add(token)
        is_news = any(self.told.get(slot) != places_left for slot, places_left in moved.items())
        self.told |= moved
        self.known = dict.fromkeys(self.known, 0) | now
        self.tabs |= self.ready.keys()
        self.ready, self.coming = self.coming, {}
        return set(self.tabs) if is_news else late


_boards: dict[Period, Board] = {}
_period_of: dict[str, Period] = {}


def changes(before: Mapping[int, int], now: Mapping[int, int]) -> Places:
    """Ce qui n'est plus comme avant ; une séance qui n'existe plus n'a plus de place."""
    return {slot: now.get(slot, 0) for slot, places_left in before.items() if now.get(slot, 0) != places_left}


def show(token: str, period: Period, shown: Places) -> None:
    """Cet onglet montre désormais cette période, avec ces places."""
    forget(token)
    _period_of[token] = period
    _boards.setdefault(period, Board()).coming[token] = shown


def forget(token: str) -> None:
    """Cet onglet est parti, ou montre autre chose."""
    period = _period_of.pop(token, None)
    if period is None:
        return
    _boards[period].drop(token)
    if _boards[period].is_empty:
        del _boards[period]


async def watch(app: rx.App, calendar: type[rx.State]) -> None:
    """Sans fin : regarder, dire. `calendar` est l'état de la page, celui dont le navigateur tient `places`."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            if app.event_namespace:
                await _look(app.event_namespace, calendar.get_full_name())
        except Exception:  # la base peut manquer un instant ; on regardera au tour suivant
            log.exception("live")


async def _look(namespace: EventNamespace, state: str) -> None:
    here = {token: sid for sid, token in namespace.sid_to_token.items()}
    for token in [token for token in _period_of if token not in here]:
        forget(token)
    if not _boards:
        return
    for period, now in (await threads.run(places.left, frozenset(_boards))).items():
        board = _boards.get(period)
        if board and (tabs := board.look(now)):
            update = StateUpdate(delta={state: {f"places{FIELD_MARKER}": board.told}})
            sockets = [here[token] for token in tabs if token in here]
            if sockets:  # à personne voudrait dire à tous
                await namespace.emit(str(SocketEvent.EVENT), update, to=sockets)
