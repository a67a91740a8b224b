"""Les tarifs datés, et le quotient familial de chaque foyer."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from portail.domain.tariffs import LateMethod, QuotientSource, TariffMethod
from portail.models.base import Row, among, instant


class Tariff(Row, table=True):
    """Ce qui se vend : « Repas », « Journée de centre ». Les grilles datées disent à combien."""

    __tablename__ = "tariff"

    name: str = Field(max_length=80, unique=True)
    position: int = 0


class TariffGrid(Row, table=True):
    """Une grille en vigueur à partir d'une date ; la majoration est en centimes ou en centièmes de pour cent."""

    __tablename__ = "tariff_grid"
    __table_args__ = (
        UniqueConstraint("tariff_id", "valid_from"),
        among("method", TariffMethod),
        among("late_method", LateMethod),
        CheckConstraint("late_value >= 0", name="late_value"),
    )

    tariff_id: int = Field(foreign_key="tariff.id", ondelete="CASCADE")
    valid_from: date
    method: str = Field(max_length=20)
    late_method: str = Field(default=LateMethod.NONE, max_length=20)
    late_value: int = 0


class TariffBracket(Row, table=True):
    """Une tranche [`from_quotient`, suivante[ ; la dernière, sans fin, est le tarif maximum."""

    __tablename__ = "tariff_bracket"
    __table_args__ = (
        UniqueConstraint("grid_id", "is_resident", "from_quotient"),
        CheckConstraint("meal_cents >= 0 and care_cents >= 0", name="amounts"),
        CheckConstraint("from_quotient >= 0", name="from_quotient"),
    )

    grid_id: int = Field(foreign_key="tariff_grid.id", ondelete="CASCADE")
    is_resident: bool
    from_quotient: int = 0
    meal_cents: int = 0
    care_cents: int = 0


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
