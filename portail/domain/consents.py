"""Les autorisations qu'une commune demande d'habitude, et les règles de la liste que chacune adapte."""

from dataclasses import dataclass

from portail.domain.health import StalePartError
from portail.domain.refusals import RefusalError


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
MOST_CONSENTS = 20
LABEL_LIMIT, TEXT_LIMIT = 120, 1_000


class ConsentChangedError(RefusalError):
    """Un autre agent est passé entre l'affichage et le geste."""

    def __init__(self, who: str) -> None:
        by = f" par {who}" if who else ""
        super().__init__(
            f"Cette autorisation vient d’être modifiée{by} : rien n’a été enregistré.",
            "Relisez-la, puis recommencez si votre changement est encore utile.",
        )


class RewordedError(StalePartError):
    """Le texte a changé pendant que le parent le lisait : on ne signe pas ce que l'on n'a pas vu."""

    def __init__(self, label: str) -> None:
        RefusalError.__init__(
            self,
            f"Le texte de « {label} » vient de changer : rien n’a été signé.",
            "Relisez-le, puis signez de nouveau.",
        )


def check_room(count: int) -> None:
    if count >= MOST_CONSENTS:
        raise RefusalError(
            f"La liste a déjà {MOST_CONSENTS} autorisations, le plus possible.", "Retirez-en une d’abord."
        )
