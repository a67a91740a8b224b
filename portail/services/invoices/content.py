"""Ce qu'une facture dit de la commune, de la régie et de la famille : figé à l'émission, relu pour le PDF."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from portail.models.families import Family, Guardian
from portail.models.regies import Regie
from portail.services.papers.content import town_content


def contents_of(db: Session, regie: Regie, family_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Le contenu pour chaque foyer, en deux lectures."""
    keys = list(family_ids)
    town = {**town_content(), "regie": regie.name, "siret": regie.siret}
    adults: dict[int, list[str]] = {}
    query = select(Guardian).where(col(Guardian.family_id).in_(keys)).order_by(col(Guardian.id))
    for one in db.exec(query):
        adults.setdefault(one.family_id, []).append(f"{one.first_name} {one.last_name}")
    families = db.exec(select(Family).where(col(Family.id).in_(keys)))
    return {one.key: {"town": town, "family": _family(one, adults.get(one.key, []))} for one in families}


def _family(family: Family, adults: list[str]) -> Mapping[str, Any]:
    return {
        "name": family.name,
        "number": family.number,
        "adults": " et ".join(adults[:2]),
        "address": family.address,
        "city": f"{family.postcode} {family.city}".strip(),
    }
