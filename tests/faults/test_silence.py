"""Un onglet dont le réseau est mort sans le dire : il est raccroché seul, les autres restent."""

import uuid
from collections.abc import Iterator

import aiohttp
import pytest

from portail.portail import app
from tests.tools.rxclient import Visitor
from tests.tools.server import Running, running

PING, PONG = "2", "3"
CLOSED_WITHIN_SECONDS, TURNS = 20.0, 6


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("silence"), REFLEX_SOCKET_INTERVAL="1s", REFLEX_SOCKET_TIMEOUT="4s") as server:
        yield server


async def dial(visitor: Visitor) -> aiohttp.ClientWebSocketResponse:
    socket = await visitor.dial(f"token={uuid.uuid4()}&EIO=4&transport=websocket")
    await socket.send_str("40/_event,{}")
    return socket


async def test_who_no_longer_answers_is_hung_up_and_who_answers_stays(impatient: Running) -> None:
    async with Visitor(impatient.url) as visitor:
        silent, alive = await dial(visitor), await dial(visitor)
        turns = 0
        while turns < TURNS:
            message = await alive.receive(CLOSED_WITHIN_SECONDS)
            assert message.type is aiohttp.WSMsgType.TEXT
            if message.data == PING:
                await alive.send_str(PONG)
                turns += 1
        while (message := await silent.receive(CLOSED_WITHIN_SECONDS)).type is aiohttp.WSMsgType.TEXT:
            assert message.data != PONG
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING)
        await silent.close()
        await alive.close()


def test_no_second_watch_wakes_the_server() -> None:
    assert app.sio is not None
    assert app.sio.eio.start_service_task is False
