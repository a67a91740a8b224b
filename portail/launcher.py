"""Démarrer : environnement de Reflex, construction de l'interface si ses sources ont changé, processus."""

import fcntl
import hashlib
import importlib.metadata
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portail import clock
from portail.settings import ROOT, current

RESTART_AFTER_SECONDS = 2.0
STOP_WITHIN_SECONDS = 10.0
STAMP = ROOT / ".web" / "build" / ".stamp"
_SOURCES = {".py", ".jsx", ".js", ".css", ".svg", ".png", ".json", ".webmanifest", ".txt"}


def prepare_environment() -> None:
    """Node vient du venv, npm de lui ; Reflex n'appelle personne d'autre."""
    os.chdir(ROOT)
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    bin_dir = str(Path(sys.executable).parent)
    os.environ["PATH"] = bin_dir + os.pathsep + os.environ.get("PATH", "")
    fixed = {
        "REFLEX_USE_NPM": "1",
        "REFLEX_USE_GRANIAN": "1",
        "REFLEX_CHECK_LATEST_VERSION": "0",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_SOCKET_INTERVAL": "10s",
        "REFLEX_SOCKET_TIMEOUT": "10s",
        "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": str(256 * 1024),
        "VITE_SOURCEMAP": "false",
    }
    for name, value in fixed.items():
        os.environ.setdefault(name, value)


def fingerprint() -> str:
    """Ce dont l'interface dépend : ses sources, Reflex, et ce que les réglages y impriment."""
    settings = current()
    printed = [str(value) for name, value in settings if name.startswith("town_")]
    digest = hashlib.sha256("\0".join((importlib.metadata.version("reflex"), *printed)).encode())
    rooms = ("pages", "components", "state", "views", "domain")
    files = [
        ROOT / "rxconfig.py",
        ROOT / "portail" / "portail.py",
        ROOT / "portail" / "same_origin.py",
        ROOT / "reflex.lock" / "package-lock.json",
    ]
    for folder in (*(ROOT / "portail" / room for room in rooms), ROOT / "assets"):
        files += sorted(folder.rglob("*"))
    for file in files:
        if file.is_file() and file.suffix in _SOURCES and "external" not in file.parts:
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def build() -> bool:
    """Construit l'interface si elle n'est plus celle de ces sources ; rend vrai si elle a été construite."""
    with (ROOT / ".web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # deux démarrages au même instant ne construisent qu'une fois
        wanted = fingerprint()
        if STAMP.exists() and STAMP.read_text() == wanted:
            return False
        _export()
        STAMP.write_text(wanted)
        return True


def _export() -> None:
    print("Construction de l'interface…", flush=True)
    if "NPM_CONFIG_REGISTRY" not in os.environ:
        registry = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=True)  # noqa: S607
        os.environ["NPM_CONFIG_REGISTRY"] = registry.stdout.strip()
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--loglevel", "warning"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def run(*, build_only: bool) -> int:
    prepare_environment()
    if not build_only:
        _prepare_database()
    build()
    if build_only:
        return 0
    _announce()
    with _worker():
        _serve()
    return 0


@contextmanager
def _worker() -> Iterator[None]:
    """Le processus des travaux, relancé s'il tombe, arrêté avec le serveur."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            running[:] = [subprocess.Popen([sys.executable, "-m", "portail.cli", "worker"], cwd=ROOT)]
            running[0].wait()
            stopping.wait(RESTART_AFTER_SECONDS)

    keeper = threading.Thread(target=keep, name="travaux", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for worker in running:
            worker.send_signal(signal.SIGTERM)
        keeper.join(STOP_WITHIN_SECONDS)
        for worker in running:
            worker.kill()


def _prepare_database() -> None:
    from portail.demo import town
    from portail.models import database, migrations
    from portail.services import regies

    migrations.upgrade(database.engine())
    regies.prepare()
    if not current().is_production:
        town.load_if_empty(clock.now())
    database.engine().dispose()
    database.use(None)


def _announce() -> None:
    print(f"\nPortail Famille de {current().town_name} : {current().site_url}\n", flush=True)
    if not current().is_production:
        from portail.demo import people

        print(f"Comptes de démonstration (mot de passe : {people.PASSWORD})")
        for email, who in people.ACCOUNTS.items():
            print(f"  {email:34} {who}")
        print(flush=True)


def _serve() -> None:
    from reflex_base import constants
    from reflex_base.environment import environment

    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    os.environ.setdefault("GRANIAN_WORKERS", str(current().workers))
    from reflex.utils import exec as rexec

    rexec.run_backend_prod(current().host, current().port, constants.LogLevel.WARNING, mount_frontend_compiled_app=True)
