"""Les autorisations qu'une commune demande d'habitude ; chacune adapte ensuite sa liste."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DefaultConsent:
    """`compulsory` : il faut répondre ; « non » est une réponse."""

    code: str
    label: str
    text: str
    compulsory: bool = True


DEFAULT_CONSENTS = (
    DefaultConsent(
        "hospital",
        "Soins et hospitalisation",
        "En cas d’urgence, j’autorise le responsable de l’accueil à faire soigner mon enfant par les secours et à le "
        "faire conduire à l’hôpital. Je suis prévenu aussitôt.",
    ),
    DefaultConsent(
        "outings",
        "Sorties",
        "J’autorise mon enfant à participer aux sorties à pied, à vélo ou en car organisées pendant l’accueil.",
    ),
    DefaultConsent(
        "swimming",
        "Baignade",
        "J’autorise mon enfant à participer aux baignades surveillées et aux activités à la piscine.",
    ),
    DefaultConsent(
        "alone",
        "Sortie seul",
        "J’autorise mon enfant à repartir seul à la fin de l’accueil. Sans cette autorisation, il attend l’une des "
        "personnes désignées dans les contacts.",
    ),
    DefaultConsent(
        "image",
        "Droit à l’image",
        "J’autorise la commune à photographier mon enfant pendant les activités et à publier ces images dans son "
        "bulletin et sur son site, sans son nom. Je peux retirer cet accord à tout moment.",
    ),
)
