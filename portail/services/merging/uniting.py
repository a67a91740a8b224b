"""Réunir les personnes de deux dossiers : qui est dans les deux n'y est plus qu'une fois, et rien de lui ne se perd."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, Table, select
from sqlmodel import SQLModel

from portail.domain.merging import is_same_name
from portail.services.bookings import uniting as bookings
from portail.services.custody import uniting as custody
from portail.services.health import uniting as health
from portail.services.merging.moving import Mover

_TABLES = SQLModel.metadata.tables
_FAMILY, _GUARDIAN, _CHILD, _PLACE = (_TABLES[name] for name in ("family", "guardian", "child", "family_child"))
_OWN = frozenset({"id", "family_id", "home"})
_WHERE = ("address", "postcode", "city")
Row = dict[str, Any]


def unite_people(mover: Mover, source_id: int, target_id: int, today: date) -> None:
    """La même personne dans les deux dossiers n'y est plus qu'une fois ; ses blancs sont remplis."""
    adults = select(_GUARDIAN).add_columns(_GUARDIAN.c.family_id.label("home"))
    for old, new in _twins(*_sides(mover, adults, source_id, target_id), _same_account, _same_name):
        _fill_blanks(mover, _GUARDIAN, old, new)
        mover.absorb(_GUARDIAN, old["id"], new["id"])
    children = select(_CHILD).join(_PLACE, _PLACE.c.child_id == _CHILD.c.id)
    children = children.add_columns(_PLACE.c.family_id.label("home"))
    for old, new in _twins(*_sides(mover, children, source_id, target_id), _same_child):
        _fill_blanks(mover, _CHILD, old, new)
        health.unite(mover, old["id"], new["id"])
        custody.unite_children(mover, old["id"], new["id"])
        bookings.unite(mover, old["id"], new["id"], today)
        mover.absorb(_CHILD, old["id"], new["id"])


def keep_address(mover: Mover, source_id: int, target_id: int) -> None:
    """Un dossier conservé sans adresse prend celle de l'autre, en entier."""
    query = select(_FAMILY).where(_FAMILY.c.id.in_((source_id, target_id)))
    rows = {row["id"]: row for row in mover.connection.execute(query).mappings()}
    known = {name: rows[source_id][name] for name in _WHERE}
    if known["address"] and not rows[target_id]["address"]:
        mover.change(_FAMILY, target_id, known)


def _sides(mover: Mover, query: Select[Any], source_id: int, target_id: int) -> tuple[list[Row], list[Row]]:
    """Ceux de chaque dossier ; un enfant qui est déjà des deux y reste lui-même."""
    people = [dict(row) for row in mover.connection.execute(query).mappings()]
    ours, theirs = (
        sorted((one for one in people if one["home"] == home), key=lambda one: one["id"])
        for home in (source_id, target_id)
    )
    both = {one["id"] for one in ours} & {one["id"] for one in theirs}
    return [one for one in ours if one["id"] not in both], [one for one in theirs if one["id"] not in both]


def _twins(ours: list[Row], theirs: list[Row], *tests: Callable[[Row, Row], bool]) -> Iterator[tuple[Row, Row]]:
    """Les paires, chacun une fois : d'abord l'épreuve la plus sûre pour tout le monde, puis la suivante."""
    for is_same in tests:
        for old in list(ours):
            new = next((one for one in theirs if is_same(old, one)), None)
            if new is not None:
                ours.remove(old)
                theirs.remove(new)
                yield old, new


def _same_account(one: Row, other: Row) -> bool:
    return one["account_id"] is not None and one["account_id"] == other["account_id"]


def _same_name(one: Row, other: Row) -> bool:
    """Deux comptes sont deux personnes, même homonymes."""
    return None in (one["account_id"], other["account_id"]) and _named_alike(one, other)


def _same_child(one: Row, other: Row) -> bool:
    return bool(one["birth_date"] == other["birth_date"]) and _named_alike(one, other)


def _named_alike(one: Row, other: Row) -> bool:
    return is_same_name((one["first_name"], one["last_name"]), (other["first_name"], other["last_name"]))


def _fill_blanks(mover: Mover, table: Table, old: Row, new: Row) -> None:
    blank = {name: old[name] for name in old if name not in _OWN and new[name] in (None, "") and old[name]}
    if blank:
        mover.change(table, new["id"], blank)
