"""La salle d'attente d'une campagne, telle que la voit qui y est."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomView:
    """`position` : zéro quand on n'attend plus, ou pas encore."""

    ready: bool = False
    campaign: int = 0
    name: str = ""
    is_admitted: bool = False
    is_open: bool = False
    opens: str = ""
    opens_at: str = ""
    position: int = 0
    place: str = ""
    until: str = ""
