"""Règlement des activités, dont la version est acceptée à chaque inscription."""

from portail.domain.enrolments import CURRENT_RULES
from portail.pages.texts.section import Link, Section, Text

TEXT = Text(
    "/reglement",
    f"Version {CURRENT_RULES} du 1er novembre 2026.",
    (
        Section(
            "Qui peut s’inscrire",
            (
                (
                    "Chaque activité dit à qui elle est ouverte : âge, niveau, école. La cantine est ouverte à tout "
                    "enfant scolarisé dans la commune, sans condition de situation de la famille."
                ),
                (
                    "Le dossier de la famille doit être validé par la mairie et, pour la plupart des activités, la "
                    "fiche sanitaire de l’enfant complète. Certaines demandent aussi des documents : tant qu’il en "
                    "manque un, aucun jour ne se réserve."
                ),
            ),
        ),
        Section(
            "Inscrire, puis réserver",
            ("L’inscription ouvre une activité à un enfant. Elle ne réserve aucun jour.",),
            (
                "Occasionnelle : vous choisissez chaque jour dans le calendrier.",
                "Régulière : vous choisissez une semaine type, puis la réservez d’un geste.",
                "Une inscription se termine quand vous le voulez ; ce qui est réservé le reste.",
            ),
        ),
        Section(
            "Délais et absences",
            (
                (
                    "Chaque activité a ses délais pour réserver et pour annuler ; le calendrier les dit jour par "
                    "jour. Après le délai, une réservation peut être refusée ou majorée, et une annulation ne rend "
                    "plus rien."
                ),
                (
                    "Une absence se déclare en ligne, avec un justificatif, dans le délai que dit l’activité. La "
                    "mairie décide si le jour reste dû."
                ),
            ),
        ),
        Section(
            "Prix et paiement",
            (
                (
                    "Le prix dépend du quotient familial et de la commune de résidence. Sans quotient connu, le tarif "
                    "maximum s’applique : donner son avis d’imposition n’est jamais obligatoire."
                ),
                (
                    "Les activités prépayées se règlent par le porte-monnaie de la famille, au moment de réserver. "
                    "Les autres sont facturées en fin de mois."
                ),
            ),
        ),
        Section(
            "Sur place",
            (),
            (
                "Prévenez l’équipe de tout changement : santé, personnes autorisées à venir chercher l’enfant.",
                "Respectez les horaires : l’équipe attend les enfants et les parents.",
                "L’enfant respecte les autres, les adultes et le matériel ; sinon la famille est reçue.",
            ),
            links=(Link("Nous contacter", "/contact"),),
        ),
    ),
)
