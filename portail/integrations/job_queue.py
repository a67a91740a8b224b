"""La file des travaux : huey, sur SQLite par défaut, sur Redis dès qu'il y en a un."""

import logging
from collections.abc import Callable
from functools import lru_cache

from huey import Huey, RedisHuey, SqliteHuey

from portail.settings import current

log = logging.getLogger("portail.jobs")
JOBS: dict[str, Callable[[], None]] = {}


@lru_cache(maxsize=1)
def queue() -> Huey:
    settings = current()
    if settings.redis_url:
        huey = RedisHuey("portail", url=settings.redis_url)
    else:
        settings.data_path.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey("portail", filename=str(settings.data_path / "travaux.sqlite"), fsync=False)
    huey.task(name="run_job")(run_job)
    return huey


def run_job(name: str) -> None:
    JOBS[name]()


def job(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Inscrit un travail sous son nom : c'est ce nom qui voyage dans la file."""

    def register(work: Callable[[], None]) -> Callable[[], None]:
        JOBS[name] = work
        return work

    return register


def wake(name: str) -> None:
    """Demande un travail tout de suite ; si la file est injoignable, la tournée de la minute s'en chargera."""
    try:
        huey = queue()
        task = huey._registry.string_to_task("portail.integrations.job_queue.run_job")  # noqa: SLF001
        huey.enqueue(task((name,), {}))
    except Exception:
        log.warning("file injoignable", extra={"job": name}, exc_info=True)
