"""Le registre des pages : adresse, mots, icône, public et places dans les menus. Tout menu en découle."""

from dataclasses import dataclass
from enum import StrEnum

from portail.domain.accounts import Audience


class Place(StrEnum):
    """Où un lien vers la page apparaît."""

    TILE = "tile"
    TAB = "tab"
    BAR = "bar"
    TOP = "top"
    FOOT = "foot"
    SIDE = "side"


@dataclass(frozen=True)
class Section:
    """Une page du portail, telle que les menus la montrent."""

    route: str
    title: str
    label: str
    icon: str
    audience: Audience = Audience.PUBLIC
    short: str = ""
    words: str = ""
    sitemap: bool = True

    @property
    def short_label(self) -> str:
        return self.short or self.label


PARENT = (
    Section(
        "/accueil",
        "Accueil",
        "Accueil",
        "home",
        Audience.PARENT,
        words="Ce qui vous attend, votre famille et les nouvelles de la mairie.",
    ),
    Section(
        "/dossier",
        "Mon dossier",
        "Ma famille",
        "family",
        Audience.PARENT,
        short="Famille",
        words="Enfants, responsables, adresse",
    ),
    Section(
        "/dossier/coordonnees",
        "Mes coordonnées",
        "Mes coordonnées",
        "pin",
        Audience.PARENT,
        words="Adresse, téléphones, numéro CAF, envoi des factures.",
    ),
    Section(
        "/dossier/changement",
        "Signaler un changement",
        "Signaler un changement",
        "info",
        Audience.PARENT,
        words="Un enfant, un adulte, une situation qui change.",
    ),
    Section(
        "/demarches",
        "Mes démarches",
        "Mes démarches",
        "document",
        Audience.PARENT,
        short="Démarches",
        words="Ce que vous avez demandé, et les réponses",
    ),
    Section(
        "/compte",
        "Mon compte",
        "Mon compte",
        "user",
        Audience.SIGNED_IN,
        short="Compte",
        words="Mot de passe, appareils, sécurité",
    ),
)
STAFF = (
    Section(
        "/admin",
        "Tableau de bord",
        "Tableau de bord",
        "chart",
        Audience.STAFF,
        words="Les chiffres du jour et ce qui attend le service.",
    ),
    Section(
        "/admin/demarches",
        "Démarches",
        "Démarches",
        "document",
        Audience.FILES,
        words="Tout ce que les familles demandent, en une seule file.",
    ),
    Section(
        "/admin/familles",
        "Familles",
        "Familles",
        "family",
        Audience.FILES,
        words="Trouver un dossier, le lire, le corriger.",
    ),
    Section(
        "/admin/courriels",
        "Courriels",
        "Courriels",
        "mail",
        Audience.ADMIN,
        words="Les courriels envoyés par le portail.",
    ),
)
PUBLIC = (
    Section(
        "/",
        "Bienvenue",
        "Accueil",
        "home",
        words="Le portail des familles : connexion et nouvelles de la mairie.",
    ),
    Section("/connexion", "Connexion", "Connexion", "key", words="Se connecter à son espace personnel."),
    Section(
        "/inscription",
        "Inscription",
        "Inscription",
        "user",
        words="Créer son espace personnel, avec ou sans dossier.",
    ),
    Section(
        "/mot-de-passe-oublie",
        "Mot de passe oublié",
        "Mot de passe oublié",
        "key",
        words="Recevoir un lien pour choisir un mot de passe ou activer son espace.",
    ),
    Section(
        "/actualites",
        "Actualités",
        "Actualités",
        "news",
        words="Les nouvelles de la mairie",
    ),
    Section(
        "/contact",
        "Nous contacter",
        "Nous contacter",
        "phone",
        words="Téléphone, courriel, adresse",
    ),
    Section(
        "/mentions-legales",
        "Mentions légales",
        "Mentions légales",
        "document",
        words="Qui édite et qui héberge ce site.",
    ),
    Section(
        "/cgu",
        "Conditions générales d’utilisation",
        "Conditions générales d’utilisation",
        "document",
        words="Les règles du service, acceptées à l’activation.",
    ),
    Section(
        "/protection-des-donnees",
        "Protection des données",
        "Protection des données",
        "shield",
        words="Les données traitées, leur durée de conservation et vos droits.",
    ),
    Section(
        "/accessibilite",
        "Accessibilité",
        "Accessibilité",
        "access",
        words="Déclaration de conformité et voies de recours.",
    ),
    Section("/aide", "Aide", "Aide", "help", words="Se connecter, gérer son compte"),
    Section(
        "/plan-du-site",
        "Plan du site",
        "Plan du site",
        "map",
        words="Toutes les pages du portail.",
    ),
)
HIDDEN = (
    Section(
        "/inscription/famille",
        "Présenter ma famille",
        "Présenter ma famille",
        "family",
        Audience.PARENT,
        sitemap=False,
        words="Responsables, enfants et adresse, pour que la mairie crée le dossier.",
    ),
    Section(
        "/admin/inscriptions/[request_id]",
        "Inscription d’une famille",
        "Inscription",
        "users",
        Audience.FILES,
        sitemap=False,
        words="Relire une inscription et la comparer aux dossiers existants.",
    ),
    Section(
        "/dossier/enfants/[child_id]",
        "Fiche enfant",
        "Fiche enfant",
        "user",
        Audience.PARENT,
        sitemap=False,
        words="L’identité et l’école d’un enfant.",
    ),
    Section(
        "/demarches/[request_id]",
        "Démarche",
        "Démarche",
        "document",
        Audience.PARENT,
        sitemap=False,
        words="Suivre une demande faite à la mairie.",
    ),
    Section(
        "/admin/familles/[family_id]",
        "Dossier d’une famille",
        "Famille",
        "family",
        Audience.FILES,
        sitemap=False,
        words="Le dossier entier d’une famille.",
    ),
    Section(
        "/admin/demarches/[request_id]",
        "Démarche",
        "Démarche",
        "document",
        Audience.FILES,
        sitemap=False,
        words="Traiter la demande d’une famille.",
    ),
    Section("/actualites/[slug]", "Actualité", "Actualité", "news", sitemap=False, words="Une nouvelle de la mairie."),
    Section(
        "/activation/[link_token]",
        "Activer mon compte famille",
        "Activation",
        "key",
        sitemap=False,
        words="Choisir son mot de passe et ouvrir son espace.",
    ),
    Section(
        "/reinitialisation/[link_token]",
        "Choisir un nouveau mot de passe",
        "Réinitialisation",
        "key",
        sitemap=False,
        words="Choisir un nouveau mot de passe.",
    ),
)
SECTIONS = PARENT + PUBLIC + STAFF + HIDDEN
AT = {section.route: section for section in SECTIONS}
MENUS: dict[Place, tuple[str, ...]] = {
    Place.TILE: ("/dossier", "/demarches", "/compte", "/actualites", "/contact", "/aide"),
    Place.TAB: ("/accueil", "/dossier", "/demarches", "/actualites", "/compte"),
    Place.BAR: ("/accueil", "/dossier", "/demarches", "/actualites", "/compte"),
    Place.TOP: ("/accessibilite", "/aide", "/plan-du-site", "/compte"),
    Place.FOOT: (
        "/",
        "/contact",
        "/mentions-legales",
        "/cgu",
        "/protection-des-donnees",
        "/accessibilite",
        "/aide",
        "/plan-du-site",
    ),
    Place.SIDE: ("/admin", "/admin/demarches", "/admin/familles", "/admin/courriels", "/actualites", "/compte"),
}


def shown_in(place: Place) -> tuple[Section, ...]:
    """Les pages d'un menu, dans l'ordre ; une page absente du registre arrêterait la construction."""
    return tuple(AT[route] for route in MENUS[place])
