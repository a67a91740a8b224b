"""Chaque table de la base, exportée ou exclue avec sa raison : une table oubliée fait échouer un test."""

from typing import Any

from sqlmodel import col, or_, select

from portail.domain.accounts import AccountStatus, Display, Role
from portail.domain.audit import in_words
from portail.domain.families import FamilyStatus, GuardianRole
from portail.domain.mails import MailStatus
from portail.domain.papers import PaperKind, grouped
from portail.domain.requests import RequestKind, RequestStatus
from portail.models.accounts import Account, LoginSession
from portail.models.audit import AuditEntry
from portail.models.families import Child, Family, FamilyChild, Guardian
from portail.models.mails import OutboxMail
from portail.models.papers import Paper
from portail.models.requests import Request, RequestEvent
from portail.services.privacy_export.shapes import Excluded, Exported, Kept, Person, by_whom, labelled, named

TECHNICAL, YOURS, SECRET = "numéro technique", "c’est vous", "secret de sécurité"
_FAMILY, _CHILD = Kept("dossier", named("family_id", "families")), Kept("enfant", named("child_id", "children"))
# une action du journal « porte sur » la personne quand son objet est l'un des siens
ABOUT = {"account.": "account", "paper.family_sheet": "families", "paper.registration": "children"}


def _other_adults_by_name_only(row: Guardian, person: Person) -> frozenset[str] | None:
    return None if row.account_id == person.account_id else frozenset({"family_id", "first_name", "last_name"})


def _journal(person: Person) -> Any:
    about = [
        col(AuditEntry.action).startswith(action, autoescape=True) & col(AuditEntry.subject_id).in_(_keys(person, what))
        for action, what in ABOUT.items()
    ]
    return or_(col(AuditEntry.actor_id) == person.account_id, *about)


def _keys(person: Person, what: str) -> list[int]:
    return [person.account_id] if what == "account" else list(getattr(person, what))


def _told_to_me(person: Person) -> Any:
    mine = select(Request.id).where(Request.author_id == person.account_id)
    return col(RequestEvent.request_id).in_(mine) & col(RequestEvent.internal).is_(False)


_NO_PERSON = "aucune donnée personnelle"
REGISTRY: dict[str, Exported | Excluded] = {
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
            "totp_sealed": Kept("validation_en_deux_etapes", lambda row, _: row.totp_sealed is not None),
            "display": Kept("affichage", labelled("display", Display)),
            "notify_requests": "courriels_sur_mes_demarches",
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
        {"id": TECHNICAL, "token_hash": SECRET, "account_id": YOURS},
        lambda person: col(LoginSession.account_id) == person.account_id,
    ),
    "family": Exported(
        Family,
        "dossiers",
        "les dossiers de famille dont vous êtes responsable",
        {
            "number": "numero",
            "name": "nom",
            "address": "adresse",
            "postcode": "code_postal",
            "city": "commune",
            "status": Kept("etat", labelled("status", FamilyStatus)),
            "created_at": "cree_le",
            "closed_at": "ferme_le",
        },
        {"id": TECHNICAL, "merged_into_id": TECHNICAL},
        lambda person: col(Family.id).in_(person.families),
    ),
    "guardian": Exported(
        Guardian,
        "responsables",
        "vous en entier ; des autres adultes de vos dossiers, le nom seulement",
        {
            "family_id": _FAMILY,
            "first_name": "prenom",
            "last_name": "nom",
            "role": Kept("qualite", labelled("role", GuardianRole)),
            "phone": "telephone_portable",
            "home_phone": "telephone_domicile",
            "work_phone": "telephone_travail",
            "other_phone": "autre_telephone",
            "email": "email",
            "caf_number": "numero_caf",
            "invoices_by_email": "factures_par_email",
            "invoice_email": "email_des_factures",
            "can_edit": "peut_modifier_le_dossier",
            "can_book": "peut_reserver",
            "can_see_money": "voit_les_factures",
            "can_see_health": "voit_la_sante",
        },
        {"id": TECHNICAL, "account_id": YOURS},
        lambda person: col(Guardian.family_id).in_(person.families),
        _other_adults_by_name_only,
    ),
    "child": Exported(
        Child,
        "enfants",
        "les enfants de vos dossiers",
        {
            "first_name": "prenom",
            "last_name": "nom",
            "birth_date": "ne_le",
            "school_id": Kept("ecole", named("school_id", "schools")),
            "level": "niveau",
            "class_id": Kept("classe", named("class_id", "classes")),
        },
        {"id": TECHNICAL},
        lambda person: col(Child.id).in_(person.children),
    ),
    "family_child": Exported(
        FamilyChild,
        "rattachements",
        "quel enfant est dans lequel de vos dossiers ; jamais le dossier de quelqu’un d’autre",
        {"family_id": _FAMILY, "child_id": _CHILD, "position": "rang"},
        {"id": TECHNICAL},
        lambda person: col(FamilyChild.family_id).in_(person.families),
    ),
    "request": Exported(
        Request,
        "demarches",
        "ce que vous avez demandé",
        {
            "rank": Kept("numero", lambda row, _: row.number),
            "kind": Kept("sorte", labelled("kind", RequestKind)),
            "status": Kept("etat", labelled("status", RequestStatus)),
            "family_id": _FAMILY,
            "child_id": _CHILD,
            "content": "contenu",
            "created_at": "envoyee_le",
            "updated_at": "modifiee_le",
            "decided_at": "decidee_le",
        },
        {
            "id": TECHNICAL,
            "year": "dite par le numéro",
            "author_id": YOURS,
            "assignee_id": "le nom d’un agent",
            "version": "compteur technique",
        },
        lambda person: col(Request.author_id) == person.account_id,
    ),
    "request_event": Exported(
        RequestEvent,
        "historique_des_demarches",
        "ce qui s’est passé dans vos démarches et ce que le service vous a écrit",
        {
            "request_id": Kept("demarche", named("request_id", "requests")),
            "at": "le",
            "actor_id": Kept("par", by_whom("actor_id")),
            "step": Kept("etape", lambda row, _: step_words(row.step)),
            "text": "texte",
        },
        {"id": TECHNICAL, "internal": "les notes de travail du service n’y figurent pas"},
        _told_to_me,
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
            "action": Kept("action", lambda row, _: in_words(row.action)),
        },
        {"id": TECHNICAL, "subject_id": TECHNICAL, "detail": "précision technique"},
        _journal,
    ),
    "paper": Exported(
        Paper,
        "attestations",
        "les attestations délivrées pour vos enfants",
        {
            "reference": Kept("reference", lambda row, _: grouped(row.reference)),
            "kind": Kept("sorte", labelled("kind", PaperKind)),
            "child_id": _CHILD,
            "made_on": "le",
        },
        {"id": TECHNICAL, "initial": "dite par le prénom", "made_at": "dite par la date"},
        lambda person: col(Paper.child_id).in_(person.children),
    ),
    "school": Excluded(f"liste des écoles, {_NO_PERSON} ; celle de l’enfant est écrite à côté de son nom"),
    "school_class": Excluded(f"liste des classes, {_NO_PERSON} ; celle de l’enfant est écrite à côté de son nom"),
    "news": Excluded(f"actualités publiques, {_NO_PERSON}"),
    "one_use_link": Excluded("jetons de sécurité, sans autre contenu, effacés trente jours après leur expiration"),
    "recovery_code": Excluded("empreintes de vos codes de secours : les copier affaiblirait votre compte"),
    "failed_attempts": Excluded("compteurs d’essais sous empreinte, effacés en un jour ; ils ne désignent personne"),
}


def step_words(step: str) -> str:
    return RequestStatus(step).label if step in set(RequestStatus) else step
