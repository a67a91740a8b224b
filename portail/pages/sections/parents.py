"""Les pages des parents."""

from portail.domain.accounts import Audience
from portail.pages.sections.section import Section

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
        "/dossier/droits",
        "Droits des adultes",
        "Droits des adultes",
        "key",
        Audience.PARENT,
        words="Qui réserve, qui paie, qui voit la santé.",
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
        "/documents",
        "Mes documents",
        "Mes documents",
        "download",
        Audience.PARENT,
        short="Documents",
        words="Fiche famille, attestations, mes données",
    ),
    Section(
        "/tableau-de-bord",
        "Mon tableau de bord",
        "Mon tableau de bord",
        "clock",
        Audience.PARENT,
        words="Tout ce qui s’est passé dans votre famille",
    ),
    Section(
        "/compte",
        "Mon compte",
        "Mon compte",
        "user",
        Audience.SIGNED_IN,
        short="Compte",
        words="Adresse e-mail, mot de passe, appareils, préférences",
    ),
)
