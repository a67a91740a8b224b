"""Ce que montrent « Mes prélèvements » et l'écran de la régie."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class MandateRow:
    """Un mandat, sans son IBAN : les quatre derniers caractères suffisent à le reconnaître."""

    id: int = 0
    regie: str = ""
    creditor: str = ""
    creditor_id: str = ""  # l'identifiant créancier SEPA (ICS)
    rum: str = ""
    holder: str = ""
    iban: str = ""
    dates: str = ""
    state: str = ""
    tone: str = ""
    is_active: bool = False
    family: str = ""


@dataclass(frozen=True)
class DebitRow:
    """Un prélèvement ; `may_reject` : un agent peut encore en dire le rejet."""

    id: int = 0
    day: str = ""
    amount: str = ""
    invoice: str = ""
    state: str = ""
    tone: str = ""
    reason: str = ""
    family: str = ""
    family_id: int = 0
    rum: str = ""
    sequence: str = ""
    may_reject: bool = False
    review: str = ""


@dataclass(frozen=True)
class MyDebits:
    """La page d'un parent."""

    ready: bool = False
    family_id: int = 0
    family: str = ""
    homes: list[Choice] = field(default_factory=list)
    holder: str = ""
    regies: list[Choice] = field(default_factory=list)
    mandates: list[MandateRow] = field(default_factory=list)
    debits: list[DebitRow] = field(default_factory=list)


@dataclass(frozen=True)
class BatchRow:
    id: int = 0
    name: str = ""
    day: str = ""
    regie: str = ""
    count: str = ""
    amount: str = ""
    state: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Preview:
    """Ce qui serait prélevé ; `stamp` dit si la liste a changé depuis, `left_out` : qui ne peut pas être prévenu."""

    ready: bool = False
    regie_id: int = 0
    regie: str = ""
    day: str = ""
    spoken_day: str = ""
    count: str = ""
    amount: str = ""
    stamp: str = ""
    rows: list[DebitRow] = field(default_factory=list)
    left_out: list[DebitRow] = field(default_factory=list)


@dataclass(frozen=True)
class BatchList:
    """Une page des remises."""

    ready: bool = False
    rows: list[BatchRow] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""


@dataclass(frozen=True)
class MandateList:
    """Une page des mandats ; `words` : ce qui est cherché, là et parmi les remises."""

    ready: bool = False
    rows: list[MandateRow] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""
    words: str = ""


@dataclass(frozen=True)
class DebitDesk:
    """L'écran de la régie : qui prélève, à partir de quel jour, ce qui est à regarder."""

    ready: bool = False
    regies: list[Choice] = field(default_factory=list)
    earliest: str = ""
    reviews: list[DebitRow] = field(default_factory=list)


@dataclass(frozen=True)
class BatchFile:
    """Une remise : `can_*` dit le geste suivant."""

    ready: bool = False
    batch: BatchRow = field(default_factory=BatchRow)
    can_send: bool = False
    can_cancel: bool = False
    can_collect: bool = False
    can_take_back: bool = False
    has_file: bool = False
    note: str = ""
    reasons: list[Choice] = field(default_factory=list)
    rows: list[DebitRow] = field(default_factory=list)
