"""Un réglage qui sert de clé des milliers de fois par écran ne calcule son empreinte qu'une fois."""

from dataclasses import fields
from functools import cached_property
from typing import Any


class HashedOnce:
    """À une dataclass figée : `__hash__ = HashedOnce.__hash__`, sans quoi elle se donne le sien.

    L'empreinte d'un texte change d'un processus à l'autre : elle ne se copie ni ne s'écrit.
    """

    @cached_property
    def _hashed(self) -> int:
        return hash(tuple(self.__getstate__().values()))

    def __hash__(self) -> int:
        return self._hashed

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}  # type: ignore[arg-type]
