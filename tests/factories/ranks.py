"""Le numéro de ce qui doit porter un autre nom que son voisin : il repart de 1 à chaque base vide.

Sans quoi un nom dépendrait des tests passés avant, et un test de l'ordre où il passe.
"""


class Ranks:
    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        self._last += 1
        return self._last

    def restart(self) -> None:
        self._last = 0


RANKS = Ranks()
