"""Les tarifs : comment un prix se calcule."""

from enum import StrEnum


class TariffMethod(StrEnum):
    FIXED = "fixed"
    BRACKETS = "brackets"

    @property
    def label(self) -> str:
        return "Prix unique" if self is TariffMethod.FIXED else "Selon le quotient familial"


class QuotientSource(StrEnum):
    DECLARED = "declared"
    DOCUMENT = "document"
    CAF = "caf"

    @property
    def label(self) -> str:
        return SOURCE_LABELS[self]


SOURCE_LABELS = {
    QuotientSource.DECLARED: "déclaré par la famille",
    QuotientSource.DOCUMENT: "relevé sur un document par un agent",
    QuotientSource.CAF: "fourni par la CAF",
}


class LateMethod(StrEnum):
    """La majoration d'une réservation hors délais."""

    NONE = "none"
    AMOUNT = "amount"
    PERCENT = "percent"

    @property
    def label(self) -> str:
        return LATE_LABELS[self]


LATE_LABELS = {LateMethod.NONE: "aucune", LateMethod.AMOUNT: "un montant", LateMethod.PERCENT: "un pourcentage"}
