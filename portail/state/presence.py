"""Les onglets ouverts, par connexion : quand elle prend fin, ils se vident aussitôt."""

import asyncio
import logging
from collections import defaultdict

import reflex as rx
from reflex.state import State, StateUpdate
from reflex_base.event import Event

from portail.services.accounts import sessions
from portail.state import threads

log = logging.getLogger("portail.presence")
EVERY_SECONDS = 1.0
_tabs: dict[str, set[str]] = defaultdict(set)
_owner_of: dict[str, str] = {}


def note(token: str, owner: str) -> None:
    """Cet onglet appartient désormais à cette connexion (ou à personne)."""
    if previous := _owner_of.pop(token, ""):
        _tabs[previous].discard(token)
        if not _tabs[previous]:
            del _tabs[previous]
    if owner and token:
        _owner_of[token] = owner
        _tabs[owner].add(token)


def tabs_of(owner: str) -> frozenset[str]:
    return frozenset(_tabs.get(owner, ()))


async def watch(app: rx.App) -> None:
    """Chaque processus regarde quelles connexions viennent de finir, et vide leurs onglets."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await _sweep(app)
        except Exception:  # la base peut manquer un instant ; on regardera au tour suivant
            log.exception("presence")


async def _sweep(app: rx.App) -> None:
    if not _tabs:
        return
    for owner in await threads.run(sessions.ended_among, list(_tabs)):
        for token in tabs_of(owner):
            await _empty(app, token)
    if app.event_namespace:
        here = app.event_namespace.token_to_sid  # bâti à chaque lecture : une seule, pas une par onglet
        for token in _owner_of.keys() - here.keys():
            note(token, "")


async def _empty(app: rx.App, token: str) -> None:
    note(token, "")
    async with app.modify_state(rx.BaseStateToken(ident=token, cls=State)) as root:
        saved = root.router_data
        root.reset()
        root.router_data = saved
    if app.event_namespace:
        goodbye = StateUpdate(events=Event.from_event_type([rx.redirect("/connexion")]))
        await app.event_namespace.emit_update(goodbye, token)
