"""Le journal du serveur, après tout ce que les tests lui ont fait subir : des références, personne, aucun secret."""

import re
import uuid

import pytest

from portail.demo import people
from portail.settings import DEMO_SECRET
from tests.tools.rxclient import (
    DEMO_PASSWORD,
    EMAILS,
    PORTAL_STATE,
    SIGN_IN_STATE,
    Tab,
    Visitor,
    signed_client,
)
from tests.tools.server import Running

ANNOUNCED = re.compile(
    r"\A.*?(?=^\{)", re.DOTALL | re.MULTILINE
)  # l'accueil à l'écran donne les comptes de démonstration
TYPED = "un-secret-tape-par-une-famille"
IBAN, WRONG_IBAN = "FR7630006000011234567890189", "FR7630006000011234567890188"
DEBITS_STATE = f"{PORTAL_STATE}.portail___state___direct_debits____direct_debits_state"


def written(server: Running) -> str:
    return ANNOUNCED.sub("", server.log.read_text(), count=1)


async def live(server: Running) -> list[str]:
    """Une visite entière, maladresses comprises ; rend ce qui ne doit s'écrire nulle part."""
    hidden = [TYPED]
    async with signed_client(server.url, "parent") as visitor:
        tab = await visitor.open_tab("/compte")
        hidden += [*visitor.cookies.values(), tab.token]
        form = {"current": TYPED, "password": TYPED, "password_again": TYPED, "identifier": EMAILS["parent"]}
        await tab.call(
            f"{PORTAL_STATE}.portail___state___account____account_state.change_password", {"form_data": form}
        )
        await tab.call(f"{PORTAL_STATE}.portail___state___mails____mails_state.load")
        hidden += await sign(tab)
        await tab.emit("une.action.de.la.version.precedente", {"form_data": form})
        await tab.emit(f"{PORTAL_STATE}.enter", [TYPED])
        await tab.send('42/_event,["event","' + TYPED + '"]')
        await tab.send('42/_event,["event",["' + TYPED + '"]]')
        await tab.send('42/_event,["autre",{"password":"' + TYPED + '"}]')
        await tab.barrier()
        await tab.emit(f"{SIGN_IN_STATE}.sign_in", {"form_data": {"identifier": EMAILS["parent"], "password": TYPED}})
        await tab.close()
        gone = await visitor.open_tab("/", hydrate=False, token=str(uuid.uuid4()))
        await gone.send("42/_event,")
        await visitor.post("/session", {"ticket": TYPED})
        await visitor.get(f"/reinitialisation/{TYPED}")
        link = await visitor.open_tab(f"/reinitialisation/{TYPED}")
        await link.barrier()
        await visitor.sign_out()
    async with Visitor(server.url) as stranger:
        await stranger.get("/")
        tab = await stranger.open_tab("/connexion")
        for identifier in (EMAILS["parent"], TYPED):
            await tab.call(f"{SIGN_IN_STATE}.sign_in", {"form_data": {"identifier": identifier, "password": TYPED}})
        hidden += [*stranger.cookies.values(), tab.token]
    return hidden


async def sign(tab: Tab) -> list[str]:
    """Des IBAN, dont un juste : l'un est refusé, l'autre fait un mandat, et aucun n'est écrit nulle part."""
    spaced = " ".join(IBAN[start : start + 4] for start in range(0, len(IBAN), 4))
    await tab.call(f"{DEBITS_STATE}.load")
    for typed in (WRONG_IBAN, TYPED, IBAN, spaced):
        form = {"regie": "1", "holder": TYPED, "iban": typed, "bic": "", "accepted": "on"}
        await tab.call(f"{DEBITS_STATE}.sign", {"form_data": form})
    await tab.call(f"{DEBITS_STATE}.sign", {"form_data": {"iban": [IBAN], "holder": {"iban": IBAN}}})
    return [IBAN, WRONG_IBAN, spaced, IBAN[4:-4]]


@pytest.mark.parametrize("server", ["portal", "besieged"])
async def test_the_journal_holds_no_person_and_no_secret(server: str, request: pytest.FixtureRequest) -> None:
    running: Running = request.getfixturevalue(server)
    hidden = await live(running)
    log = written(running)
    adults = [adult for home in people.NAMED for adult in home.adults]
    words = [*people.ACCOUNTS, *hidden, DEMO_PASSWORD, DEMO_SECRET]
    words += [adult.phone for adult in adults if adult.phone] + [f"{a.first_name} {a.last_name}" for a in adults]
    assert log
    for word in words:
        assert word not in log, log[max(0, log.index(word) - 300) : log.index(word) + 100]
    for mark in ("portail-session=", "portail-navigateur=", "password_hash", "$2b$", "'cookie'", '"cookie"'):
        assert mark not in log, mark


async def test_an_ordinary_visit_leaves_no_trace_of_a_fault(portal: Running) -> None:
    before = portal.log.read_text()
    async with signed_client(portal.url, "admin") as visitor:
        for path in ("/", "/admin", "/admin/courriels", "/compte", "/actualites", "/connexion", "/nulle-part"):
            tab = await visitor.open_tab(path)
            await tab.barrier()
            await tab.close()
        await visitor.sign_out()
    added = portal.log.read_text().removeprefix(before)
    assert "Traceback" not in added
    assert "incident" not in added
