"""Un vrai portail, sur un port libre et une base neuve, pour le navigateur et le client sans navigateur."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portail.settings import ROOT

START_WITHIN_SECONDS = 90


@dataclass(frozen=True)
class Running:
    url: str
    data: Path
    log: Path

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Running]:
    """Démarre `portail run`, attend /pret, et l'arrête par son numéro de processus."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAIL_", "PYTEST_"))}
    environ = {**clean, "PORT": str(port), "PORTAIL_DATA_DIR": str(folder / "data"), **environment}
    log = folder / "serveur.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "portail.cli", "run"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(f"http://localhost:{port}/pret", process, log)
        yield Running(f"http://localhost:{port}", folder / "data", log)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"le portail n'a pas démarré :\n{log.read_text()[-3000:]}")
