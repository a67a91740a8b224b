"""Les papiers que le portail sait faire : leur sorte, leur référence, leur nom de fichier, l'année scolaire."""

import re
from datetime import date
from enum import StrEnum

from portail.domain.refusals import RefusalError
from portail.domain.text import fold

REFERENCE_LENGTH = 12
_REFERENCE = re.compile(rf"[A-HJ-NP-Z2-9]{{{REFERENCE_LENGTH}}}")
_SEPARATORS = re.compile(r"[\s\-‐‑–—.]+")
_GROUP = 4
_SEPTEMBER = 9


class PaperKind(StrEnum):
    """Les papiers que l'on peut vérifier par leur référence."""

    REGISTRATION = "registration"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]


KIND_LABELS = {PaperKind.REGISTRATION: "Attestation d’inscription"}


class FamilyNotValidatedError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            "Votre dossier attend encore la validation du service enfance.",
            "L’attestation pourra se télécharger dès qu’il sera validé.",
        )


def school_year(day: date) -> str:
    """« 2026-2027 » : du 1er septembre au 31 août."""
    first = day.year if day.month >= _SEPTEMBER else day.year - 1
    return f"{first}-{first + 1}"


def grouped(reference: str) -> str:
    """« K7M2-QH4T-XW3P » : telle qu'elle s'imprime et se recopie."""
    return "-".join(reference[start : start + _GROUP] for start in range(0, len(reference), _GROUP))


def read_reference(typed: str) -> str:
    """La référence dans ce qui a été tapé ; vide si ce n'en est pas une."""
    if len(typed) > REFERENCE_LENGTH * 4:
        return ""
    plain = _SEPARATORS.sub("", typed).upper()
    return plain if _REFERENCE.fullmatch(plain) else ""


def file_name(kind: str, about: str, extension: str = "pdf") -> str:
    """« attestation-inscription-lea.pdf » : des lettres simples, sûres dans un en-tête et sur tout disque."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(about)).strip("-")[:60].strip("-")
    return f"{kind}-{slug}.{extension}" if slug else f"{kind}.{extension}"
