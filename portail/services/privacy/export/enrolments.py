"""Les inscriptions, les documents remis et les campagnes, par les dossiers de la personne."""

from sqlmodel import Session, col, select

from portail.domain.activities import EnrolmentKind, EnrolmentState
from portail.domain.documents import DocumentState
from portail.models.activities import Activity, Enrolment
from portail.models.base import Row
from portail.models.campaigns import Campaign, WaitingTicket, WishList
from portail.models.documents import DocumentType, FamilyDocument
from portail.services.privacy.export.bookings import wished_slots
from portail.services.privacy.export.shapes import (
    CHILD,
    FAMILY,
    TECHNICAL,
    YOURS,
    Exported,
    Kept,
    Person,
    by_whom,
    labelled,
    named,
)


def names(db: Session) -> dict[str, dict[int, str]]:
    """Ce que la commune propose et demande, par son nom."""
    return {
        "activities": {one.key: one.title for one in db.exec(select(Activity))},
        "campaigns": _named(db, Campaign),
        "documents": _named(db, DocumentType),
    }


def _named(db: Session, table: type[Row]) -> dict[int, str]:
    return {one.key: str(getattr(one, "name")) for one in db.exec(select(table))}  # noqa: B009 — Row ne promet pas `name`


_AUTHOR = Kept("par", by_whom("author_id"))
_ACTIVITY = Kept("activite", named("activity_id", "activities"))
_CAMPAIGN = Kept("campagne", named("campaign_id", "campaigns"))


def _wishes(row: WishList, person: Person) -> list[str]:
    return [person.slots[slot] for slot in wished_slots(row.choices) if slot in person.slots]


TABLES = {
    "enrolment": Exported(
        Enrolment,
        "inscriptions",
        "les inscriptions de vos enfants aux activités, par vos dossiers",
        {
            "child_id": CHILD,
            "activity_id": _ACTIVITY,
            "family_id": FAMILY,
            "author_id": _AUTHOR,
            "request_id": Kept("demarche", named("request_id", "requests")),
            "kind": Kept("sorte", labelled("kind", EnrolmentKind)),
            "state": Kept("etat", labelled("state", EnrolmentState)),
            "template": "jours_habituels",
            "rules_version": "version_du_reglement",
            "rules_accepted_at": "reglement_accepte_le",
            "created_at": "demandee_le",
            "decided_at": "decidee_le",
        },
        {"id": TECHNICAL},
        lambda person: col(Enrolment.family_id).in_(person.families),
    ),
    "family_document": Exported(
        FamilyDocument,
        "documents_remis",
        "les documents que vos dossiers ont remis, et la réponse de la mairie",
        {
            "type_id": Kept("document", named("type_id", "documents")),
            "family_id": FAMILY,
            "child_id": CHILD,
            "author_id": _AUTHOR,
            "state": Kept("etat", labelled("state", DocumentState)),
            "valid_until": "valable_jusqu_au",
            "why": "motif",
            "created_at": "remis_le",
            "decided_at": "decide_le",
        },
        {"id": TECHNICAL},
        lambda person: col(FamilyDocument.family_id).in_(person.families),
    ),
    "wish_list": Exported(
        WishList,
        "voeux",
        "les jours préparés avant l’ouverture d’une campagne",
        {
            "campaign_id": _CAMPAIGN,
            "family_id": FAMILY,
            "activity_id": _ACTIVITY,
            "choices": Kept("seances", _wishes),
            "changed_at": "modifies_le",
            "submitted_at": "envoyes_le",
        },
        {"id": TECHNICAL},
        lambda person: col(WishList.family_id).in_(person.families),
    ),
    "waiting_ticket": Exported(
        WaitingTicket,
        "salle_d_attente",
        "vos passages dans la salle d’attente d’une campagne",
        {
            "campaign_id": _CAMPAIGN,
            "rank": "rang",
            "joined_at": "arrivee_le",
            "seen_at": "vue_le",
            "admitted_at": "admise_le",
        },
        {"id": TECHNICAL, "account_id": YOURS},
        lambda person: col(WaitingTicket.account_id) == person.account_id,
    ),
}
