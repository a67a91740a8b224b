"""Les tarifs en vigueur, le quotient de chaque foyer, et qui habite la commune."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience
from portail.domain.refusals import BadInputError
from portail.domain.tariffs import (
    HIGHEST_QUOTIENT,
    Bracket,
    Grid,
    Late,
    LateMethod,
    Quotient,
    QuotientSource,
    TariffMethod,
    quotient_on,
    same_town,
)
from portail.models.database import transaction
from portail.models.families import Family
from portail.models.tariffs import FamilyQuotient, TariffBracket, TariffGrid
from portail.services import access, audit
from portail.settings import current

__all__ = ["as_quotient", "is_resident", "load", "quotient_on", "quotients_of", "set_quotient"]
LONGEST_VALIDITY_DAYS = 800  # un quotient de la CAF vaut un an ; un peu plus de deux, c'est une faute de frappe


def load(db: Session, tariff_ids: Iterable[int]) -> dict[int, tuple[Grid, ...]]:
    """Les grilles datées de chaque tarif, en une lecture ; un tarif sans grille n'en a aucune."""
    wanted = set(tariff_ids)
    query = (
        select(TariffGrid, TariffBracket)
        .join(TariffBracket, col(TariffBracket.grid_id) == col(TariffGrid.id))
        .where(col(TariffGrid.tariff_id).in_(wanted))
        .order_by(col(TariffGrid.valid_from), col(TariffBracket.from_quotient))
    )
    rows: dict[int, TariffGrid] = {}
    brackets: dict[tuple[int, bool], list[Bracket]] = {}
    for grid, one in db.exec(query):
        rows[grid.key] = grid
        side = brackets.setdefault((grid.key, one.is_resident), [])
        side.append(Bracket(one.from_quotient, one.meal_cents, one.care_cents))
    found: dict[int, list[Grid]] = {tariff_id: [] for tariff_id in wanted}
    for key, grid in rows.items():
        found[grid.tariff_id].append(_grid(grid, *(tuple(brackets.get((key, side), ())) for side in (True, False))))
    return {tariff_id: tuple(grids) for tariff_id, grids in found.items()}


def _grid(row: TariffGrid, resident: tuple[Bracket, ...], non_resident: tuple[Bracket, ...]) -> Grid:
    late = Late(LateMethod(row.late_method), row.late_value)
    return Grid(row.valid_from, TariffMethod(row.method), resident, non_resident, late)


def quotients_of(db: Session, family_ids: Iterable[int]) -> dict[int, tuple[Quotient, ...]]:
    """L'histoire du quotient de chaque foyer, du plus ancien au plus récent, en une lecture."""
    wanted = list(family_ids)
    query = select(FamilyQuotient).where(col(FamilyQuotient.family_id).in_(wanted))
    found: dict[int, list[Quotient]] = {family_id: [] for family_id in wanted}
    for row in db.exec(query.order_by(col(FamilyQuotient.created_at), col(FamilyQuotient.id))):
        found[row.family_id].append(as_quotient(row))
    return {family_id: tuple(quotients) for family_id, quotients in found.items()}


def as_quotient(row: FamilyQuotient) -> Quotient:
    return Quotient(row.value, row.valid_from, row.valid_to, QuotientSource(row.source), row.created_at)


def is_resident(family: Family) -> bool:
    """Par le nom de la ville : plusieurs communes partagent souvent un code postal.

    Sans adresse, hors commune, comme un quotient inconnu vaut le tarif maximum : le prix le dit, la famille complète.
    """
    return same_town(family.city, current().town_name)


@dataclass(frozen=True)
class QuotientForm:
    """Ce qu'un agent a tapé."""

    value: str
    source: str
    valid_from: str
    valid_to: str


def set_quotient(*, actor: Actor, family_id: int, form: QuotientForm, now: datetime) -> None:
    """Un nouveau quotient s'ajoute à l'histoire ; il ne change rien à ce qui est déjà réservé."""
    value, source = _value(form.value), _source(form.source)
    first, last = _day(form.valid_from, "Valable du"), _day(form.valid_to, "Valable jusqu’au")
    if not 0 <= (last - first).days <= LONGEST_VALIDITY_DAYS:
        raise BadInputError("Les dates du quotient ne conviennent pas.", "Il vaut d’un jour à deux ans environ.")
    with transaction() as db:
        family = access.any_family(db, actor, family_id, Audience.MONEY)
        db.add(
            FamilyQuotient(
                family_id=family.key,
                author_id=actor.account_id,
                value=value,
                source=source,
                valid_from=first,
                valid_to=last,
                created_at=now,
            )
        )
        audit.record(db, "family.quotient_set", at=now, actor_id=actor.account_id, subject_id=family.key)


def _value(typed: str) -> int:
    digits = typed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(HIGHEST_QUOTIENT))):
        raise BadInputError(f"Quotient familial : un nombre entier, de 0 à {HIGHEST_QUOTIENT}.")
    return int(digits)


def _source(typed: str) -> QuotientSource:
    if typed not in set(QuotientSource):
        raise BadInputError("Choisissez d’où vient ce quotient.")
    return QuotientSource(typed)


def _day(typed: str, label: str) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise BadInputError(f"{label} : indiquez une date.") from None
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise BadInputError(f"{label} : cette date n’est pas possible.")
    return day
