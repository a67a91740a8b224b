"""Faire passer d'une ligne à une autre tout ce qui la désigne, en notant chaque geste ; puis tout remettre.

Aucune liste de tables : les clés étrangères déclarées disent où aller. Une table ajoutée demain est déjà traitée.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, UniqueConstraint, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from portail.domain.refusals import RefusalError
from portail.services.health.carrying import resealed
from portail.services.requests import naming
from portail.services.rows import from_plain, to_plain

# L'histoire garde le dossier qu'elle nomme, le porte-monnaie se vide par un mouvement et sa demande de remboursement
# le suit (services/wallet/uniting.py) ; les clés de ressemblance se recalculent.
KEPT = frozenset(
    {
        ("family", "merged_into_id"),
        ("family_merge", "source_id"),
        ("family_merge", "target_id"),
        ("ledger_account", "family_id"),
        ("wallet_refund", "family_id"),
    }
)
DERIVED = frozenset({"person_key"})
ISSUED = "une facture émise"  # ce que dit la base quand on veut y toucher
Step = dict[str, Any]


class CannotUndoError(RefusalError):
    def __init__(self, why: str) -> None:
        super().__init__(f"Cette fusion ne peut plus être défaite : {why}.", "Corrigez les deux dossiers à la main.")


def references(parent: str) -> list[tuple[Table, str]]:
    """Chaque colonne qui désigne une ligne de cette table, hors histoire et clés recalculées."""
    return [
        (table, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == parent for key in column.foreign_keys)
        and table.name not in DERIVED
        and (table.name, column.name) not in KEPT
    ]


class Mover:
    """Les gestes d'une fusion, dans l'ordre où ils sont faits."""

    def __init__(self, db: Session) -> None:
        self.connection = db.connection()
        self.dialect = self.connection.dialect.name
        self.steps: list[Step] = []

    def redirect(self, parent: str, old: int, new: int) -> None:
        """Tout ce qui désignait l'ancienne ligne désigne la nouvelle ; un doublon est absorbé."""
        for table, column in references(parent):
            query = select(table.c.id).where(table.c[column] == old).order_by(table.c.id)
            for key in list(self.connection.scalars(query)):
                self._move(table, column, key, new)
        requests = SQLModel.metadata.tables["request"]
        for key, content in naming.renamed(self.connection, parent, old, new):
            self.change(requests, key, {"content": content})

    def absorb(self, table: Table, old: int, new: int) -> None:
        """La ligne s'efface devant sa jumelle, qui reçoit tout ce qui la désignait."""
        self.redirect(table.name, old, new)
        self.drop(table, old)

    def drop(self, table: Table, key: int) -> None:
        """La ligne s'efface ; la fusion la garde, pour la remettre."""
        row = self._row(table, key)
        self.steps.append({"do": "dropped", "table": table.name, "row": to_plain(row)})
        self.connection.execute(delete(table).where(table.c.id == key))

    def change(self, table: Table, key: int, values: dict[str, Any]) -> None:
        before = {name: self._row(table, key)[name] for name in values}
        step = {"do": "changed", "table": table.name, "id": key, "before": to_plain(before), "after": to_plain(values)}
        self.steps.append(step)
        self.connection.execute(update(table).where(table.c.id == key).values(values))

    def _row(self, table: Table, key: int) -> dict[str, Any]:
        return dict(self.connection.execute(select(table).where(table.c.id == key)).mappings().one())

    def _move(self, table: Table, column: str, key: int, new: int) -> None:
        found = self.connection.execute(select(table).where(table.c.id == key)).mappings().first()
        if found is None:  # absorbée entre-temps, avec la ligne qu'elle doublait
            return
        row = dict(found)
        twin = self._twin(table, {**row, column: new})
        if twin is not None:
            self.absorb(table, key, twin)
            return
        step = {"do": "moved", "table": table.name, "column": column, "id": key, "from": row[column], "to": new}
        self.steps.append(step)
        self.connection.execute(update(table).where(table.c.id == key).values(resealed(table.name, row, {column: new})))

    def _twin(self, table: Table, wanted: dict[str, Any]) -> int | None:
        """La ligne que l'unicité empêcherait de rejoindre, s'il y en a une."""
        for columns, condition in self._uniques(table):
            if any(wanted[name] is None for name in columns):
                continue
            same = [table.c[name] == wanted[name] for name in columns]
            query = select(table.c.id).where(*same, table.c.id != wanted["id"], *condition)
            applies = not condition or self.connection.scalar(
                select(table.c.id).where(table.c.id == wanted["id"], *condition)
            )
            twin: int | None = self.connection.scalar(query)
            if twin is not None and applies:
                return twin
        return None

    def _uniques(self, table: Table) -> Iterator[tuple[list[str], list[ColumnElement[bool]]]]:
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint):
                yield [column.name for column in constraint.columns], []
        for index in table.indexes:
            if index.unique:
                where = index.dialect_options[self.dialect].get("where")
                yield [column.name for column in index.columns], [] if where is None else [where]


def put_back(db: Session, steps: list[Step]) -> None:
    """Rejoue les gestes à l'envers ; ce qui a trop changé depuis arrête tout."""
    undo = _Undo(db)
    try:
        for step in reversed(steps):
            getattr(undo, step["do"])(step)
    except IntegrityError as fault:
        if ISSUED in str(fault.orig):
            raise CannotUndoError("leurs factures ont été émises depuis") from None
        raise CannotUndoError("une fiche ajoutée depuis a pris la place d’une ancienne") from None


class _Undo:
    """`renumbered` : une ligne effacée dont le numéro a resservi revient sous un autre."""

    def __init__(self, db: Session) -> None:
        self.connection = db.connection()
        self.renumbered: dict[tuple[str, int], int] = {}

    def moved(self, step: Step) -> None:
        table, column = SQLModel.metadata.tables[step["table"]], step["column"]
        key, (parent,) = self._now(table.name, step["id"]), _parents(table, column)
        where = (table.c.id == key, table.c[column] == self._now(parent, step["to"]))
        found = self.connection.execute(select(table).where(*where)).mappings().first()
        if found is None:
            raise CannotUndoError("une fiche venue de l’ancien dossier a été déplacée ou supprimée depuis")
        back = resealed(table.name, dict(found), {column: self._now(parent, step["from"])})
        self.connection.execute(update(table).where(table.c.id == key).values(back))

    def dropped(self, step: Step) -> None:
        table = SQLModel.metadata.tables[step["table"]]
        before = from_plain(table, step["row"])
        row = self._placed(table, before)
        if self.connection.scalar(select(table.c.id).where(table.c.id == before["id"])):
            del row["id"]
            numbered = self.connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
            row["id"] = self.renumbered[table.name, before["id"]] = numbered
        else:
            self.connection.execute(insert(table).values(row))
        sealed = resealed(table.name, before, row)
        if sealed != row:
            self.connection.execute(update(table).where(table.c.id == row["id"]).values(sealed))

    def changed(self, step: Step) -> None:
        """Ce qui a été corrigé depuis la fusion reste corrigé."""
        table = SQLModel.metadata.tables[step["table"]]
        key = self._now(table.name, step["id"])
        found = self.connection.execute(select(table).where(table.c.id == key)).mappings().first()
        if found is None:
            raise CannotUndoError("une fiche du dossier conservé a été supprimée depuis")
        before, after = (from_plain(table, step[side]) for side in ("before", "after"))
        still = {name: value for name, value in self._placed(table, before).items() if found[name] == after[name]}
        if still:
            self.connection.execute(update(table).where(table.c.id == key).values(still))

    def _placed(self, table: Table, row: dict[str, Any]) -> dict[str, Any]:
        """La même ligne, où ce qui a changé de numéro est désigné par le nouveau."""
        placed = dict(row)
        for name, value in row.items():
            if value is not None:
                for parent in _parents(table, name):
                    placed[name] = self._now(parent, value)
        return placed

    def _now(self, table: str, key: int) -> int:
        return self.renumbered.get((table, key), key)


def _parents(table: Table, column: str) -> list[str]:
    return [key.column.table.name for key in table.c[column].foreign_keys]
