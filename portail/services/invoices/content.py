"""Ce qu'une facture dit de la commune, de la régie et de la famille : figé à l'émission, relu pour le PDF."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from portail.domain.direct_debits import MandateState
from portail.models.direct_debits import Mandate
from portail.models.families import Family, Guardian
from portail.models.regies import Regie
from portail.services.papers.content import town_content


def contents_of(db: Session, regie: Regie, family_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Le contenu pour chaque foyer, en trois lectures ; `debited` : un mandat couvre cette régie."""
    keys = list(family_ids)
    town = {**town_content(), "regie": regie.name, "siret": regie.siret}
    adults: dict[int, list[str]] = {}
    query = select(Guardian).where(col(Guardian.family_id).in_(keys)).order_by(col(Guardian.id))
    for one in db.exec(query):
        adults.setdefault(one.family_id, []).append(f"{one.first_name} {one.last_name}")
    families = db.exec(select(Family).where(col(Family.id).in_(keys)))
    covered = debited(db, regie, keys)
    return {
        one.key: {"town": town, "family": _family(one, adults.get(one.key, [])), "debited": one.key in covered}
        for one in families
    }


def debited(db: Session, regie: Regie, family_ids: Iterable[int]) -> set[int]:
    """Les foyers que cette régie prélève : elle a de quoi, et un mandat en cours de chacun."""
    if not (regie.creditor_id and regie.iban):
        return set()
    query = select(Mandate.family_id).where(Mandate.regie_id == regie.key, Mandate.state == MandateState.ACTIVE)
    return {key for key in db.exec(query.where(col(Mandate.family_id).in_(list(family_ids)))) if key}


def _family(family: Family, adults: list[str]) -> Mapping[str, Any]:
    return {
        "name": family.name,
        "number": family.number,
        "adults": " et ".join(adults[:2]),
        "address": family.address,
        "city": f"{family.postcode} {family.city}".strip(),
    }
