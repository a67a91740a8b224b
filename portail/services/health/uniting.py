"""Le même enfant dans deux dossiers réunis : une seule fiche sanitaire, tous ses contacts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select
from sqlmodel import SQLModel

from portail.domain.duplicates import phone_key
from portail.domain.health import MOST_CONTACTS
from portail.domain.merging import is_same_name
from portail.domain.refusals import RefusalError
from portail.models.health import HealthRecord, Vaccination
from portail.models.sealed import SealedRow
from portail.services.health import vault
from portail.services.merging.moving import Mover

_TABLES = SQLModel.metadata.tables
_RECORD, _VACCINATION, _CONTACT = _TABLES["health_record"], _TABLES["vaccination"], _TABLES["health_contact"]
Row = dict[str, Any]


class TooManyContactsError(RefusalError):
    def __init__(self) -> None:
        super().__init__(
            f"Réunies, les deux fiches d’un enfant auraient plus de {MOST_CONTACTS} contacts.",
            "Demandez à la famille d’en retirer.",
        )


def unite(mover: Mover, old: int, new: int) -> None:
    """Avant que l'un s'efface devant l'autre."""
    _keep_one_file(mover, old, new)
    _gather_contacts(mover, old, new)


def _keep_one_file(mover: Mover, old: int, new: int) -> None:
    """La fiche la plus récente reste ; si l'autre disait autre chose, la famille doit confirmer de nouveau."""
    records = {child: _rows(mover, _RECORD, child) for child in (old, new)}
    if not (records[old] and records[new]):
        return
    contents = {child: _content(mover, child, records[child][0]) for child in (old, new)}
    (kept,) = records[new]
    lost = old
    if records[old][0]["updated_at"] > kept["updated_at"]:
        (kept,), lost = records[old], new
    for table in (_RECORD, _VACCINATION):
        for row in _rows(mover, table, lost):
            mover.drop(table, row["id"])
    if contents[old] != contents[new] and kept["confirmed_at"] is not None:
        mover.change(_RECORD, kept["id"], {"confirmed_at": None})


def _content(mover: Mover, child: int, record: Row) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Ce que la fiche dit, en clair : ses champs remplis, et les dates de chaque vaccin."""
    doses = {row["vaccine"]: _open(Vaccination, row).get("dates", "") for row in _rows(mover, _VACCINATION, child)}
    filled = {name: text for name, text in _open(HealthRecord, record).items() if text}
    return filled, {vaccine: dates for vaccine, dates in doses.items() if dates}


def _open(model: type[SealedRow], row: Row) -> dict[str, str]:
    return vault.read(model(**row))


def _gather_contacts(mover: Mover, old: int, new: int) -> None:
    """Chaque contact une fois, à la première place libre."""
    kept = _rows(mover, _CONTACT, new)
    free = [place for place in range(MOST_CONTACTS) if place not in {row["position"] for row in kept}]
    for row in _rows(mover, _CONTACT, old):
        if any(_is_same(row, other) for other in kept):
            mover.drop(_CONTACT, row["id"])
        elif not free:
            raise TooManyContactsError
        else:
            mover.change(_CONTACT, row["id"], {"child_id": new, "position": free.pop(0)})


def _is_same(one: Row, other: Row) -> bool:
    """La même personne au même numéro, avec les mêmes droits."""
    names = ((row["first_name"], row["last_name"]) for row in (one, other))
    rights = one["emergency"] == other["emergency"] and one["may_collect"] == other["may_collect"]
    return is_same_name(*names) and phone_key(one["phone"]) == phone_key(other["phone"]) and rights


def _rows(mover: Mover, table: Table, child: int) -> list[Row]:
    query = select(table).where(table.c.child_id == child).order_by(table.c.id)
    return [dict(row) for row in mover.connection.execute(query).mappings()]
