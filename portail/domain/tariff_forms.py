"""La grille telle qu'un agent la tape : lue champ par champ, chaque faute dite à sa place, la tranche nommée."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from portail.domain.adjustments import Adjustment, SiblingDiscount, Surcharge
from portail.domain.forms import Reader
from portail.domain.money import said_rate, typed_cents, typed_rate
from portail.domain.quotients import typed_quotient
from portail.domain.refusals import BadInputError
from portail.domain.tariff_grids import WrongGridError, check_grid
from portail.domain.tariffs import WHOLE_EFFORT, Bracket, Grid, TariffMethod

NAME_LIMIT = 80
INSIDE, OUTSIDE = "in", "out"
MOST_ROWS = {INSIDE: 12, OUTSIDE: 6}
SIBLING_FIELDS = ("second", "third", "fourth")


class Side(StrEnum):
    """À qui le prix s'adresse."""

    INSIDE = INSIDE
    OUTSIDE = OUTSIDE

    @property
    def label(self) -> str:
        return "Habitants de la commune" if self is Side.INSIDE else "Hors commune"


@dataclass(frozen=True)
class TypedBracket:
    """Une tranche tapée : « de … à … », avec les champs où dire ses fautes."""

    stem: str
    first: int
    last: int | None
    bracket: Bracket

    @property
    def label(self) -> str:
        return f"de {self.first} à {self.last}" if self.last is not None else f"à partir de {self.first}"


def read_name(form: Mapping[str, Any]) -> str:
    reader = Reader(dict(form))
    name = reader.line("name", "Nom", limit=NAME_LIMIT, missing="Indiquez ce qui est vendu, par exemple « Repas ».")
    reader.check()
    return name


def read_grid(form: Mapping[str, Any], earliest: date) -> Grid:
    """La grille, ou toutes les fautes d'un coup ; elle ne commence pas avant `earliest`."""
    reader = Reader(dict(form))
    first = reader.day(
        "valid_from",
        earliest,
        missing="Indiquez le premier jour où la grille vaut.",
        check=lambda day: _check_first(day, earliest),
    )
    typed = reader.choice("method", lambda value: value in set(TariffMethod), "Choisissez comment le prix se calcule.")
    method = TariffMethod(typed) if typed else TariffMethod.FIXED
    inside, outside = (_side(reader, form, method, side) for side in Side)
    grid = Grid(
        first,
        method,
        inside,
        outside,
        _surcharge(reader, "late"),
        _surcharge(reader, "unplanned"),
        _siblings(reader, form),
    )
    reader.check()
    check_grid(grid)
    return grid


def _check_first(day: date, earliest: date) -> None:
    if day < earliest:
        raise BadInputError(
            f"Choisissez un jour à partir du {earliest:%d/%m/%Y} : ce qui a déjà servi garde son prix.",
        )
    if (day - earliest).days > 1_100:  # noqa: PLR2004 — trois ans
        raise BadInputError("Ce jour est trop lointain.")


def _side(reader: Reader, form: Mapping[str, Any], method: TariffMethod, side: Side) -> tuple[Bracket, ...]:
    if method is TariffMethod.FIXED:
        return (Bracket(0, _amount(reader, f"{side}-meal"), _amount(reader, f"{side}-care")),)
    if method is TariffMethod.EFFORT:
        return (_effort(reader, form, side),)
    rows = sorted(_rows(reader, form, side), key=lambda row: row.first)
    if not rows:
        reader.errors.setdefault(f"{side}-0-from", "Indiquez au moins une tranche, à partir de 0.")
        return ()
    _check_rows(reader, rows)
    return tuple(row.bracket for row in rows)


def _effort(reader: Reader, form: Mapping[str, Any], side: Side) -> Bracket:
    """Hors commune, un taux vide : le prix est le plafond, pour tous."""
    stem = f"{side}-effort"
    is_flat = side is Side.OUTSIDE and not str(form.get(f"{stem}-rate") or "").strip()
    rate = 0 if is_flat else reader.take(f"{stem}-rate", 0, _effort_rate)
    floor = 0 if is_flat else _amount(reader, f"{stem}-floor")
    meal, care = _amount(reader, f"{stem}-meal"), _amount(reader, f"{stem}-care")
    if floor > meal + care and f"{stem}-floor" not in reader.errors:
        reader.errors[f"{stem}-floor"] = "Le plancher dépasse le plafond (repas et garde ensemble)."
    return Bracket(0, meal, care, rate, floor)


def _effort_rate(typed: str) -> int:
    rate = typed_rate(typed, WHOLE_EFFORT)
    if not rate:
        raise BadInputError("Le taux d’effort doit être supérieur à zéro.")
    return rate


def _rows(reader: Reader, form: Mapping[str, Any], side: Side) -> list[TypedBracket]:
    """Une ligne laissée vide est une ligne retirée."""
    stems = (f"{side}-{rank}" for rank in range(MOST_ROWS[side]))
    return [_row(reader, form, stem) for stem in stems if _is_typed(form, stem)]


def _is_typed(form: Mapping[str, Any], stem: str) -> bool:
    return any(str(form.get(f"{stem}-{end}") or "").strip() for end in ("from", "to", "meal", "care"))


def _row(reader: Reader, form: Mapping[str, Any], stem: str) -> TypedBracket:
    first = reader.take(f"{stem}-from", 0, typed_quotient)
    has_end = bool(str(form.get(f"{stem}-to") or "").strip())
    last = reader.take(f"{stem}-to", first, typed_quotient) if has_end else None
    if last is not None and last < first and f"{stem}-from" not in reader.errors:
        reader.errors.setdefault(f"{stem}-to", f"La tranche finit avant de commencer : {last} est sous {first}.")
    bracket = Bracket(first, _amount(reader, f"{stem}-meal"), _amount(reader, f"{stem}-care"))
    return TypedBracket(stem, first, last, bracket)


def _check_rows(reader: Reader, rows: list[TypedBracket]) -> None:
    """Ni trou ni recouvrement, de zéro à l'infini ; la faute est dite sur la tranche qui l'a."""
    if rows[0].first:
        said = f"Trou : aucun prix de 0 à {rows[0].first - 1}. La première tranche part de 0."
        reader.errors.setdefault(f"{rows[0].stem}-from", said)
    for before, after in pairwise(rows):
        if before.last is None or after.first <= before.last:
            said = f"La tranche « {after.label} » recouvre la tranche « {before.label} »."
            reader.errors.setdefault(f"{after.stem}-from", said)
        elif after.first > before.last + 1:
            hole = _span(before.last + 1, after.first - 1)
            said = f"Trou : aucun prix {hole}, entre les tranches « {before.label} » et « {after.label} »."
            reader.errors.setdefault(f"{after.stem}-from", said)
    if rows[-1].last is not None:
        said = f"Trou : aucun prix au-dessus de {rows[-1].last}. Laissez vide la fin de la dernière tranche."
        reader.errors.setdefault(f"{rows[-1].stem}-to", said)


def _span(first: int, last: int) -> str:
    return f"de {first} à {last}" if last > first else f"pour {first}"


def _surcharge(reader: Reader, name: str) -> Surcharge:
    method = _adjustment(reader, name)
    return Surcharge(method, _value(reader, f"{name}_value", method))


def _siblings(reader: Reader, form: Mapping[str, Any]) -> SiblingDiscount:
    """Un rang vide avant un rang rempli n'a pas de réduction ; à la fin, il suit le dernier rempli."""
    method = _adjustment(reader, "sibling")
    if method is Adjustment.NONE:
        return SiblingDiscount()
    fields = [f"sibling_{name}" for name in SIBLING_FIELDS]
    filled = [rank for rank, name in enumerate(fields) if str(form.get(name) or "").strip()]
    kept = fields[: max(filled, default=0) + 1]
    values = tuple(_value(reader, name, method, may_be_zero=True) for name in kept)
    if not any(values) and not reader.errors.keys() & set(kept):
        reader.errors[kept[-1]] = "Indiquez la réduction d’un rang au moins, ou choisissez « Aucune »."
    return SiblingDiscount(method, values)


def _adjustment(reader: Reader, name: str) -> Adjustment:
    typed = reader.choice(f"{name}_method", lambda value: value in set(Adjustment), "Choisissez dans la liste.")
    return Adjustment(typed) if typed else Adjustment.NONE


def _value(reader: Reader, name: str, method: Adjustment, *, may_be_zero: bool = False) -> int:
    parsers: dict[Adjustment, Callable[[str], int]] = {
        Adjustment.AMOUNT: _free if may_be_zero else typed_cents,
        Adjustment.PERCENT: _rate_or_none if may_be_zero else _rate,
    }
    return reader.take(name, 0, parsers[method]) if method in parsers else 0


def _rate(typed: str) -> int:
    rate = typed_rate(typed)
    if not rate:
        raise BadInputError("Le taux doit être supérieur à zéro.")
    return rate


def _rate_or_none(typed: str) -> int:
    return typed_rate(typed) if typed.strip() else 0


def _free(typed: str) -> int:
    return typed_cents(typed, may_be_free=True) if typed.strip() else 0


def _amount(reader: Reader, name: str) -> int:
    """Vide : rien pour cette part."""
    return reader.take(name, 0, _free)


# ── Remplir le formulaire d'une grille connue ────────────────────────────────────────────────────


def fill_grid(grid: Grid) -> dict[str, str]:
    """Les champs d'une grille, tels qu'ils se retapent."""
    known = {"valid_from": grid.valid_from.isoformat(), "method": grid.method.value}
    for side, brackets in zip(Side, (grid.resident, grid.non_resident), strict=True):
        known |= _fill_side(side, grid.method, brackets)
    for name, surcharge in (("late", grid.late), ("unplanned", grid.unplanned)):
        known |= {f"{name}_method": surcharge.method.value, f"{name}_value": _typed(surcharge.method, surcharge.value)}
    known["sibling_method"] = grid.siblings.method.value
    for name, value in zip(SIBLING_FIELDS, grid.siblings.values, strict=False):
        known[f"sibling_{name}"] = _typed(grid.siblings.method, value)
    return known


def _fill_side(side: Side, method: TariffMethod, brackets: tuple[Bracket, ...]) -> dict[str, str]:
    highest = brackets[-1] if brackets else Bracket()
    if method is TariffMethod.FIXED:
        return {f"{side}-meal": _euros(highest.meal_cents), f"{side}-care": _euros(highest.care_cents)}
    if method is TariffMethod.EFFORT:
        stem = f"{side}-effort"
        parts = {f"{stem}-meal": _euros(highest.meal_cents), f"{stem}-care": _euros(highest.care_cents)}
        if not highest.rate:
            return parts
        rate = said_rate(highest.rate, WHOLE_EFFORT).removesuffix("\u00a0%")
        return parts | {f"{stem}-rate": rate, f"{stem}-floor": _euros(highest.floor_cents)}
    known: dict[str, str] = {}
    for rank, one in enumerate(brackets):
        last = str(brackets[rank + 1].from_quotient - 1) if rank + 1 < len(brackets) else ""
        known |= {f"{side}-{rank}-from": str(one.from_quotient), f"{side}-{rank}-to": last}
        known |= {f"{side}-{rank}-meal": _euros(one.meal_cents), f"{side}-{rank}-care": _euros(one.care_cents)}
    return known


def _typed(method: Adjustment, value: int) -> str:
    if method is Adjustment.NONE:
        return ""
    return said_rate(value).removesuffix("\u00a0%") if method is Adjustment.PERCENT else _euros(value)


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


__all__ = ["MOST_ROWS", "SIBLING_FIELDS", "Side", "WrongGridError", "fill_grid", "read_grid", "read_name"]
