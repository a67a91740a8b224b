"""Un Redis privé, celui d'une roue Python, sur un port libre."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotYetError

from tests.tools.server import free_port

START_WITHIN_SECONDS = 15


@contextmanager
def running_redis(folder: Path) -> Iterator[str]:
    port = free_port()
    program = Path(sys.executable).parent / "redis-server"
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    with Redis(port=port) as client:
        while True:
            try:
                client.ping()
            except NotYetError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
