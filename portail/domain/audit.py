"""Le journal en mots : ce que veut dire chaque action, et sur qui elle porte."""

from portail.domain.accounts import LinkKind
from portail.domain.requests import RequestKind, Step

LABELS = {
    "account.activated": "Compte activé",
    "account.admin_created": "Compte d’administration créé",
    "account.closed": "Compte fermé par un agent",
    "account.email_asked": "Changement d’adresse e-mail demandé",
    "account.email_changed": "Adresse e-mail changée",
    "account.email_given_up": "Changement d’adresse e-mail abandonné",
    "account.erased": "Compte effacé",
    "account.invited": "Compte ouvert par un agent",
    "account.invited_again": "Lien d’activation renvoyé",
    "account.link_asked_in_vain": "Lien demandé pour un compte qui ne s’ouvre pas",
    "account.password_changed": "Mot de passe changé",
    "account.password_issued": "Mot de passe provisoire donné par un agent",
    "account.registered": "Inscription commencée sur le portail",
    "account.registered_again": "Inscription recommencée",
    "account.removed_unused": "Compte jamais activé, retiré",
    "account.reopened": "Compte rouvert par un agent",
    "account.reset": "Mot de passe choisi par un lien",
    "account.role_changed": "Rôle d’un agent changé",
    "account.staff_invited": "Compte d’agent ouvert",
    "account.terms_accepted": "Conditions d’utilisation acceptées",
    f"account.{LinkKind.ACTIVATION}_asked": "Lien d’activation demandé",
    f"account.{LinkKind.RESET}_asked": "Lien de réinitialisation demandé",
    "activity.added": "Activité ajoutée",
    "activity.capacity_set": "Places changées pour certains jours",
    "activity.changed": "Réglages d’une activité changés",
    "activity.closed": "Activité fermée",
    "activity.list_exported": "Liste d’une séance exportée",
    "activity.offering_added": "Séance type ajoutée",
    "activity.offering_changed": "Séance type changée",
    "activity.offering_closed": "Séance type retirée",
    "activity.offering_reopened": "Séance type proposée de nouveau",
    "activity.reopened": "Activité rouverte",
    "activity.rule_added": "Règle de réservation ajoutée",
    "activity.rule_changed": "Règle de réservation corrigée",
    "activity.rule_removed": "Règle de réservation retirée",
    "activity.slots_closed": "Séances fermées",
    "activity.slots_opened": "Séances ouvertes",
    "activity.slots_reopened": "Séances rouvertes",
    "calendar.period_added": "Fermeture ou vacances ajoutées au calendrier",
    "calendar.period_removed": "Fermeture ou vacances retirées du calendrier",
    "campaign.added": "Campagne ajoutée",
    "campaign.changed": "Campagne changée",
    "campaign.rate": "Débit d’une salle d’attente changé",
    "campaign.removed": "Campagne retirée",
    "booking.desk": "Réservation faite par un agent pour une famille",
    "booking.group_cancelled": "Réservations d’une classe annulées",
    "child.corrected": "Fiche d’un enfant corrigée par un agent",
    "consent.added": "Autorisation ajoutée à la liste",
    "consent.changed": "Titre ou obligation d’une autorisation changés",
    "consent.moved": "Ordre des autorisations changé",
    "consent.restored": "Autorisation redemandée",
    "consent.reworded": "Texte d’une autorisation changé, redemandé aux familles",
    "consent.withdrawn": "Autorisation retirée de la liste",
    "coordinates.corrected": "Coordonnées corrigées par un agent",
    "coordinates.saved": "Coordonnées changées par la famille",
    "custody.exception_added": "Exception de garde ajoutée",
    "custody.exception_removed": "Exception de garde retirée",
    "custody.pattern_ended": "Rythme de garde arrêté",
    "custody.pattern_set": "Rythme de garde réglé",
    "document.recorded": "Document d’une famille enregistré par un agent",
    "enrolment.accepted": "Inscription à une activité",
    "enrolment.ended": "Fin d’une inscription à une activité",
    "family.entered": "Dossier créé par la famille, à valider",
    "family.joined": "Un parent s’est relié au dossier par son numéro",
    "family.merged": "Un autre dossier a été fusionné dans celui-ci",
    "family.quotient_set": "Quotient familial enregistré",
    "family.unmerged": "Une fusion a été défaite",
    "feed.created": "Abonnement à l’agenda créé",
    "feed.renewed": "Lien de l’agenda renouvelé",
    "feed.revoked": "Lien de l’agenda retiré",
    "guardian.rights_changed": "Droits d’un adulte du dossier changés",
    "health.confirmed": "Fiche sanitaire confirmée",
    "health.document_added": "Document de santé joint",
    "health.document_removed": "Document de santé retiré",
    "health.read": "Fiche sanitaire lue par un agent",
    "health.saved": "Fiche sanitaire modifiée",
    "mail.read": "Courriel lu par l’administration",
    "mail.resent": "Courriel renvoyé",
    "paper.family_sheet": "Fiche famille téléchargée",
    "paper.registration": "Attestation d’inscription téléchargée",
    "privacy.exported": "Données personnelles téléchargées",
    "retention.erased": "Effacement à la fin de la durée de conservation",
    "school.added": "École ajoutée",
    "school.closed": "École fermée aux inscriptions",
    "school.removed": "École retirée",
    "school.renamed": "École renommée",
    "school.reopened": "École rouverte aux inscriptions",
    "school_class.added": "Classe ajoutée",
    "school_class.changed": "Classe changée",
    "school_class.closed": "Classe fermée",
    "school_class.reopened": "Classe rouverte",
    "second_factor.disabled": "Validation en deux étapes retirée",
    "second_factor.enabled": "Validation en deux étapes activée",
    "second_factor.passed": "Code de validation accepté",
    "second_factor.recovery_used": "Code de secours utilisé",
    "session.closed": "Déconnexion",
    "session.opened": "Connexion",
    "session.revoked": "Appareil déconnecté à distance",
    "session.revoked_others": "Autres appareils déconnectés",
    "tariff.added": "Tarif ajouté",
    "tariff.grid_added": "Grille de tarif ajoutée",
    "tariff.grid_changed": "Grille de tarif à venir changée",
    "tariff.grid_removed": "Grille de tarif à venir retirée",
    "tariff.renamed": "Tarif renommé",
    "waitlist.accepted": "Place proposée en liste d’attente acceptée",
    "waitlist.left": "Liste d’attente quittée",
    "wallet.activated": "Porte-monnaie activé",
    "wallet.credit_undone": "Encaissement au guichet annulé",
    "wallet.credited": "Porte-monnaie alimenté au guichet",
    **{f"request.{kind}": f"Démarche envoyée : {kind.label}" for kind in RequestKind},
    **{f"request.{step}": f"Démarche : {step.label}" for step in Step},
    **{f"request.applied.{kind}": f"{kind.label} : accepté et appliqué" for kind in RequestKind},
}
# l'objet d'une ligne (`subject_id`), par le début de l'action ; le plus long l'emporte
ABOUT = {
    "account.": "account",
    "booking.": "families",
    "child.": "families",
    "coordinates.": "families",
    "custody.": "children",
    "document.": "families",
    "enrolment.": "families",
    "family.": "families",
    "guardian.": "guardians",
    "health.": "health",
    "paper.family_sheet": "families",
    "paper.registration": "children",
    "request.": "requests",
    "request.applied.": "families",
    "wallet.": "families",
}
# l'objet n'est pas une personne, ou c'est l'auteur lui-même
ABOUT_NOBODY = (
    "activity.",
    "calendar.",
    "campaign.",
    "consent.",
    "feed.",
    "mail.",
    "privacy.",
    "retention.",
    "school.",
    "school_class.",
    "second_factor.",
    "session.",
    "tariff.",
    "waitlist.",
)


class UnwordedActionError(LookupError):
    """Une faute de programme : l'action n'est pas dans la table."""

    def __init__(self, action: str) -> None:
        super().__init__(f"« {action} » ne se dit pas encore : ajoutez ses mots dans domain/audit.py")


def check_worded(action: str) -> None:
    """Rien n'entre au journal qui ne puisse se lire."""
    if action not in LABELS:
        raise UnwordedActionError(action)


def action_label(action: str) -> str:
    """Une action d'une version passée, que la table ne connaît plus, se montre telle quelle."""
    return LABELS.get(action, action)


def actions_about(what: str) -> list[str]:
    """Les actions dont l'objet est de cette sorte."""
    return [action for action in LABELS if _about(action) == what]


def _about(action: str) -> str:
    known = [start for start in ABOUT if action.startswith(start)]
    return ABOUT[max(known, key=len)] if known else ""
