"""Le quotient familial de chaque foyer, son histoire, et qui habite la commune."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.accounts import Actor, Audience
from portail.domain.forms import Reader
from portail.domain.quotients import quotient_of_income, typed_half_shares, typed_income, typed_quotient
from portail.domain.refusals import BadInputError
from portail.domain.residence import same_town
from portail.domain.tariffs import Quotient, QuotientSource
from portail.models.database import transaction
from portail.models.families import Family
from portail.models.tariffs import FamilyQuotient
from portail.services import access, audit
from portail.settings import current
from portail.views import wording

LONGEST_VALIDITY_DAYS = 731


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


def set_quotient(*, actor: Actor, family_id: int, form: dict[str, Any], now: datetime) -> None:
    """Un nouveau quotient s'ajoute à l'histoire ; il ne change rien à ce qui est déjà réservé."""
    typed = read_form(form, now.astimezone(wording.PARIS).date())
    with transaction() as db:
        record(db, access.any_family(db, actor, family_id, Audience.MONEY).key, actor, typed, now)


def read_form(form: dict[str, Any], today: date) -> Quotient:
    """Le quotient tapé, d'où il vient et les jours où il vaut, ou toutes les fautes d'un coup."""
    reader = Reader(form)
    value = _value(reader, form)
    source = reader.choice("source", lambda typed: typed in set(QuotientSource), "Choisissez d’où vient ce quotient.")
    first = reader.day("valid_from", today, missing="Indiquez le premier jour.", check=_check_day)
    last = reader.day("valid_to", today, missing="Indiquez le dernier jour.", check=_check_day)
    if not reader.errors and not 0 <= (last - first).days <= LONGEST_VALIDITY_DAYS:
        reader.errors["valid_to"] = "Le dernier jour vient après le premier, au plus deux ans plus tard."
    reader.check()
    return Quotient(value, first, last, QuotientSource(source))


def record(db: Session, family_id: int, actor: Actor, typed: Quotient, now: datetime) -> None:
    """Le même que le dernier enregistré ne s'ajoute pas : un double clic, deux onglets."""
    db.get_one(Family, family_id, with_for_update=True)
    history = quotients_of(db, [family_id])[family_id]
    if history and replace(history[-1], created_at=None) == typed:
        return
    db.add(
        FamilyQuotient(
            family_id=family_id,
            author_id=actor.account_id,
            value=typed.value,
            source=typed.source,
            valid_from=typed.valid_from,
            valid_to=typed.valid_to,
            created_at=now,
        )
    )
    audit.record(db, "family.quotient_set", at=now, actor_id=actor.account_id, subject_id=family_id)


def _value(reader: Reader, form: dict[str, Any]) -> int:
    """Le quotient tel quel ou, sans lui, calculé d'après le revenu de référence et les parts."""
    if not str(form.get("income") or "").strip():
        return reader.take("value", 0, typed_quotient)
    if str(form.get("value") or "").strip():
        reader.errors["value"] = "Indiquez le quotient, ou le revenu et les parts : l’un ou l’autre."
        return 0
    income, half_shares = reader.take("income", 0, typed_income), reader.take("shares", 2, typed_half_shares)
    return quotient_of_income(income, half_shares)


def _check_day(day: date) -> None:
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise BadInputError("Cette date n’est pas possible.")
