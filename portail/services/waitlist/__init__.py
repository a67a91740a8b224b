"""La liste d'attente : y entrer, en sortir, y voir sa place, et donner les places qui se libèrent."""

from portail.services.waitlist.promoting import promote
from portail.services.waitlist.queue import Asked, Place, join, leave, positions

__all__ = ["Asked", "Place", "join", "leave", "positions", "promote"]
