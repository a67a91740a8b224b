"""Les tarifs datés, et le quotient familial de chaque foyer."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from portail.domain.adjustments import Adjustment
from portail.domain.tariffs import QuotientSource, TariffMethod
from portail.ids import new_token
from portail.models.base import Row, among, instant


def _zero() -> Any:
    return Field(default=0, sa_column_kwargs={"server_default": "0"})


def _none() -> Any:
    return Field(default=Adjustment.NONE, max_length=20, sa_column_kwargs={"server_default": Adjustment.NONE.value})


class Tariff(Row, table=True):
    """Ce qui se vend : « Repas », « Journée de centre ». Les grilles datées disent à combien."""

    __tablename__ = "tariff"

    name: str = Field(max_length=80, unique=True)
    position: int = 0
    stamp: str = Field(  # change à chaque grille enregistrée
        default_factory=new_token, max_length=64, sa_column_kwargs={"server_default": ""}
    )


class TariffGrid(Row, table=True):
    """Une grille en vigueur à partir d'une date ; ses suppléments en centimes ou en centièmes de pour cent."""

    __tablename__ = "tariff_grid"
    __table_args__ = (
        UniqueConstraint("tariff_id", "valid_from"),
        among("method", TariffMethod),
        among("late_method", Adjustment),
        among("unplanned_method", Adjustment),
        among("sibling_method", Adjustment),
        CheckConstraint("late_value >= 0", name="late_value"),
        CheckConstraint("unplanned_value >= 0", name="unplanned_value"),
    )

    tariff_id: int = Field(foreign_key="tariff.id", ondelete="CASCADE")
    valid_from: date
    method: str = Field(max_length=20)
    late_method: str = Field(default=Adjustment.NONE, max_length=20)
    late_value: int = 0
    unplanned_method: str = _none()
    unplanned_value: int = _zero()
    sibling_method: str = _none()
    sibling_values: list[int] = Field(  # du deuxième enfant, du troisième… ; la dernière vaut pour les suivants
        default_factory=list, sa_column=Column("sibling_values", JSON, nullable=False, server_default="[]")
    )


class TariffBracket(Row, table=True):
    """Une tranche [`from_quotient`, suivante[, la dernière sans fin ; avec un taux, son prix est le plafond."""

    __tablename__ = "tariff_bracket"
    __table_args__ = (
        UniqueConstraint("grid_id", "is_resident", "from_quotient"),
        CheckConstraint("meal_cents >= 0 and care_cents >= 0", name="amounts"),
        CheckConstraint("from_quotient >= 0", name="from_quotient"),
        CheckConstraint("rate between 0 and 1000000", name="rate"),
        CheckConstraint("floor_cents >= 0", name="floor_cents"),
    )

    grid_id: int = Field(foreign_key="tariff_grid.id", ondelete="CASCADE")
    is_resident: bool
    from_quotient: int = 0
    meal_cents: int = 0
    care_cents: int = 0
    rate: int = _zero()  # en dix-millièmes de pour cent du quotient
    floor_cents: int = _zero()


class FamilyQuotient(Row, table=True):
    """L'histoire du quotient ; le plus récent encore valable compte, un nouveau ne change rien à ce qui est réservé."""

    __tablename__ = "family_quotient"
    __table_args__ = (
        among("source", QuotientSource),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("valid_to >= valid_from", name="dates_in_order"),
    )

    family_id: int = Field(foreign_key="family.id", index=True, ondelete="CASCADE")
    author_id: int | None = Field(default=None, foreign_key="account.id", index=True, ondelete="SET NULL")
    value: int
    source: str = Field(max_length=20)
    valid_from: date
    valid_to: date
    created_at: datetime = instant()
