"""Plusieurs au même instant : des fils qui partent ensemble, et ce que chacun a obtenu."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def together(*works: Callable[[], Any]) -> list[Any]:
    """Lance tout d'un coup ; rend, dans l'ordre, le résultat ou l'exception de chacun."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        start.wait(30)
        try:
            return work()
        except Exception as error:  # noqa: BLE001 — l'exception est le résultat que le test regarde
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
