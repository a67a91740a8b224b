"""Le registre des pages : adresse, mots, icône, public et places dans les menus. Tout menu en découle."""

from enum import StrEnum

from portail.pages.sections.hidden import HIDDEN
from portail.pages.sections.parents import PARENT
from portail.pages.sections.public import PUBLIC
from portail.pages.sections.section import Section
from portail.pages.sections.staff import STAFF


class Place(StrEnum):
    """Où un lien vers la page apparaît."""

    TILE = "tile"
    TAB = "tab"
    BAR = "bar"
    TOP = "top"
    FOOT = "foot"
    SIDE = "side"


SECTIONS = PARENT + PUBLIC + STAFF + HIDDEN
AT = {section.route: section for section in SECTIONS}
MENUS: dict[Place, tuple[str, ...]] = {
    Place.TILE: (
        "/activites",
        "/dossier",
        "/porte-monnaie",
        "/factures",
        "/prelevements",
        "/tarifs",
        "/simulation",
        "/demarches",
        "/documents",
        "/planning",
        "/listes-attente",
        "/absences",
        "/tableau-de-bord",
        "/compte",
        "/actualites",
        "/contact",
        "/aide",
    ),
    Place.TAB: (
        "/accueil",
        "/activites",
        "/planning",
        "/dossier",
        "/porte-monnaie",
        "/factures",
        "/demarches",
        "/documents",
        "/compte",
    ),
    Place.BAR: ("/accueil", "/activites", "/porte-monnaie", "/factures", "/dossier"),
    Place.TOP: ("/accessibilite", "/aide", "/plan-du-site", "/compte"),
    Place.FOOT: (
        "/",
        "/tarifs",
        "/simulation",
        "/contact",
        "/mentions-legales",
        "/cgu",
        "/reglement",
        "/protection-des-donnees",
        "/accessibilite",
        "/aide",
        "/plan-du-site",
    ),
    Place.SIDE: (
        "/admin",
        "/admin/demarches",
        "/admin/validations",
        "/admin/familles",
        "/admin/reservations",
        "/admin/activites",
        "/admin/campagnes",
        "/admin/calendrier",
        "/admin/absences",
        "/admin/comptes",
        "/admin/facturation",
        "/admin/factures",
        "/admin/encaissements",
        "/admin/prelevements",
        "/admin/paiements",
        "/admin/regies",
        "/admin/caisse",
        "/admin/remises",
        "/admin/impayes",
        "/admin/tarifs",
        "/admin/quotients",
        "/admin/ecoles",
        "/admin/autorisations",
        "/admin/courriels",
        "/actualites",
        "/compte",
    ),
}


def shown_in(place: Place) -> tuple[Section, ...]:
    """Les pages d'un menu, dans l'ordre ; une page absente du registre arrêterait la construction."""
    return tuple(AT[route] for route in MENUS[place])
