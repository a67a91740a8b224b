"""Beaucoup de PDF du même gabarit : deux processus, chacun garde le sien prêt et ne reçoit que des données.

Typst tient le verrou de Python : deux fils n'iraient pas plus vite qu'un. Chaque PDF est à la fois PDF/A-2a (archivage)
et PDF/UA-1 (balisé, lisible par tous). Un PDF qui échoue, ou qui tue son processus, ne retient pas les autres.
"""

import json
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

import typst

from portail.integrations.pdf import drawable, fonts

log = logging.getLogger("portail.pdf")
WORKERS = 2
FEW = 8  # en dessous, démarrer des processus coûterait plus qu'eux ne gagnent
PIECE = 5
FAULT_LIMIT = 200
RENEWED = 400  # lots par processus : Typst garde de ses pages, un processus neuf n'en garde rien
ARCHIVED: Final = ("a-2a", "ua-1")


@dataclass(frozen=True)
class Drawn:
    """Un PDF ; ou rien, et ce qui l'a empêché."""

    body: bytes = b""
    fault: str = ""


def compile_many(template: Path, contents: Sequence[Mapping[str, Any]], at: datetime) -> list[Drawn]:
    """Un PDF par contenu, dans l'ordre ; le même contenu au même instant donne les mêmes octets."""
    return begin(template, contents, at)()


def begin(template: Path, contents: Sequence[Mapping[str, Any]], at: datetime) -> Callable[[], list[Drawn]]:
    """Les autres processus composent dès maintenant ; appeler ce qui est rendu attend leurs PDF."""
    given = [json.dumps(content, ensure_ascii=False, sort_keys=True) for content in contents]
    draw = partial(_attempt, str(template), int(at.timestamp()))
    if len(given) < FEW:
        return lambda: [draw(one) for one in given]
    try:
        return partial(_collect, draw, given, _start(draw, given))
    except BrokenProcessPool:
        return partial(_again, draw, given)


@dataclass(frozen=True)
class _Started:
    pool: ProcessPoolExecutor
    drawn: Iterator[Drawn]


def _start(draw: Callable[[str], Drawn], given: Sequence[str]) -> _Started:
    pool = _pool()
    return _Started(pool, pool.map(draw, given, chunksize=PIECE))


def _collect(draw: Callable[[str], Drawn], given: Sequence[str], started: _Started) -> list[Drawn]:
    try:
        return list(started.drawn)
    except BrokenProcessPool:
        return _again(draw, given, started.pool)


def _again(
    draw: Callable[[str], Drawn], given: Sequence[str], broken: ProcessPoolExecutor | None = None
) -> list[Drawn]:
    """Un autre lot a pu déjà remplacer les processus : les siens ne se ferment pas."""
    log.warning("Un processus qui compose les PDF a disparu : il est remplacé.")
    if broken in (None, _pool()):
        close()
    try:
        return list(_start(draw, given).drawn)
    except BrokenProcessPool:
        close()
        return [_alone(draw, one) for one in given]


def _alone(draw: Callable[[str], Drawn], given: str) -> Drawn:
    """Un à la fois : celui qui tue son processus est le seul à manquer."""
    try:
        return _pool().submit(draw, given).result()
    except BrokenProcessPool:
        close()
        return Drawn(fault="le processus qui le composait a disparu")


@lru_cache(maxsize=1)
def _pool() -> ProcessPoolExecutor:
    """« spawn » : un processus copié d'un serveur à plusieurs fils pourrait se bloquer."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_settle, max_tasks_per_child=RENEWED)


def close() -> None:
    """Plus rien à composer : les processus rendent leur mémoire."""
    if _pool.cache_info().currsize:
        _pool().shutdown(wait=False)
        _pool.cache_clear()


def _settle() -> None:
    os.environ["RAYON_NUM_THREADS"] = "1"  # deux processus, deux cœurs
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()


def _leave_with_the_parent() -> None:
    """Le travail de fond tué net, ses enfants attendraient toujours une suite qui ne vient plus."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


@lru_cache(maxsize=4)
def _compiler(template: str) -> typst.Compiler:
    folder = str(Path(template).parent)
    return typst.Compiler(template, root=folder, font_paths=fonts(), ignore_system_fonts=True)


def _attempt(template: str, at: int, given: str) -> Drawn:
    try:
        return Drawn(_draw(template, at, given))
    except (typst.TypstError, TypeError) as error:
        return Drawn(fault=f"{type(error).__name__} : {error}"[:FAULT_LIMIT])


def _draw(template: str, at: int, given: str) -> bytes:
    try:
        return _compile(template, at, given)
    except typst.TypstError:
        drawn = drawable(given)
        if drawn == given:
            raise
        return _compile(template, at, drawn)


def _compile(template: str, at: int, given: str) -> bytes:
    body = _compiler(template).compile(
        format="pdf", sys_inputs={"content": given}, pdf_standards=list(ARCHIVED), timestamp=at
    )
    if not isinstance(body, bytes):
        raise TypeError("un PDF est attendu")
    return body
