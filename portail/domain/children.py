"""La fiche d'un enfant : une date de naissance possible, un niveau qui existe."""

from dataclasses import dataclass
from datetime import date

from portail.domain.families import Level
from portail.domain.forms import Reader
from portail.domain.refusals import BadInputError

OLDEST_YEARS = 18


@dataclass(frozen=True)
class ChildFile:
    """Ce que la mairie tient d'un enfant, hors santé."""

    first_name: str
    last_name: str
    birth_date: date
    school_id: int | None
    level: str


def check_birth(birth: date, today: date) -> None:
    if birth > today:
        raise BadInputError("La date de naissance est dans le futur.")
    if birth.year < today.year - OLDEST_YEARS:
        raise BadInputError(f"Cette date de naissance donne plus de {OLDEST_YEARS} ans : vérifiez l’année.")


def read_child(reader: Reader, today: date) -> ChildFile:
    level = reader.choice(
        "level", lambda value: value == "" or value in set(Level), "Choisissez un niveau de la liste."
    )
    child = ChildFile(
        first_name=reader.line("first_name", "Prénom", missing="Indiquez le prénom de l’enfant."),
        last_name=reader.line("last_name", "Nom", missing="Indiquez le nom de l’enfant."),
        birth_date=reader.day(
            "birth_date",
            today,
            missing="Indiquez la date de naissance.",
            check=lambda day: check_birth(day, today),
        ),
        school_id=reader.number("school_id") or None,
        level=level,
    )
    reader.check()
    return child
