"""Protection des données : ce qui est traité, pourquoi, combien de temps, et les droits de chacun (RGPD)."""

from portail.domain.privacy import ERASED, KEPT
from portail.domain.retention import RULES
from portail.pages.texts.section import Link, Section, Text
from portail.settings import current

town = current()

TEXT = Text(
    "/protection-des-donnees",
    "Quelles données le portail traite, pourquoi, combien de temps, et comment exercer vos droits.",
    (
        Section(
            "Responsable du traitement",
            (
                f"La commune de {town.town_name}, représentée par son maire, est responsable de ce traitement.",
                f"Adresse : {town.town_address}. Délégué à la protection des données : {town.town_email}.",
            ),
        ),
        Section(
            "Données traitées",
            ("Seules les données nécessaires au service sont traitées.",),
            (
                (
                    "Compte : nom, prénom, e-mail, identifiant, empreinte du mot de passe (jamais le mot de passe), "
                    "réglage de la validation en deux étapes, préférences, version des conditions acceptée et date."
                ),
                (
                    "Dossier de la famille : adresse, responsables et leurs coordonnées, enfants, date de naissance, "
                    "école et niveau."
                ),
                (
                    "Fiche sanitaire de chaque enfant : médecin, santé, repas, vaccinations, contacts, autorisations "
                    "signées."
                ),
                (
                    "Activités : inscriptions, jours réservés, présences et absences, listes d’attente, documents "
                    "demandés."
                ),
                "Argent : quotient familial et sa source, mouvements du porte-monnaie, paiements en ligne.",
                "Fichiers que vous joignez : pièces de vos démarches, document du PAI ; photos sans lieu ni date.",
                "Traces de sécurité : connexions, appareils, actions importantes, adresse IP.",
                "Courriels envoyés par le portail : destinataire, objet, contenu et date.",
            ),
        ),
        Section(
            "Finalités et bases légales",
            (),
            (
                (
                    "Tenir le dossier des familles et donner accès au service enfance : mission d’intérêt public "
                    "(article 6.1.e du RGPD)."
                ),
                (
                    "Protéger les comptes et prouver ce qui a été fait : obligation légale de sécurité "
                    "(articles 6.1.c et 32 du RGPD)."
                ),
                (
                    "Accueillir votre enfant en sécurité grâce à sa fiche sanitaire : mission d’intérêt public et "
                    "motif d’intérêt public important (articles 6.1.e et 9.2.g du RGPD), obligations vaccinales du "
                    "code de la santé publique."
                ),
                "Vous écrire au sujet de votre compte et de votre dossier : mission d’intérêt public.",
            ),
            ("Aucune décision n’est prise par un traitement automatique seul. Aucune publicité, aucun profilage.",),
        ),
        Section(
            "Qui y a accès",
            (
                (
                    "Vous-même ; les agents de la mairie, chacun pour ce que demande sa fonction ; les prestataires "
                    "techniques que la commune a choisis, liés par contrat (article 28 du RGPD). Les données restent "
                    "dans l’Union européenne et ne sont ni vendues ni louées."
                ),
                (
                    "Si vous payez en ligne, le prestataire de paiement reçoit le montant, la référence et votre "
                    "adresse e-mail. Le numéro de votre carte ne se donne qu’à lui : le portail ne le voit jamais."
                ),
                (
                    "Les fiches sanitaires sont lues par l’accueil et la direction seulement. Chaque lecture est "
                    "inscrite, et vous la voyez au bas de la fiche."
                ),
            ),
        ),
        Section(
            "Durées de conservation",
            ("Passé ces durées, tout s’efface chaque nuit, sans que personne ait à y penser.",),
            tuple(rule.sentence for rule in RULES.values()),
            (
                "Un dossier reste ouvert tant qu’un enfant est accueilli, et un compte tant qu’il sert.",
                "Le contenu d’un courriel est effacé dès qu’il est parti.",
                (
                    "Les mouvements du porte-monnaie sont gardés dix ans, comme la comptabilité publique l’exige ; une "
                    "fois le dossier effacé, ils ne désignent plus personne."
                ),
            ),
        ),
        Section(
            "Si vous demandez la suppression",
            ("Elle se demande dans « Mes documents ». Un agent l’étudie sous un mois et vous répond.",),
            (*(f"Effacé aussitôt : {what}." for what in ERASED), *(f"Conservé : {what}." for what in KEPT)),
        ),
        Section(
            "Sécurité",
            (
                (
                    "Les échanges sont chiffrés, les mots de passe ne sont conservés que sous forme d’empreinte, les "
                    "informations sensibles et vos fichiers sont chiffrés, chaque accès est contrôlé et les actions "
                    "importantes sont journalisées. Une violation de données qui vous exposerait vous serait signalée."
                ),
            ),
        ),
        Section(
            "Cookies",
            (
                (
                    "Deux cookies, strictement nécessaires : l’un tient votre session ouverte, l’autre reconnaît votre "
                    "navigateur pour freiner les essais de mot de passe. Aucune mesure d’audience, aucun traceur."
                ),
            ),
        ),
        Section(
            "Vos droits",
            ("Vous pouvez à tout moment demander :",),
            (
                "l’accès à vos données et à celles de vos enfants, et leur copie ;",
                "leur rectification ;",
                "leur effacement ou la limitation de leur traitement, quand la loi le permet ;",
                "de vous opposer à un traitement, pour une raison tenant à votre situation ;",
                "de décider du sort de vos données après votre décès.",
            ),
            (
                (
                    f"Vous pouvez aussi écrire à {town.town_email} ou à la mairie, {town.town_address}. La réponse "
                    "vient sous un mois."
                ),
                (
                    "Si elle ne vous satisfait pas, vous pouvez adresser une réclamation à la CNIL, 3 place de "
                    "Fontenoy, TSA 80715, 75334 Paris Cedex 07."
                ),
            ),
            (Link("Adresser une plainte à la CNIL", "https://www.cnil.fr/fr/plaintes"),),
        ),
    ),
)
