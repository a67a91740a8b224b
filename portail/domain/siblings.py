"""Le rang d'un enfant dans son foyer : du plus âgé au plus jeune, parmi les mineurs."""

from collections.abc import Iterable, Mapping
from datetime import date

from portail.domain.families import age_on

ADULT = 18


def elders_of(births: Mapping[int, date], child_id: int) -> tuple[date, ...]:
    """Les naissances de ceux qui passent avant cet enfant ; des jumeaux gardent l'ordre de leur arrivée au dossier."""
    mine = births[child_id], child_id
    return tuple(birth for other, birth in sorted(births.items()) if (birth, other) < mine)


def rank_on(elders: Iterable[date], day: date) -> int:
    """Un aîné devenu majeur ne compte plus."""
    return 1 + sum(age_on(birth, day) < ADULT for birth in elders)
