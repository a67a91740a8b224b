"""Les démarches, telles que la famille les suit et que l'agent les traite."""

from dataclasses import dataclass, field

from portail.views.attachments import AttachmentLine


@dataclass(frozen=True)
class RequestRow:
    id: int = 0
    number: str = ""
    kind: str = ""
    about: str = ""  # l'enfant, ou rien
    family: str = ""
    status_label: str = ""
    tone: str = ""
    when: str = ""
    waiting: str = ""
    late: bool = False
    assignee: str = ""


@dataclass(frozen=True)
class Choice:
    """Une valeur d'une liste déroulante."""

    value: str = ""
    label: str = ""


@dataclass(frozen=True)
class RequestPage:
    ready: bool = False
    rows: list[RequestRow] = field(default_factory=list)
    total: int = 0
    page: int = 1
    pages: int = 1
    summary: str = ""
    kinds: list[Choice] = field(default_factory=list)
    kind: str = ""
    status: str = ""
    whose: str = ""
    service: str = ""
    age: str = ""


@dataclass(frozen=True)
class ChangeLine:
    """Ce qui changerait : avant, après."""

    label: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class StepLine:
    label: str = ""
    who: str = ""
    when: str = ""
    text: str = ""
    internal: bool = False


@dataclass(frozen=True)
class QuotientFields:
    """Ce que l'agent lit sur une attestation de quotient, rempli d'avance ; `ready` : c'en est une."""

    ready: bool = False
    value: str = ""
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class RequestView:
    ready: bool = False
    id: int = 0
    number: str = ""
    version: int = 0
    kind: str = ""
    about: str = ""
    family: str = ""
    family_id: int = 0
    author: str = ""
    sent: str = ""
    status: str = ""
    status_label: str = ""
    tone: str = ""
    is_open: bool = False
    can_answer: bool = False
    question: str = ""
    assignee: str = ""
    is_mine: bool = False
    lines: list[ChangeLine] = field(default_factory=list)
    steps: list[StepLine] = field(default_factory=list)
    colleagues: list[Choice] = field(default_factory=list)
    quotient: QuotientFields = QuotientFields()
    href: str = ""  # une page à elle, si cette sorte de démarche en a une
    files: list[AttachmentLine] = field(default_factory=list)
    accept: str = ""  # les sortes de fichiers que le choix propose
