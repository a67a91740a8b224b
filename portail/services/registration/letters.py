"""Les courriels de l'inscription : activer, prévenir, confirmer, refuser."""

from portail.models.accounts import Account
from portail.models.families import Family
from portail.services.mails.letters import Message
from portail.settings import current


def activate(account: Account, token: str, *, asked_username: str) -> Message:
    username = f"Votre nom d’utilisateur : {account.username}"
    if account.username != asked_username:
        username += " (celui que vous aviez choisi n’était pas disponible)"
    return Message(
        subject="Activez votre espace personnel",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "Vous venez de créer votre espace personnel sur le Portail Famille. Il reste à confirmer cette adresse.",
            f"{username}.",
        ),
        action="Activer mon compte famille",
        url=f"{current().site_url}/activation/{token}",
        closing="Ce lien sert une fois, pendant 72 heures. Si vous n’avez rien demandé, ignorez ce message.",
    )


def someone_tried(account: Account) -> Message:
    """À la personne dont l'adresse a servi : elle seule apprend qu'elle a déjà un compte."""
    return Message(
        subject="Vous avez déjà un espace personnel",
        paragraphs=(
            f"Bonjour {account.first_name},",
            (
                "Quelqu’un vient de remplir une inscription avec votre adresse, qui a déjà un compte sur le Portail "
                "Famille. Rien n’a été créé ni changé."
            ),
            "Si c’est vous, connectez-vous, ou demandez un nouveau mot de passe. Sinon, ignorez ce message.",
        ),
        action="Me connecter",
        url=f"{current().site_url}/connexion",
        closing=f"Mot de passe oublié ? {current().site_url}/mot-de-passe-oublie",
    )


def tried_before_activation(account: Account, token: str) -> Message:
    chosen = ", avec le mot de passe choisi la première fois" if account.password_hash else ""
    return Message(
        subject="Activez votre espace personnel",
        paragraphs=(
            f"Bonjour {account.first_name},",
            (
                "Quelqu’un vient de remplir une inscription avec votre adresse. Un compte l’attend déjà : il reste à "
                f"l’activer{chosen}. Votre nom d’utilisateur : {account.username}."
            ),
        ),
        action="Activer mon compte famille",
        url=f"{current().site_url}/activation/{token}",
        closing="Ce lien sert une fois, pendant 72 heures. Si vous n’avez rien demandé, ignorez ce message.",
    )


def complete(account: Account, family: Family) -> Message:
    return Message(
        subject="Votre inscription est complète",
        paragraphs=(
            f"Bonjour {account.first_name},",
            (
                f"Votre espace personnel est relié au dossier {family.name}, n° {family.number}. "
                "Votre inscription au portail est terminée."
            ),
        ),
        action="Ouvrir mon espace",
        url=f"{current().site_url}/accueil",
    )


def someone_joined(other: Account, account: Account, family: Family) -> Message:
    """Un dossier qui s'ouvre à quelqu'un de plus se dit à ceux qui le tenaient."""
    return Message(
        subject="Une personne a rejoint votre dossier",
        paragraphs=(
            f"Bonjour {other.first_name},",
            (
                f"{account.full_name} s’est inscrit sur le portail avec le numéro et le nom de votre dossier, "
                f"{family.name}, n° {family.number}, et peut maintenant l’ouvrir."
            ),
            "Si vous ne connaissez pas cette personne, prévenez aussitôt la mairie.",
        ),
        action="Voir mon dossier",
        url=f"{current().site_url}/dossier",
    )


def file_created(account: Account, family: Family, request_number: str) -> Message:
    return Message(
        subject="Votre dossier est créé, la mairie le vérifie",
        paragraphs=(
            f"Bonjour {account.first_name},",
            (
                f"Nous avons bien reçu les informations de votre famille : dossier {family.name}, n° {family.number} "
                f"(démarche n° {request_number})."
            ),
            (
                "Le service enfance vérifie qu’il n’existe pas déjà, puis un dernier courriel vous dira que votre "
                "inscription est terminée. En attendant, vous pouvez déjà compléter votre dossier."
            ),
        ),
        action="Voir mon dossier",
        url=f"{current().site_url}/dossier",
    )


def refused(account: Account, reason: str) -> Message:
    return Message(
        subject="Votre inscription n’a pas pu être acceptée",
        paragraphs=(
            f"Bonjour {account.first_name},",
            "Le service enfance n’a pas pu accepter l’inscription de votre famille.",
            f"Motif : {reason}",
            "Votre compte reste ouvert : vous pouvez corriger et envoyer de nouveau votre demande.",
        ),
        action="Reprendre mon inscription",
        url=f"{current().site_url}/inscription/famille",
    )
