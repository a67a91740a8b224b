"""Fusionner deux dossiers : ce qui l'interdit, qui est le même dans les deux, et jusqu'à quand on peut revenir."""

from datetime import datetime, timedelta

from portail.domain.families import TRANSITIONS, FamilyStatus
from portail.domain.phonetics import words
from portail.domain.refusals import RefusalError

CAN_UNDO_FOR = timedelta(days=30)
MOST_HOMES = 2


class SameFileError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Un dossier ne peut pas être fusionné avec lui-même.", "Choisissez un autre dossier.")


def check_mergeable(source: FamilyStatus, target: FamilyStatus) -> None:
    """L'un s'éteint, l'autre vit : tous deux doivent être ouverts."""
    for status in (source, target):
        if FamilyStatus.MERGED not in TRANSITIONS[status] or status is FamilyStatus.MERGED:
            raise RefusalError(f"Un dossier {status.label} ne peut pas être fusionné.", "Choisissez un dossier ouvert.")


def check_undoable(merged_at: datetime, undone_at: datetime | None, now: datetime) -> None:
    if undone_at is not None:
        raise RefusalError("Cette fusion est déjà défaite.")
    if now >= merged_at + CAN_UNDO_FOR:
        raise RefusalError(f"Une fusion se défait pendant {CAN_UNDO_FOR.days} jours : ce délai est passé.")


def is_same_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Le même prénom et le même nom, aux accents, majuscules et tirets près."""
    return all(
        words(mine) and sorted(words(mine)) == sorted(words(yours)) for mine, yours in zip(one, other, strict=True)
    )
