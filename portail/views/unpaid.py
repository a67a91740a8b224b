"""Les impayés et les relances, tels que la régie les lit."""

from dataclasses import dataclass, field

from portail.views.requests import Choice


@dataclass(frozen=True)
class UnpaidLine:
    """Une facture échue."""

    id: int = 0
    number: str = ""
    family_id: int = 0
    family: str = ""
    adults: str = ""
    due: str = ""
    age: str = ""
    left: str = ""
    reminded: str = ""
    debit: str = ""  # « Prélèvement prévu le … » : elle ne se relance pas
    next_level: str = ""  # vide : rien à envoyer maintenant


@dataclass(frozen=True)
class AgeTotal:
    value: str = ""
    label: str = ""
    count: str = ""
    amount: str = ""
    share: int = 0


@dataclass(frozen=True)
class UnpaidView:
    ready: bool = False
    rows: list[UnpaidLine] = field(default_factory=list)
    ages: list[AgeTotal] = field(default_factory=list)
    total: str = ""
    age: str = ""
    page: int = 1
    pages: int = 1
    summary: str = ""
    words: str = ""
    regie: str = ""
    regies: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class DueLevel:
    """Ce qui partirait à ce niveau : par courriel, et à poster."""

    value: str = ""
    label: str = ""
    letters: int = 0
    mails: str = ""
    silent: int = 0
    paper: str = ""
    proposed: str = ""  # « Établir 3 lettres »


@dataclass(frozen=True)
class RoundLine:
    id: int = 0
    day: str = ""
    way: str = ""
    what: str = ""
    sent: str = ""
    silent: str = ""
    who: str = ""
    href: str = ""  # le PDF des lettres à poster


@dataclass(frozen=True)
class RemindersView:
    """Relancer à plusieurs : ce qui est dû, ce qui est parti."""

    ready: bool = False
    levels: list[DueLevel] = field(default_factory=list)
    gentle: str = ""  # ce qui part sans la dernière relance ; vide : rien
    last: str = ""  # ce que la dernière relance ajouterait
    silent: str = ""
    rounds: list[RoundLine] = field(default_factory=list)
    is_busy: bool = False
