"""Conditions générales d'utilisation, dont la version est acceptée à l'activation d'un compte."""

from portail.pages.texts.section import Link, Section, Text
from portail.settings import current

town = current()

TEXT = Text(
    "/cgu",
    "Version 1 du 1er novembre 2026.",
    (
        Section(
            "Objet",
            (
                (
                    f"Le Portail Famille est un téléservice de la commune de {town.town_name}. Il donne aux familles "
                    "un accès à leur dossier, aux nouvelles de la mairie et au service enfance."
                ),
                (
                    "Son usage est gratuit et facultatif : les mêmes démarches restent possibles au guichet, par "
                    "téléphone et par courrier."
                ),
            ),
        ),
        Section(
            "Qui peut ouvrir un compte",
            (
                (
                    "Un compte est ouvert à toute personne responsable d’un enfant connu du service enfance. La mairie "
                    "relie le compte au dossier de la famille après avoir vérifié l’identité de la personne."
                ),
                "Chaque adulte a son propre compte. Un compte ne se prête pas et ne se partage pas.",
            ),
        ),
        Section(
            "Activer et protéger son compte",
            ("Le compte s’active par un lien reçu par courriel, valable un temps limité et une seule fois.",),
            (
                "Choisissez un mot de passe que vous n’utilisez nulle part ailleurs et gardez-le pour vous.",
                (
                    "Ne donnez jamais votre mot de passe ni un code à usage unique, même à un agent : il ne vous les "
                    "demandera pas."
                ),
                "Déconnectez-vous sur un appareil partagé.",
                "Prévenez la mairie sans attendre si vous pensez que quelqu’un d’autre utilise votre compte.",
            ),
        ),
        Section(
            "Ce à quoi vous vous engagez",
            (),
            (
                (
                    "Donner des informations exactes et signaler à la mairie tout changement de situation : adresse, "
                    "téléphone, responsables de l’enfant."
                ),
                "N’utiliser le portail que pour votre propre famille.",
                "Ne rien faire qui gêne son fonctionnement ou la sécurité des autres familles.",
            ),
            (
                (
                    "Une fausse déclaration faite à une administration engage la responsabilité de son auteur, en "
                    "particulier au titre de l’article 441-7 du code pénal."
                ),
            ),
        ),
        Section(
            "Ce à quoi la mairie s’engage",
            (
                (
                    "La mairie s’efforce de rendre le portail accessible en permanence. Il peut être interrompu pour "
                    "entretien ou par un incident ; aucune famille n’est pénalisée pour une démarche que le portail ne "
                    "lui a pas permis de faire à temps, dès lors qu’elle le signale au service enfance."
                ),
                "Les données de votre famille ne sont ni vendues ni utilisées à des fins commerciales.",
            ),
            links=(Link("Protection des données", "/protection-des-donnees"),),
        ),
        Section(
            "Suspension et fermeture",
            (
                (
                    "La mairie peut suspendre un compte utilisé en violation des présentes conditions, après en avoir "
                    "informé la personne, sauf urgence liée à la sécurité."
                ),
                (
                    "Vous pouvez demander la fermeture de votre compte à tout moment, en écrivant à "
                    f"{town.town_email}. Le dossier de votre famille reste tenu par le service enfance."
                ),
            ),
        ),
        Section(
            "Évolution des conditions",
            (
                (
                    "Une modification importante de ces conditions vous est présentée à la connexion, et demande de "
                    "nouveau votre accord. La version en vigueur est toujours celle de cette page."
                ),
            ),
        ),
        Section(
            "Droit applicable",
            (
                (
                    "Ces conditions relèvent du droit français, notamment du code des relations entre le public et "
                    "l’administration et de l’ordonnance du 8 décembre 2005 relative aux échanges électroniques."
                ),
                (
                    "Une difficulté se règle d’abord avec le service enfance. À défaut, le Défenseur des droits peut "
                    "être saisi gratuitement, ainsi que le tribunal administratif."
                ),
            ),
            links=(Link("Nous contacter", "/contact"),),
        ),
    ),
)
