"""Ce que les mesures partagent : la machine, les médianes, les tableaux, le dossier d'essai."""

import gc
import importlib.metadata
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # `tests.tools` et `portail` du dépôt mesuré, d'où que l'on lance la mesure

PASSWORD = "Demo-portail-2026"
PARENT = "camille.durand@famille.example"
ADMIN = "admin@mairie.example"
PARENTS = (
    PARENT,
    "karim.benali@famille.example",
    "ines.moreau@famille.example",
    "paul.lefevre@famille.example",
    "sophie.garnier@famille.example",
    "nadia.rossi@famille.example",
    "tom.petit@famille.example",
)
QUIET_LOAD = 0.3  # au-delà, une autre charge occupe les cœurs et les temps sont à refaire


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}".replace(",", " ").replace(".", ",")


def milliseconds(seconds: float) -> str:
    return f"{number(seconds * 1000, 0 if seconds >= 0.1 else 1)} ms"


def lasted(seconds: float) -> str:
    return f"{number(seconds, 2 if seconds < 10 else 1)} s"


def kilobytes(size: float) -> str:
    return f"{number(size / 1000, 1)} ko"


def megabytes(size: float) -> str:
    return f"{number(size / 1_000_000, 0)} Mo"


def verdict(value: float, limit: float) -> str:
    return "tenu" if value <= limit else "**non tenu**"


def machine() -> str:
    """La ligne sans laquelle un chiffre ne veut rien dire ; la charge au départ dit si la machine était calme."""
    busy = psutil.cpu_percent(interval=1.0) / 100
    noise = "" if busy < QUIET_LOAD else ", **machine occupée : chiffres à refaire**"
    return (
        f"{os.cpu_count()} cœurs, {number(psutil.virtual_memory().total / 2**30)} Gio, "
        f"Python {platform.python_version()}, Reflex {importlib.metadata.version('reflex')}, "
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M}, processeurs occupés à {number(busy * 100)} % au départ{noise}"
    )


def table(title: str, machine_line: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n### {title}\n\n{machine_line}\n")
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """Un dossier pour la durée d'une mesure, effacé ensuite."""
    with tempfile.TemporaryDirectory(prefix="portail-mesure-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def main(measure: Callable[[], None]) -> None:
    """Le ramasse-miettes du mesureur ne doit pas se lire dans les mesures."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    measure()
