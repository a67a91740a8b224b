"""Hors de la boucle : un service court dans un fil vif, un hachage dans un fil lent."""

import asyncio
import contextvars
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

Result = TypeVar("Result")
_QUICK = ThreadPoolExecutor(8, thread_name_prefix="vif")
_SLOW = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="lent")


async def run(service: Callable[..., Result], *args: Any, slow: bool = False, **kwargs: Any) -> Result:
    context = contextvars.copy_context()
    call = partial(context.run, service, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_SLOW if slow else _QUICK, call)
