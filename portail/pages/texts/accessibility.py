"""Déclaration d'accessibilité (RGAA 4.1) : état, dérogations, contact et voies de recours."""

from portail.pages.texts.section import Link, Section, Text
from portail.settings import current

town = current()

TEXT = Text(
    "/accessibilite",
    f"La commune de {town.town_name} s’engage à rendre ce portail accessible, conformément à l’article 47 de la loi "
    "n° 2005-102 du 11 février 2005.",
    (
        Section(
            "État de conformité",
            (
                (
                    "Le Portail Famille est partiellement conforme au référentiel général d’amélioration de "
                    "l’accessibilité (RGAA), version 4.1, en raison des non-conformités énumérées ci-dessous."
                ),
            ),
        ),
        Section(
            "Résultats des vérifications",
            (
                (
                    "Aucun audit n’a encore été mené par un organisme indépendant. Les vérifications faites pendant "
                    "le développement portent sur la navigation au clavier, les contrastes, les titres et les "
                    "étiquettes des formulaires, l’affichage à 320 pixels de large et l’agrandissement à 200 %."
                ),
            ),
        ),
        Section(
            "Contenus non accessibles",
            ("Non-conformités connues ou possibles :",),
            (
                (
                    "les messages qui apparaissent sans rechargement de la page n’ont pas été essayés avec tous les "
                    "lecteurs d’écran ;"
                ),
                "le portail a besoin de JavaScript pour les pages personnelles ;",
                "les courriels mis en forme, consultés par les agents, n’ont pas été audités.",
            ),
            ("Aucune dérogation pour charge disproportionnée n’est invoquée.",),
        ),
        Section(
            "Établissement de cette déclaration",
            ("Cette déclaration a été établie le 1er novembre 2026.",),
            (
                "Technologies utilisées : HTML, CSS, SVG, JavaScript, WAI-ARIA.",
                "Vérifications faites avec Chromium, sur ordinateur et à la taille d’un téléphone.",
            ),
        ),
        Section(
            "Aides à la lecture",
            (
                (
                    "Le portail suit les réglages de votre appareil : thème clair ou sombre, taille du texte, "
                    "contraste renforcé, réduction des animations."
                ),
            ),
            (
                "La touche Tabulation passe d’un élément à l’autre ; la première mène à « Aller au contenu ».",
                "Un contour bien visible montre toujours où vous êtes.",
                "Chaque page a un seul titre principal, et chaque champ son étiquette.",
            ),
        ),
        Section(
            "Améliorer et nous contacter",
            (
                (
                    "Si vous n’arrivez pas à accéder à un contenu ou à un service, dites-le-nous : nous vous "
                    "orienterons vers une solution accessible ou vous donnerons le contenu sous une autre forme."
                ),
                f"Courriel : {town.town_email}. Téléphone : {town.town_phone}. Courrier : {town.town_address}.",
            ),
            links=(Link("Nous contacter", "/contact"),),
        ),
        Section(
            "Voies de recours",
            (
                (
                    "Si vous constatez un défaut d’accessibilité qui vous empêche d’accéder à un contenu ou à un "
                    "service, que vous nous l’avez signalé et que vous n’obtenez pas de réponse rapide, vous pouvez :"
                ),
            ),
            (
                "écrire un message au Défenseur des droits ;",
                "contacter son délégué dans votre région ;",
                (
                    "lui envoyer un courrier, gratuit, sans timbre : Défenseur des droits, Libre réponse 71120, "
                    "75342 Paris CEDEX 07."
                ),
            ),
            links=(
                Link("Écrire au Défenseur des droits", "https://formulaire.defenseurdesdroits.fr"),
                Link("Trouver un délégué", "https://www.defenseurdesdroits.fr/carte-des-delegues"),
            ),
        ),
    ),
)
