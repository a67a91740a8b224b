"""Ce que les agents voient des comptes : la liste, un compte ouvert, les adultes d'un dossier."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class AccountRow:
    id: int = 0
    full_name: str = ""
    email: str = ""
    role_label: str = ""
    standing: str = ""
    standing_label: str = ""
    families: str = ""


@dataclass(frozen=True)
class AccountPage:
    ready: bool = False
    rows: list[AccountRow] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    summary: str = ""


@dataclass(frozen=True)
class AdultRights:
    guardian_id: int = 0
    full_name: str = ""
    role_label: str = ""
    has_account: bool = False
    can_edit: bool = False
    can_book: bool = False
    can_see_money: bool = False
    can_see_health: bool = False


@dataclass(frozen=True)
class Household:
    number: str = ""
    name: str = ""
    adults: list[AdultRights] = field(default_factory=list)


@dataclass(frozen=True)
class AccountFile:
    """Un compte ouvert par un agent, et ce qu'il peut y faire."""

    id: int = 0
    full_name: str = ""
    email: str = ""
    username: str = ""
    role: str = ""
    role_label: str = ""
    standing: str = ""
    standing_label: str = ""
    created: str = ""
    link: str = ""
    is_mine: bool = False
    can_change_role: bool = False
    households: list[Household] = field(default_factory=list)


@dataclass(frozen=True)
class AdultChoice:
    id: int = 0
    full_name: str = ""
    role_label: str = ""
    email: str = ""
    has_account: bool = False


@dataclass(frozen=True)
class FamilyChoice:
    """Le dossier trouvé, et les adultes à qui ouvrir un compte."""

    id: int = 0
    number: str = ""
    name: str = ""
    adults: list[AdultChoice] = field(default_factory=list)
