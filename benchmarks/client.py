"""Le client des tests, chronométré : une action jusqu'à son delta, une connexion jusqu'à son cookie."""

import time
from collections.abc import Callable
from typing import Any

from common import PASSWORD

from tests.tools.rxclient import PORTAL_STATE, SIGN_IN_STATE, Answer, Tab, Visitor

ENTER = f"{PORTAL_STATE}.enter"
MAILS = f"{PORTAL_STATE}.portail___state___mails____mails_state"
# Chaque visiteur du client vient d'une adresse à lui, comme de vraies familles, si un mandataire est admis.
BEHIND_PROXY = {"PORTAIL_TRUSTED_PROXIES": "1"}


async def timed(
    tab: Tab, handler: str, payload: dict[str, Any] | None = None, wanted: Callable[[Answer], bool] | None = None
) -> tuple[float, Answer]:
    """Envoie une action ; rend la durée jusqu'au delta attendu (le premier, sinon), et ce delta."""
    while not tab._inbox.empty():
        await tab.next_update()  # ce qui traîne d'avant n'est pas la réponse
    started = time.perf_counter()
    await tab.emit(handler, payload)
    while True:
        answer = Answer([await tab.next_update(within=120)])
        if wanted(answer) if wanted else answer.delta:
            return time.perf_counter() - started, answer


async def arrive(visitor: Visitor) -> Tab:
    """La page de connexion, ouverte et hydratée : il n'y a plus qu'à appuyer."""
    await visitor.get("/connexion")
    return await visitor.open_tab("/connexion")


async def sign_in(visitor: Visitor, tab: Tab, email: str) -> None:
    """Le mot de passe, le ticket, l'échange contre le cookie."""
    form = {"identifier": email, "password": PASSWORD}
    _, answer = await timed(tab, f"{SIGN_IN_STATE}.sign_in", {"form_data": form}, _is_settled)
    if error := answer.var(SIGN_IN_STATE, "error"):
        raise RuntimeError(f"connexion refusée à {email} : {error}")
    exchanged = await visitor.post("/session", {"ticket": answer.var(SIGN_IN_STATE, "ticket"), "suite": ""})
    if not visitor.session_cookie:
        raise RuntimeError(f"pas de cookie pour {email} (réponse {exchanged.status})")


def _is_settled(answer: Answer) -> bool:
    return bool(answer.var(SIGN_IN_STATE, "ticket") or answer.var(SIGN_IN_STATE, "error"))


async def session_of(url: str, email: str) -> str:
    """Le jeton d'une personne connectée, son onglet de connexion refermé."""
    async with Visitor(url) as visitor:
        await sign_in(visitor, await arrive(visitor), email)
        return visitor.session_cookie


def carrying(url: str, session: str) -> Visitor:
    visitor = Visitor(url)
    visitor.carry(session)
    return visitor
