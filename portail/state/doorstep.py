"""Le seuil : ce qui n'a pas la forme d'un événement connu reste dehors, avant que le cadre ne le journalise entier."""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

import reflex as rx
from reflex_base.registry import RegistrationContext

log = logging.getLogger("portail.gate")
MAX_ADDRESS = 2_000
_HALF = re.compile("[\ud800-\udfff]")


def guard(app: rx.App) -> None:
    """Le cadre écrit au journal ce qu'il ne comprend pas, cookies compris : il ne doit pas le recevoir."""
    namespace = app.event_namespace
    if namespace is None:
        raise RuntimeError("le guet vient après l'espace d'événements")
    receive = namespace.on_event
    logging.getLogger("reflex.app").setLevel(logging.ERROR)  # ses avertissements nomment l'onglet

    async def on_event(sid: str, data: Any) -> None:
        if sid in namespace.sid_to_token and is_event(data):
            await receive(sid, data)
        else:
            log.info("left_outside")

    namespace.on_event = on_event


def watch_once(app: rx.App) -> None:
    """Chaque websocket raccroche seul quand l'onglet se tait : la ronde du cadre réveillerait le serveur pour rien."""
    if app.sio is None:
        raise RuntimeError("le guet vient après l'espace d'événements")
    app.sio.eio.start_service_task = False


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
    return isinstance(query, dict) and all(_is_text(name) and _is_value(value) for name, value in query.items())


def _is_path(path: Any) -> bool:
    if not _is_text(path) or not path.startswith("/"):
        return False
    try:
        return urlsplit(path).path is not None
    except ValueError:
        return False


def _is_value(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(_is_text(item) for item in value))


def _is_text(value: Any) -> bool:
    """Un texte qui peut repartir : un demi-caractère arrêterait l'envoi des réponses suivantes."""
    return isinstance(value, str) and len(value) <= MAX_ADDRESS and not _HALF.search(value)
