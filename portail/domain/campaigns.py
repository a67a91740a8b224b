"""Les campagnes : l'ouverture datée, les habitants d'abord, et la salle d'attente de ce jour-là."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Protocol

from portail.domain.refusals import RefusalError
from portail.domain.waitlist import spoken_position

UNSEEN_FOR = timedelta(minutes=2)  # un onglet fermé rend sa place
ADMITTED_FOR = timedelta(minutes=30)
LONGEST_CREDIT = timedelta(seconds=10)  # des entrées dont personne n'a profité ne s'accumulent pas
MOST_A_MINUTE = 6_000
MINUTE = 60_000_000  # en microsecondes
DRAWS = 1 << 28  # le numéro d'un tirage ou d'une arrivée tient dans sa vague


class Dates(Protocol):
    """Ce qu'une campagne dit de ses jours et de ses heures."""

    first_day: date
    last_day: date
    residents_at: datetime
    everyone_at: datetime
    closes_at: datetime | None


class Wave(IntEnum):
    """Qui passe d'abord : présents avant l'ouverture (par tirage), puis arrivés après (dans l'ordre)."""

    EARLY_RESIDENTS = 0
    RESIDENTS = 1
    EARLY_OTHERS = 2
    EVERYONE = 3


def opening(campaign: Dates, *, is_resident: bool) -> datetime:
    return campaign.residents_at if is_resident else campaign.everyone_at


def covers(campaign: Dates, day: date) -> bool:
    return campaign.first_day <= day <= campaign.last_day


def opens_for(campaigns: Iterable[Dates], day: date, *, is_resident: bool) -> datetime | None:
    """L'instant où ce jour s'ouvre à cette famille ; rien s'il n'est d'aucune campagne."""
    return min((opening(one, is_resident=is_resident) for one in campaigns if covers(one, day)), default=None)


def is_running(campaign: Dates, now: datetime) -> bool:
    """Ouverte aux premiers, et pas encore finie : ensuite, les jours se réservent sans salle d'attente."""
    return now >= campaign.residents_at and not is_over(campaign, now)


def is_over(campaign: Dates, now: datetime) -> bool:
    return campaign.closes_at is not None and now >= campaign.closes_at


def wave_of(campaign: Dates, now: datetime, *, is_resident: bool) -> Wave:
    if is_resident and now < campaign.residents_at:
        return Wave.EARLY_RESIDENTS
    if is_resident and now < campaign.everyone_at:
        return Wave.RESIDENTS
    return Wave.EARLY_OTHERS if now < campaign.everyone_at else Wave.EVERYONE


def ticket_rank(wave: Wave, *, draw: int, arrival: int) -> int:
    """Un tirage au sort pour qui est là avant l'ouverture : être venu la veille n'avance à rien. Puis l'arrivée."""
    is_drawn = wave in {Wave.EARLY_RESIDENTS, Wave.EARLY_OTHERS}
    return wave * DRAWS + (draw if is_drawn else arrival) % DRAWS


def open_waves(campaign: Dates, now: datetime) -> int:
    """Le premier rang qui ne peut pas encore entrer."""
    if now < campaign.residents_at:
        return 0
    return (Wave.RESIDENTS + 1 if now < campaign.everyone_at else Wave.EVERYONE + 1) * DRAWS


def admissions(since: datetime | None, opened: datetime, now: datetime, a_minute: int) -> tuple[int, datetime]:
    """Combien entrent maintenant, et jusqu'à quel instant c'est compté : le débit est tenu au plus juste."""
    credit = LONGEST_CREDIT + _time_of(1, a_minute)
    start = max(since or opened, opened, now - credit)
    count = max(0, (now - start) // timedelta(microseconds=1)) * a_minute // MINUTE
    return count, start + _time_of(count, a_minute)


def _time_of(count: int, a_minute: int) -> timedelta:
    """Ce qu'il faut de temps pour tant d'entrées, arrondi au-dessus."""
    return timedelta(microseconds=-(-count * MINUTE // a_minute))


def spoken_place(position: int, a_minute: int) -> str:
    """« 1re place, environ 1 minute » : l'estimation est large, jamais à la seconde."""
    minutes = -(-position // a_minute) if a_minute else 0
    wait = f", environ {minutes} minute{'s' if minutes > 1 else ''}" if a_minute else ""
    return f"{spoken_position(position)} place{wait}"


class OverlapError(RefusalError):
    """Deux campagnes pour le même jour d'une activité se contrediraient."""

    def __init__(self, other: str) -> None:
        super().__init__(
            f"La campagne « {other} » couvre déjà une partie de ces jours pour l’une de ces activités.",
            "Changez les jours ou les activités.",
        )


class NotAdmittedError(RefusalError):
    """La campagne a une salle d'attente et cette personne n'a pas encore été appelée."""

    def __init__(self, campaign_id: int) -> None:
        super().__init__(
            "Beaucoup de familles réservent en ce moment : chacune entre à son tour.",
            "Rejoignez la salle d’attente, votre sélection est gardée.",
        )
        self.link = f"/salle-attente/{campaign_id}"
