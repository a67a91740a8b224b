"""Mentions légales : éditeur, hébergement, propriété, litiges (loi du 21 juin 2004)."""

from portail.pages.texts.section import Link, Section, Text
from portail.settings import current

town = current()

TEXT = Text(
    "/mentions-legales",
    f"Qui édite ce portail, qui l’héberge, et dans quel cadre, pour la commune de {town.town_name}.",
    (
        Section(
            "Éditeur",
            (
                f"Ce portail est édité par la commune de {town.town_name}, collectivité territoriale.",
                f"Adresse : {town.town_address}.",
                f"Téléphone : {town.town_phone}. Courriel : {town.town_email}.",
            ),
        ),
        Section(
            "Direction de la publication",
            (
                (
                    f"La direction de la publication est assurée par le maire de la commune de {town.town_name}, "
                    "en sa qualité de représentant légal de la commune."
                ),
            ),
        ),
        Section(
            "Hébergement",
            (
                town.town_host
                or (
                    f"Le portail et sa base de données sont hébergés par la commune de {town.town_name}, "
                    f"{town.town_address}, téléphone {town.town_phone}."
                ),
            ),
        ),
        Section(
            "Logiciel",
            (
                "Le portail fonctionne avec le logiciel libre « Portail Famille », distribué sous licence Apache 2.0.",
                "Le logo et le nom de la commune lui appartiennent ; ils ne peuvent être reproduits sans son accord.",
            ),
        ),
        Section(
            "Contenus et liens",
            (
                (
                    "La commune veille à l’exactitude des informations publiées et les corrige dès qu’une erreur lui "
                    "est signalée. Les règlements, délibérations et factures officiels font seuls foi."
                ),
                (
                    "Les informations publiques de ce site sont réutilisables dans les conditions fixées par le livre "
                    "III du code des relations entre le public et l’administration."
                ),
            ),
        ),
        Section(
            "Cookies",
            (
                (
                    "Le portail ne dépose que des cookies nécessaires à son fonctionnement : celui qui tient votre "
                    "session ouverte et celui qui protège votre compte contre les essais de mot de passe en série. "
                    "Ils ne demandent pas de consentement, ne servent pas à vous suivre et ne sont communiqués à "
                    "personne."
                ),
            ),
            links=(Link("Protection des données", "/protection-des-donnees"),),
        ),
        Section(
            "Signaler un contenu ou une difficulté",
            (
                f"Pour toute question sur le site, écrivez à {town.town_email} ou appelez le {town.town_phone}.",
                (
                    "Le droit français s’applique. En cas de litige avec un service public, une réclamation écrite à "
                    "la mairie, puis la saisine du Défenseur des droits ou du tribunal administratif, restent "
                    "ouvertes."
                ),
            ),
            links=(Link("Défenseur des droits", "https://www.defenseurdesdroits.fr"),),
        ),
    ),
)
