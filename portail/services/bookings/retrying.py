"""Recommencer une validation qui en a croisé une autre : relire, rejuger, et s'arrêter à temps."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError

from portail.domain.refusals import RefusalError
from portail.services.bookings.writing import ChangedMeanwhileError, SeatsLostError
from portail.services.wallet import NotEnoughMoneyError

TRIES = 6
Result = TypeVar("Result")


class TooBusyError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Beaucoup de familles réservent ces jours en ce moment : rien n’a été changé.",
            "Touchez « Confirmer » de nouveau.",
        )


def settle(attempt: Callable[[frozenset[int]], Result]) -> Result:
    """`attempt` reçoit les séances dont la dernière place vient de partir : il les juge complètes."""
    lost: frozenset[int] = frozenset()
    for _ in range(TRIES):
        try:
            return attempt(lost)
        except SeatsLostError as refusal:
            lost |= refusal.slot_ids
        except (ChangedMeanwhileError, IntegrityError, NotEnoughMoneyError):
            continue  # relu au tour suivant : l'autre a fini
        except OperationalError:  # deux validations croisées : la base en a défait une
            continue
    raise TooBusyError
