"""Chercher et tourner les pages : ce que toutes les listes des agents font de la même façon."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

PAGE_SIZE = 20


@dataclass(frozen=True)
class Slice:
    """Une page d'une liste, ramenée dans ses bornes."""

    page: int
    pages: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * PAGE_SIZE


def slice_of(total: int, wanted: int) -> Slice:
    pages = max(1, -(-total // PAGE_SIZE))
    return Slice(min(max(1, wanted), pages), pages)


def containing(column: Any, words: str) -> ColumnElement[bool]:
    """La colonne contient ces mots ; avec une capitale aussi, car SQLite ne rapproche pas « é » et « É »."""
    forms = (words, words.capitalize())
    return or_(*[col(column).ilike(f"%{_escaped(form)}%", escape="!") for form in forms])


def _escaped(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")
