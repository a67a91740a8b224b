"""Ce que les écrans de connexion et de compte reçoivent."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Me:
    """Qui est là : de quoi saluer et choisir les menus, rien d'autre."""

    signed_in: bool = False
    first_name: str = ""
    full_name: str = ""
    role_label: str = ""
    is_staff: bool = False
    is_admin: bool = False
    display: str = ""
    open_to: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OpenSession:
    id: int = 0
    device: str = ""
    since: str = ""
    last_seen: str = ""
    current: bool = False


@dataclass(frozen=True)
class AccountView:
    full_name: str = ""
    email: str = ""
    username: str = ""
    role_label: str = ""
    second_factor: bool = False
    second_factor_required: bool = False
    must_change_password: bool = False
    recovery_codes_left: int = 0
    pending_email: str = ""
    must_accept_terms: bool = False
    terms_version: int = 0
    terms_known: bool = False
    terms_changes: list[str] = field(default_factory=list)
    display: str = "auto"
    notify_requests: bool = True
    notify_wallet: bool = True
    sessions: list[OpenSession] = field(default_factory=list)


@dataclass(frozen=True)
class TotpSetup:
    """Le temps d'installer l'application d'authentification."""

    secret: str = ""
    qr_svg: str = ""


@dataclass(frozen=True)
class LinkView:
    """Un lien d'activation ou de réinitialisation, tel que la page l'affiche."""

    status: str = "checking"  # checking | valid | invalid | done | joined | alone
    kind: str = ""
    first_name: str = ""
    username: str = ""
    must_accept_terms: bool = False
    password_chosen: bool = False


@dataclass(frozen=True)
class EmailLink:
    """Un lien de changement d'adresse, tel que la page l'affiche."""

    status: str = "checking"  # checking | valid | invalid | done
    email: str = ""
    first_name: str = ""
