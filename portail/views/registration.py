"""L'inscription telle que les écrans la reçoivent : ce qui est tapé, la famille saisie, la relecture d'un agent."""

from dataclasses import dataclass, field

from portail.views.duplicates import Candidate
from portail.views.requests import ChangeLine, Choice, StepLine


@dataclass(frozen=True)
class SignUp:
    """Ce qui a été tapé, gardé d'une étape à l'autre ; jamais le mot de passe."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    username: str = ""
    with_file: bool = True
    number: str = ""
    name: str = ""
    terms: bool = False
    privacy: bool = False


@dataclass(frozen=True)
class HomeDraft:
    filled: bool = False
    role: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    with_other: bool = False
    other_first_name: str = ""
    other_last_name: str = ""
    other_role: str = ""
    other_phone: str = ""
    other_email: str = ""


@dataclass(frozen=True)
class ChildDraft:
    rank: int = 0
    name: str = ""
    birth: str = ""
    school: str = ""
    level: str = ""


@dataclass(frozen=True)
class EntryView:
    ready: bool = False
    status: str = ""  # entry | pending | open
    family: str = ""
    number: str = ""
    request_id: int = 0
    me: str = ""
    last_name: str = ""
    home: HomeDraft = field(default_factory=HomeDraft)
    children: list[ChildDraft] = field(default_factory=list)
    schools: list[Choice] = field(default_factory=list)
    levels: list[Choice] = field(default_factory=list)
    roles: list[Choice] = field(default_factory=list)
    refused: str = ""
    latest_birth: str = ""


@dataclass(frozen=True)
class Review:
    """Une inscription, ses ressemblances, ce qu'elle est devenue."""

    ready: bool = False
    id: int = 0
    number: str = ""
    version: int = 0
    status_label: str = ""
    tone: str = ""
    is_open: bool = False
    author: str = ""
    sent: str = ""
    family: str = ""
    family_number: str = ""
    family_id: int = 0
    lines: list[ChangeLine] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    steps: list[StepLine] = field(default_factory=list)
    merge_id: int = 0
    undo_until: str = ""
    next_id: int = 0
