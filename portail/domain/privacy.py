"""Ce qu'emporte une suppression, ce que la loi fait garder : les mêmes mots au formulaire, à l'agent et sur le site."""

from portail.domain.refusals import RefusalError
from portail.domain.retention import RULES, Category


def _kept(what: str, category: Category) -> str:
    rule = RULES[category]
    return f"{what}, {rule.duration.label} après {rule.start}"


ERASED = (
    "votre identifiant, votre adresse e-mail, votre mot de passe et votre validation en deux étapes",
    "vos appareils connectés, vos liens en attente et vos préférences",
    "vos téléphones, votre adresse e-mail et votre numéro CAF dans chaque dossier",
    "l’adresse des dossiers dont vous êtes la seule personne responsable, qui sont archivés",
    "la fiche sanitaire, les vaccinations et les contacts des enfants qu’aucun autre dossier ouvert ne tient",
    "l’inscription que vous auriez commencée",
    "le lien privé vers votre agenda",
    "les réservations à venir des dossiers archivés, qui sont annulées et remboursées",
    "les mandats de prélèvement en cours des dossiers archivés, qui prennent fin",
)
KEPT = (
    "votre nom, votre qualité et les enfants, tant que d’autres tiennent le dossier (article 17.3.b du RGPD)",
    "les autorisations que vous avez signées pour un enfant, avec le dossier qui le tient",
    _kept("un dossier archivé, sans adresse, coordonnées ni santé", Category.FAMILY_CLOSED),
    _kept("vos démarches terminées, dont cette demande", Category.REQUEST),
    _kept("le journal de vos actions, sans votre nom", Category.AUDIT),
)


class AlreadyAskedError(RefusalError):
    def __init__(self, number: str) -> None:
        super().__init__(f"Votre demande {number} est déjà à l’étude.", "La réponse vous parviendra sous un mois.")


class NothingToCorrectError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Dites ce qu’il faut corriger.")


class AlreadyErasedError(RefusalError):
    def __init__(self) -> None:
        super().__init__("Ce compte est déjà effacé : il n’y a plus rien à supprimer.")
