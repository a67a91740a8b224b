"""Le journal en mots : ce que chaque action veut dire pour la personne qui la lit."""

WORDS = {
    "account.activated": "compte activé",
    "account.admin_created": "compte d’administration créé",
    "account.erased": "compte effacé",
    "account.link_asked_in_vain": "lien demandé pour un compte qui ne s’ouvre pas",
    "account.password_changed": "mot de passe changé",
    "mail.read": "courriel lu par l’administration",
    "mail.resent": "courriel renvoyé",
    "paper.family_sheet": "fiche famille téléchargée",
    "paper.registration": "attestation d’inscription téléchargée",
    "privacy.exported": "données personnelles téléchargées",
    "request.correction": "rectification demandée",
    "request.deletion": "suppression demandée",
    "retention.erased": "effacement à la fin de la durée de conservation",
    "second_factor.disabled": "validation en deux étapes retirée",
    "second_factor.enabled": "validation en deux étapes activée",
    "second_factor.passed": "code de validation accepté",
    "second_factor.recovery_used": "code de secours utilisé",
    "session.closed": "déconnexion",
    "session.opened": "connexion",
    "session.revoked": "appareil déconnecté à distance",
    "session.revoked_others": "autres appareils déconnectés",
}


def in_words(action: str) -> str:
    return WORDS.get(action, action)
