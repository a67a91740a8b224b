"""L'histoire du quotient d'un foyer, le plus récent d'abord : lequel compte, lequel est remplacé ou expiré."""

from collections.abc import Sequence
from datetime import date

from portail.domain.tariffs import Quotient
from portail.views import wording
from portail.views.wallet import QuotientLine


def quotient_lines(history: Sequence[Quotient], today: date) -> list[QuotientLine]:
    """Deux qui valent le même jour : le dernier enregistré compte."""
    counting = max((rank for rank, one in enumerate(history) if one.is_valid_on(today)), default=-1)
    told = [_line(one, _standing(one, today, is_current=rank == counting)) for rank, one in enumerate(history)]
    return told[::-1]


def _standing(one: Quotient, today: date, *, is_current: bool) -> tuple[str, str]:
    if is_current:
        return "en vigueur", "ok"
    if one.valid_from > today:
        return "à venir", "warn"
    return ("expiré", "err") if one.valid_to < today else ("remplacé", "")


def _line(one: Quotient, standing: tuple[str, str]) -> QuotientLine:
    return QuotientLine(
        value=str(one.value),
        source=one.source.label,
        validity=f"du {wording.short_date(one.valid_from)} au {wording.short_date(one.valid_to)}",
        set_on=wording.instant(one.created_at) if one.created_at else "",
        is_current=standing[1] == "ok",
        standing=standing[0],
        tone=standing[1],
    )
