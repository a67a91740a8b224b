"""Le jeton d'un onglet ne suffit pas : sans le cookie, il ne rend rien ; une connexion finie se tait aussitôt."""

import asyncio
import json
import sqlite3
import time
from contextlib import closing

import pytest

from tests.security.assaults import handlers
from tests.tools.rxclient import EMAILS, HYDRATE, PORTAL_STATE, Answer, Tab, Visitor, signed_client
from tests.tools.server import Running

VICTIM = EMAILS["parent"]
OF_THE_VICTIM = ("Camille", "Durand", "Léa", "Noé", VICTIM, "06 00 00 00 11")
ACCOUNT = f"{PORTAL_STATE}.portail___state___account____account_state"
FAMILY_LOAD = f"{PORTAL_STATE}.portail___state___family____family_state.load"
RECOVERY = f"{PORTAL_STATE}.portail___state___recovery____recovery_state"
WITHIN_SECONDS = 4.0
HANDLERS_PER_TAB = 20


def heard(tab: Tab) -> str:
    return json.dumps(
        [json.loads(frame.partition(",")[2]) for frame in tab.frames if frame.startswith("42")], ensure_ascii=False
    )


def assert_nothing_of_the_victim(tab: Tab) -> None:
    text = heard(tab)
    assert not [word for word in OF_THE_VICTIM if word in text], text


async def take(thief: Visitor, token: str, path: str = "/dossier", *, hydrate: bool) -> Tab:
    """Prend le jeton dès que le serveur a vu partir l'onglet ; avant, il en donnerait un autre."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while True:
        tab = await thief.open_tab(path, token=token, hydrate=hydrate)
        await tab.barrier()
        if not tab.new_token:
            return tab
        await tab.close()
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


async def until_goodbye(tab: Tab) -> list[dict]:
    """Les mises à jour reçues jusqu'au renvoi vers la connexion."""
    updates = []
    while not Answer(updates).redirects:
        updates.append(await tab.next_update(WITHIN_SECONDS))
    return updates


@pytest.mark.parametrize("attacker", ["anonymous", "other_parent", "admin"])
async def test_a_stolen_token_without_hydration_gives_nothing(portal: Running, attacker: str) -> None:
    async with signed_client(portal.url, "parent") as victim, signed_client(portal.url, attacker) as thief:
        page = await victim.open_tab("/dossier")
        assert "Durand" in heard(page)
        await page.close()
        names = [handler.name for handler in handlers() if not handler.arguments]
        for start in range(0, len(names), HANDLERS_PER_TAB):
            stolen = await take(thief, page.token, hydrate=False)
            for name in names[start : start + HANDLERS_PER_TAB]:
                answer = await stolen.call(name)
                assert [path.partition("?")[0] for path in answer.redirects] == ["/connexion"], name
                assert answer.changed() == set(), name
            assert_nothing_of_the_victim(stolen)
            await stolen.close()


@pytest.mark.parametrize("attacker", ["anonymous", "other_parent"])
async def test_a_stolen_token_with_hydration_finds_an_empty_state(portal: Running, attacker: str) -> None:
    async with signed_client(portal.url, "parent") as victim, signed_client(portal.url, attacker) as thief:
        page = await victim.open_tab("/dossier")
        await page.close()
        stolen = await take(thief, page.token, hydrate=True)
        assert_nothing_of_the_victim(stolen)


async def test_a_token_in_use_is_replaced_for_the_newcomer(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as victim, signed_client(portal.url, "other_parent") as thief:
        page = await victim.open_tab("/dossier")
        stolen = await thief.open_tab("/dossier", token=page.token)
        assert stolen.new_token
        assert stolen.new_token != page.token
        assert_nothing_of_the_victim(stolen)
        assert (await page.call(FAMILY_LOAD)).redirects == []


async def test_a_reset_link_open_in_another_browser_cannot_be_used_with_its_token(portal: Running) -> None:
    async with Visitor(portal.url) as victim, Visitor(portal.url) as thief:
        await victim.get("/")
        await thief.get("/")
        page = await victim.open_tab("/reinitialisation/jeton-de-la-victime")
        await page.close()
        stolen = await take(thief, page.token, "/reinitialisation/x", hydrate=False)
        form = {"password": "un tout autre secret", "password_again": "un tout autre secret"}
        answer = await stolen.call(f"{RECOVERY}.choose_password", {"form_data": form})
        assert answer.changed() == set()
        assert [path.partition("?")[0] for path in answer.redirects] == ["/connexion"]


async def test_the_owner_takes_the_tab_back_after_a_theft_attempt(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as victim, signed_client(portal.url, "other_parent") as thief:
        page = await victim.open_tab("/dossier")
        await page.close()
        stolen = await take(thief, page.token, hydrate=True)
        await stolen.close()
        again = await take(victim, page.token, hydrate=True)
        assert "Durand" in heard(again)
        assert "Benali" not in heard(again)


async def test_cookies_never_come_back_in_a_frame(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as visitor:
        tab = await visitor.open_tab("/compte")
        await tab.call(f"{ACCOUNT}.load")
        await tab.call(FAMILY_LOAD, asPath="/dossier")
        for value in visitor.cookies.values():
            assert value not in "".join(tab.frames)
        assert "cookie" not in heard(tab).lower()


async def test_forged_headers_in_the_message_never_replace_those_of_the_handshake(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as victim, signed_client(portal.url, "other_parent") as thief:
        forged = {
            "headers": {"cookie": f"portail-session={victim.session_cookie}", "origin": portal.url},
            "token": "x",
            "sid": "x",
            "ip": "1.2.3.4",
        }
        tab = await thief.open_tab("/dossier")
        await tab.emit(HYDRATE, {"vars": {}}, **forged)
        await tab.call(FAMILY_LOAD, **forged)
        assert_nothing_of_the_victim(tab)
        assert "Benali" in heard(tab)


async def test_signing_out_empties_every_tab_and_refuses_the_next_event(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as visitor:
        tabs = [await visitor.open_tab("/dossier"), await visitor.open_tab("/compte")]
        assert (await visitor.sign_out()).status == 303
        assert not visitor.session_cookie
        for tab in tabs:
            updates = await until_goodbye(tab)
            assert Answer(updates).redirects == ["/connexion"]
            assert Answer(updates).var(PORTAL_STATE, "me")["signed_in"] is False
            answer = await tab.call(FAMILY_LOAD)
            assert [path.partition("?")[0] for path in answer.redirects] == ["/connexion"]
            assert answer.changed() == set()


async def test_the_old_cookie_is_dead_after_signing_out(portal: Running) -> None:
    async with signed_client(portal.url, "parent") as visitor, Visitor(portal.url) as thief:
        kept = visitor.session_cookie
        await visitor.sign_out()
        thief.carry(kept)
        tab = await thief.open_tab("/dossier")
        await tab.barrier()
        assert_nothing_of_the_victim(tab)


async def test_a_device_ended_from_afar_is_emptied(portal: Running) -> None:
    async with signed_client(portal.url, "other_parent") as here, signed_client(portal.url, "other_parent") as there:
        lost = await there.open_tab("/dossier")
        await (await here.open_tab("/compte")).call(f"{ACCOUNT}.end_others")
        assert Answer(await until_goodbye(lost)).redirects == ["/connexion"]
        answer = await lost.call(FAMILY_LOAD)
        assert [path.partition("?")[0] for path in answer.redirects] == ["/connexion"]


async def test_a_closed_account_dies_at_once(portal: Running) -> None:
    async with signed_client(portal.url, "animation") as agent:
        tab = await agent.open_tab("/admin")
        with closing(sqlite3.connect(portal.data / "portail.sqlite", timeout=15)) as base:
            try:
                _set_status(base, "closed")
                answer = await tab.call(f"{ACCOUNT}.load")
                assert [path.partition("?")[0] for path in answer.redirects] == ["/connexion"]
                assert answer.changed() == set()
                again = await agent.open_tab("/admin")
                assert "Legrand" not in heard(again)
            finally:
                _set_status(base, "active")


def _set_status(base: sqlite3.Connection, status: str) -> None:
    base.execute("update account set status = ? where email = ?", (status, EMAILS["animation"]))
    base.commit()


async def test_a_tab_whose_state_was_purged_works_without_reloading(portal: Running) -> None:
    """Vingt minutes d'inactivité, ou un redémarrage : l'état n'est plus là, la connexion si."""
    async with signed_client(portal.url, "parent") as visitor:
        tab = await visitor.open_tab("/dossier", hydrate=False)
        answer = await tab.call(FAMILY_LOAD)
        await tab.barrier()
        assert answer.redirects == []
        assert "Durand" in heard(tab)
