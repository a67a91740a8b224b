"""Qui peut quoi : rôles, états d'un compte, liens à usage unique, durée des connexions."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from portail.domain.refusals import NotOpenError, SignedOutError

CURRENT_TERMS = 1


class Role(StrEnum):
    PARENT = "parent"
    RECEPTION = "reception"
    REGIE = "regie"
    DIRECTION = "direction"
    ANIMATION = "animation"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.PARENT: "Parent",
    Role.RECEPTION: "Accueil",
    Role.REGIE: "Régie",
    Role.DIRECTION: "Direction",
    Role.ANIMATION: "Animation",
    Role.ADMIN: "Administration",
}
STAFF = frozenset(Role) - {Role.PARENT}
SENSITIVE = frozenset({Role.RECEPTION, Role.REGIE, Role.DIRECTION, Role.ADMIN})


class AccountStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STATUS_LABELS[self]


STATUS_LABELS = {
    AccountStatus.INVITED: "à activer",
    AccountStatus.ACTIVE: "actif",
    AccountStatus.CLOSED: "fermé",
}
TRANSITIONS: dict[AccountStatus, frozenset[AccountStatus]] = {
    AccountStatus.INVITED: frozenset({AccountStatus.ACTIVE, AccountStatus.CLOSED}),
    AccountStatus.ACTIVE: frozenset({AccountStatus.CLOSED}),
    AccountStatus.CLOSED: frozenset({AccountStatus.INVITED, AccountStatus.ACTIVE}),  # un agent peut rouvrir
}
ERASED_EMAIL = "@efface.invalid"  # un compte effacé garde une adresse, qui ne mène nulle part


class Standing(StrEnum):
    """Où en est un compte, vu par un agent : son état, et ce que vaut encore son lien."""

    INVITED = "invited"
    EXPIRED = "expired"
    ACTIVE = "active"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STANDING_LABELS[self]


STANDING_LABELS = {
    Standing.INVITED: "à activer",
    Standing.EXPIRED: "lien expiré",
    Standing.ACTIVE: "actif",
    Standing.CLOSED: "fermé",
}


def standing(status: AccountStatus, *, link_alive: bool) -> Standing:
    if status is AccountStatus.INVITED:
        return Standing.INVITED if link_alive else Standing.EXPIRED
    return Standing(status)


def is_erased(email: str) -> bool:
    return email.endswith(ERASED_EMAIL)


def status_once_reopened(*, has_password: bool) -> AccountStatus:
    """Un compte rouvert reprend là où il en était : sans mot de passe, il reste à activer."""
    return AccountStatus.ACTIVE if has_password else AccountStatus.INVITED


class Display(StrEnum):
    """« Activer l'ergonomie mobile »."""

    AUTO = "auto"
    MOBILE = "mobile"
    DESKTOP = "desktop"

    @property
    def label(self) -> str:
        return DISPLAY_LABELS[self]


DISPLAY_LABELS = {
    Display.AUTO: "Automatique, selon l’écran",
    Display.MOBILE: "Toujours comme sur un téléphone",
    Display.DESKTOP: "Toujours comme sur un ordinateur",
}


class Notification(StrEnum):
    """Un courriel dont on peut se passer ; le nom est celui de la colonne."""

    REQUESTS = "notify_requests"
    WALLET = "notify_wallet"

    @property
    def label(self) -> str:
        return NOTIFICATION_LABELS[self]


NOTIFICATION_LABELS = {
    Notification.REQUESTS: "Quand une de mes démarches avance",
    Notification.WALLET: "Quand mon porte-monnaie est presque vide",
}


class LinkKind(StrEnum):
    ACTIVATION = "activation"
    INVITATION = "invitation"
    RESET = "reset"
    TICKET = "ticket"
    SECOND_FACTOR = "second_factor"
    EMAIL = "email"

    @property
    def label(self) -> str:
        return LINK_LABELS[self]


LINK_LABELS = {
    LinkKind.ACTIVATION: "lien d’activation",
    LinkKind.INVITATION: "lien d’activation envoyé par un agent",
    LinkKind.RESET: "lien de réinitialisation",
    LinkKind.TICKET: "ticket de connexion",
    LinkKind.SECOND_FACTOR: "second facteur en attente",
    LinkKind.EMAIL: "changement d’adresse e-mail à confirmer",
}
LIFETIMES: dict[LinkKind, timedelta] = {
    LinkKind.ACTIVATION: timedelta(hours=72),
    LinkKind.INVITATION: timedelta(hours=168),
    LinkKind.RESET: timedelta(hours=2),
    LinkKind.TICKET: timedelta(seconds=60),
    LinkKind.SECOND_FACTOR: timedelta(minutes=5),
    LinkKind.EMAIL: timedelta(hours=24),
}
OPENS_ACCOUNT = frozenset({LinkKind.ACTIVATION, LinkKind.INVITATION})
TEMPORARY_LIFETIME = timedelta(days=7)  # d'un mot de passe provisoire


@dataclass(frozen=True)
class SessionLimits:
    idle: timedelta
    absolute: timedelta


SHORT = SessionLimits(timedelta(hours=1), timedelta(hours=12))
REMEMBERED = SessionLimits(timedelta(days=15), timedelta(days=60))
STAFF_LIMITS = SessionLimits(timedelta(hours=2), timedelta(hours=12))


def session_limits(role: Role, *, remember: bool) -> SessionLimits:
    """« Se rappeler de moi » ne vaut pas pour les agents : le poste est partagé."""
    if role in STAFF:
        return STAFF_LIMITS
    return REMEMBERED if remember else SHORT


def is_session_alive(*, now: datetime, last_seen: datetime, created: datetime, limits: SessionLimits) -> bool:
    return now - last_seen < limits.idle and now - created < limits.absolute


@dataclass(frozen=True)
class Actor:
    """Qui agit, tel que la base le confirme à chaque demande."""

    account_id: int
    role: Role
    session_id: int
    session_hash: str
    must_change_password: bool = False
    must_set_second_factor: bool = False
    must_accept_terms: bool = False

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF

    @property
    def is_confined(self) -> bool:
        """Tant que ce qui est exigé n'est pas fait, seule la page « Mon compte » répond."""
        return self.must_change_password or self.must_set_second_factor or self.must_accept_terms


class Audience(StrEnum):
    """À qui une action est ouverte. Ce qui n'est pas déclaré est refusé."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    PARENT = "parent"
    STAFF = "staff"
    FILES = "files"  # les agents qui tiennent les dossiers des familles
    HEALTH = "health"  # ceux qui ont besoin des fiches sanitaires
    MONEY = "money"  # la régie : quotients, encaissements, porte-monnaie
    INCOME = "income"  # les recettes et les impayés en chiffres, sans le nom d'aucune famille
    TOWN = "town"  # ceux qui règlent la commune : écoles, autorisations
    ADMIN = "admin"


_ROLES: dict[Audience, frozenset[Role]] = {
    Audience.PUBLIC: frozenset(Role),
    Audience.SIGNED_IN: frozenset(Role),
    Audience.PARENT: frozenset({Role.PARENT}),
    Audience.STAFF: STAFF,
    Audience.FILES: frozenset({Role.RECEPTION, Role.DIRECTION, Role.ADMIN}),
    Audience.HEALTH: frozenset({Role.RECEPTION, Role.DIRECTION}),
    Audience.MONEY: frozenset({Role.REGIE, Role.ADMIN}),
    Audience.INCOME: frozenset({Role.REGIE, Role.DIRECTION, Role.ADMIN}),
    Audience.TOWN: frozenset({Role.DIRECTION, Role.ADMIN}),
    Audience.ADMIN: frozenset({Role.ADMIN}),
}


def is_for_staff(audience: Audience) -> bool:
    """Un parent n'y entre jamais : la page a le cadre des agents."""
    return Role.PARENT not in _ROLES[audience]


def is_for_every_agent(audience: Audience) -> bool:
    """Sinon, les menus n'en montrent les pages qu'à ceux qui y entrent."""
    return _ROLES[audience] >= STAFF


def check_audience(audience: Audience, actor: Actor | None) -> None:
    """La porte : lève le refus qui convient, ou laisse passer."""
    if audience is Audience.PUBLIC:
        return
    if actor is None:
        raise SignedOutError
    if actor.role not in _ROLES[audience]:
        raise NotOpenError


def is_allowed(audience: Audience, role: Role | None) -> bool:
    return audience is Audience.PUBLIC or (role is not None and role in _ROLES[audience])


def may_hold(role: Role, held: Role) -> bool:
    """Qui tient les dossiers tient les comptes des parents ; ceux des agents sont à l'administration."""
    return role is Role.ADMIN or (held is Role.PARENT and is_allowed(Audience.FILES, role))


def landing_path(role: Role) -> str:
    return "/admin" if role in STAFF else "/accueil"


def safe_next(suite: str, default: str) -> str:
    """L'adresse où revenir après la connexion : un chemin du portail, jamais un autre site."""
    decoded = unquote(suite)
    if len(suite) > 500 or not suite.startswith("/") or decoded.startswith(("//", "/\\")):  # noqa: PLR2004
        return default
    if any(char == "\\" or unicodedata.category(char) in {"Cc", "Cs"} for char in decoded):
        return default
    parts = urlsplit(decoded)
    if parts.scheme or parts.netloc or parts.path.startswith(("/session", "/deconnexion", "/connexion")):
        return default
    return suite
