"""L'aide : se connecter, activer son espace, gérer son compte, qui appeler."""

from portail.pages.texts.section import Link, Section, Text
from portail.settings import current

town = current()

TEXT = Text(
    "/aide",
    "Les réponses courtes aux questions de tous les jours.",
    (
        Section(
            "Me connecter",
            ("Sur la page « Connexion », tapez votre identifiant ou votre e-mail, puis votre mot de passe.",),
            (
                (
                    "« Se rappeler de moi » vous évite de retaper votre mot de passe sur cet appareil pendant quinze "
                    "jours. Ne cochez pas cette case sur un appareil partagé."
                ),
                "Après plusieurs essais manqués, le portail vous fait patienter un peu : c’est une protection.",
            ),
            links=(Link("Se connecter", "/connexion"),),
        ),
        Section(
            "Activer mon espace la première fois",
            (
                (
                    "La mairie connaît déjà votre dossier : demandez votre lien d’activation avec l’e-mail que vous "
                    "lui avez donné. Le lien arrive par courriel, ne sert qu’une fois et vaut 72 heures ; celui qu’un "
                    "agent vous envoie vaut 7 jours."
                ),
                "En l’ouvrant, vous acceptez les conditions d’utilisation et choisissez votre mot de passe.",
            ),
            links=(Link("Recevoir un lien", "/mot-de-passe-oublie"),),
        ),
        Section(
            "J’ai oublié mon mot de passe",
            (
                (
                    "Demandez un lien : il arrive par courriel, vaut deux heures et ne sert qu’une fois. Personne à la "
                    "mairie ne connaît votre mot de passe ; au guichet, un agent peut vous en donner un provisoire."
                ),
            ),
            links=(Link("Mot de passe oublié", "/mot-de-passe-oublie"),),
        ),
        Section(
            "Le courriel n’arrive pas",
            (),
            (
                "Attendez quelques minutes et regardez dans les courriers indésirables.",
                "Vérifiez que l’e-mail tapé est bien celui que connaît la mairie.",
                "Demandez un autre lien : le dernier reçu est le bon.",
                f"Sinon, appelez le service enfance au {town.town_phone}.",
            ),
        ),
        Section(
            "Changer mon mot de passe",
            (
                (
                    "Dans « Mon compte », tapez le mot de passe actuel, puis deux fois le nouveau. Une courte phrase "
                    "de 12 caractères ou plus est facile à retenir et difficile à deviner."
                ),
                "Vos autres appareils sont alors déconnectés.",
            ),
        ),
        Section(
            "Changer mon adresse e-mail",
            (
                (
                    "Dans « Mon compte », donnez la nouvelle adresse et votre mot de passe. Un lien y part : ouvrez-le "
                    "dans les 24 heures, sur le même appareil, puis confirmez. L’ancienne adresse est prévenue."
                ),
            ),
            links=(Link("Mon compte", "/compte"),),
        ),
        Section(
            "Choisir la présentation des pages",
            (
                (
                    "« Mon compte », « Préférences » : « Activer l’ergonomie mobile » garde la présentation du "
                    "téléphone, ou celle de l’ordinateur, quel que soit l’écran."
                ),
            ),
        ),
        Section(
            "La validation en deux étapes",
            (
                (
                    "Dans « Mon compte », vous pouvez demander un code à 6 chiffres en plus du mot de passe. Il est "
                    "donné par une application gratuite de votre téléphone."
                ),
                "Notez les codes de secours affichés à ce moment-là : chacun remplace une fois le téléphone.",
            ),
        ),
        Section(
            "Les appareils connectés",
            (
                (
                    "« Mon compte » montre les appareils où votre espace est ouvert. « Déconnecter » ferme aussitôt "
                    "celui que vous ne reconnaissez pas ; changez ensuite votre mot de passe."
                ),
            ),
        ),
        Section(
            "Corriger une information de mon dossier",
            (
                (
                    "« Ma famille » montre ce que la mairie connaît de votre foyer. Pour corriger une adresse, un "
                    "téléphone ou le nom d’un responsable, contactez le service enfance."
                ),
            ),
        ),
        Section(
            "Mes documents et mes données",
            (
                (
                    "« Mes documents » donne la fiche famille et l’attestation d’inscription de chaque enfant, en PDF. "
                    "Pour chaque année payée s’y ajoutent l’attestation de paiement, et l’attestation fiscale pour la "
                    "garde des enfants de moins de six ans. Vous y téléchargez aussi toutes vos données, et vous y "
                    "demandez une rectification ou une suppression."
                ),
            ),
            links=(Link("Vérifier une attestation", "/verification"),),
        ),
        Section(
            "Qui appeler",
            (f"Service enfance : {town.town_phone}, {town.town_email}, {town.town_address}.",),
            links=(Link("Nous contacter", "/contact"),),
        ),
    ),
)
