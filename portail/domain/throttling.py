"""Freiner les essais sans enfermer une famille dehors : par compte, par adresse, et en tout."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Scope(StrEnum):
    ACCOUNT = "account"
    ADDRESS = "address"
    EVERYONE = "everyone"
    MAIL = "mail"
    UPLOAD = "upload"
    FEED = "feed"

    @property
    def label(self) -> str:
        return SCOPE_LABELS[self]


SCOPE_LABELS = {
    Scope.ACCOUNT: "identifiant essayé",
    Scope.ADDRESS: "adresse d’où l’on essaie",
    Scope.EVERYONE: "portail entier",
    Scope.MAIL: "lien demandé par courriel",
    Scope.UPLOAD: "fichiers envoyés",
    Scope.FEED: "agenda lu par un lien privé",
}


@dataclass(frozen=True)
class Brake:
    free: int  # essais sans attente
    first_wait: timedelta
    longest_wait: timedelta
    forgets_after: timedelta


BRAKES: dict[Scope, Brake] = {
    Scope.ACCOUNT: Brake(5, timedelta(seconds=15), timedelta(minutes=2), timedelta(minutes=30)),
    Scope.ADDRESS: Brake(30, timedelta(seconds=10), timedelta(minutes=5), timedelta(minutes=30)),
    Scope.EVERYONE: Brake(600, timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=10)),
    Scope.MAIL: Brake(3, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=2)),
    Scope.UPLOAD: Brake(40, timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=15)),
    # un agenda qui se relit chaque minute n'est jamais freiné
    Scope.FEED: Brake(20, timedelta(seconds=30), timedelta(seconds=30), timedelta(seconds=50)),
}


@dataclass(frozen=True)
class Tally:
    """Ce que la base retient d'une série d'essais manqués."""

    failures: int
    last_at: datetime


def seconds_to_wait(scope: Scope, tally: Tally | None, now: datetime) -> int:
    """Zéro si l'on peut essayer ; sinon le nombre entier de secondes à attendre."""
    brake = BRAKES[scope]
    if tally is None or now - tally.last_at >= brake.forgets_after or tally.failures < brake.free:
        return 0
    doublings = min(tally.failures - brake.free, 20)
    wait: timedelta = min(brake.first_wait * (2**doublings), brake.longest_wait)
    left = min(tally.last_at + wait - now, wait)  # une horloge qui recule n'allonge pas l'attente
    return max(0, math.ceil(left.total_seconds()))


def after_failure(scope: Scope, tally: Tally | None, now: datetime) -> Tally:
    if tally is None or now - tally.last_at >= BRAKES[scope].forgets_after:
        return Tally(1, now)
    return Tally(tally.failures + 1, now)
