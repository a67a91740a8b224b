"""Les courriels tels que l'administrateur les lit."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class MailRow:
    id: int = 0
    recipient: str = ""
    subject: str = ""
    state: str = ""
    state_label: str = ""
    at: str = ""


@dataclass(frozen=True)
class MailPage:
    ready: bool = False
    rows: list[MailRow] = field(default_factory=list)
    total: int = 0
    page: int = 1
    pages: int = 1
    summary: str = ""
    kept_only: bool = True  # aucun SMTP : tout est gardé ici


@dataclass(frozen=True)
class MailView:
    id: int = 0
    recipient: str = ""
    subject: str = ""
    state_label: str = ""
    at: str = ""
    text: str = ""
    html: str = ""
    error: str = ""
    can_resend: bool = False
