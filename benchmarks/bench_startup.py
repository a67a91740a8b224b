"""Démarrages (dépôt neuf, puis suivants) et mémoire (au repos, puis par personne connectée)."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
from client import BEHIND_PROXY, carrying, session_of
from common import PARENTS, ROOT, kilobytes, lasted, machine, main, median, megabytes, number, scratch, table, verdict

from tests.tools.server import free_port, running

SECOND_STARTS = 3
MEMORY_RUNS = 3
CLIENTS, AT_ONCE, PRIMERS = 200, 20, 10
SETTLE_SECONDS = 3.0
START_WITHIN_SECONDS = 300
FIRST_AIM, SECOND_AIM = 60.0, 10.0
CACHES = {"UV_CACHE_DIR": "uv", "npm_config_cache": "npm", "PIP_CACHE_DIR": "pip"}


def environment(port: int, caches: Path | None) -> dict[str, str]:
    clean = {name: content for name, content in os.environ.items() if not name.startswith("PORTAIL_")}
    clean.pop("VIRTUAL_ENV", None)
    clean.pop("MAKEFLAGS", None)
    own = {name: str(caches / folder) for name, folder in CACHES.items()} if caches else {}
    return {**clean, **own, "PORT": str(port)}


def make_run(clone: Path, caches: Path | None) -> float:
    """`make run` jusqu'à ce que /pret réponde, puis l'arrêt ; rend les secondes attendues."""
    port = free_port()
    started = time.perf_counter()
    with (clone / "mesure.log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=clone,
            env=environment(port, caches),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not is_ready(port):
            if process.poll() is not None or time.perf_counter() - started > START_WITHIN_SECONDS:
                raise RuntimeError(f"make run n'a pas abouti :\n{(clone / 'mesure.log').read_text()[-2000:]}")
            time.sleep(0.05)
        return time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/pret", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def folder_size(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def usual_caches() -> str:
    home = Path.home()
    places = {"pip": home / ".cache" / "pip", "uv": home / ".cache" / "uv", "npm": home / ".npm"}
    return ", ".join(f"{name} {megabytes(folder_size(place))}" for name, place in places.items())


def starts(folder: Path) -> list[list[str]]:
    revision = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    caches = usual_caches()
    first: dict[str, float] = {}
    for name, own in (("vides", folder / "caches"), ("usuels", None)):
        clone = folder / f"clone-{name}"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        first[name] = make_run(clone, own)
        if name == "vides":
            shutil.rmtree(folder / "caches", ignore_errors=True)
            shutil.rmtree(clone, ignore_errors=True)
    again = median([make_run(clone, None) for _ in range(SECOND_STARTS)])
    return [
        start_row(
            f"Premier `make run`, dépôt neuf ({revision}), caches pip, uv et npm vides", first["vides"], FIRST_AIM
        ),
        start_row(f"Premier `make run`, dépôt neuf, caches de la machine ({caches})", first["usuels"], FIRST_AIM),
        start_row(f"`make run` suivant (médiane de {SECOND_STARTS})", again, SECOND_AIM),
    ]


def start_row(name: str, seconds: float, aim: float) -> list[str]:
    return [name, lasted(seconds), f"≤ {number(aim)} s", verdict(seconds, aim)]


def weigh() -> dict[str, int]:
    """La mémoire des processus lancés ici : PSS (une page partagée compte une fois en tout), et RSS pour repère."""
    found = {"server": 0, "worker": 0, "rss": 0}
    for process in psutil.Process().children(recursive=True):
        try:
            memory, words = process.memory_full_info(), process.cmdline()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        found["worker" if "worker" in words else "server"] += memory.pss
        found["rss"] += memory.rss
    return found


async def crowd(url: str) -> dict[str, float]:
    """Deux cents onglets hydratés sur /accueil."""
    visitors = [carrying(url, await session_of(url, email)) for email in PARENTS]

    async def tab(rank: int) -> None:
        await visitors[rank % len(visitors)].open_tab("/accueil")

    for rank in range(PRIMERS):
        await tab(rank)
    await asyncio.sleep(SETTLE_SECONDS)
    before = weigh()
    started = time.perf_counter()
    for rank in range(0, CLIENTS, AT_ONCE):
        await asyncio.gather(*(tab(rank + step) for step in range(AT_ONCE)))
    hydrated = time.perf_counter() - started
    await asyncio.sleep(SETTLE_SECONDS)
    during = weigh()
    for visitor in visitors:
        await visitor.__aexit__()
    return {
        "client": (during["server"] - before["server"]) / CLIENTS,
        "loaded": during["server"],
        "hydrated": hydrated,
    }


def memory(folder: Path) -> list[list[str]]:
    idle, loaded = [], []
    for rank in range(MEMORY_RUNS):
        home = folder / f"memoire-{rank}"
        home.mkdir()
        with running(home, **BEHIND_PROXY) as server:
            time.sleep(SETTLE_SECONDS)
            idle.append(weigh())
            loaded.append(asyncio.run(crowd(server.url.replace("localhost", "127.0.0.1"))))
    rest = {key: median([run[key] for run in idle]) for key in idle[0]}
    full = {key: median([run[key] for run in loaded]) for key in loaded[0]}
    return [
        ["Mémoire au repos, serveur (PSS)", megabytes(rest["server"]), "—", ""],
        ["Mémoire au repos, travaux (PSS)", megabytes(rest["worker"]), "—", ""],
        ["Mémoire au repos, somme des RSS (pages partagées comptées plusieurs fois)", megabytes(rest["rss"]), "—", ""],
        [f"Par personne connectée ({CLIENTS} onglets sur /accueil)", kilobytes(full["client"]), "—", ""],
        [f"Serveur avec {CLIENTS} personnes (PSS)", megabytes(full["loaded"]), "—", ""],
        [f"Hydrater {CLIENTS} onglets, {AT_ONCE} à la fois", lasted(full["hydrated"]), "—", ""],
    ]


def measure() -> None:
    line = f"{machine()} ; SQLite, un processus."
    with scratch() as folder:
        rows = [*starts(folder), *memory(folder)]
    table("Démarrage et mémoire", line, ("Mesure", "Valeur", "But", ""), rows)


if __name__ == "__main__":
    main(measure)
