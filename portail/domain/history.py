"""« Mon tableau de bord » : les sortes de faits, les périodes, et comment chaque fait se dit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class HistoryKind(StrEnum):
    REQUEST = "request"
    BOOKING = "booking"
    FILE = "file"
    HEALTH = "health"
    ACCOUNT = "account"

    @property
    def label(self) -> str:
        return KIND_LABELS[self]

    @property
    def icon(self) -> str:
        return KIND_ICONS[self]


KIND_LABELS = {
    HistoryKind.REQUEST: "Démarches",
    HistoryKind.BOOKING: "Réservations",
    HistoryKind.FILE: "Dossier",
    HistoryKind.HEALTH: "Santé",
    HistoryKind.ACCOUNT: "Compte",
}
KIND_ICONS = {
    HistoryKind.REQUEST: "document",
    HistoryKind.BOOKING: "calendar",
    HistoryKind.FILE: "family",
    HistoryKind.HEALTH: "heart",
    HistoryKind.ACCOUNT: "key",
}


class Period(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def label(self) -> str:
        return PERIOD_LABELS[self]

    @property
    def days(self) -> int:
        return PERIOD_DAYS[self]


PERIOD_LABELS = {Period.MONTH: "30 derniers jours", Period.QUARTER: "3 derniers mois", Period.YEAR: "12 derniers mois"}
PERIOD_DAYS = {Period.MONTH: 30, Period.QUARTER: 92, Period.YEAR: 366}


def since(period: str, now: datetime) -> datetime | None:
    """Le début de la période ; une période inconnue ne borne rien."""
    return now - timedelta(days=Period(period).days) if period in set(Period) else None


@dataclass(frozen=True)
class Fact:
    """Un fait du journal, dit à une famille, et la page où il se lit ; `{child}` y est le numéro de l'enfant."""

    label: str
    href: str


FILE_FACTS = {
    "coordinates.saved": Fact("Coordonnées enregistrées", "/dossier/coordonnees"),
    "coordinates.corrected": Fact("Coordonnées corrigées par la mairie", "/dossier/coordonnees"),
    "child.corrected": Fact("Fiche corrigée par la mairie", "/dossier/enfants/{child}"),
}
RIGHTS_FACTS = {"guardian.rights_changed": Fact("Droits changés", "/dossier/droits")}
CUSTODY_FACTS = {
    "custody.pattern_set": Fact("Rythme de garde réglé", "/dossier/enfants/{child}/garde"),
    "custody.pattern_ended": Fact("Fin d’un rythme de garde", "/dossier/enfants/{child}/garde"),
    "custody.exception_added": Fact("Jours de garde d’exception ajoutés", "/dossier/enfants/{child}/garde"),
    "custody.exception_removed": Fact("Jours de garde d’exception retirés", "/dossier/enfants/{child}/garde"),
}
HEALTH_FACTS = {
    "health.saved": Fact("Fiche sanitaire modifiée", "/dossier/enfants/{child}/sante"),
    "health.confirmed": Fact("Fiche sanitaire confirmée", "/dossier/enfants/{child}/sante"),
    "health.read": Fact("Fiche sanitaire consultée", "/dossier/enfants/{child}/sante"),
}
ACCOUNT_FACTS = {
    "account.invited": Fact("Compte ouvert par la mairie", "/compte"),
    "account.invited_again": Fact("Lien d’activation renvoyé par la mairie", "/compte"),
    "account.activation_asked": Fact("Lien d’activation demandé", "/compte"),
    "account.activated": Fact("Compte activé", "/compte"),
    "account.reset_asked": Fact("Nouveau mot de passe demandé", "/compte"),
    "account.reset": Fact("Mot de passe choisi de nouveau", "/compte"),
    "account.password_changed": Fact("Mot de passe changé", "/compte"),
    "account.password_issued": Fact("Mot de passe provisoire donné par la mairie", "/compte"),
    "account.email_asked": Fact("Changement d’adresse e-mail demandé", "/compte"),
    "account.email_given_up": Fact("Changement d’adresse e-mail abandonné", "/compte"),
    "account.email_changed": Fact("Adresse e-mail changée", "/compte"),
    "account.terms_accepted": Fact("Conditions d’utilisation acceptées", "/cgu"),
    "account.closed": Fact("Compte fermé", "/compte"),
    "account.reopened": Fact("Compte rouvert", "/compte"),
    "second_factor.enabled": Fact("Validation en deux étapes activée", "/compte"),
    "second_factor.disabled": Fact("Validation en deux étapes retirée", "/compte"),
    "second_factor.recovery_used": Fact("Connexion par un code de secours", "/compte"),
    "session.revoked": Fact("Appareil déconnecté", "/compte"),
    "session.revoked_others": Fact("Autres appareils déconnectés", "/compte"),
}
FACTS = FILE_FACTS | RIGHTS_FACTS | CUSTODY_FACTS | HEALTH_FACTS | ACCOUNT_FACTS
