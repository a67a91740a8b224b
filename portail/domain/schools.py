"""Les écoles et leurs classes : un nom unique, une année scolaire, et ce qui empêche de les retirer."""

from datetime import date

from portail.domain.families import Level
from portail.domain.health import school_year
from portail.domain.refusals import RefusalError
from portail.domain.text import fold

SCHOOL_NAME, CLASS_NAME = 120, 40


def same_name(one: str, other: str) -> bool:
    """« Ecole jean macé » et « École Jean-Macé » : la même."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return "".join(char for char in fold(name) if char.isalnum())


def school_years(day: date) -> tuple[str, str, str]:
    """L'année scolaire passée, celle en cours, celle qui vient."""
    return tuple(school_year(date(day.year + step, day.month, min(day.day, 28))) for step in (-1, 0, 1))  # type: ignore[return-value]


def join_levels(levels: frozenset[str]) -> str:
    """« CE1 CE2 », dans l'ordre de l'école ; ce qui n'est pas un niveau ne compte pas."""
    return " ".join(level for level in Level if level in levels)


class DoubledNameError(RefusalError):
    def __init__(self, what: str, name: str) -> None:
        super().__init__(f"{what} « {name} » existe déjà.", "Donnez un autre nom, ou rouvrez celle qui existe.")


class SchoolInUseError(RefusalError):
    """Une école où des enfants sont inscrits se ferme, elle ne se retire pas."""

    def __init__(self, children: int, requests: int) -> None:
        said = []
        if children:
            said.append(f"{children} enfant{'s' if children > 1 else ''} y {'sont' if children > 1 else 'est'}")
        if requests:
            said.append(
                f"{requests} démarche{'s' if requests > 1 else ''} en attente la demande{'nt' if requests > 1 else ''}"
            )
        super().__init__(
            f"Cette école ne peut pas être retirée : {', et '.join(said)}." if said else "Cette école vient de servir.",
            "Fermez-la plutôt aux nouvelles inscriptions.",
        )
