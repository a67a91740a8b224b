"""Combien de temps chaque chose est gardée, depuis quand et pourquoi : la table que lisent le ménage et les textes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Category(StrEnum):
    LINK = "link"
    SESSION = "session"
    ATTEMPT = "attempt"
    MAIL = "mail"
    AUDIT = "audit"
    REQUEST = "request"
    PAPER = "paper"
    ACCOUNT_INVITED = "account_invited"
    ACCOUNT_IDLE = "account_idle"
    ACCOUNT_CLOSED = "account_closed"
    FAMILY_CLOSED = "family_closed"
    FAMILY_GROWN = "family_grown"
    CHILD_ALONE = "child_alone"
    BOOKING = "booking"
    BOOKING_HISTORY = "booking_history"
    WAITLIST = "waitlist"
    DOCUMENT = "document"
    QUOTIENT = "quotient"
    WISHES = "wishes"
    WAITING_ROOM = "waiting_room"
    MANDATE = "mandate"
    DEBIT_FILE = "debit_file"
    UNPAID_ATTEMPT = "unpaid_attempt"
    KEPT_SELECTION = "kept_selection"

    @property
    def label(self) -> str:
        return RULES[self].label


@dataclass(frozen=True)
class Duration:
    """Des jours, ou des années du calendrier."""

    days: int = 0
    years: int = 0

    @property
    def label(self) -> str:
        number, unit = (self.years, "an") if self.years else (self.days, "jour")
        return f"{number} {unit}{'s' if number > 1 else ''}"

    def before(self, now: datetime) -> datetime:
        """L'instant d'où cette durée est tout juste écoulée ; un 29 février recule au 28."""
        if not self.years:
            return now - timedelta(days=self.days)
        try:
            return now.replace(year=now.year - self.years)
        except ValueError:
            return now.replace(year=now.year - self.years, day=28)


@dataclass(frozen=True)
class Rule:
    """Ce qui est gardé, combien de temps, à partir de quoi, et la raison."""

    label: str
    duration: Duration
    start: str
    reason: str

    @property
    def sentence(self) -> str:
        return f"{self.label} : {self.duration.label} après {self.start} ({self.reason})."


MAJORITY = 18
RULES: dict[Category, Rule] = {
    Category.FAMILY_CLOSED: Rule(
        "Dossiers de famille archivés ou fusionnés",
        Duration(years=2),
        "l’archivage ou la fusion",
        "durée d’utilité administrative, sous réserve des règles d’archivage public",
    ),
    Category.FAMILY_GROWN: Rule(
        "Dossiers dont tous les enfants sont majeurs",
        Duration(years=2),
        "les 18 ans du plus jeune",
        "fin de la mission du service enfance",
    ),
    Category.CHILD_ALONE: Rule(
        "Fiches des enfants retirés de tout dossier",
        Duration(years=2),
        "la décision de retrait",
        "durée d’utilité administrative, sous réserve des règles d’archivage public",
    ),
    Category.ACCOUNT_IDLE: Rule(
        "Comptes de parents qui ne servent plus",
        Duration(years=3),
        "la dernière connexion",
        "limitation de la conservation, article 5.1.e du RGPD",
    ),
    Category.ACCOUNT_INVITED: Rule(
        "Comptes jamais activés",
        Duration(days=30),
        "la fin de leur lien d’activation",
        "minimisation, article 5.1.c du RGPD",
    ),
    Category.ACCOUNT_CLOSED: Rule(
        "Comptes fermés",
        Duration(years=1),
        "leur fermeture",
        "preuve des actions faites avec le compte, le temps du journal",
    ),
    Category.REQUEST: Rule(
        "Démarches terminées",
        Duration(years=2),
        "la décision",
        "suivi et contestation des décisions",
    ),
    Category.PAPER: Rule(
        "Références des attestations, avec l’initiale et la date",
        Duration(years=2),
        "leur délivrance",
        "vérification par ceux à qui l’attestation est remise",
    ),
    Category.BOOKING: Rule(
        "Réservations et absences",
        Duration(years=5),
        "le jour de la séance",
        "preuve de ce qui est facturé, prescription de cinq ans (article 2224 du code civil)",
    ),
    Category.BOOKING_HISTORY: Rule(
        "Historique des validations et des annulations",
        Duration(years=2),
        "la validation",
        "suivi et contestation des réservations",
    ),
    Category.WAITLIST: Rule(
        "Demandes de place en liste d’attente",
        Duration(years=1),
        "le jour de la séance",
        "preuve de l’ordre d’attribution des places",
    ),
    Category.QUOTIENT: Rule(
        "Quotients familiaux",
        Duration(years=5),
        "la fin de leur validité",
        "justification des prix appliqués, prescription de cinq ans (article 2224 du code civil)",
    ),
    Category.DOCUMENT: Rule(
        "Documents remis pour une inscription",
        Duration(years=1),
        "la fin de leur validité",
        "minimisation, article 5.1.c du RGPD",
    ),
    Category.WISHES: Rule(
        "Vœux préparés avant une campagne",
        Duration(years=1),
        "leur dernier changement",
        "minimisation, article 5.1.c du RGPD",
    ),
    Category.WAITING_ROOM: Rule(
        "Passages dans une salle d’attente",
        Duration(days=30),
        "le passage",
        "preuve de l’ordre d’arrivée",
    ),
    Category.MANDATE: Rule(
        "Titulaire et IBAN des mandats de prélèvement",
        Duration(years=2),
        "la fin du mandat",
        "preuve de l’accord, contestable treize mois (article L133-24 du code monétaire et financier)",
    ),
    Category.DEBIT_FILE: Rule(
        "Fichiers de prélèvements remis à la banque",
        Duration(years=2),
        "la date du prélèvement",
        "réponse aux contestations, possibles treize mois",
    ),
    Category.UNPAID_ATTEMPT: Rule(
        "Paiements en ligne refusés ou abandonnés",
        Duration(years=1),
        "leur début",
        "réponse aux réclamations ; rien n’a été débité, la comptabilité n’en a pas besoin",
    ),
    Category.KEPT_SELECTION: Rule(
        "Sélections gardées le temps d’alimenter le porte-monnaie",
        Duration(days=2),
        "le départ vers le porte-monnaie",
        "minimisation, article 5.1.c du RGPD",
    ),
    Category.MAIL: Rule(
        "Courriels envoyés par le portail",
        Duration(years=1),
        "leur écriture",
        "preuve et suivi des échanges",
    ),
    Category.AUDIT: Rule(
        "Journal des actions importantes",
        Duration(years=1),
        "l’action",
        "sécurité, article 32 du RGPD et recommandation de la CNIL n° 2021-122 sur la journalisation",
    ),
    Category.SESSION: Rule("Connexions et appareils", Duration(days=30), "leur fin", "sécurité des comptes"),
    Category.LINK: Rule("Liens à usage unique", Duration(days=30), "leur expiration", "sécurité des comptes"),
    Category.ATTEMPT: Rule("Essais de mot de passe", Duration(days=1), "le dernier essai", "sécurité des comptes"),
}


def limit(category: Category, now: datetime) -> datetime:
    """Ce qui a commencé avant cet instant n'est plus à garder."""
    return RULES[category].duration.before(now)
