"""La porte : chaque événement y passe, la connexion y est relue en base, ce qui n'est pas déclaré est refusé."""

import logging
from typing import Any
from urllib.parse import quote

import reflex as rx
from reflex.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.utils.format import format_event_handler

from portail import clock
from portail.domain.accounts import Actor, check_audience
from portail.domain.refusals import NotOpenError, RefusalError, SignedOutError
from portail.ids import fingerprint
from portail.services.accounts import sessions
from portail.state import presence, threads
from portail.state.base import ACTOR, PortalState
from portail.state.policy import FRAMEWORK, Policy, policy_of

log = logging.getLogger("portail.gate")
HYDRATE = "reflex___state____state.hydrate_and_load"
ON_LOAD = "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"
INCIDENT = format_event_handler(PortalState.report_incident)


class Gate(Middleware):
    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002
        if not isinstance(event.payload, dict):
            return StateUpdate()
        if event.name == INCIDENT:  # dire la panne ne doit dépendre de rien de ce qui a pu tomber
            return None if _is_report(event.payload) else StateUpdate()
        root = state._get_root_state()  # noqa: SLF001
        actor = await _who(root)
        ACTOR.set(actor)
        portal = await root.get_state(PortalState)
        if event.name == HYDRATE or not portal._owner:  # noqa: SLF001 — un état neuf (purgé, redémarré) n'a rien à taire
            await _adopt(root, portal, actor)
        elif portal._owner != _owner(root, actor):  # noqa: SLF001 — l'onglet d'une autre connexion ne répond pas
            return await _turn_away(root, portal, SignedOutError(), event.name)
        if event.name in FRAMEWORK:
            if event.name in {HYDRATE, ON_LOAD}:
                portal.closed = False
            _replace(event.payload, _plain_framework_payload(event))
            return None
        return await _check(root, portal, actor, event)


def _is_report(payload: dict[str, Any]) -> bool:
    return payload.keys() == {"reference"} and isinstance(payload["reference"], str)


async def _who(root: BaseState) -> Actor | None:
    header = root.router_data.get("headers", {}).get("cookie", "")
    token = sessions.read_cookie(header, "session")
    return await threads.run(sessions.identify, token, clock.now()) if token else None


def _owner(root: BaseState, actor: Actor | None) -> str:
    """Sa connexion ; à défaut son navigateur, car un lien de réinitialisation ouvert vaut autant qu'elle."""
    if actor:
        return actor.session_hash
    browser = sessions.read_cookie(root.router_data.get("headers", {}).get("cookie", ""), "navigateur")
    return fingerprint(browser) if browser else "anonyme"


async def _adopt(root: BaseState, portal: PortalState, actor: Actor | None) -> None:
    """À l'arrivée d'un onglet, l'état d'une autre connexion est effacé avant d'être montré."""
    owner = _owner(root, actor)
    if portal._owner != owner:  # noqa: SLF001
        saved = root.router_data
        root.reset()
        root.router_data = saved
        portal._owner = owner  # noqa: SLF001
    presence.note(str(root.router_data.get("token", "")), owner if actor else "")


def _plain_framework_payload(event: Event) -> dict[str, Any]:
    """Ce que le cadre reçoit du réseau, réduit à ce dont il a besoin : rien ne s'écrit de l'extérieur."""
    payload = event.payload
    if event.name == HYDRATE:
        hashes = payload.get("hashes")
        good = isinstance(hashes, list) and all(isinstance(item, str) for item in hashes)
        return {"vars": {}, "hashes": hashes if good else None}
    if event.name.endswith("set_is_hydrated"):
        return {"value": payload.get("value") is True}
    return {}


def _replace(payload: dict[str, Any], checked: dict[str, Any]) -> None:
    payload.clear()
    payload.update(checked)


async def _check(root: BaseState, portal: PortalState, actor: Actor | None, event: Event) -> StateUpdate | None:
    policy: Policy | None = policy_of(event.name)
    try:
        if policy is None:
            raise NotOpenError
        check_audience(policy.audience, actor)
        _replace(event.payload, policy.parse(event.payload))
    except RefusalError as refusal:
        return await _turn_away(root, portal, refusal, event.name)
    if actor and actor.is_confined and not policy.when_confined:
        return StateUpdate(events=Event.from_event_type([rx.redirect("/compte")]))
    return None


async def _turn_away(root: BaseState, portal: PortalState, refusal: RefusalError, name: str) -> StateUpdate:
    log.info("refused", extra={"handler": name[:200], "reason": type(refusal).__name__})
    if isinstance(refusal, SignedOutError):
        path = quote(str(root.router_data.get("asPath", "/"))[:300], safe="/?=&%")
        return StateUpdate(events=Event.from_event_type([rx.redirect(f"/connexion?suite={path}")]))
    if isinstance(refusal, NotOpenError):
        portal.closed = True
    else:
        portal._say(refusal.full_sentence, "err")  # noqa: SLF001
    delta = await root._get_resolved_delta()  # noqa: SLF001
    root._clean()  # noqa: SLF001
    return StateUpdate(delta=delta)
