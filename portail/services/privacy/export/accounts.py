"""Le compte, ses appareils, ses courriels, l'inscription en cours et le journal."""

from typing import Any

from sqlmodel import col, or_

from portail.domain.accounts import AccountStatus, Display, Role
from portail.domain.audit import ABOUT, action_label, actions_about
from portail.domain.mails import MailStatus
from portail.models.accounts import Account, LoginSession
from portail.models.audit import AuditEntry
from portail.models.mails import OutboxMail
from portail.models.registrations import Registration
from portail.services.privacy.export.shapes import SECRET, TECHNICAL, YOURS, Exported, Kept, Person, by_whom, labelled


def _journal(person: Person) -> Any:
    """Ce que la personne a fait, et ce qui porte sur elle, ses dossiers ou ses enfants."""
    about = [
        col(AuditEntry.action).in_(actions_about(what)) & col(AuditEntry.subject_id).in_(person.keys(what))
        for what in sorted(set(ABOUT.values()))
    ]
    return or_(col(AuditEntry.actor_id) == person.account_id, *about)


TABLES = {
    "account": Exported(
        Account,
        "compte",
        "votre compte, vos préférences et les conditions acceptées",
        {
            "username": "identifiant",
            "email": "email",
            "first_name": "prenom",
            "last_name": "nom",
            "role": Kept("role", labelled("role", Role)),
            "status": Kept("etat", labelled("status", AccountStatus)),
            "terms_version": "version_des_conditions_acceptee",
            "terms_accepted_at": "conditions_acceptees_le",
            "totp_sealed": Kept("validation_en_deux_etapes", lambda row, _: row.totp_sealed is not None),
            "display": Kept("affichage", labelled("display", Display)),
            "notify_requests": "courriels_sur_mes_demarches",
            "notify_wallet": "courriels_sur_mon_porte_monnaie",
            "notify_news": "courriels_sur_les_actualites",
            "pending_email": "email_a_confirmer",
            "created_at": "cree_le",
            "activated_at": "active_le",
            "last_sign_in_at": "derniere_connexion",
            "closed_at": "ferme_le",
        },
        {
            "id": TECHNICAL,
            "password_hash": SECRET,
            "must_change_password": "consigne technique",
            "temporary_until": "consigne technique",
            "totp_last_step": SECRET,
        },
        lambda person: col(Account.id) == person.account_id,
    ),
    "login_session": Exported(
        LoginSession,
        "appareils",
        "vos connexions récentes et leurs appareils",
        {
            "device": "appareil",
            "remember": "se_rappeler_de_moi",
            "created_at": "ouverte_le",
            "last_seen_at": "vue_le",
            "ended_at": "fermee_le",
        },
        {
            "id": TECHNICAL,
            "token_hash": SECRET,
            "account_id": YOURS,
            "child_id": "l’enfant choisi à l’écran, oublié avec la connexion",
        },
        lambda person: col(LoginSession.account_id) == person.account_id,
    ),
    "registration": Exported(
        Registration,
        "inscription_en_cours",
        "ce que vous avez commencé à saisir pour inscrire votre famille",
        {"draft": "saisie", "created_at": "commencee_le"},
        {
            "id": TECHNICAL,
            "account_id": YOURS,
            "family_id": "numéro technique ; le dossier, une fois à vous, est plus bas",
        },
        lambda person: col(Registration.account_id) == person.account_id,
    ),
    "outbox_mail": Exported(
        OutboxMail,
        "courriels",
        "les courriels envoyés à votre adresse : objet et date",
        {
            "subject": "objet",
            "status": Kept("etat", labelled("status", MailStatus)),
            "created_at": "ecrit_le",
            "sent_at": "parti_le",
        },
        {
            "id": TECHNICAL,
            "recipient": "c’est votre adresse",
            "body_sealed": "effacé après l’envoi ; vous l’avez reçu",
            "attempts": "compteur technique",
            "error": "incident technique",
            "next_attempt_at": "consigne technique",
        },
        lambda person: col(OutboxMail.recipient) == person.email,
    ),
    "audit_entry": Exported(
        AuditEntry,
        "journal",
        "les actions importantes faites par vous, ou portant sur vous et vos dossiers",
        {
            "at": "le",
            "actor_id": Kept("par", by_whom("actor_id")),
            "action": Kept("action", lambda row, _: action_label(row.action)),
        },
        {"id": TECHNICAL, "subject_id": TECHNICAL, "detail": "précision technique"},
        _journal,
    ),
}
