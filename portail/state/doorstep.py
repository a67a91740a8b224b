"""Le seuil : ce qui n'a pas la forme d'un événement connu reste dehors, avant que le cadre ne le journalise entier."""

import logging
from typing import Any
from urllib.parse import urlsplit

import reflex as rx
from reflex_base.registry import RegistrationContext

log = logging.getLogger("portail.gate")
MAX_ADDRESS = 2_000


def guard(app: rx.App) -> None:
    """Le cadre écrit au journal ce qu'il ne comprend pas, cookies compris : il ne doit pas le recevoir."""
    namespace = app.event_namespace
    if namespace is None:
        raise RuntimeError("le guet vient après l'espace d'événements")
    receive = namespace.on_event

    async def on_event(sid: str, data: Any) -> None:
        if sid in namespace.sid_to_token and is_event(data):
            await receive(sid, data)
        else:
            log.info("left_outside")

    namespace.on_event = on_event


def is_event(data: Any) -> bool:
    return (
        isinstance(data, dict)
        and isinstance(data.get("name"), str)
        and data["name"] in RegistrationContext.get().event_handlers
        and isinstance(data.get("payload", {}), dict)
        and _is_route(data.get("router_data", {}))
    )


def _is_route(route: Any) -> bool:
    if not isinstance(route, dict) or not all(_is_path(route.get(name, "/")) for name in ("pathname", "asPath")):
        return False
    query = route.get("query", {})
    return isinstance(query, dict) and all(_is_value(value) for value in query.values())


def _is_path(path: Any) -> bool:
    if not isinstance(path, str) or len(path) > MAX_ADDRESS or not path.startswith("/"):
        return False
    try:
        return urlsplit(path).path is not None
    except ValueError:
        return False


def _is_value(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
